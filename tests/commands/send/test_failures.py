"""Whatever goes wrong on the way is one sentence; nothing is lost, and nothing goes twice."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from tests.commands.send.sending import (
    SUPPORT,
    Fickle,
    configure,
    configure_smtp,
    is_one_sentence,
    ledger,
    outbox,
    printing,
)
from tests.conftest import Invoke
from tests.delivery.certificates import Certificate, Certificates
from tests.delivery.rigs import PASSWORD, Sink, reception
from tests.evidence.object_servers import free_port


def _refused_password(port: int, certificates: Certificates) -> None:
    configure_smtp(port, certificates.good, password="wrong")


def _stranger(port: int, certificates: Certificates) -> None:
    configure_smtp(port, certificates.stranger)


def _unknown_authority(port: int, certificates: Certificates) -> None:
    configure_smtp(port, None)


def _other_host(port: int, certificates: Certificates) -> None:
    configure(
        f'smtp = "smtp+starttls://127.0.0.2:{port}"',
        f'ca_file = "{certificates.good.cert}"',
        f"password_command = {printing()}",
    )


def _no_secret(port: int, certificates: Certificates) -> None:
    configure_smtp(port, certificates.good, 'password_command = ["false"]')


def _nothing_to_ask(port: int, certificates: Certificates) -> None:
    configure(f'smtp = "smtp+starttls://127.0.0.1:{port}"', f'ca_file = "{certificates.good.cert}"')


def _open_file(port: int, certificates: Certificates) -> None:
    file = Path(os.environ["HOME"]) / "password"
    file.write_text(PASSWORD, encoding="utf-8")
    file.chmod(0o644)
    configure_smtp(port, certificates.good, f'password_file = "{file}"')


@pytest.mark.parametrize(
    "spoil",
    [_refused_password, _stranger, _unknown_authority, _other_host, _no_secret, _nothing_to_ask, _open_file],
)
def test_what_keeps_the_mail_here_is_one_sentence_and_it_goes_out_once_that_is_mended(
    invoke: Invoke,
    ticket: Path,
    sink: Sink,
    good: Certificate,
    certificates: Certificates,
    spoil: Callable[[int, Certificates], None],
) -> None:
    with reception(sink, good) as port:
        spoil(port, certificates)
        outcome = invoke("send", ticket, "--way", "smtp", "--yes", "-q")
        assert outcome.code == ExitCode.INPUT, outcome.err
        assert sink.box == []
        assert outcome.out == ""
        assert PASSWORD not in outcome.err
        assert f"ticket-bundler send --resume {ticket}" in outcome.err
        assert len(outbox()) == 1
        configure_smtp(port, good)
        assert invoke("send", "--resume", ticket, "-q").code == ExitCode.FINE
    assert [taken.recipients for taken in sink.box] == [(SUPPORT,)]
    assert outbox() == []


def test_a_server_without_tls_hears_no_password_and_no_mail(
    invoke: Invoke, ticket: Path, sink: Sink, good: Certificate
) -> None:
    with reception(sink, None) as port:
        configure_smtp(port, good)
        outcome = invoke("send", ticket, "--way", "smtp", "--yes", "-q")
    assert outcome.code == ExitCode.INPUT
    assert is_one_sentence(outcome)
    assert (sink.box, sink.logins) == ([], [])


def test_a_refused_recipient_is_named_and_the_others_have_it(
    invoke: Invoke, ticket: Path, sink: Sink, server: int
) -> None:
    argv = ("send", ticket, "--way", "smtp", "--yes", "--json")
    outcome = invoke(*argv, "--to", "good@shop.example", "--cc", "bad@shop.example", "--cc", "grey@shop.example")
    assert outcome.code == ExitCode.PARTIAL
    shown = json.loads(outcome.out)
    assert shown["outcome"]["state"] == "partly"
    assert [(each["recipient"], each["code"]) for each in shown["outcome"]["refusals"]] == [
        ("bad@shop.example", 550),
        ("grey@shop.example", 451),
    ]
    assert "\x1b" not in outcome.err + outcome.out
    assert "send --resume" in outcome.err
    assert [taken.recipients for taken in sink.box] == [("good@shop.example",)]
    assert "grey@shop.example" in invoke("send", "--outbox").err
    assert len(sink.box) == 1


def test_a_mail_that_is_refused_for_good_is_not_kept(invoke: Invoke, ticket: Path, sink: Sink, server: int) -> None:
    outcome = invoke("send", ticket, "--way", "smtp", "--yes", "-q", "--to", "bad@shop.example")
    assert outcome.code == ExitCode.INPUT
    assert (outbox(), ledger()[-1]["state"]) == ([], "refused")
    told = (
        f"  Check the recipients' addresses.\n  To go on: ticket-bundler send {ticket} --way smtp --to bad@shop.example"
    )
    assert told in outcome.err
    assert invoke("send", ticket, "--way", "smtp", "--yes", "-q").code == ExitCode.FINE


def test_without_a_network_the_mail_waits_and_the_outbox_sends_it(
    invoke: Invoke, ticket: Path, sink: Sink, good: Certificate
) -> None:
    configure_smtp(free_port(), good)
    outcome = invoke("send", ticket, "--way", "smtp", "--yes", "-q")
    assert outcome.code == ExitCode.INPUT
    assert "There is no way to" in outcome.err
    assert (
        f"  Try again later.\n  It is kept in the outbox. To go on: ticket-bundler send --resume {ticket}"
        in outcome.err
    )
    with reception(sink, good) as port:
        configure_smtp(port, good)
        sent = invoke("send", "--outbox", "--json")
        assert sent.code == ExitCode.FINE
        assert [each["state"] for each in json.loads(sent.out)["letters"]] == ["delivered"]
        assert invoke("send", "--outbox").code == ExitCode.FINE
    assert len(sink.box) == 1
    assert "Nothing waits" in invoke("send", "--outbox").err


def test_a_damaged_letter_is_named_and_the_others_are_sent(
    invoke: Invoke, ticket: Path, sink: Sink, good: Certificate
) -> None:
    configure_smtp(free_port(), good)
    for address in ("desk@shop.example", "good@shop.example"):
        invoke("send", ticket, "--way", "smtp", "--yes", "-q", "--to", address)
    broken, _ = outbox()
    broken.write_bytes(broken.read_bytes()[:-1])
    told = f"{broken} is not what was put into the outbox, so it is not sent.\n  Remove it, and send the ticket again"
    with reception(sink, good) as port:
        configure_smtp(port, good)
        partly = invoke("send", "--outbox", "--json")
        nothing = invoke("send", "--resume", ticket)
        another = invoke("send", ticket, "--way", "smtp", "--yes", "-q", "--to", "other@shop.example")
        broken.unlink()
        assert invoke("send", "--outbox").code == ExitCode.FINE
    assert partly.code == ExitCode.PARTIAL
    assert [each["state"] for each in json.loads(partly.out)["letters"]] == ["delivered", "damaged"]
    assert (nothing.code, another.code) == (ExitCode.INPUT, ExitCode.FINE)
    assert all(outcome.err.count(told) == 1 for outcome in (partly, nothing, another))
    assert len({taken.recipients for taken in sink.box}) == len(sink.box) == 2


def test_the_command_to_go_on_trusts_whom_was_trusted(
    invoke: Invoke, ticket: Path, sink: Sink, good: Certificate
) -> None:
    with reception(Sink(DATA="451 4.3.0 later"), good) as port:
        configure_smtp(port, None)
        outcome = invoke("send", ticket, "--way", "smtp", "--yes", "-q", "--ca-file", good.cert)
    command = outcome.err.partition("To go on: ticket-bundler ")[2].split()
    assert command == ["send", "--resume", str(ticket), "--ca-file", str(good.cert)]
    with reception(sink, good) as port:
        configure_smtp(port, None)
        assert invoke(*command).code == ExitCode.FINE
    assert len(sink.box) == 1


def test_an_unknown_end_is_told_and_never_tried_again_blindly(invoke: Invoke, ticket: Path, good: Certificate) -> None:
    sink = Fickle()
    with reception(sink, good) as port:
        configure_smtp(port, good)
        outcome = invoke("send", ticket, "--way", "smtp", "--yes", "-q")
        assert outcome.code == ExitCode.INPUT
        assert "Look into Sent and the inbox, or ask the recipient, before you send it again.\n" in outcome.err
        sink.drops = False
        for argv in (
            ("--outbox",),
            ("--resume", ticket),
            (ticket, "--way", "smtp", "--yes"),
            (ticket, "--way", "smtp", "--yes", "--again"),
        ):
            refused = invoke("send", *argv)
            assert refused.code in (ExitCode.INPUT, ExitCode.USAGE)
            assert "It is not known whether" in refused.err
            assert "--arrived" in refused.err
        assert len(sink.box) == 1
        assert invoke("send", "--resume", ticket, "--yes", "-q").code == ExitCode.FINE
    assert [taken.data for taken in sink.box] == [sink.box[0].data] * 2
    assert (outbox(), ledger()[-1]["state"]) == ([], "delivered")


def test_what_was_seen_to_have_arrived_is_noted(invoke: Invoke, ticket: Path, good: Certificate) -> None:
    sink = Fickle()
    with reception(sink, good) as port:
        configure_smtp(port, good)
        invoke("send", ticket, "--way", "smtp", "--yes", "-q")
        assert invoke("send", ticket, "--arrived").code == ExitCode.FINE
        assert invoke("send", ticket, "--arrived").code == ExitCode.USAGE
        second = invoke("send", ticket, "--way", "smtp", "--yes", "-q")
    assert "was sent to" in second.err
    assert len(sink.box) == 1


def test_nothing_to_resume_is_told(invoke: Invoke, ticket: Path) -> None:
    outcome = invoke("send", "--resume", ticket)
    assert outcome.code == ExitCode.USAGE
    assert "waits" in outcome.err
