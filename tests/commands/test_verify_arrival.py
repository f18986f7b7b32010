"""``verify`` says what arrived of a mail, of a file of many mails, and of standard input."""

from __future__ import annotations

import json
import mailbox
import re
from base64 import encodebytes
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from bundler.commands.arrived import tell_arrival
from bundler.errors import ExitCode
from bundler.mail.arrival import Arrival
from bundler.mail.presence import Part
from tests.commands.previews import PAYMENT
from tests.conftest import Invoke

OTHER = (
    b"From: list@example.com\nTo: dev@shop.example\nSubject: Lunch\nDate: Mon, 23 Nov 2026 12:00:00 +0000\n\nAt one?\n"
)


@pytest.fixture
def sent(bundle: Path) -> bytes:
    """The mail of the ticket as a mail program sends it."""
    return b"Date: Mon, 23 Nov 2026 18:30:00 +0000\r\n" + bundle.with_suffix(".eml").read_bytes()


def rewritten(sent: bytes, change: Callable[[Message], None]) -> bytes:
    message = message_from_bytes(sent)
    change(message)
    return message.as_bytes(policy=SMTP)


def named(message: Message, name: str) -> Message:
    return next(part for part in message.walk() if part.get_filename() == name)


def verified(invoke: Invoke, data: bytes, *flags: str) -> tuple[int, str]:
    outcome = invoke("verify", "-", *flags, stdin=data)
    assert outcome.err == ""
    return outcome.code, outcome.out


def states(out: str) -> dict[str, str]:
    return {part["name"]: part["state"] for part in json.loads(out)["arrival"]["parts"]}


def test_a_mail_from_standard_input_tells_each_part_and_where_each_field_was_read(invoke: Invoke, sent: bytes) -> None:
    code, out = verified(invoke, sent)
    assert code == ExitCode.FINE
    assert "✓ ticket.json: whole\n" in out
    assert "standard input: all" in out
    assert "Recovered" not in out
    told = json.loads(verified(invoke, sent, "--json")[1])
    assert {field["name"]: field["value"] for field in told["arrival"]["fields"]}["PaymentId"] == PAYMENT
    assert {field["source"] for field in told["arrival"]["fields"]} == {"ticket.json"}
    assert {part["state"] for part in told["arrival"]["parts"]} == {"whole"}


def test_a_bundle_from_standard_input_is_verified_and_has_no_arrival(invoke: Invoke, bundle: Path) -> None:
    code, out = verified(invoke, bundle.read_bytes(), "--json")
    assert (code, json.loads(out)["arrival"]) == (ExitCode.FINE, None)


def test_a_renamed_part_is_a_note_and_a_missing_one_makes_the_mail_incomplete(invoke: Invoke, sent: bytes) -> None:
    renamed = sent.replace(b'"logs-01-payment-service.log"', b'"ATT0001.bin"')
    code, out = verified(invoke, renamed)
    assert code == ExitCode.FINE
    assert "✓ logs-01-payment-service.log: whole, arrived as ATT0001.bin\n" in out
    assert out.count("PRV117") == 1
    assert "PRV103" not in out

    def without(message: Message) -> None:
        payload: Any = message.get_payload()
        message.set_payload([part for part in payload if part.get_filename() != "logs-01-payment-service.log"])

    code, out = verified(invoke, rewritten(sent, without))
    assert code == ExitCode.INPUT
    assert "✗ logs-01-payment-service.log: missing\n" in out
    assert "not as it was made" in out


def test_other_line_ends_are_told_from_a_change(invoke: Invoke, sent: bytes) -> None:
    def written(change: Callable[[bytes], bytes]) -> bytes:
        def in_log(message: Message) -> None:
            part = named(message, "logs-01-payment-service.log")
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            del part["Content-Transfer-Encoding"]
            part["Content-Transfer-Encoding"] = "base64"
            part.set_payload(encodebytes(change(content)).decode())

        return rewritten(sent, in_log)

    code, out = verified(invoke, written(lambda content: content.replace(b"\n", b"\r\n")))
    assert code == ExitCode.FINE
    assert "≈ logs-01-payment-service.log: line ends changed\n" in out
    assert "1 of them with other line ends" in out
    code, out = verified(invoke, written(lambda content: content + b"Sent from my phone\n"))
    assert code == ExitCode.INPUT
    assert "✗ logs-01-payment-service.log: changed\n" in out


def test_fields_are_recovered_from_the_text_where_the_files_are_gone(invoke: Invoke, sent: bytes) -> None:
    text = next(part for part in message_from_bytes(sent).walk() if part.get_content_type() == "text/plain")
    payload = text.get_payload(decode=True)
    assert isinstance(payload, bytes)
    quoted = b"> " + payload.replace(b"\r\n", b"\n").replace(b"\n", b"\n> ")
    ticket = re.findall(rb"TB-[0-9A-Z]{8}", sent)[0]
    answer = (
        b"Subject: Re: ["
        + ticket
        + b"]\nDate: Mon, 23 Nov 2026 18:30:00 +0000\nContent-Type: text/plain; charset=utf-8\n"
    )
    code, out = verified(invoke, answer + b"\n" + quoted)
    assert code == ExitCode.INPUT
    assert "PRV110" in out
    assert f"Recovered from the text: PaymentId: {PAYMENT}\n" in out
    assert f"of ticket {ticket.decode()}: not as it was made" in out


def test_without_a_ticket_the_hosts_in_a_mail_tell_the_provider_by_whose_ids_it_is_searched(
    invoke: Invoke,
) -> None:
    """The number has a card's check digit, and is an id under the name that one provider alone has for it."""
    head = b"Subject: Re: [TB-7F3A2C19]\nDate: Mon, 23 Nov 2026 18:30:00 +0000\n\n"
    body = b'PaymentId: shop-1001\n{"paymentPspReference": "4556737586899855"}\n'
    code, out = verified(invoke, head + body)
    assert code == ExitCode.LEAK
    for host in (b"> POST https://pal-test.adyen.com/pal/servlet/Payment/v68/capture\n", b"Host: pal-test.adyen.com\n"):
        code, out = verified(invoke, head + host + body)
        assert code == ExitCode.INPUT
        assert "No secret found; searched by shape, by hosts in it, as a ticket of Adyen.\n" in out
    code, out = verified(invoke, head + b"PaymentId: shop-1001\nSee https://shop.example/\n")
    assert code == ExitCode.INPUT
    assert "searched by shape, no host in it tells the provider, so by what all call their ids.\n" in out


def test_of_many_mails_each_one_with_a_ticket_is_judged_and_the_others_are_counted(
    invoke: Invoke, tmp_path: Path, sent: bytes
) -> None:
    box = mailbox.mbox("export.mbox")
    damaged = sent.replace(b'"logs-01-payment-service.log"', b'"ATT0001.bin"')
    quoting = OTHER + b"\nFrom here on it is lunch.\n"
    for data in (OTHER, sent, quoting, damaged):
        box.add(data)
    box.close()
    assert b"\n>From here on" in Path("export.mbox").read_bytes()
    outcome = invoke("verify", "export.mbox")
    assert outcome.code == ExitCode.FINE
    assert "export.mbox, mail 1 of 2 with a ticket: all" in outcome.out
    assert "export.mbox, mail 2 of 2 with a ticket: all" in outcome.out
    assert "Skipped, for they hold no ticket: 2 other mails." in outcome.out
    told = json.loads(invoke("verify", "export.mbox", "--json").out)
    assert (told["skipped"], told["exit"], [mail["exit"] for mail in told["mails"]]) == (2, 0, [0, 0])
    assert [finding["code"] for finding in told["mails"][1]["damage"]] == ["PRV117"]


def test_a_file_of_many_mails_without_a_ticket_is_told_to_be_one(invoke: Invoke, tmp_path: Path) -> None:
    box = mailbox.mbox("export.mbox")
    box.add(OTHER)
    box.close()
    outcome = invoke("verify", "export.mbox")
    assert outcome.code == ExitCode.INPUT
    assert "No ticket in 1 mail." in outcome.err


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_a_draft_in_a_file_of_many_is_judged_by_every_byte_it_is_sent_with(
    invoke: Invoke, bundle: Path, line_end: bytes
) -> None:
    box = mailbox.mbox("drafts.mbox")
    box.add(bundle.with_suffix(".eml").read_bytes().replace(b"\r\n", line_end))
    box.close()
    outcome = invoke("verify", "drafts.mbox")
    assert (outcome.code, "PRV" in outcome.out) == (ExitCode.FINE, False)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("mail.eml", "--imap", "work", "--ticket", "TB-7F3A2C19"),
        ("--imap", "work"),
        ("mail.eml", "--ticket", "TB-7F3A2C19"),
        ("mail.eml", "--folder", "INBOX"),
    ],
)
def test_what_is_verified_must_be_named_once(invoke: Invoke, words: tuple[str, ...]) -> None:
    outcome = invoke("verify", *words)
    assert outcome.code == ExitCode.USAGE
    assert "For example: ticket-bundler verify" in outcome.err


def test_an_account_that_there_is_not_and_empty_input_are_told(invoke: Invoke) -> None:
    assert invoke("verify", "--imap", "work", "--ticket", "TB-7F3A2C19").code == ExitCode.USAGE
    outcome = invoke("verify", "-")
    assert (outcome.code, "Nothing came in" in outcome.err) == (ExitCode.INPUT, True)


def test_what_the_mail_says_it_lacks_stands_among_the_parts(capsys: pytest.CaptureFixture[str]) -> None:
    parts = (
        Part("logs-1.log", "whole", "logs-1.log", 0, "has 4 of 5,000 bytes: cut"),
        Part("pictures-02.png", "elsewhere", note="(1,234 bytes) is in mail 2 of 2"),
        Part(
            "pictures-03.png", "elsewhere", note="(1,234 bytes) is not in this mail: left out of the mail for its size"
        ),
    )
    tell_arrival(Arrival("TB-7F3A2C19", parts, (), is_trusted=True, is_ours=True))
    assert capsys.readouterr().out.splitlines() == [
        "✓ logs-1.log: whole; it has 4 of 5,000 bytes: cut",
        "– pictures-02.png (1,234 bytes) is in mail 2 of 2",
        "– pictures-03.png (1,234 bytes) is not in this mail: left out of the mail for its size",
    ]


def test_where_something_leaks_no_field_is_told(invoke: Invoke) -> None:
    answer = b"Subject: [TB-7F3A2C19]\nDate: Mon, 23 Nov 2026 18:30:00 +0000\n\n"
    answer += f"PaymentId: {PAYMENT}\ncard 4111 1111 1111 1111\n".encode()
    code, out = verified(invoke, answer)
    assert code == ExitCode.LEAK
    assert "Recovered" not in out
    assert json.loads(verified(invoke, answer, "--json")[1])["arrival"]["fields"] == []
