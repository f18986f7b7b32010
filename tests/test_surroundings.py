"""The real program in odd surroundings: no standard input, no current folder, a poor encoding, evidence named twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bundler.assemble import parcel
from bundler.errors import ExitCode
from bundler.redact.rule import RuleFailure
from tests.conftest import Invoke

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "bundler" / "demo"
HAR, LOG = DEMO / "checkout-trace.har", DEMO / "payment-service.log"


def run(shell: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """The program in a shell of its own; ``$TB`` stands for it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TB": f"{sys.executable} -m bundler", **more}
    return subprocess.run(
        ["sh", "-c", shell], cwd=folder, env=environment, capture_output=True, check=False, encoding="cp1252"
    )


def test_a_closed_standard_input_is_told(tmp_path: Path) -> None:
    outcome = run("$TB scrub <&-", tmp_path)
    assert outcome.returncode == ExitCode.INPUT
    assert "Standard input is closed." in outcome.stderr


def test_a_current_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    outcome = run(f"mkdir gone && cd gone && rmdir ../gone && $TB check {HAR}", tmp_path)
    assert outcome.returncode == ExitCode.INPUT
    assert "The current folder does not exist any more." in outcome.stderr


def test_signs_that_the_output_cannot_hold_are_written_as_escapes(tmp_path: Path) -> None:
    outcome = run(f"$TB check {HAR}", tmp_path, PYTHONIOENCODING="cp1252")
    assert outcome.returncode == ExitCode.FINE
    assert r"\u2713 MerchantId" in outcome.stdout


@pytest.mark.parametrize("folder", [".", "/"])
def test_a_folder_is_no_output_for_a_filter(tmp_path: Path, folder: str) -> None:
    (tmp_path / "x.log").write_text("a line\n", encoding="utf-8")
    outcome = run(f"$TB scrub x.log -o {folder} --force", tmp_path)
    assert outcome.returncode == ExitCode.INPUT
    assert f"{folder} is a folder." in outcome.stderr


def test_the_program_runs_outside_the_main_thread() -> None:
    code = "import threading, bundler.cli as c; t = threading.Thread(target=c.run, args=(['--version'],)); t.start()"
    outcome = run(f'{sys.executable} -c "{code}"', ROOT)
    assert outcome.stdout.startswith("ticket-bundler ")
    assert outcome.stderr == ""


def test_a_file_that_is_named_twice_is_taken_once(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "pay.log").write_bytes(LOG.read_bytes())
    named = ("logs", tmp_path / "logs" / "pay.log", "--log", "logs/pay.log")
    told = json.loads(invoke("create", HAR, *named, "--json").out)
    assert [log["source"] for log in told["ticket"]["logs"]] == ["logs/pay.log"]
    with zipfile.ZipFile(tmp_path / told["files"]["bundle"]) as bundle:
        assert [name for name in bundle.namelist() if name.startswith("logs/")] == ["logs/01-pay.log"]


def test_words_that_are_not_utf_8_make_a_ticket(invoke: Invoke) -> None:
    told = json.loads(invoke("create", "--event", os.fsdecode(b"it said \xff"), "--json").out)
    assert told["ticket"]["event"].startswith("it said ")


def test_a_template_that_is_not_utf_8_is_wrong_usage(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "report.md.j2").write_bytes(b"h\xe9llo")
    outcome = invoke("create", HAR, "--templates", "own")
    assert outcome.code == ExitCode.USAGE
    assert "cannot be read" in outcome.err


def test_files_that_could_not_be_searched_are_not_written(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> tuple[()]:
        raise RuleFailure("card-number")

    monkeypatch.setattr(parcel, "find_leaks", fail)
    outcome = invoke("create", HAR)
    assert outcome.code == ExitCode.LEAK
    assert "the rule card-number failed" in outcome.err
    assert not list(tmp_path.glob("ticket-*"))
