"""A draft in a real mailbox, and the copy of what was sent."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest
from pyrage import x25519

from bundler.errors import ExitCode
from bundler.mail.read import read_mail
from tests.commands.send.sending import (
    attached,
    configure,
    ledger,
    mail_of,
    outbox,
    printing,
)
from tests.conftest import Invoke
from tests.delivery.certificates import Certificate
from tests.delivery.dovecot import DRAFTS, Dovecot, needs_dovecot, visiting
from tests.delivery.drafts import kept
from tests.delivery.rigs import Sink
from tests.evidence.object_servers import free_port


@pytest.mark.real
@needs_dovecot
def test_with_a_mailbox_the_draft_goes_there_and_a_second_run_replaces_it(
    invoke: Invoke, ticket: Path, mailbox: Dovecot, good: Certificate
) -> None:
    for _ in range(2):
        outcome = invoke("send", ticket)
        assert outcome.code == ExitCode.FINE, outcome.err
    assert DRAFTS in outcome.err
    with visiting(mailbox, good) as visitor:
        ((flags, data),) = kept(visitor)
    assert flags == {"\\Draft", "\\Seen"}
    assert read_mail(data).find_header("X-Unsent") is None
    assert attached(data) == attached(mail_of(ticket).read_bytes())
    assert [entry["state"] for entry in ledger()] == ["delivered", "delivered"]
    assert outbox() == []


@pytest.mark.real
@needs_dovecot
@pytest.mark.parametrize("is_sealed", [False, True])
def test_the_draft_of_a_follow_up_leaves_the_draft_of_the_ticket_where_it_is(
    invoke: Invoke, ticket: Path, mailbox: Dovecot, good: Certificate, is_sealed: bool
) -> None:
    assert invoke("create", "--event", "It works again.", "--follow-up", ticket, "-o", "second").code == ExitCode.FINE
    follow_up = next((ticket.parent / "second").glob("*.zip"))
    sealing = ("--encrypt", str(x25519.Identity.generate().to_public())) if is_sealed else ()
    for bundle in (ticket, follow_up, ticket, follow_up):
        outcome = invoke("send", bundle, *sealing)
        assert outcome.code == ExitCode.FINE, outcome.err
    assert "replaces the older one" in outcome.err
    with visiting(mailbox, good) as visitor:
        drafts = [read_mail(data) for _, data in kept(visitor)]
    assert [draft.subject.startswith("Re: ") for draft in drafts] == [False, True]
    assert len({draft.find_header("X-Ticket-Id") for draft in drafts}) == 1


@pytest.mark.real
@needs_dovecot
def test_a_copy_of_what_was_sent_is_kept_where_the_account_asks_for_it(
    invoke: Invoke, ticket: Path, mailbox: Dovecot, good: Certificate, sink: Sink, tmp_path: Path
) -> None:
    program = tmp_path / "sendmail"
    program.write_text(f"#!{sys.executable}\nimport sys\nsys.stdin.buffer.read()\n")
    program.chmod(0o755)
    configure(
        f'sendmail = ["{program}"]',
        f'imap = "imaps://localhost:{mailbox.imaps}"',
        "keep_sent = true",
        f'ca_file = "{good.cert}"',
        f"password_command = {printing('s3cret')}",
    )
    outcome = invoke("send", ticket, "--way", "sendmail", "--yes")
    assert outcome.code == ExitCode.FINE, outcome.err
    with visiting(mailbox, good) as visitor:
        ((_, data),) = kept(visitor, "Sent")
    assert attached(data) == attached(mail_of(ticket).read_bytes())


def test_a_mailbox_that_cannot_be_reached_is_told_with_the_command_to_go_on(
    invoke: Invoke, ticket: Path, good: Certificate
) -> None:
    configure(f'imap = "imaps://127.0.0.1:{free_port()}"', f"password_command = {printing()}")
    secret_map, key = ticket.with_suffix(".map.json"), ticket.with_name("no key.txt")
    options = ["--cc", "kim@shop.example", "--cc", "Åse Ø <ase@shop.example>", "--size-limit", "20MB"]
    options += ["--map", str(secret_map), "--map-identity", str(key)]
    outcome = invoke("send", ticket, *options)
    assert outcome.code == ExitCode.INPUT
    typed = shlex.split(outcome.err.partition("To go on: ")[2])
    assert typed[:3] == ["ticket-bundler", "send", str(ticket)]
    assert sorted(typed[3:]) == sorted(options)
    assert invoke(*typed[1:]).err == outcome.err
    assert outbox() == []


def test_a_way_that_the_account_has_no_server_for_is_told_before_anything_is_kept(invoke: Invoke, ticket: Path) -> None:
    configure('sendmail = ["msmtp"]')
    for argv, told in (
        (("send", ticket, "--way", "smtp", "--yes"), "The account work has no server to send by."),
        (("send", ticket, "--way", "imap"), "The account work has no mailbox."),
        (("verify", "--imap", "work", "--ticket", "TB-7F3A2C19"), "The account work has no mailbox."),
    ):
        outcome = invoke(*argv)
        assert (outcome.code, outcome.out) == (ExitCode.INPUT, "")
        assert told in outcome.err
        assert "under [account.work]" in outcome.err
    configure('imap = "imaps://127.0.0.1"')
    for way in ("sendmail", "smtp"):
        outcome = invoke("send", ticket, "--way", way, "--yes")
        assert outcome.code == ExitCode.INPUT
        assert "to send by." in outcome.err
    assert "to send by." in invoke("send", ticket, "--reflect", "--yes").err
    assert outbox() == []
