"""One draft leaves in four manners: the headers differ by the table, the parts never by a byte."""

from __future__ import annotations

import email
import email.policy
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundler.errors import MisuseError, UnreadableInput
from bundler.mail.compose import compose
from bundler.mail.letter import Letter, Manner, Sender
from bundler.mail.manners import as_letter
from bundler.mail.read import read_mail
from bundler.mail.verified import verify_mail
from tests.document.tickets import empty_ticket, full_ticket
from tests.mail.mails import SUBJECT, mail

MANNERS: tuple[Manner, ...] = get_args(Manner)
MOMENT = datetime(2026, 11, 23, 14, 2, 11, tzinfo=timezone(timedelta(hours=1)))
ME = Sender("dev@shop.example", "Søren Å")
FULL: dict[str, object] = {"cc": ["Doe, Jane <jane@shop.example>"], "bcc": ["boss@shop.example"]}


def letter(manner: Manner, draft: bytes | None = None, **changes: object) -> Letter:
    given_: dict[str, object] = {"reply_to": "team@shop.example", "unattended": True, **FULL, **changes}
    sender = given_.pop("sender", ME)
    return as_letter(mail() if draft is None else draft, manner, sender, MOMENT, **given_)  # type: ignore[arg-type]  # the tests vary them


def parsed(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


COMMON = ["From", "Reply-To", "To", "Cc"]
TICKET = ["X-Ticket-Id", "MIME-Version", "Content-Type"]
TABLE: dict[Manner, list[str]] = {
    "file": ["X-Ticket-Digest", *COMMON, "Bcc", "Subject", "X-Unsent", *TICKET],
    "imap": ["Date", *COMMON, "Bcc", "Subject", "Message-ID", *TICKET],
    "send": ["Date", *COMMON, "Subject", "Message-ID", "X-Ticket-Id", "Auto-Submitted", "MIME-Version", "Content-Type"],
    "mutt": [*COMMON, "Bcc", "Subject", *TICKET],
}


@pytest.mark.parametrize("manner", MANNERS)
def test_headers_are_those_of_the_table(manner: Manner) -> None:
    made = letter(manner)
    assert parsed(made.data).keys() == TABLE[manner]
    assert (b"x-unsent" in made.data.lower()) is (manner == "file")
    assert made.recipients == ("support@example.com", "jane@shop.example", "boss@shop.example")
    assert (made.manner, made.sender, made.subject) == (manner, "dev@shop.example", SUBJECT)
    assert made.ticket_id == "t-7f3a2c19d0"


@pytest.mark.parametrize("manner", MANNERS)
def test_parts_are_byte_for_byte_those_of_the_draft(manner: Manner) -> None:
    draft, made = mail(), letter(manner).data
    assert made.partition(b"\r\n\r\n")[2] == draft.partition(b"\r\n\r\n")[2]
    ours, theirs = ([part.as_bytes() for part in parsed(data).walk()][1:] for data in (draft, made))
    assert ours == theirs
    assert len(ours) == 10
    assert read_mail(made).attachments == read_mail(draft).attachments


@pytest.mark.parametrize("manner", MANNERS)
def test_letter_is_the_same_every_time_and_its_lines_end_in_crlf(manner: Manner) -> None:
    made = letter(manner)
    assert made == letter(manner)
    assert made.data.isascii()
    assert made.data.count(b"\n") == made.data.count(b"\r\n") == made.data.count(b"\r")
    head = made.data.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert max(len(line) for line in head if not line.startswith((b"Subject: ", b"Message-ID: "))) <= 76


def test_file_without_changes_is_the_draft_itself() -> None:
    for draft in (mail(), compose(empty_ticket(), to="", subject="x", text="a", html="b", attachments=[])):
        assert as_letter(draft, "file", None, None).data == draft
    assert as_letter(mail(), "file", None, None).sender == "dev@example.com"
    assert as_letter(mail(), "file", None, None).message_id == ""


@pytest.mark.parametrize("manner", ["file", "imap", "send"])
def test_whatever_a_manner_adds_verifies_as_whole(manner: Manner) -> None:
    data = letter(manner).data
    assert verify_mail(read_mail(data), data) == ()


def test_a_follow_up_keeps_what_it_follows() -> None:
    draft = compose(
        full_ticket(),
        to="support@example.com",
        subject="x",
        text="a",
        html="b",
        attachments=[],
        in_reply_to="<2@shop.example>",
        references=["<1@shop.example>"],
    )
    for manner in MANNERS:
        message = parsed(letter(manner, draft).data)
        assert message["References"] == "<1@shop.example> <2@shop.example>"
        assert message["In-Reply-To"] == "<2@shop.example>"
        assert message["Subject"] == "Re: x"
    assert as_letter(draft, "file", None, None).data == draft


def test_date_is_the_moment_and_the_id_follows_from_ticket_and_parts() -> None:
    made = letter("send")
    assert parsed(made.data)["Date"] == "Mon, 23 Nov 2026 14:02:11 +0100"
    assert parsed(made.data)["Message-ID"] == made.message_id
    assert made.message_id.startswith("<t-7f3a2c19d0.")
    assert made.message_id.endswith("@shop.example>")
    later = as_letter(mail(), "send", ME, MOMENT + timedelta(days=1), to=["dev@shop.example"])
    assert later.message_id == made.message_id
    other = compose(full_ticket(), to="a@example.com", subject="x", text="a", html="b", attachments=[])
    assert letter("send", other).message_id != made.message_id


def test_to_myself_first_goes_to_nobody_else() -> None:
    made = as_letter(mail(), "send", ME, MOMENT, to=["dev@shop.example"])
    assert made.recipients == ("dev@shop.example",)
    assert parsed(made.data)["To"] == "dev@shop.example"
    assert b"support@example.com" not in made.data.partition(b"\r\n\r\n")[0]


def test_nobody_is_written_to_twice() -> None:
    made = as_letter(mail(), "send", ME, MOMENT, cc=["support@example.com", "a@b.example"], bcc=["A <a@b.example>"])
    assert made.recipients == ("support@example.com", "a@b.example")


def test_mail_that_a_person_sends_does_not_say_that_a_machine_did() -> None:
    for manner in MANNERS:
        assert b"Auto-Submitted" not in letter(manner, unattended=False).data
    assert parsed(letter("send").data)["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("manner", ["imap", "send"])
def test_mail_without_a_sender_is_refused(manner: Manner) -> None:
    with pytest.raises(MisuseError, match="no sender"):
        letter(manner, sender=None)


def test_a_program_that_opens_the_draft_may_give_a_sender_of_its_own() -> None:
    unsigned = re.sub(rb"\nFrom: [^\r]*\r\n", b"\n", mail())
    for manner in ("file", "mutt"):
        assert parsed(as_letter(mail(), manner, None, None).data)["From"] == parsed(mail())["From"]
        assert "From" not in parsed(as_letter(unsigned, manner, None, None).data)


def test_mail_without_a_recipient_is_a_draft_and_is_not_sent() -> None:
    draft = compose(empty_ticket(), to="", subject="x", text="a", html="b", attachments=[])
    with pytest.raises(MisuseError, match="no recipient"):
        as_letter(draft, "send", ME, MOMENT)
    assert as_letter(draft, "imap", ME, MOMENT).recipients == ()
    assert as_letter(draft, "send", ME, MOMENT, bcc=["a@b.example"]).recipients == ("a@b.example",)


@pytest.mark.parametrize("where", ["to", "cc", "bcc"])
@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example, c@d.example",
        "nobody",
        "",
        "<>",
        "-oQ@b.example",
        "a b@c.example",
    ],
)
def test_address_that_could_bend_the_mail_is_refused(where: str, address: str) -> None:
    with pytest.raises(MisuseError, match="is not a mail address"):
        letter("send", None, **{where: [address]})


@pytest.mark.parametrize("name", ["Ida\r\nBcc: c@d.example", "Ida\n", "\0", "\u202egnp", "x" * 201])
def test_name_that_could_bend_the_header_is_refused(name: str) -> None:
    with pytest.raises(MisuseError, match="is not one line"):
        letter("send", sender=Sender("dev@shop.example", name))


def test_address_beyond_ascii_is_written_to_by_smtp_alone() -> None:
    made = as_letter(mail(), "send", ME, MOMENT, to=["Åse <åse@blåbær.example>"])
    assert made.recipients == ("åse@blåbær.example",)
    assert "To: =?utf-8?b?w4VzZQ==?= <åse@blåbær.example>\r\n".encode() in made.data
    for manner in [each for each in MANNERS if each != "send"]:
        with pytest.raises(MisuseError, match="only be written to by SMTP"):
            as_letter(mail(), manner, ME, MOMENT, to=["åse@blåbær.example"])
    sent = as_letter(mail(), "send", Sender("åse@blåbær.example"), MOMENT)
    assert sent.message_id.isascii()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"Subject: x\r\n\r\nhello\r\n",
        b"X-Ticket-Id: t-1\r\nSubject: x\r\n",
        b"X-Ticket-Id: t 1\r\n\r\n",
        b"X-Ticket-Id: t-1\nSubject: x\n\nhello\n",
        b"X-Ticket-Id: t-1\r\n\r\nhello\n",
        b"X-Ticket-Id: t-1\r\n\r\nhel\rlo\r\n",
        b"X-Ticket-Id: t-1\r\nno header\r\n\r\nhello\r\n",
        b" folded: first\r\nX-Ticket-Id: t-1\r\n\r\n",
    ],
)
def test_what_is_no_draft_of_ours_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableInput):
        as_letter(data, "file", None, None)


@given(st.binary(max_size=300))
@settings(max_examples=100)
def test_random_bytes_are_refused_and_nothing_worse(data: bytes) -> None:
    for attempt in (data, b"X-Ticket-Id: t-1\r\n" + data):
        with suppress(UnreadableInput, MisuseError):
            as_letter(attempt, "file", None, None)


def test_headers_that_are_not_ours_stay_behind() -> None:
    draft = mail().replace(
        b"X-Unsent: 1\r\n", b"X-Unsent: 1\r\nBcc: spy@evil.example\r\nX-Spy: 1\r\nX-Ticket-Part: 1/2\r\n"
    )
    for manner in MANNERS:
        head = as_letter(draft, manner, ME, MOMENT).data.partition(b"\r\n\r\n")[0]
        assert b"spy" not in head.lower()
        assert b"\r\nX-Ticket-Part: 1/2\r\n" in head


def test_moment_without_a_zone_is_a_mistake() -> None:
    for moment in (None, datetime(2026, 11, 23, tzinfo=UTC).replace(tzinfo=None)):
        with pytest.raises(ValueError, match="zone"):
            as_letter(mail(), "send", ME, moment)
