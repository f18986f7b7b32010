"""What is minded in a mail before it leaves: each fault alone, in a mail that is otherwise fine."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from contextlib import suppress
from quopri import decodestring
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundler.errors import ExitCode, UnreadableInput
from bundler.mail.blocked import who_refuses
from bundler.mail.compose import Attachment, compose, picture_id
from bundler.mail.digest import with_digest
from bundler.mail.faults import FAULTS, fault
from bundler.mail.letter import Manner, Sender
from bundler.mail.lint import lint
from bundler.mail.page import Page
from bundler.model import SafeTicket
from bundler.render import Tool, render
from tests.build import empty_ticket, hostile_ticket, safe_ticket
from tests.conftest import Invoke
from tests.document.tickets import full_ticket
from tests.mail.demo import ME, demo_draft, demo_letter

MANNERS: tuple[Manner, ...] = get_args(Manner)
LIMIT = 10_000_000


def codes(data: bytes, manner: Manner = "send", *, size_limit: int = LIMIT, sender: Sender | None = ME) -> set[str]:
    return {finding.code for finding in lint(data, manner, size_limit=size_limit, sender=sender)}


def changed(old: bytes, new: bytes, manner: Manner = "send") -> bytes:
    """The demo's mail with one place changed."""
    data = demo_letter(manner).data
    assert old in data
    return data.replace(old, new, 1)


@pytest.mark.parametrize("manner", MANNERS)
def test_nothing_is_minded_in_a_mail_of_ours(manner: Manner) -> None:
    assert codes(demo_letter(manner).data, manner) == set()


def test_nothing_is_minded_in_the_draft_itself() -> None:
    assert lint(demo_draft(), "file", size_limit=LIMIT, sender=None) == ()


@pytest.mark.parametrize("ticket", [safe_ticket(), empty_ticket(), hostile_ticket()], ids=["full", "empty", "hostile"])
def test_texts_of_any_ticket_tell_the_same_and_load_nothing(ticket: SafeTicket) -> None:
    text, page = (render(name, ticket, tool=Tool("ticket-bundler", "1")) for name in ("mail.txt", "mail.html"))
    pictures = [
        Attachment(f"{number}.png", each.data, "image/png", picture_id(ticket.ticket_id, number))
        for number, each in enumerate(ticket.pictures[:2], start=1)
    ]
    subject = render("subject.txt", ticket, tool=Tool("ticket-bundler", "1"))
    data = compose(ticket, to="support@example.com", subject=subject, text=text, html=page, attachments=pictures)
    assert codes(data, "file", sender=None) == {"MAI011"}  # for these mails carry no manifest


def _with_page(old: str, new: str) -> bytes:
    """The demo's mail with its HTML changed; encoded anew, as one long base64 is not what is looked at here."""
    data = demo_letter("send").data
    part = re.search(rb'text/html; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n', data)
    assert part
    end = data.index(b"\r\n--=", part.end())
    page = decodestring(data[part.end() : end]).decode()
    assert old in page
    encoded = base64.encodebytes(page.replace(old, new, 1).encode()).replace(b"\n", b"\r\n")
    head = part[0].replace(b"quoted-printable", b"base64")
    return data[: part.start()] + head + encoded + data[end + 2 :]


FAULTY: dict[str, Callable[[], tuple[bytes, Manner]]] = {
    "MAI001": lambda: (changed(b"X-Ticket-Id", b"X-Unsent: 1\r\nX-Ticket-Id"), "send"),
    "MAI002": lambda: (changed(b"X-Unsent: 1\r\n", b"", "file"), "file"),
    "MAI003": lambda: (changed(b"X-Ticket-Id: ", b"X-Other: x\nX-Ticket-Id: "), "send"),
    "MAI004": lambda: (changed(b"X-Ticket-Id: ", b"X-Other: " + b"x" * 1000 + b"\r\nX-Ticket-Id: "), "send"),
    "MAI005": lambda: (changed(b"quoted-printable\r\n\r\n", b"quoted-printable\r\n\r\n" + b"x" * 77 + b"\r\n"), "send"),
    "MAI006": lambda: (changed(b'filename="ticket.json"', b'filename="ticket,json"'), "send"),
    "MAI007": lambda: (changed(b'filename="MANIFEST.json"', b'filename="TICKET.json"'), "send"),
    "MAI008": lambda: (_with_page("cid:picture-01", "cid:picture-99"), "send"),
    "MAI009": lambda: (_with_page("cid:picture-01", "cid:picture-99"), "send"),
    "MAI010": lambda: (_with_page("76fc041f-d5f0-44bc-9be2-a4ac1e883422", "76fc041f"), "send"),
    "MAI011": lambda: (_with_changed_attachment(), "send"),
    "MAI013": lambda: (changed(b'filename="logs-01-payment-service.log"', b'filename="payment-service.js"'), "send"),
    "MAI014": lambda: (changed(b"<dev@shop.example>", b"<boss@shop.example>"), "send"),
    "MAI015": lambda: (changed(b"Subject: [sandbox]", b"Subject: [sandbox]" + b"x" * 120), "send"),
    "MAI016": lambda: (_with_page('alt="Screenshot', 'title="Screenshot'), "send"),
    "MAI017": lambda: (_with_page("What happened", "What happened in /home/soren/shop"), "send"),
    "MAI018": lambda: (changed(b"X-Ticket-Id", b"Bcc: boss@shop.example\r\nX-Ticket-Id"), "send"),
    "MAI019": lambda: (changed(b"Message-ID: ", b"X-Message-ID: "), "send"),
    "MAI020": lambda: (_with_page("What happened", "What happened" + "!" * 90_000), "send"),
    "MAI021": lambda: (_with_page("<body", '<img alt="x" src="https://shop.example/pixel.png"><body'), "send"),
    "MAI022": lambda: (changed(b'boundary="=0_', b'boundary="=9_'), "send"),
}


def _with_changed_attachment() -> bytes:
    data = demo_letter("send").data
    start = data.index(b'filename="logs-01-payment-service.log"')
    place = data.index(b"\r\n\r\n", start) + 100
    other = b"A" if data[place : place + 1] != b"A" else b"B"
    return data[:place] + other + data[place + 1 :]


@pytest.mark.parametrize("code", FAULTY)
def test_each_fault_is_found(code: str) -> None:
    data, manner = FAULTY[code]()
    assert code in codes(data, manner)


@pytest.mark.parametrize("code", set(FAULTY) - {"MAI006", "MAI007", "MAI008", "MAI009", "MAI013", "MAI022"})
def test_fault_that_touches_nothing_else_is_found_alone(code: str) -> None:
    data, manner = FAULTY[code]()
    assert codes(data, manner) == {code}


def test_mail_beyond_the_limit_is_told_with_both_numbers() -> None:
    data = demo_letter("send").data
    (finding,) = lint(data, "send", size_limit=len(data) - 1, sender=ME)
    assert finding.code == "MAI012"
    assert f"{len(data):,}" in finding.message
    assert lint(data, "send", size_limit=len(data), sender=ME) == ()


def test_there_is_a_mail_for_every_fault() -> None:
    assert FAULTY.keys() | {"MAI012"} == FAULTS.keys()


@pytest.mark.parametrize("code", FAULTS)
def test_every_fault_explains_itself(code: str, invoke: Invoke) -> None:
    assert re.fullmatch(r"MAI0\d\d", code)
    assert FAULTS[code].title.endswith(".")
    assert FAULTS[code].advice.endswith(".")
    assert fault(code).message == FAULTS[code].title
    told = invoke("explain", code)
    assert told.code == ExitCode.FINE
    assert FAULTS[code].title in told.out


def test_draft_in_a_mailbox_needs_what_a_sent_mail_needs_and_may_name_blind_copies() -> None:
    data = demo_letter("imap").data
    assert codes(data.replace(b"Date: ", b"X-Date: ", 1), "imap") == {"MAI019"}
    assert codes(data.replace(b"X-Ticket-Id", b"Bcc: boss@shop.example\r\nX-Ticket-Id", 1), "imap") == set()


def test_answer_may_say_re_before_a_subject_of_full_length() -> None:
    data = compose(full_ticket(), to="", subject="Re: " + "x" * 120, text="a", html="b", attachments=[])
    assert "MAI015" not in codes(data, "file")


def test_fields_are_compared_in_both_directions() -> None:
    def made(text: str, html: str) -> set[str]:
        data = compose(full_ticket(), to="", subject="x", text=text, html=html, attachments=[])
        return codes(data, "file", sender=None) & {"MAI010"}

    row = '<table><tr><th scope="row">PaymentId:</th><td>{}</td></tr></table>'
    assert made("PaymentId: 1b0c\n\nx", row.format("1b0c")) == set()
    assert made("PaymentId: 1b0c\n\nx", row.format("1b0d")) == {"MAI010"}
    assert made("PaymentId: 1b0c\n\nx", row.format("1b0c") + row.format("9")) == {"MAI010"}
    assert made("PaymentId: 1b0c\nMerchantId: 7\n\nx", row.format("1b0c")) == {"MAI010"}
    assert made("Hello\n\nPaymentId: 1b0c", "<p>Hello</p>") == {"MAI010"}
    long = "x" * 40 + " " + "y" * 40
    assert made(f"PaymentId: {'x' * 40}\n  {'y' * 40}\n\nx", row.format(long)) == set()


@pytest.mark.parametrize(
    ("html", "foreign"),
    [
        ("<p>x</p>", False),
        ('<a href="https://shop.example/">x</a>', False),
        ('<img alt="x" src="cid:a@b">', False),
        ('<img alt="x" src="data:image/png;base64,AA">', True),
        ('<img alt="x" src="//shop.example/x.png">', True),
        ('<td background="https://shop.example/x.png">', True),
        ('<td style="background:url(https://shop.example/x.png)">', True),
        ("<style>@import 'https://shop.example/x.css'</style>", True),
        ("<style>p { color: red }</style>", False),
        ("<script>1</script>", True),
        ('<p onclick="x()">', True),
        ('<link rel="stylesheet" href="https://shop.example/x.css"/>', True),
        ("<iframe></iframe>", True),
    ],
)
def test_page_that_loads_or_runs_something_is_found(html: str, foreign: bool) -> None:
    assert bool(Page(html).foreign) is foreign


@given(st.text(st.sampled_from("<>&;!-[]=\"'/ \ntrhdscopeimg\0")))
@settings(max_examples=300)
def test_any_page_is_read(html: str) -> None:
    assert isinstance(Page(html).squeezed_text, str)


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("a.exe", "Gmail and Outlook"),
        ("a.JS", "Gmail and Outlook"),
        ("a.py", "Outlook"),
        ("a.dll", "Gmail"),
        ("a.exe. ", "Gmail and Outlook"),
        ("a.js.txt", ""),
        ("ticket.json", ""),
        ("logs-01.log", ""),
        ("a.http", ""),
        ("exe", "Gmail and Outlook"),
        ("", ""),
    ],
)
def test_refused_types_are_told_by_the_last_ending(name: str, who: str) -> None:
    assert who_refuses(name) == who


def test_encrypted_mail_is_judged_by_what_one_sees_of_it() -> None:
    head, _, _ = demo_letter("send").data.partition(b"MIME-Version")
    sealed = (
        head + b'MIME-Version: 1.0\r\nContent-Type: multipart/encrypted; protocol="application/pgp-encrypted"; '
        b'boundary="x"\r\n\r\n--x\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--x\r\n'
        b'Content-Type: application/octet-stream; name="encrypted.asc"\r\n'
        b'Content-Disposition: inline; filename="encrypted.asc"\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\n--x--\r\n'
    )
    assert codes(sealed) - {"MAI006"} == set()
    assert "MAI001" in codes(sealed.replace(b"MIME-Version", b"X-Unsent: 1\r\nMIME-Version", 1))


@given(st.binary(max_size=400))
@settings(max_examples=100)
def test_what_is_no_mail_is_refused_and_nothing_worse(data: bytes) -> None:
    for attempt in (data, b"Subject: x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" + data):
        with suppress(UnreadableInput):
            lint(attempt, "send", size_limit=LIMIT, sender=ME)


def test_files_beside_a_manifest_that_does_not_know_them_are_found() -> None:
    files = [Attachment("a.bin", b"x", "application/octet-stream")]
    data = compose(full_ticket(), to="", subject="x", text="A: b", html="A: b", attachments=files)
    assert "MAI011" in codes(data, "file")
    assert with_digest(data.partition(b"\r\n")[2]) == data
