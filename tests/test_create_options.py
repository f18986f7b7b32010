"""What is typed, configured or written in own templates decides what the ticket says."""

from __future__ import annotations

import email
import email.policy
import json
import re
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from tests.conftest import Invoke
from tests.creating import HAR, IN_APP, LOG, PAYMENT, PICTURE, made, parts


def test_strict_says_why_it_exits_1(invoke: Invoke, tmp_path: Path) -> None:
    for command in (("create", "-o", "out"), ("check",)):
        told = invoke(*command, HAR, LOG, "--event", IN_APP, "--strict")
        assert told.code == ExitCode.BLOCKED
        assert told.err.endswith("for --strict wants everything that is asked for, and something is missing.\n")
    bundle = next((tmp_path / "out").glob("*.zip"))
    assert "--strict wants" in invoke("check", bundle, "--strict").err
    assert "--strict" not in invoke("check", HAR, LOG, "--event", IN_APP).err


def test_strict_exits_1_when_something_is_missing_and_still_writes(invoke: Invoke) -> None:
    shown = made(invoke, HAR, LOG, "--event", IN_APP, "--strict", code=ExitCode.BLOCKED)
    assert Path(shown["files"]["bundle"]).is_file()
    assert shown["exit"] == 1


def test_what_was_typed_wins_and_the_disagreement_is_a_finding(invoke: Invoke) -> None:
    other = "00000000-1111-4222-8333-444444444444"
    ticket = made(invoke, HAR, "--payment-id", other)["ticket"]
    assert ticket["facts"]["payment_id"]["value"] == other
    assert PAYMENT in [rival["value"] for rival in ticket["facts"]["payment_id"]["rivals"]]
    assert "IDS003" in [finding["code"] for finding in ticket["findings"]]


@pytest.mark.parametrize(
    "argv",
    [
        ("--id", "customerRef=kari@example.com"),
        ("--id", "client_secret=notarealone"),
        ("--id", "phoneNumber=4791234567"),
        ("--payment-id", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"),
        ("--merchant-id", "kari@example.com"),
    ],
)
def test_a_typed_id_that_is_secret_or_personal_is_refused(
    invoke: Invoke, tmp_path: Path, argv: tuple[str, str]
) -> None:
    outcome = invoke("create", HAR, *argv)
    assert outcome.code == ExitCode.USAGE
    assert argv[1].rpartition("=")[2] not in outcome.out + outcome.err
    assert not list(tmp_path.glob("ticket-*"))


@pytest.mark.parametrize(
    "argv",
    [("--merchant-id", "4791234567"), ("--payment-id", "4571501827408723"), ("--id", "transactionId=1508695088")],
)
def test_a_typed_id_that_only_has_the_digits_of_something_personal_stays(invoke: Invoke, argv: tuple[str, str]) -> None:
    ticket = made(invoke, HAR, *argv)["ticket"]
    assert argv[1].rpartition("=")[2] in json.dumps(ticket["facts"])


def test_the_entry_can_be_chosen(invoke: Invoke) -> None:
    ticket = made(invoke, HAR, "--entry", "10")["ticket"]
    failing = next(exchange for exchange in ticket["exchanges"] if exchange["failing"])
    assert failing["index"] == 10
    assert ticket["failing_reasons"] == ["you chose it with --entry"]


def test_a_part_of_a_picture_is_filled(invoke: Invoke) -> None:
    ticket = made(invoke, PICTURE, "--event", IN_APP, "--redact", "app-error.png:10%,10%,50%,5%")["ticket"]
    assert ticket["pictures"][0]["box_count"] == 1
    assert "PIC002" not in [finding["code"] for finding in ticket["findings"]]
    refused = invoke("create", PICTURE, "--event", IN_APP, "--redact", "other.png:1,1,2,2")
    assert refused.code == ExitCode.USAGE
    assert "other.png" in refused.err


def test_own_templates_win_file_by_file(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "mail.txt.j2").write_text(
        "Dear support, {{ ticket.facts.payment_id.value }}\n", encoding="utf-8"
    )
    files = made(invoke, HAR, "--templates", "mine")["files"]
    mail = parts(Path(files["mail"]).read_bytes())
    assert mail["text/plain"].decode().strip() == f"Dear support, {PAYMENT}"
    assert b"<html" in mail["text/html"]


def test_a_broken_template_is_told_by_file_and_line(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "report.md.j2").write_text("one\n{{ ticket.nothing }}\n", encoding="utf-8")
    outcome = invoke("create", HAR, "--templates", "mine")
    assert outcome.code == ExitCode.USAGE
    assert "report.md.j2" in outcome.err
    assert "line 2" in outcome.err


def test_the_configuration_says_who_writes(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "ticket-bundler.toml").write_text(
        'notes = ["We run two instances."]\n[reporter]\nname = "Kim Example"\nemail = "kim@psp.example"\n',
        encoding="utf-8",
    )
    shown = made(invoke, HAR)
    assert shown["ticket"]["reporter"]["email"] == "kim@psp.example"
    assert shown["ticket"]["notes"] == ["We run two instances."]
    message = email.message_from_bytes(Path(shown["files"]["mail"]).read_bytes(), policy=email.policy.default)
    assert str(message["From"]) == "Kim Example <kim@psp.example>"


def test_the_zone_of_the_configuration_does_not_tell_where_it_lies(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "ticket-bundler.toml").write_text('time_zone = "Europe/Oslo"\n', encoding="utf-8")
    recording = HAR.read_text(encoding="utf-8")
    (tmp_path / "naive.har").write_text(re.sub(r'("startedDateTime": *"[^"]+)Z"', r'\1"', recording), encoding="utf-8")
    shown = made(invoke, "naive.har")
    assert shown["ticket"]["facts"]["occurred_at"]["zone_from"] == "ticket-bundler.toml"
    assert str(tmp_path) not in json.dumps(shown["ticket"])


def test_an_environment_that_the_hosts_contradict_is_a_finding(invoke: Invoke) -> None:
    ticket = made(invoke, HAR, "--environment", "production")["ticket"]
    assert ticket["environment"] == "production"
    assert "CFG004" in [finding["code"] for finding in ticket["findings"]]


def test_the_entry_may_name_its_file_as_it_was_typed(invoke: Invoke) -> None:
    ticket = made(invoke, HAR, "--entry", f"{HAR}:10")["ticket"]
    assert next(exchange for exchange in ticket["exchanges"] if exchange["failing"])["index"] == 10


def test_a_summary_is_one_line_whatever_was_typed(invoke: Invoke) -> None:
    assert made(invoke, "--event", "The app\n\n  said no")["ticket"]["summary"] == "The app said no"
    assert made(invoke, HAR, "--summary", "No\nBcc: x", "-o", "b")["ticket"]["summary"] == "No Bcc: x"
