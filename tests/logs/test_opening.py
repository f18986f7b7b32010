"""Compressed logs are read as far as they go, and bombs are not."""

from __future__ import annotations

import gzip
import zlib
from io import BytesIO

import pytest

from bundler.errors import UnreadableInput
from bundler.logs import opening
from bundler.logs.opening import decompressed

TEXT = b"".join(
    b"2026-11-23 14:03:27,%03d INFO shop: tick %d\n" % (number % 1000, number * 7919) for number in range(20_000)
)


def unpack(packed: bytes) -> tuple[bytes, list[str]]:
    notes: list[str] = []
    with decompressed(BytesIO(packed), notes) as stream:
        return stream.read(), notes


def test_whole_file_comes_out_without_a_note() -> None:
    assert unpack(gzip.compress(TEXT)) == (TEXT, [])


def test_several_members_and_padding_are_one_file() -> None:
    packed = gzip.compress(TEXT[:1000]) + gzip.compress(TEXT[1000:]) + b"\0" * 512
    assert unpack(packed) == (TEXT, [])


def test_truncated_file_gives_what_was_readable_and_a_note() -> None:
    packed = gzip.compress(TEXT)
    text, notes = unpack(packed[: len(packed) // 2])
    assert TEXT.startswith(text)
    assert len(text) > len(TEXT) // 4
    assert "ends early" in notes[0]


@pytest.mark.parametrize("missing", range(1, 9))
def test_missing_trailer_is_noted(missing: int) -> None:
    text, notes = unpack(gzip.compress(TEXT)[:-missing])
    assert (text, len(notes)) == (TEXT, 1)


def test_damaged_file_gives_what_was_readable_and_a_note() -> None:
    packed = bytearray(gzip.compress(TEXT))
    packed[-5] ^= 0xFF  # its checksum
    text, notes = unpack(bytes(packed))
    assert text == TEXT
    assert "damaged" in notes[0]


def test_something_else_behind_the_log_is_noted() -> None:
    text, notes = unpack(gzip.compress(TEXT) + b"PK\x03\x04")
    assert (text, len(notes)) == (TEXT, 1)


@pytest.mark.parametrize("packed", [b"", b"\x1f\x8b", b"\x1f\x8b\x08\0\0\0\0\0\0\0", b"plain text, not packed at all"])
def test_file_that_holds_nothing_is_unreadable(packed: bytes) -> None:
    with pytest.raises(UnreadableInput):
        unpack(packed)


def test_empty_log_is_empty() -> None:
    assert unpack(gzip.compress(b"")) == (b"", [])


def test_bomb_is_refused_before_it_goes_off() -> None:
    packer = zlib.compressobj(9, wbits=31)
    block = b"\0" * 1024 * 1024
    bomb = b"".join(packer.compress(block) for _ in range(80)) + packer.flush()
    stream = decompressed(BytesIO(bomb))
    size = 0

    def read_on() -> None:
        nonlocal size
        while piece := stream.read(256 * 1024):
            size += len(piece)

    with pytest.raises(UnreadableInput, match="times its size"):
        read_on()
    assert size <= opening.RATIO_FROM + 1024 * 1024


def test_long_and_repetitive_log_is_no_bomb() -> None:
    line = b"2026-11-23 14:03:27,482 INFO shop: the same line again and again, for a whole day and a night\n"
    text = b"".join(b"%d %s" % (number, line) for number in range(20_000)) * 2
    assert unpack(gzip.compress(text)) == (text, [])


def test_closing_it_closes_the_file() -> None:
    file = BytesIO(gzip.compress(TEXT))
    decompressed(file).close()
    assert file.closed
