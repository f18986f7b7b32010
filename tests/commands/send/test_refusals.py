"""What may not leave leaves by no way, and what cannot be meant is told in one sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from bundler.mail.read import read_mail
from bundler.redact import Vault, VaultEntry
from tests.commands.send.sending import (
    configure_smtp,
    is_one_sentence,
    ledger,
    mail_of,
    outbox,
)
from tests.conftest import Invoke
from tests.delivery.certificates import Certificate
from tests.delivery.rigs import Sink


def test_check_says_whether_it_may_leave(invoke: Invoke, ticket: Path) -> None:
    assert invoke("send", ticket, "--check").code == ExitCode.FINE
    shown = json.loads(invoke("send", ticket, "--check", "--json").out)
    assert (shown["exit"], shown["leaks"], shown["ticket_id"][:3]) == (0, [], "TB-")
    mail = mail_of(ticket)
    mail.write_bytes(mail.read_bytes().replace(b"MerchantId", b"MerchantID", 1))
    assert invoke("send", ticket, "--check").code == ExitCode.BLOCKED


def _leaking(ticket: Path) -> None:
    """The map says that something is secret which stands in the mail."""
    words = read_mail(mail_of(ticket).read_bytes()).text
    secret = next(line for line in words.splitlines() if len(line) > 30 and line.isascii() and "[" not in line)
    vault = Vault((VaultEntry("[secret-9]", "secret", secret.strip(), 1),))
    ticket.with_suffix(".map.json").write_bytes(vault.to_json())


def _damaged(ticket: Path) -> None:
    mail = mail_of(ticket)
    mail.write_bytes(mail.read_bytes().replace(b"Subject: ", b"Subject: x", 1))


@pytest.mark.parametrize("options", [("--check",), ("--way", "smtp", "--yes"), ("--way", "file"), ("--dry-run",)])
def test_a_card_that_was_kept_on_purpose_leaves_by_no_way(
    invoke: Invoke, tmp_path: Path, sink: Sink, server: int, options: tuple[str, ...]
) -> None:
    card = "4571501827408723"
    (tmp_path / "app.log").write_text(f"2026-11-23T13:02:11Z ERROR capture failed, card {card}\n", encoding="utf-8")
    kept = ("--keep-secret", f"{card}=our own card", "--at", "2026-11-23T13:02:11Z", "--json")
    files = json.loads(invoke("create", "--event", "The capture failed", "app.log", *kept).out)["files"]
    outcome = invoke("send", files["bundle"], *options)
    assert outcome.code == ExitCode.LEAK
    assert "There is a card number in the mail > logs-01-app.log, line 1" in outcome.err
    assert card not in outcome.err + outcome.out
    assert (sink.box, sink.logins, ledger(), outbox()) == ([], [], [], [])


@pytest.mark.parametrize(("spoil", "code"), [(_leaking, ExitCode.LEAK), (_damaged, ExitCode.BLOCKED)])
@pytest.mark.parametrize("way", ["smtp", "file", "imap"])
def test_what_leaks_or_is_damaged_leaves_by_no_way(
    invoke: Invoke,
    ticket: Path,
    sink: Sink,
    server: int,
    good: Certificate,
    way: str,
    spoil: Callable[[Path], None],
    code: int,
) -> None:
    configure_smtp(server, good, 'imap = "imaps://127.0.0.1:1"')
    spoil(ticket)
    assert invoke("send", ticket, "--check", "-q").code == code
    outcome = invoke("send", ticket, "--way", way, "--yes", "--again")
    assert outcome.code == code, outcome.err
    assert is_one_sentence(outcome)
    assert outcome.out == ""
    assert (sink.box, sink.logins, ledger(), outbox()) == ([], [], [], [])


def test_a_bundle_without_its_mail_and_one_beside_anothers_are_told(
    invoke: Invoke, ticket: Path, tmp_path: Path
) -> None:
    mail_of(ticket).rename(tmp_path / "aside.eml")
    missing = invoke("send", ticket)
    assert missing.code == ExitCode.INPUT
    assert is_one_sentence(missing)
    assert f"{ticket.stem}.eml is missing" in missing.err
    answer = tmp_path / "answer.txt"
    answer.write_text("HTTP/1.1 503 Service Unavailable\n\n{}\n", encoding="utf-8")
    made = invoke("create", "--response", answer, "--payment-id", "other-1", "-q", "--json")
    Path(json.loads(made.out)["files"]["mail"]).rename(mail_of(ticket))
    other = invoke("send", ticket)
    assert other.code == ExitCode.INPUT
    assert "are of different tickets" in other.err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ((), "No bundle or mail was named"),
        (("{}", "--outbox"), "a file was named too"),
        (("{}", "--resume", "--to", "a@b.example"), "would change it"),
        (("{}", "--resume", "--arrived"), "two different things"),
        (("{}", "--way", "smtp", "--open"), "opens no program"),
        (("{}", "--way", "smtp"), "There is no mail account"),
        (("{}", "--way", "imap"), "There is no mail account"),
        (("{}", "--reflect"), "There is no mail account"),
        (("{}", "--account", "away"), "There is no mail account 'away'"),
        (("{}", "--program", "pine"), "Nobody knows the mail program 'pine'"),
        (("{}", "--to", "a@b.example, c@d.example"), "is not a mail address"),
        (("{}", "--to", "Kim\nBcc: x@y.example <a@b.example>"), "is not one line"),
        (("{}", "--cc", "-oQ/tmp@b.example"), "is not a mail address"),
        (("{}", "--reply-to", "nobody"), "is not a mail address"),
        (("{}", "--to", "søren@shop.example"), "can only be written to by SMTP"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(invoke: Invoke, ticket: Path, argv: tuple[str, ...], said: str) -> None:
    outcome = invoke("send", *(str(ticket) if word == "{}" else word for word in argv))
    assert outcome.code == ExitCode.USAGE, outcome.err
    assert said in outcome.err
    assert is_one_sentence(outcome)


@pytest.mark.parametrize("content", [b"", b"no mail", b"Subject: x\r\n\r\nno ticket\r\n", b"PK\x03\x04broken"])
def test_what_is_no_ticket_is_refused(invoke: Invoke, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file.eml"
    file.write_bytes(content)
    outcome = invoke("send", file)
    assert outcome.code == ExitCode.INPUT
    assert is_one_sentence(outcome)
