"""What mail encodes is decoded, and encoded again so that other programs read the same."""

from __future__ import annotations

import base64
import email
import email.header
import quopri
import random
from collections.abc import Callable

import pytest

from bundler.errors import UnreadableInput
from bundler.redact.transfer import Encoding, decoded, encoded, find_words, write_words

ENCODINGS: tuple[Encoding, ...] = ("base64", "quoted-printable")
TEXT = "Blåbærgrød = 25 kr.\r\npassword=hunter2xyz \t\r\n.\r\nFrom here on\r\n".encode()


def in_blocks(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def replaced(encoding: Encoding, body: bytes, old: bytes, new: bytes) -> bytes:
    """``body`` with something else in the place of a part of what it encodes."""
    return b"".join(encoded(encoding, (b"".join(decoded(encoding, (body,))).replace(old, new),), b"\n"))


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("size", [1, 3, 56, 57, 1000])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_what_is_encoded_is_decoded_again_in_blocks_of_any_size(encoding: Encoding, size: int, newline: bytes) -> None:
    text = TEXT.replace(b"\r\n", newline)
    written = b"".join(encoded(encoding, in_blocks(text, size), newline))
    assert b"".join(decoded(encoding, in_blocks(written, size))) == text
    assert all(len(line) <= 76 for line in written.split(newline))


def test_a_line_without_end_is_quoted_in_short_lines() -> None:
    text = bytes(random.Random(1).choices(b"abc =\xc3", k=300_000))
    written = b"".join(encoded("quoted-printable", in_blocks(text, 10_000)))
    assert quopri.decodestring(written) == text
    assert all(len(line) <= 76 for line in written.split(b"\r\n"))


def test_other_programs_read_what_was_masked_and_encoded_again() -> None:
    ways: tuple[tuple[Encoding, Callable[[bytes], bytes], Callable[[bytes], bytes]], ...] = (
        ("base64", base64.encodebytes, base64.decodebytes),
        ("quoted-printable", quopri.encodestring, quopri.decodestring),
    )
    for encoding, encode, decode in ways:
        masked = replaced(encoding, encode(TEXT), b"hunter2xyz", b"[secret-1]")
        assert decode(masked).replace(b"\r\n", b"\n") == TEXT.replace(b"hunter2xyz", b"[secret-1]").replace(
            b"\r\n", b"\n"
        )


def test_a_secret_over_a_soft_line_break_is_whole_when_it_is_masked() -> None:
    body = b"card 4111 1111=\n 1111 1111\n"
    assert replaced("quoted-printable", body, b"4111 1111 1111 1111", b"X") == b"card X\n"


def test_base64_without_padding_and_with_foreign_signs_is_read_as_mail_programs_read_it() -> None:
    assert b"".join(decoded("base64", [b"aGV s!bG8"])) == b"hello"


@pytest.mark.parametrize("damaged", [b"aGVsbG8=aGVsbG8=", b"YQ==\nYWJjZGVm\n", b"YWJjZ", b"====="])
def test_base64_that_nobody_reads_the_same_is_refused(damaged: bytes) -> None:
    with pytest.raises(UnreadableInput):
        b"".join(decoded("base64", in_blocks(damaged, 4)))


def test_encoded_words_in_a_row_are_one_text() -> None:
    header = b"Subject: =?utf-8?Q?kort_4111_11?=\r\n =?UTF-8?b?MTEgMTExMSAxMTEx?= ok =?iso-8859-1*da?q?bl=E5?=\r\n"
    first, second = find_words(header)
    assert first.text == b"kort 4111 1111 1111 1111"
    assert header[first.start : first.end].startswith(b"=?utf-8?Q?")
    assert header[first.end :].startswith(b" ok ")
    assert second.text == "blå".encode()


def test_words_in_an_unknown_or_a_slow_character_set_are_searched_all_the_same() -> None:
    assert [words.text for words in find_words(b"=?klingon?q?hunter2?= x =?idna?q?hunter2?=")] == [b"hunter2"] * 2


def test_words_that_are_written_are_short_and_read_by_others() -> None:
    text = "Jane Ødegård " * 20
    written = write_words(text.encode(), b"\n")
    assert all(len(line.strip()) <= 75 for line in written.split(b"\n"))
    assert str(email.header.make_header(email.header.decode_header(written.decode()))) == text


def test_words_of_broken_utf_8_are_written_without_end() -> None:
    assert list(find_words(write_words(b"\x80" * 200)))
