"""Mail from anywhere is read without an exception, and within limits."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundler.errors import UnreadableInput
from bundler.mail.guard import MailLimits
from bundler.mail.read import read_mail
from tests.mail.mails import SUBJECT, attachments, mail

HEAD = b"From: a@example.com\r\nMIME-Version: 1.0\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def test_what_was_composed_is_read_back() -> None:
    read = read_mail(mail())
    assert (read.subject, read.to, read.defects) == (SUBJECT, "support@example.com", ())
    assert set(read.attachments) == {(file.name, file.media_type, file.data) for file in attachments()}
    assert read.find_header("x-unsent") == "1"
    assert read.find_header("Date") is None


def test_forwarded_mail_gives_its_files() -> None:
    forwarded = (
        MIXED + b"--b\r\n\r\nsee below\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" + mail() + b"\r\n--b--\r\n"
    )
    read = read_mail(forwarded)
    assert read.text == "see below"
    files = {(name, data) for name, kind, data in read.attachments if name}
    assert files == {(file.name, file.data) for file in attachments()}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "has no header"),
        (b"\0" * 100, "has no header"),
        (b"x" * 70_000, "head of the mail"),
        (HEAD + b"A: b\r\n" * 20_000 + b"\r\n", "head of the mail"),
        (MIXED + b"--b\r\n\r\nx\r\n" * 1_001, "more than 1,000 parts"),
        (HEAD + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" * 31, "30 groups of parts"),
        (HEAD + b"Content-Type: multipart/mixed; boundary*0=a; boundary*1=b\r\n\r\nx", "no mail program"),
        (HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 5 + b"x", "more than 3 deep"),
        (HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 40 + b"x", "30 other mails"),
        (HEAD + b'Content-Type: text/plain; "' + b";a" * 3_000 + b"\r\n\r\nx", "header of the mail is longer"),
        (HEAD + b"\r\n" + b"\n" * 1_000_001, "1,000,000 lines"),
    ],
)
def test_mail_beyond_the_limits_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableInput, match=sentence):
        read_mail(data)


def test_size_limit_is_said_in_the_refusal() -> None:
    with pytest.raises(UnreadableInput, match="larger than 100 bytes"):
        read_mail(HEAD + b"\r\n" + b"x" * 100, MailLimits(size=100))


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Type: text/plain; name*\r\n",
        b"Message-ID: <[0a]@example.com]>\r\n",
        b"To: (c):\r\n",
        b'To: "\r\n',
        b"From: " + b"(" * 10_000 + b"\r\n",
        b"Content-Type: text/plain; charset=DEFAULT_CHARSET\r\n",
        b"Content-Type: text/plain; charset=unknown-8bit\r\n",
        b"Content-Type: text/plain; charset=hex\r\n",
        b"Content-Type: text/plain; charset=\0\r\n",
        b"Content-Type: text/plain; charset*=x''%00\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: x-uuencode\r\n",
        b"Content-Type: multipart/mixed\r\n",
        b"Content-Type: multipart/mixed; boundary=\r\n",
        b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n",
        b"Content-Disposition: attachment; filename*99999999999999999999=a\r\n",
        b"Subject: =?utf-8?b?a?= =?x?q?=?= =?utf-8?q?=FF?=\r\n",
        b"Subject: \xff\xfe\r\n",
        b"Subject:" + b" =?x?q?" * 3_000 + b"\r\n",
    ],
)
def test_mail_that_breaks_other_parsers_is_read(head: bytes) -> None:
    read = read_mail(b"X-First: 1\r\n" + head + b"\r\nabc\xff\r\n")
    assert read.headers[0] == ("X-First", "1")


def test_names_of_files_show_what_they_hide() -> None:
    name = b"Content-Disposition: attachment; filename*=utf-8''..%2F..%2Fevil%E2%80%AEgnp.exe\r\n"
    ((shown, _, content),) = read_mail(HEAD + name + b"\r\nx").attachments
    assert shown == "../../evil\N{REPLACEMENT CHARACTER}gnp.exe"
    assert content == b"x"


def test_unknown_character_set_is_a_defect_and_no_loss() -> None:
    read = read_mail(HEAD + b"Content-Type: text/plain; charset=nonsense\r\n\r\nB\xc3\xb8\r\n")
    assert read.text == "Bø\n"
    assert read.defects == ("text is not in the character set that it names",)


@given(st.lists(st.sampled_from([b"\r\n", b"--b", b"Content-Type: ", b"multipart/", b"=?", b"\0\xff", mail()[:600]])))
def test_shuffled_mail_is_unreadable_at_most(pieces: list[bytes]) -> None:
    try:
        read_mail(b"".join(pieces))
    except UnreadableInput as error:
        assert error.message  # noqa: PT017 - any outcome but another exception is fine


def test_bent_mail_is_unreadable_at_most() -> None:
    dice = random.Random(5)
    for _ in range(150):
        bent = bytearray(mail())
        for _ in range(dice.randrange(1, 30)):
            bent[dice.randrange(1500)] = dice.choice(b'()"=?;:\r\n\t <>@*\x00\xff\x80-/aB')
        try:
            assert read_mail(bytes(bent)).headers
        except UnreadableInput as error:
            assert error.hint  # noqa: PT017 - any outcome but another exception is fine


@settings(max_examples=40)
@given(st.binary(max_size=300))
def test_random_bytes_are_unreadable_at_most(data: bytes) -> None:
    try:
        assert read_mail(data).headers
    except UnreadableInput as error:
        assert error.hint  # noqa: PT017 - any outcome but another exception is fine


def test_header_of_many_parameters_is_read_to_its_end() -> None:
    """Parameters of a header cost the square of their length; this is the longest that is let through."""
    nasty = b'--b\r\nContent-Type: text/plain; name="' + b";a" * 1_900 + b"\r\n\r\nx\r\n"
    assert len(read_mail(MIXED + nasty * 20).attachments) == 20
