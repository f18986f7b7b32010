"""``scrub`` and ``logs`` as filters, with the real program: bytes in, bytes out, all else on standard error."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

from bundler.errors import ExitCode
from tests.commands.previews import LOG, PAYMENT
from tests.conftest import Invoke

ROOT = Path(__file__).parents[2]


def filtered(*argv: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """A filter as its own process, since its output is bytes."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "bundler", *argv], input=stdin, capture_output=True, env=environment, check=False
    )


def test_scrub_is_a_filter_that_changes_secrets_alone(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbfclient_secret=Zx81-not-real-99 paymentId=" + PAYMENT.encode() + b"\r\nplain \xff line"
    report = tmp_path / "report.jsonl"
    outcome = filtered("scrub", "-", "--report", str(report), stdin=text)
    assert outcome.returncode == ExitCode.FINE
    assert outcome.stdout == text.replace(b"Zx81-not-real-99", b"[secret-1]")
    mark = json.loads(report.read_text(encoding="utf-8"))
    assert mark == {"kind": "secret", "start": 17, "end": 33, "placeholder": "[secret-1]"}
    assert b"1 replacement of 1 value\n" in outcome.stderr


def test_logs_prints_the_logs_own_bytes_and_says_what_was_left_out(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    outcome = filtered("logs", str(LOG), "--id", PAYMENT, "--report", str(report))
    assert outcome.returncode == ExitCode.FINE
    whole = LOG.read_bytes()
    assert outcome.stdout
    assert all(line in whole for line in outcome.stdout.splitlines(keepends=True))
    described = json.loads(report.read_text(encoding="utf-8"))[0]
    assert described["records"] + sum(omitted["records"] for omitted in described["omitted"]) > 400
    assert b"left out" in outcome.stderr


def test_logs_around_a_moment_can_be_scrubbed() -> None:
    outcome = filtered("logs", str(LOG), "--around", "2026-11-23T18:11:33Z", "--window", "1s,20s", "--scrub")
    assert outcome.returncode == ExitCode.FINE
    assert PAYMENT.encode() in outcome.stdout
    assert b"[email-1]" in outcome.stdout
    assert b"@example.com" not in outcome.stdout


def test_logs_without_a_question_is_wrong_usage(invoke: Invoke) -> None:
    assert invoke("logs", LOG).code == ExitCode.USAGE


def test_scrub_takes_one_file_and_no_folder(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(LOG.read_bytes())
    outcome = invoke("scrub", ".")
    assert outcome.code == ExitCode.USAGE
    assert outcome.out == ""


def test_logs_goes_past_an_empty_file_of_a_folder(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "empty.log").touch()
    (tmp_path / "logs" / "service.log").write_bytes(LOG.read_bytes())
    outcome = invoke("logs", "logs", "--id", PAYMENT)
    assert outcome.code == ExitCode.FINE
    assert PAYMENT in outcome.out
    assert "logs/empty.log - it is empty" in outcome.err


def test_logs_says_which_ids_are_too_short_to_search_for(invoke: Invoke) -> None:
    for text in ("", "ab"):
        outcome = invoke("logs", LOG, "--id", text)
        assert outcome.code == ExitCode.USAGE
        assert "fewer than 4 characters" in outcome.err


def test_logs_writes_nothing_when_its_report_cannot_be(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "report.json").touch()
    outcome = invoke("logs", LOG, "--id", PAYMENT, "--report", "report.json")
    assert outcome.code == ExitCode.INPUT
    assert outcome.out == ""


def test_a_log_that_ends_early_says_so_even_when_nothing_was_found_in_it(invoke: Invoke, tmp_path: Path) -> None:
    packed = gzip.compress(LOG.read_bytes())
    (tmp_path / "cut.log.gz").write_bytes(packed[: len(packed) // 4])
    for argv in (("logs", "cut.log.gz", "--id", PAYMENT), ("check", "cut.log.gz", "--payment-id", PAYMENT)):
        outcome = invoke(*argv)
        assert "ends early" in outcome.out + outcome.err
