"""The other commands, with the real program: what they print, and how they end."""

from __future__ import annotations

import gzip
import json
import os
import pty
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from bundler.assemble.case import Case
from bundler.cli import run
from bundler.commands.asking import ask_for_missing
from bundler.commands.crash import crash_text
from bundler.commands.create import create
from bundler.errors import ExitCode, MisuseError
from bundler.model import Asked, SafeTicket
from bundler.pack.build import Member, build
from bundler.pack.open import open_bundle
from tests.conftest import Invoke

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "bundler" / "demo"
HAR, LOG, PICTURE = DEMO / "checkout-trace.har", DEMO / "payment-service.log", DEMO / "app-error.png"
PAYMENT = "bf9b5a01-78cd-4f9e-b0eb-4e3c5c57ded7"
SECRET = "tfWOMiS7P0N7iJJG63fViQHOj2yaQf2DPPnxfyOorqEXowgU"


@pytest.fixture
def bundle(invoke: Invoke, tmp_path: Path) -> Path:
    """A finished bundle, its mail and map beside it."""
    files: dict[str, str] = json.loads(invoke("create", HAR, LOG, "--json").out)["files"]
    return tmp_path / files["bundle"]


def test_help_names_every_command_and_the_exit_codes(invoke: Invoke) -> None:
    outcome = invoke("--help")
    assert outcome.code == ExitCode.FINE
    for name in ("create", "verify", "screenshot", "130 interrupted"):
        assert name in outcome.out


def test_no_command_shows_help_and_is_wrong_usage(invoke: Invoke) -> None:
    assert invoke().code == ExitCode.USAGE


def test_a_misspelt_command_is_answered_with_the_right_one(invoke: Invoke) -> None:
    outcome = invoke("creat", "trace.har")
    assert outcome.code == ExitCode.USAGE
    assert "'create'" in outcome.err


def test_the_shell_completes_commands_without_loading_them() -> None:
    wanted = {"COMP_WORDS": "ticket-bundler s", "COMP_CWORD": "1", "_TICKET_BUNDLER_COMPLETE": "bash_complete"}
    program = "import sys; from bundler.cli import cli; cli(prog_name='ticket-bundler')"
    environment = {**os.environ, **wanted, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-X", "importtime", "-c", program]
    outcome = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert outcome.stdout.splitlines() == ["plain,scrub", "plain,screenshot"]
    assert "bundler.evidence" not in outcome.stderr


def test_the_version_is_the_packages(invoke: Invoke) -> None:
    from bundler import __version__

    assert invoke("--version").out == f"ticket-bundler {__version__}\n"


def test_inspect_says_what_each_file_is(invoke: Invoke) -> None:
    outcome = invoke("inspect", HAR, LOG, PICTURE, "--json")
    assert outcome.code == ExitCode.FINE
    recording, log, picture = json.loads(outcome.out)["sources"]
    assert (recording["format"], len(recording["exchanges"])) == ("har", 22)
    assert (log["log"]["format"], log["log"]["zone"], log["log"]["sorted"]) == ("python-logging", "+01:00", True)
    assert picture["format"] == "picture"
    failing = recording["exchanges"][19]
    assert (failing["index"], failing["request"]["method"], failing["response"]["status"]) == (20, "PATCH", 409)
    assert failing["request"]["body_state"] == "present"


def test_inspect_masks_unless_asked_for_raw(invoke: Invoke) -> None:
    assert SECRET not in invoke("inspect", HAR, "--json").out
    assert SECRET in invoke("inspect", HAR, "--json", "--raw").out


def test_inspect_masks_names_of_files_and_what_is_said_of_them_too(invoke: Invoke, tmp_path: Path) -> None:
    folder = tmp_path / "from kari.nordmann@example.com"
    folder.mkdir()
    (folder / "kari.nordmann@example.com.log").write_bytes(LOG.read_bytes())
    (folder / "NO9386011117947.txt").write_bytes(b"")
    for argv in (("--json",), ()):
        outcome = invoke("inspect", folder, *argv)
        assert "[email-1]" in outcome.out
        for private in ("kari", "9386011117947"):
            assert private not in outcome.out + outcome.err
    assert "kari.nordmann@example.com.log" in invoke("inspect", folder, "--raw").out


def test_inspect_goes_on_after_an_unreadable_file_and_exits_3(invoke: Invoke) -> None:
    outcome = invoke("inspect", "nowhere.har", HAR, "--json")
    assert outcome.code == ExitCode.INPUT
    missing, recording = json.loads(outcome.out)["sources"]
    assert "does not exist" in missing["error"]
    assert recording["format"] == "har"


def test_inspect_shows_how_a_time_is_understood(invoke: Invoke) -> None:
    outcome = invoke("inspect", "--time", "today 14:03", "--time", "03/04/2026 14:00", "--json")
    assert outcome.code == ExitCode.FINE
    today, two_ways = json.loads(outcome.out)["times"]
    assert today["utc"] == "2026-11-23T13:03:00.000Z"
    assert (today["certainty"], today["zone_from"]) == ("assumed", "this computer's zone")
    assert (two_ways["certainty"], two_ways["utc"], len(two_ways["readings"])) == ("ambiguous", None, 2)


def test_check_writes_nothing_and_judges_evidence_and_bundles_alike(
    invoke: Invoke, tmp_path: Path, bundle: Path
) -> None:
    before = sorted(tmp_path.iterdir())
    evidence = json.loads(invoke("check", HAR, LOG, "--json").out)
    packed = json.loads(invoke("check", bundle, "--json").out)
    assert sorted(tmp_path.iterdir()) == before
    assert evidence["ticket"]["cause"] == packed["ticket"]["cause"]
    assert evidence["exit"] == 0


def test_preview_tells_what_was_masked_and_shows_any_file(invoke: Invoke, bundle: Path) -> None:
    outcome = invoke("preview", bundle, "--json")
    files = {file["name"]: file for file in json.loads(outcome.out)["files"]}
    assert files["logs/01-payment-service.log"]["masked"]["card"] >= 1
    assert files["logs/01-payment-service.log"]["omitted"][0]["records"] > 100
    assert f"PaymentId={PAYMENT}" in invoke("preview", bundle, "--file", "logs/01-payment-service.log").out
    assert invoke("preview", bundle, "--file", "nothing").code == ExitCode.USAGE


def test_preview_shows_before_and_after_by_the_private_map_alone(invoke: Invoke, bundle: Path) -> None:
    outcome = invoke("preview", bundle, "--before-after")
    assert f"- x-ibm-client-secret: {SECRET}" in outcome.out
    assert "+ x-ibm-client-secret: [secret-" in outcome.out
    bundle.with_suffix(".map.json").unlink()
    assert invoke("preview", bundle, "--before-after").code == ExitCode.USAGE


def test_verify_is_content_with_what_create_made(invoke: Invoke, bundle: Path) -> None:
    for path in (bundle, bundle.with_suffix(".eml")):
        verdict = json.loads(invoke("verify", path, "--json").out)
        assert (verdict["exit"], verdict["damage"], verdict["leaks"]) == (0, [], [])
        assert "private map" in verdict["searched"]


def test_verify_finds_a_changed_byte(invoke: Invoke, bundle: Path) -> None:
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    bundle.write_bytes(data)
    assert invoke("verify", bundle).code == ExitCode.INPUT


def test_verify_finds_a_secret_that_was_put_back(invoke: Invoke, tmp_path: Path, bundle: Path) -> None:
    members = {name: data for name, data in open_bundle(bundle).contents if name != "MANIFEST.json"}
    members["logs/01-payment-service.log"] += f"x-ibm-client-secret: {SECRET}\n".encode()
    packed = [Member(name, data, "") for name, data in members.items()]
    leaking = tmp_path / "leaking.zip"
    leaking.write_bytes(build(packed, ticket_id="TB-X", tool="test"))
    outcome = invoke("verify", leaking, "--map", bundle.with_suffix(".map.json"))
    assert outcome.code == ExitCode.LEAK
    assert "logs/01-payment-service.log" in outcome.out
    assert SECRET not in outcome.out + outcome.err


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not really", b"just some text\n"])
def test_verify_of_something_else_is_told_in_words(invoke: Invoke, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.zip").write_bytes(content)
    outcome = invoke("verify", "other.zip")
    assert outcome.code == ExitCode.INPUT
    assert outcome.err.startswith("Error: ")


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
    assert b"1 replacements of 1 values" in outcome.stderr


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


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("TIM010", "20 s"),
        ("2040", "card type is not valid"),
        ("6080", "reserv"),
        ("PRV101", "not what it was"),
        ("jwt", "masking rule"),
        ("PRV901", "masking rule failed"),
    ],
)
def test_explain_knows_checks_rules_and_the_providers_codes(invoke: Invoke, code: str, said: str) -> None:
    outcome = invoke("explain", code)
    assert outcome.code == ExitCode.FINE
    assert said in outcome.out


def test_json_tells_the_ticket_even_when_it_could_not_be_written(invoke: Invoke, bundle: Path) -> None:
    outcome = invoke("create", HAR, LOG, "--json")
    shown = json.loads(outcome.out)
    assert (outcome.code, shown["exit"], shown["files"]) == (ExitCode.INPUT, 3, {})
    assert shown["ticket"]["facts"]["payment_id"]["value"] == PAYMENT
    assert "exists already" in outcome.err


def test_explain_lists_and_refuses(invoke: Invoke) -> None:
    listed = invoke("explain").out
    assert all(f"\n{code} " in f"\n{listed}" for code in ("RSP001", "PRV105", "jwt"))
    assert invoke("explain", "NOPE99").code == ExitCode.USAGE


def test_config_is_started_shown_and_checked(invoke: Invoke, tmp_path: Path) -> None:
    assert invoke("config", "init").out == "ticket-bundler.toml\n"
    assert invoke("config", "init").code == ExitCode.INPUT
    assert invoke("config", "check").code == ExitCode.FINE
    (tmp_path / "ticket-bundler.toml").write_text('provider = "generic"\n', encoding="utf-8")
    shown = json.loads(invoke("config", "show", "--json").out)
    assert shown["provider"] == {"value": "generic", "from": str(tmp_path / "ticket-bundler.toml")}
    (tmp_path / "ticket-bundler.toml").write_text('provier = "generic"\n', encoding="utf-8")
    assert invoke("config", "check").code == ExitCode.INPUT


def test_what_is_missing_is_asked_for_at_a_terminal(tmp_path: Path) -> None:
    """A person at a real terminal: one answer, the other questions skipped."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    command = [sys.executable, "-m", "bundler", "create", str(PICTURE), "--event", "The app said: error"]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    os.write(ours, b"\n" + PAYMENT.encode() + b"\n\n\n\n\n")
    said = b""
    while True:
        try:
            block = os.read(ours, 4096)
        except OSError:  # the terminal is gone with the program
            break
        if not block:
            break
        said += block
    os.close(ours)
    assert process.wait(timeout=20) == ExitCode.FINE
    assert b"Support asks for" in said
    with zipfile.ZipFile(next(tmp_path.glob("*.zip"))) as packed:
        ticket = json.loads(packed.read("ticket.json"))
    assert ticket["facts"]["payment_id"]["value"] == PAYMENT


def test_an_answer_that_cannot_be_used_is_asked_for_again() -> None:
    ticket = SafeTicket(
        ticket_id="TB-TEST",
        created=datetime(2026, 11, 23, tzinfo=UTC),
        provider="generic",
        asked=tuple(Asked(item, item, found=False, required=True) for item in ("occurred_at", "logs")),
    )

    def understand(text: str) -> None:
        if text == "when it rained":
            raise MisuseError("That is no time.", "Write it otherwise.")

    @click.command()
    def ask() -> None:
        case = ask_for_missing(Case(), ticket, understand)
        click.echo(f"{case.at} {case.logs}")

    shown = CliRunner().invoke(ask, input="when it rained\n14:03\nnowhere.log\n\n").output
    assert "That is no time. Write it otherwise." in shown
    assert "nowhere.log does not exist." in shown
    assert shown.endswith("14:03 ()\n")


@pytest.mark.parametrize(
    ("argv", "shown"),
    [
        (["create", "--note=password one", "--force", "-oout"], "ticket-bundler create --note --force -o"),
        (["create", "--note", "--kari-nordmann", "-x", "create"], "ticket-bundler create --note … … …"),
        (["--kari"], "ticket-bundler …"),
    ],
)
def test_a_crash_file_names_options_and_no_value_that_looks_like_one(argv: list[str], shown: str) -> None:
    assert create.name == "create"  # its module is loaded, as it is when the command has run
    assert f"`{shown}`" in crash_text(argv, ValueError("bad"))


def test_a_crash_file_leaves_out_what_the_exception_quotes() -> None:
    text = crash_text(["create"], ValueError("invalid literal for int() with base 10: 'it's \"hunter2\"'"))
    assert "ValueError: invalid literal for int() with base 10: …" in text
    assert "hunter2" not in text


def test_our_own_bug_leaves_a_crash_file_without_the_users_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError(f"cannot handle client_secret={SECRET}")

    monkeypatch.setattr("bundler.config.load", fail)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert run(["create", "--payment-id", PAYMENT, "private-name.har"]) == ExitCode.BUG
    crash_file = next(tmp_path.rglob("crash-*.md"))
    text = crash_file.read_text(encoding="utf-8")
    assert "ticket-bundler create --payment-id … …" in text
    assert "in create" in text
    for private in (SECRET, PAYMENT, "private-name"):
        assert private not in text
    assert crash_file.stat().st_mode & 0o777 == 0o600
    assert str(crash_file) in capsys.readouterr().err


def test_a_bundle_is_checked_strictly_and_as_it_is(invoke: Invoke, bundle: Path) -> None:
    assert invoke("check", bundle, "--strict").code == ExitCode.FINE
    refused = invoke("check", bundle, "--event", "It failed")
    assert refused.code == ExitCode.USAGE
    assert "--event changes nothing in a finished bundle" in refused.err
    files = json.loads(invoke("create", HAR, "-o", "no-logs", "--json").out)["files"]
    assert invoke("check", files["bundle"]).code == ExitCode.FINE
    assert invoke("check", files["bundle"], "--strict").code == ExitCode.BLOCKED


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
