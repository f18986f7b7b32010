"""The mail that we write: the same every time, in the shape that every program reads alike."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bundler.errors import MisuseError
from bundler.mail.compose import Attachment, compose, picture_id
from bundler.mail.read import read_mail
from bundler.model import Reporter
from tests.document.tickets import empty_ticket, full_ticket, hostile_ticket
from tests.mail.mails import HTML, SUBJECT, TEXT, attachments, mail


def _parsed(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_mail_is_the_same_every_time_and_another_for_another_ticket() -> None:
    assert mail() == mail()
    other = compose(empty_ticket(), to="", subject=SUBJECT, text=TEXT, html=HTML, attachments=[])
    boundaries = re.compile(rb'boundary="([^"]+)"')
    assert not set(boundaries.findall(other)) & set(boundaries.findall(mail()))


def test_parts_stand_as_ten_decoders_want_them() -> None:
    def shape(part: EmailMessage) -> object:
        kind = part.get_content_type()
        return (kind, [shape(each) for each in part.iter_parts()]) if part.is_multipart() else kind  # type: ignore[arg-type]  # parts of an EmailMessage are of its kind

    related = ("multipart/related", ["text/html", "image/png"])
    assert shape(_parsed(mail())) == (
        "multipart/mixed",
        [
            ("multipart/alternative", ["text/plain", related]),
            "application/json",
            "application/octet-stream",
            "application/octet-stream",
            "application/octet-stream",
            "application/json",
        ],
    )
    assert _parsed(mail()).get_body(("related",))["Content-Type"].params["type"] == "text/html"  # type: ignore[index]  # None would fail the test


def test_draft_has_the_headers_of_a_draft_and_no_others() -> None:
    message = _parsed(mail())
    assert message.keys() == [
        "X-Ticket-Digest",
        "From",
        "To",
        "Subject",
        "X-Unsent",
        "X-Ticket-Id",
        "MIME-Version",
        "Content-Type",
    ]
    assert message["From"] == "Åse Example <dev@example.com>"
    assert (message["To"], message["Subject"]) == ("support@example.com", SUBJECT)
    assert (message["X-Unsent"], message["X-Ticket-Id"]) == ("1", "t-7f3a2c19d0")
    assert mail().count(b"MIME-Version") == 1


def test_nobody_is_named_who_is_not_configured() -> None:
    message = _parsed(compose(empty_ticket(), to="", subject="x", text="a", html="b", attachments=[]))
    assert "From" not in message
    assert "To" not in message


def test_lines_end_in_crlf_and_are_short() -> None:
    data = mail()
    lines = data.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert b"\r" not in b"".join(lines)
    assert max(len(line) for line in lines if not line.startswith(b"Subject: ")) <= 76
    assert data.isascii()
    quoted = data.split(b"quoted-printable")[1:]
    assert max(len(line) for part in quoted for line in part.split(b"--=")[0].split(b"\r\n")) <= 76


def test_text_has_no_trailing_blanks_and_reads_back_otherwise_the_same() -> None:
    read = read_mail(mail())
    assert read.text == TEXT.replace("højt  \n", "højt\n").replace("-- \n", "--\n")
    assert read.html == HTML


def test_control_characters_in_the_text_become_visible() -> None:
    data = compose(empty_ticket(), to="", subject="x", text="a\0b\x1b[1m\ud800\r\nc\rd", html="e\x08", attachments=[])
    assert read_mail(data).text == "a\ufffdb\ufffd[1m\ufffd\nc\nd\n"
    assert read_mail(data).html == "e\ufffd\n"


@pytest.mark.parametrize(
    "to",
    [
        "a@example.com\r\nBcc: b@example.com",
        "a@example.com, b@example.com",
        "A <a@example.com>",
        "nobody",
        "æ@example.com",
        "a@example.com\n",
        "a b@example.com",
    ],
)
def test_address_that_could_bend_the_header_is_refused(to: str) -> None:
    with pytest.raises(MisuseError, match="not a plain mail address"):
        compose(empty_ticket(), to=to, subject="x", text="", html="", attachments=[])


@pytest.mark.parametrize("subject", ["", "a\nb", "a\r\nBcc: b@example.com", "æ", "a" * 121, "\0", "a\tb"])
def test_subject_that_no_header_holds_is_refused(subject: str) -> None:
    with pytest.raises(MisuseError, match="subject"):
        compose(empty_ticket(), to="", subject=subject, text="", html="", attachments=[])


@pytest.mark.parametrize("length", range(60, 121))
def test_subject_of_any_length_stays_on_its_line(length: int) -> None:
    subject = ("word " * 30)[: length - 1] + "x"
    data = compose(empty_ticket(), to="", subject=subject, text="", html="", attachments=[])
    assert f"\r\nSubject: {subject}\r\n".encode() in b"\r\n" + data


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20), st.integers(1, 20))
@settings(max_examples=60)
def test_any_subject_is_read_back_the_same(word: str, count: int) -> None:
    subject = " ".join([word] * count)[:120].strip().replace("=?", "=.")
    data = compose(empty_ticket(), to="", subject=subject, text="", html="", attachments=[])
    assert read_mail(data).subject == subject
    assert _parsed(data)["Subject"] == subject


def test_hostile_ticket_adds_no_header() -> None:
    data = compose(hostile_ticket(), to="", subject="x", text="", html="", attachments=[])
    assert _parsed(data).keys() == [
        "X-Ticket-Digest",
        "Subject",
        "X-Unsent",
        "X-Ticket-Id",
        "MIME-Version",
        "Content-Type",
    ]
    named = replace(hostile_ticket(), reporter=Reporter(name=hostile_ticket().summary, email="x@example.com"))
    data = compose(named, to="", subject="x", text="", html="", attachments=[])
    assert "Bcc" not in _parsed(data)
    assert _parsed(data)["From"].addresses[0].addr_spec == "x@example.com"


@given(st.binary(max_size=400), st.sampled_from(["application/octet-stream", "application/json", "image/png"]))
@settings(max_examples=80)
def test_attachments_are_byte_identical(data: bytes, media_type: str) -> None:
    file = Attachment("a.bin", data, media_type)
    assert read_mail(mail([file])).attachments == (("a.bin", media_type, data),)


@pytest.mark.parametrize(
    "files",
    [
        [Attachment("a b", b"", "application/octet-stream")],
        [Attachment("../a", b"", "application/octet-stream")],
        [Attachment("a,b", b"", "application/octet-stream")],
        [Attachment("æ", b"", "application/octet-stream")],
        [Attachment("a" * 61, b"", "application/octet-stream")],
        [Attachment("a\r\nX: y", b"", "application/octet-stream")],
        [Attachment("a", b"", "application/octet-stream"), Attachment("A", b"", "application/octet-stream")],
        [Attachment("a", b"", "multipart/mixed")],
        [Attachment("a", b"", "text/plain")],
        [Attachment("a", b"", "message/rfc822")],
        [Attachment("a", b"", "application/json\r\nX: y")],
        [Attachment("a", b"", "text/html", "a@b")],
        [Attachment("a", b"", "image/png", "a@b>\r\nX: y")],
        [Attachment("a", b"", "image/png", "a@b"), Attachment("b", b"", "image/png", "a@b")],
        [Attachment(f"a{n}", b"", "image/png", f"a{n}@b") for n in range(3)],
    ],
)
def test_attachments_that_are_not_ours_to_send_are_a_mistake(files: list[Attachment]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - four different sentences
        mail(files)


def test_pictures_are_shown_by_an_id_of_their_own_mail() -> None:
    assert picture_id("t 1", 2) == "picture-02.t-1@ticket-bundler.invalid"
    (shown,) = (part for part in _parsed(mail()).walk() if part["Content-ID"])
    assert shown["Content-ID"] == f"<{picture_id('t-7f3a2c19d0', 1)}>"
    assert (shown.get_content_disposition(), shown.get_filename()) == ("inline", "pictures-01-phone.png")
    assert sum(file.content_id is not None for file in attachments()) == 1


def test_mail_without_pictures_has_its_html_alone() -> None:
    data = compose(full_ticket(), to="", subject="x", text="a", html="b", attachments=[])
    assert b"multipart/related" not in data
    assert read_mail(data).html == "b\n"


def follow_up(
    subject: str = "x", in_reply_to: str = "<first@shop.example>", references: list[str] | None = None
) -> bytes:
    return compose(
        full_ticket(),
        to="",
        subject=subject,
        text="a",
        html="b",
        attachments=[],
        in_reply_to=in_reply_to,
        references=references or [],
    )


@pytest.mark.parametrize("subject", ["x [t-1]", "Re: x [t-1]", "RE: re:Re: x [t-1]"])
def test_follow_up_names_what_it_follows_and_says_re_once(subject: str) -> None:
    message = _parsed(follow_up(subject, references=["<older@shop.example>"]))
    assert message["Subject"] == "Re: x [t-1]"
    assert message["In-Reply-To"] == "<first@shop.example>"
    assert message["References"] == "<older@shop.example> <first@shop.example>"


def test_subject_of_a_follow_up_may_be_as_long_as_that_of_the_first_mail() -> None:
    assert _parsed(follow_up("x" * 120))["Subject"] == "Re: " + "x" * 120
    with pytest.raises(MisuseError, match="subject"):
        follow_up("Re: " + "x" * 121)


def test_mail_that_follows_none_has_the_headers_of_none() -> None:
    message = _parsed(mail())
    assert "In-Reply-To" not in message
    assert "References" not in message
    assert str(message["Subject"]).startswith("[")


def test_long_ids_of_mails_stay_as_they_are_one_a_line() -> None:
    ids = [f"<{number:03}{'x' * 150}@shop.example>" for number in range(30)]
    data = follow_up(in_reply_to=ids[-1], references=ids[:-1])
    kept = [ids[0], *ids[-19:]]
    assert ("References: " + "\r\n ".join(kept) + "\r\n").encode() in data
    assert f"\r\nIn-Reply-To: {ids[-1]}\r\n".encode() in data


@pytest.mark.parametrize(
    "given", ["first@shop.example", "<a b@c>", "<a>\r\nBcc: b@example.com", "<æ@c>", "<>", "<a=?b>"]
)
def test_id_that_could_bend_the_header_is_refused(given: str) -> None:
    with pytest.raises(MisuseError, match="id of the mail"):
        follow_up(in_reply_to=given)


@given(st.text(max_size=220))
@settings(max_examples=200)
def test_any_name_of_a_reporter_is_read_back_beside_the_same_address(name: str) -> None:
    ticket = replace(full_ticket(), reporter=Reporter(name=name, email="dev@example.com"))
    data = compose(ticket, to="", subject="x", text="a", html="b", attachments=[])
    (address,) = _parsed(data)["From"].addresses
    assert address.addr_spec == "dev@example.com"
    cleaned = " ".join("".join(each if each.isprintable() else " " for each in name).split())[:200]
    assert address.display_name.replace(" ", "") == cleaned.replace(" ", "")
    assert max(map(len, data.partition(b"To:")[0].split(b"\r\n"))) <= 76


def test_page_too_long_for_mail_programs_is_replaced_by_the_text_and_says_so() -> None:
    picture = '<img src="cid:picture-01.t-7f3a2c19d0@ticket-bundler.invalid" alt="The app">'
    html = f"<html lang='en'><body>{picture}{'<p>Beløb</p>' * 9_000}</body></html>"
    text = "PaymentId: 1b0c & <more>\n" + "én linje\n" * 20_000
    data = compose(full_ticket(), to="", subject="x", text=text, html=html, attachments=attachments())
    read = read_mail(data)
    assert len(read.html.encode()) <= 90_000
    assert "page was longer than mail programs show" in read.html
    assert "PaymentId: 1b0c &amp; &lt;more&gt;\nén linje\n" in read.html
    assert "The rest is in the text of this mail" in read.html
    assert picture in read.html
    assert read.text == text


def test_text_that_fits_a_page_stands_whole_in_place_of_one_that_was_too_long() -> None:
    data = compose(full_ticket(), to="", subject="x", text="PaymentId: 1", html="<p>x</p>" * 20_000, attachments=[])
    assert "<pre" in read_mail(data).html
    assert "PaymentId: 1\n" in read_mail(data).html
    assert "The rest is" not in read_mail(data).html
