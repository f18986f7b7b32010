"""What we write by hand is what the standard library writes, byte for byte, and as long as we say before."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bundler.mail.encoded import encoded_size, raw_room
from bundler.mail.parts import file_part, multipart, text_part

POLICY = SMTP.clone(max_line_length=76)
"""Without it lines of quoted-printable come out two longer than RFC 2045 section 6.7 allows (cpython#78206)."""
LINES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=200)


def _library(part: EmailMessage) -> bytes:
    del part["MIME-Version"]
    return part.as_bytes()


@given(st.lists(LINES, max_size=20).map(lambda lines: "\n".join(lines) + "\n"))
@example("=\n.\nFrom here\n")
@example("x" * 76 + "\n" + "=" * 76 + "\n" + "æ" * 76 + "\n" + "x" * 75 + " y\n")
@settings(max_examples=200)
def test_text_is_encoded_as_by_the_standard_library(text: str) -> None:
    part = EmailMessage(policy=POLICY)
    part.set_content(text, cte="quoted-printable")
    assert b"".join(text_part("plain", text)) == _library(part)


@given(st.binary(max_size=3000), st.integers(1, 60))
@example(bytes(57 * 1024), 5)
@example(bytes(57 * 1024 + 1), 44)
@example(bytes(57 * 1024 - 1), 45)
@settings(max_examples=200)
def test_files_are_encoded_as_by_the_standard_library_and_as_long_as_we_say(data: bytes, length: int) -> None:
    name = "n" * length
    part = EmailMessage(policy=POLICY)
    part.set_content(data, "application", "json", filename=name, disposition="attachment")
    written = b"".join(file_part(name, data, "application/json"))
    assert written == _library(part)
    assert len(written.partition(b"\r\n\r\n")[2]) == encoded_size(len(data))


def test_parts_are_put_together_as_by_the_standard_library() -> None:
    whole = EmailMessage(policy=POLICY)
    whole.set_content("a\n", cte="quoted-printable")
    whole.add_attachment(b"b", "application", "json", filename="c", disposition="attachment")
    whole.set_boundary("=0_d")
    for part in whole.walk():
        del part["MIME-Version"]
    pieces = multipart("mixed", "=0_d", [text_part("plain", "a\n"), file_part("c", b"b", "application/json")])
    assert b"".join(pieces) == whole.as_bytes()


def test_long_content_id_is_no_encoded_word() -> None:
    head = next(file_part("a.png", b"", "image/png", "x" * 90 + "@y.example"))
    assert b"Content-ID:\r\n <" + b"x" * 90 in head
    assert b"=?" not in head


@given(st.integers(0, 10**8), st.lists(st.floats(0, 1), min_size=1, max_size=20))
@settings(max_examples=500)
def test_what_is_said_to_have_room_has_room_however_it_is_shared(room: int, shares: list[float]) -> None:
    left = raw_room(room, len(shares))
    sizes = []
    for share in shares:
        sizes.append(int(left * share))
        left -= sizes[-1]
    assert sum(map(encoded_size, sizes)) <= room
    assert encoded_size(raw_room(room)) <= room or not raw_room(room)
    assert encoded_size(raw_room(room) + 12) > room
