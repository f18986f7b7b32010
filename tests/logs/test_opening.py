"""Compressed logs are known by their first bytes and come out whole."""

from __future__ import annotations

import gzip
import sys
from io import BytesIO, RawIOBase
from typing import Any, cast

import pytest

from bundler.logs.opening import blocks, decompressed, head_of, packing_of
from tests.logs.packed import PACK, TEXT, every_packing, in_blocks, unpack

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

several_members = pytest.mark.parametrize("packing", [packing for packing in PACK if packing != "lzma"])


def test_whole_file_comes_out_without_a_note() -> None:
    assert unpack(gzip.compress(TEXT)) == (TEXT, [])


def test_several_members_and_padding_are_one_file() -> None:
    packed = gzip.compress(TEXT[:1000]) + gzip.compress(TEXT[1000:]) + b"\0" * 512
    assert unpack(packed) == (TEXT, [])


def test_empty_log_is_empty() -> None:
    assert unpack(gzip.compress(b"")) == (b"", [])


def test_long_and_repetitive_log_is_no_bomb() -> None:
    line = b"2026-11-23 14:03:27,482 INFO shop: the same line again and again, for a whole day and a night\n"
    text = b"".join(b"%d %s" % (number, line) for number in range(20_000)) * 2
    assert unpack(gzip.compress(text)) == (text, [])


def test_closing_it_closes_the_file() -> None:
    file = BytesIO(gzip.compress(TEXT))
    decompressed(file).close()
    assert file.closed


@every_packing
def test_every_packing_is_known_by_its_first_bytes_and_taken_off(packing: str) -> None:
    packed = PACK[packing](TEXT)
    assert packing_of(packed[:16]) == packing
    assert unpack(packed) == in_blocks(packed) == (TEXT, [])
    assert head_of(BytesIO(packed), 5_000) == TEXT[:5_000]


@pytest.mark.parametrize(
    "head",
    [b"", b"2026-11-23 14:03:27 INFO", b"BZh9 is a nice name", b"BZhello", b"]\0\0", b"]" * 16, b"PK\x03\x04", b"{"],
)
def test_what_is_not_packed_is_not_taken_for_it(head: bytes) -> None:
    assert packing_of(head) is None
    assert b"".join(blocks(BytesIO(head))) == head_of(BytesIO(head)) == head


@several_members
def test_several_members_of_every_packing_are_one_file(packing: str) -> None:
    packed = b"".join(PACK[packing](TEXT[at : at + 50_000]) for at in range(0, len(TEXT), 50_000))
    assert unpack(packed) == in_blocks(packed) == (TEXT, [])


def test_frames_to_be_skipped_are_skipped() -> None:
    skipped = b"\x53\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"index"
    assert packing_of(skipped) == "zstd"
    assert unpack(skipped + zstd.compress(TEXT[:100]) + skipped + zstd.compress(TEXT[100:])) == (TEXT, [])


class Pipe(RawIOBase):
    """A stream that cannot go back."""

    def __init__(self, data: bytes) -> None:
        self._data = BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._data.readinto(buffer)


@every_packing
def test_what_comes_through_a_pipe_is_unpacked_too(packing: str) -> None:
    packed = PACK[packing](TEXT)
    assert b"".join(blocks(cast("Any", Pipe(packed)))) == TEXT
    notes: list[str] = []
    text = b"".join(blocks(cast("Any", Pipe(packed[:-200])), notes))
    assert TEXT.startswith(text)
    assert "ends early" in notes[0]


def test_many_tiny_members_take_time_by_their_number_alone() -> None:
    packed = gzip.compress(b"x") * 20_000
    assert in_blocks(packed)[0] == b"x" * 20_000
