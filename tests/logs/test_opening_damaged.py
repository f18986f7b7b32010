"""Compressed logs are read as far as they go, and bombs are not."""

from __future__ import annotations

import gzip
import lzma
import sys
import zlib
from io import BytesIO

import pytest

from bundler import packings
from bundler.errors import UnreadableInput
from bundler.logs import inflating
from bundler.logs.opening import blocks, decompressed
from tests.logs.packed import LONG, PACK, TEXT, every_packing, unpack

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


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
    assert size <= inflating.RATIO_FROM + 1024 * 1024


@every_packing
@pytest.mark.parametrize("share", [0.4, 0.99])
def test_truncated_file_of_every_packing_gives_its_beginning_and_a_note(packing: str, share: float) -> None:
    packed = PACK[packing](LONG)
    text, notes = unpack(packed[: int(len(packed) * share)])
    assert LONG.startswith(text)
    assert len(text) > len(LONG) * share - 200_000  # bzip2 and zstd unpack whole blocks
    assert notes == ["the compressed file ends early; what was readable was read"]


@every_packing
def test_damaged_file_of_every_packing_gives_what_comes_before_and_a_note(packing: str) -> None:
    packed = bytearray(PACK[packing](LONG))
    middle = len(packed) // 2
    packed[middle : middle + 64] = b"\xff" * 64
    text, notes = unpack(bytes(packed))
    assert notes == ["the compressed file is damaged; what was readable before that was read"]
    # what is wrong is noticed a little later than it is read
    assert text.startswith(LONG[: len(LONG) // 4])


@every_packing
def test_rubbish_behind_every_packing_is_noted(packing: str) -> None:
    text, notes = unpack(PACK[packing](TEXT) + b"rubbish")
    assert text == TEXT
    assert "follows the compressed log" in notes[0]


@pytest.mark.parametrize("packing", ["bzip2", "xz", "zstd"])
def test_bomb_of_every_packing_is_refused_before_it_goes_off(packing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflating, "RATIO_FROM", 4 * 1024**2)
    bomb = PACK[packing](b"\0" * 16 * 1024**2)
    size = 0

    def read_on() -> None:
        nonlocal size
        for block in blocks(BytesIO(bomb)):
            size += len(block)

    with pytest.raises(UnreadableInput, match="times its size"):
        read_on()
    assert size <= inflating.RATIO_FROM


def test_file_that_asks_for_much_memory_is_refused_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packings, "MEMORY_LIMIT", 1024**2)
    with pytest.raises(UnreadableInput, match="of memory") as refused:
        unpack(lzma.compress(TEXT, preset=9))
    assert "xz -d" in refused.value.hint


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python can unpack Zstandard")
def test_zstandard_without_the_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "backports.zstd", None)  # as where it is not installed
    with pytest.raises(UnreadableInput, match="which this Python cannot unpack") as refused:
        unpack(zstd.compress(TEXT))
    assert "ticket-bundler[fast]" in refused.value.hint
