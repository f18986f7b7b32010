"""Where all evidence says that the sender can settle it, create says so first and asks at a terminal, nowhere else."""

from __future__ import annotations

import json
from pathlib import Path

from bundler.errors import ExitCode
from tests.commands.previews import HAR, LOG, PICTURE
from tests.conftest import Invoke
from tests.terminal import at_a_terminal

QUESTION = b"Write the ticket all the same?"
EVENT = "User tapped Pay, the app said: something went wrong"


def test_enter_writes_nothing_and_that_is_said(tmp_path: Path) -> None:
    code, said = at_a_terminal(tmp_path, "create", HAR, LOG, PICTURE, "--event", EVENT, keys=b"\n")
    assert code == ExitCode.FINE
    first = next(line for line in said.splitlines() if b"certainly" in line or b"likely" in line)
    assert b"Your code: " in first
    assert said.index(first) < said.index(QUESTION) < said.index(b"Nothing was written.")
    assert b"Taken for" not in said
    assert list(tmp_path.iterdir()) == []


def test_yes_writes_the_ticket(tmp_path: Path) -> None:
    code, said = at_a_terminal(tmp_path, "create", HAR, LOG, PICTURE, "--event", EVENT, keys=b"y\n")
    assert code == ExitCode.FINE
    assert QUESTION in said
    assert len(list(tmp_path.glob("*.zip"))) == 1


def test_nobody_is_asked_with_no_input_or_quiet_or_json(tmp_path: Path) -> None:
    for count, option in enumerate(("--no-input", "--quiet", "--json")):
        folder = tmp_path / str(count)
        folder.mkdir()
        code, said = at_a_terminal(folder, "create", HAR, LOG, PICTURE, "--event", EVENT, option, keys=b"")
        assert code == ExitCode.FINE, said
        assert QUESTION not in said
        assert len(list(folder.glob("*.zip"))) == 1


def test_without_a_terminal_the_verdict_comes_first_and_the_ticket_is_written(invoke: Invoke, tmp_path: Path) -> None:
    outcome = invoke("create", HAR, LOG, PICTURE, "--event", EVENT)
    assert outcome.code == ExitCode.FINE
    lines = outcome.err.splitlines()
    assert "certainly" in lines[0]
    assert "Your code: " in lines[0]
    assert lines[1].startswith("All evidence points to your side")
    assert list(tmp_path.glob("*.zip"))


def test_a_ticket_that_only_support_can_settle_is_written_without_a_question(tmp_path: Path) -> None:
    answer = tmp_path / "answer.txt"
    answer.write_text("HTTP/1.1 503 Service Unavailable\nContent-Type: application/json\n\n{}\n", encoding="utf-8")
    out = tmp_path / "out"
    argv = ("--response", answer, "-o", out, "--payment-id", "1b0c5c2e-7a54-4d63-9f0e-2c9a6f1d83b7")
    code, said = at_a_terminal(tmp_path, "create", *argv, keys=b"\n" * 8)
    assert code == ExitCode.FINE, said
    assert QUESTION not in said
    assert list(out.glob("*.zip"))


def test_check_says_the_same_of_evidence_and_of_a_finished_bundle(invoke: Invoke, bundle: Path) -> None:
    of_evidence = invoke("check", HAR, LOG, PICTURE, "--event", EVENT).out.splitlines()
    of_bundle = invoke("check", bundle).out.splitlines()
    assert of_evidence[0] == of_bundle[0]
    cause = json.loads(invoke("check", bundle, "--json").out)["ticket"]["cause"]
    told = "\n".join(of_bundle)
    assert all(part in told for part in (cause["code"], cause["advice"], cause["link"], cause["origins"][0]["source"]))
    assert "Asked for: 6 of 6; nothing is missing" in told


def test_a_cause_that_is_up_to_the_payer_is_not_put_on_the_sender(invoke: Invoke, tmp_path: Path) -> None:
    body = '{"error":{"code":"card_declined","decline_code":"insufficient_funds","message":"m","type":"card_error"}}'
    call = "POST /v1/payment_intents HTTP/1.1\nHost: api.stripe.com\nContent-Type: application/json\n\n{}\n"
    answer = f"HTTP/1.1 402 Payment Required\nContent-Type: application/json\n\n{body}\n"
    (tmp_path / "call.http").write_text(call, encoding="utf-8")
    (tmp_path / "answer.http").write_text(answer, encoding="utf-8")
    outcome = invoke("check", "--request", tmp_path / "call.http", "--response", tmp_path / "answer.http")
    lines = outcome.out.splitlines()
    assert "Up to the person who pays: " in lines[0]
    assert lines[1] == "All evidence points to the person who pays: support would answer the same."
