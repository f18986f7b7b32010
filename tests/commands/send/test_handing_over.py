"""What is handed over arrives whole, once, after a look at all of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from bundler.mail.read import read_mail
from bundler.mail.verified import verify_mail
from tests.commands.send.sending import (
    SUPPORT,
    attached,
    configure,
    configure_smtp,
    is_one_sentence,
    ledger,
    mail_of,
    outbox,
    printing,
    state,
)
from tests.conftest import Invoke
from tests.delivery.certificates import Certificate
from tests.delivery.rigs import USER, Sink
from tests.evidence.object_servers import free_port


def test_a_ticket_arrives_whole_and_is_remembered(invoke: Invoke, ticket: Path, sink: Sink, server: int) -> None:
    outcome = invoke(
        "send", ticket, "--way", "smtp", "--yes", "--cc", "Kim <kim@shop.example>", "--bcc", "b@shop.example"
    )
    assert outcome.code == ExitCode.FINE, outcome.err
    (taken,) = sink.box
    assert (taken.sender, set(taken.recipients)) == (USER, {SUPPORT, "kim@shop.example", "b@shop.example"})
    mail = read_mail(taken.data)
    assert mail.find_header("X-Unsent") is None
    assert mail.find_header("Bcc") is None
    assert b"b@shop.example" not in taken.data
    assert mail.find_header("From") == f"Søren Å <{USER}>"
    assert attached(taken.data) == attached(mail_of(ticket).read_bytes())
    assert [each.severity for each in verify_mail(mail, taken.data) if each.severity == "blocker"] == []
    entries = ledger()
    assert [entry["state"] for entry in entries] == ["queued", "trying", "delivered"]
    assert entries[-1]["accepted"] == [SUPPORT, "kim@shop.example", "b@shop.example"]
    assert entries[-1]["message_id"] == mail.find_header("Message-ID")
    assert outbox() == []


def test_a_follow_up_answers_the_mails_that_were_sent(invoke: Invoke, ticket: Path, sink: Sink, server: int) -> None:
    sending = ("--way", "smtp", "--yes", "-q")
    assert invoke("send", ticket, *sending, "--reflect").code == ExitCode.FINE
    bundle = ticket
    for words in ("It works again.", "Not any more."):
        assert invoke("send", bundle, *sending).code == ExitCode.FINE
        assert invoke("create", "--event", words, "--follow-up", bundle, "-o", words).code == ExitCode.FINE
        bundle = next((ticket.parent / words).glob("*.zip"))
    assert invoke("send", bundle, *sending).code == ExitCode.FINE
    first, second, third = [read_mail(taken.data) for taken in sink.box[1:]]
    ids = [str(mail.find_header("Message-ID")) for mail in (first, second)]
    assert first.find_header("In-Reply-To") is None
    assert (second.find_header("In-Reply-To"), second.find_header("References")) == (ids[0], ids[0])
    assert (third.find_header("In-Reply-To"), (third.find_header("References") or "").split()) == (ids[1], ids)


def test_the_page_tells_everything_before_it_is_sent(invoke: Invoke, ticket: Path, server: int) -> None:
    told = invoke("send", ticket, "--way", "smtp", "--yes", "--reply-to", "team@shop.example").err
    for wanted in (
        f"Søren Å <{USER}>",
        SUPPORT,
        "team@shop.example",
        "over verified TLS",
        "that may be sent",
        "encrypted  no",
        "Masked: 5 secrets",
        "pictures/01-app-error.png",
        "left out: 302 records",
        "Leak check: passed",
    ):
        assert wanted in told


def test_nobody_gets_it_twice_unless_asked_for(invoke: Invoke, ticket: Path, sink: Sink, server: int) -> None:
    argv = ("send", ticket, "--way", "smtp", "--yes", "-q")
    assert invoke(*argv).code == ExitCode.FINE
    second = invoke(*argv)
    assert (second.code, len(sink.box)) == (ExitCode.USAGE, 1)
    assert is_one_sentence(second)
    assert "--again" in second.err
    assert outbox() == []
    assert invoke(*argv, "--to", "other@shop.example").code == ExitCode.FINE
    assert invoke(*argv, "--again").code == ExitCode.FINE
    assert [taken.recipients for taken in sink.box] == [(SUPPORT,), ("other@shop.example",), (SUPPORT,)]


def test_without_a_terminal_and_without_yes_nothing_is_sent(
    invoke: Invoke, ticket: Path, sink: Sink, server: int
) -> None:
    for argv in (("--way", "smtp"), ("--way", "smtp", "-q"), ("--way", "smtp", "--json"), ()):
        outcome = invoke("send", ticket, *argv)
        assert outcome.code == ExitCode.USAGE
        assert "Nothing was sent" in outcome.err
    assert (sink.box, sink.logins, ledger(), outbox()) == ([], [], [], [])


def test_a_dry_run_tells_all_and_touches_nothing(
    invoke: Invoke, ticket: Path, tmp_path: Path, good: Certificate
) -> None:
    made = tmp_path / "made"
    command = printing(then=f"open('{made}', 'w')")
    port = free_port()
    configure_smtp(port, good, f"password_command = {command}", f'imap = "imaps://127.0.0.1:{port}"')
    for way in ("smtp", "imap", "file"):
        outcome = invoke("send", ticket, "--way", way, "--dry-run")
        assert outcome.code == ExitCode.FINE, outcome.err
        assert "Dry run: nothing was done" in outcome.err
    assert f"127.0.0.1:{port}" in invoke("send", ticket, "--way", "smtp", "--dry-run").err
    assert not made.exists()
    assert not state().exists()


def test_to_myself_first_does_not_count(invoke: Invoke, ticket: Path, sink: Sink, server: int) -> None:
    argv = ("send", ticket, "--way", "smtp", "--yes", "-q")
    assert invoke(*argv, "--reflect").code == ExitCode.FINE
    assert invoke(*argv, "--reflect").code == ExitCode.FINE
    assert invoke(*argv).code == ExitCode.FINE
    assert [taken.recipients for taken in sink.box] == [(USER,), (USER,), (SUPPORT,)]
    assert sink.box[0].data == sink.box[2].data
    assert invoke("send", ticket, "--reflect", "--way", "file").code == ExitCode.USAGE


def test_a_name_with_a_comma_and_a_subject_of_any_length_leave_as_they_are(
    invoke: Invoke, ticket: Path, sink: Sink, server: int
) -> None:
    argv = ("--to", "Ødegård, Åse <ase@shop.example>", "--to", "søren@blåbær.example")
    assert invoke("send", ticket, "--way", "smtp", "--yes", "-q", *argv).code == ExitCode.FINE
    (taken,) = sink.box
    assert taken.recipients == ("ase@shop.example", "søren@blåbær.example")
    assert "SMTPUTF8" in taken.options


def test_a_program_like_sendmail_gets_arguments_and_the_mail(invoke: Invoke, ticket: Path, tmp_path: Path) -> None:
    program = tmp_path / "own sendmail"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nopen({str(tmp_path / 'argv')!r}, 'w').write('\\n'.join(sys.argv[1:]))\n"
        f"open({str(tmp_path / 'mail')!r}, 'wb').write(sys.stdin.buffer.read())\n"
    )
    program.chmod(0o755)
    configure(f'sendmail = ["{program}", "-a", "$(touch {tmp_path}/made)"]')
    assert invoke("send", ticket, "--yes", "-q").code == ExitCode.FINE
    argv = (tmp_path / "argv").read_text().split("\n")
    assert argv == ["-a", f"$(touch {tmp_path}/made)", "-oi", "-f", USER, "--", SUPPORT]
    assert attached((tmp_path / "mail").read_bytes()) == attached(mail_of(ticket).read_bytes())
    assert not (tmp_path / "made").exists()


def test_a_ticket_can_leave_encrypted_and_only_for_all(
    invoke: Invoke, ticket: Path, sink: Sink, server: int, tmp_path: Path
) -> None:
    pyrage = pytest.importorskip("pyrage", reason="the extra age is not installed")
    identity = pyrage.x25519.Identity.generate()
    argv = ("send", ticket, "--way", "smtp", "--yes", "-q")
    key = f"{SUPPORT}={identity.to_public()}"
    lacking = invoke(*argv, "--cc", "kim@shop.example", "--encrypt", key)
    assert lacking.code in (ExitCode.INPUT, ExitCode.USAGE), lacking.err
    assert sink.box == []
    assert invoke(*argv, "--encrypt", key).code == ExitCode.FINE
    (taken,) = sink.box
    (sealed,) = attached(taken.data).values()
    assert pyrage.decrypt(sealed, [identity]) == ticket.read_bytes()
    assert b"MerchantId" not in taken.data


def test_a_mail_nobody_looked_at_says_so_and_others_do_not(
    invoke: Invoke, ticket: Path, sink: Sink, server: int
) -> None:
    invoke("send", ticket, "--way", "smtp", "--yes", "-q")
    assert read_mail(sink.box[0].data).find_header("Auto-Submitted") == "auto-generated"
