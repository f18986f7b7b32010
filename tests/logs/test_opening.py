"""Compressed logs are read as far as they go, and bombs are not."""

from __future__ import annotations

import bz2
import gzip
import lzma
import sys
import threading
import zlib
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO, RawIOBase
from typing import Any, cast

import pytest

from bundler import fast, packings
from bundler.errors import UnreadableInput
from bundler.logs import inflating
from bundler.logs.ahead import ahead
from bundler.logs.opening import blocks, decompressed, head_of, packing_of

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = b"".join(
    b"2026-11-23 14:03:27,%03d INFO shop: tick %d\n" % (number % 1000, number * 7919) for number in range(20_000)
)


def unpack(packed: bytes) -> tuple[bytes, list[str]]:
    notes: list[str] = []
    with decompressed(BytesIO(packed), notes) as stream:
        return stream.read(), notes


PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": lambda text: bz2.compress(text, 1),
    "xz": lzma.compress,
    "lzma": lambda text: lzma.compress(text, lzma.FORMAT_ALONE),
    "zstd": lambda text: zstd.compress(text, options={zstd.CompressionParameter.checksum_flag: 1}),
}
LONG = b"".join(
    b"2026-11-23 14:03:27 INFO %s\n" % sha256(b"%d" % number).hexdigest().encode() for number in range(10_000)
)
every_packing = pytest.mark.parametrize("packing", PACK)
several_members = pytest.mark.parametrize("packing", [packing for packing in PACK if packing != "lzma"])


def in_blocks(packed: bytes, size: int = 10_000) -> tuple[bytes, list[str]]:
    notes: list[str] = []
    return b"".join(blocks(BytesIO(packed), notes, size)), notes


@pytest.fixture
def standard_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast, "enabled", False)


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
    assert size <= inflating.RATIO_FROM + 1024 * 1024


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


GZIPS = {
    "healthy": gzip.compress(TEXT[:100_000]),
    "several members": gzip.compress(TEXT[:400]) + gzip.compress(TEXT[400:9000]) + gzip.compress(b""),
    "stored": gzip.compress(TEXT[:3000], 0),
    "padded": gzip.compress(TEXT[:3000]) + b"\0" * 5000 + gzip.compress(TEXT[:50]),
    "rubbish behind": gzip.compress(TEXT[:3000]) + b"\x1f\x8b\x08",
}


def outcome(packed: bytes) -> tuple[bytes, list[str], str]:
    notes: list[str] = []
    pieces: list[bytes] = []
    try:
        pieces.extend(blocks(BytesIO(packed), notes, 4_000))
    except UnreadableInput as error:
        return b"".join(pieces), notes, error.message
    return b"".join(pieces), notes, ""


def both(packed: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    assert fast.module("isal") is not None, "the extra [fast] is not installed"
    quick = [outcome(each) for each in packed]
    monkeypatch.setattr(fast, "enabled", False)
    assert [outcome(each) for each in packed] == quick


@pytest.mark.parametrize("name", GZIPS)
def test_the_extra_and_the_standard_library_give_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    both([GZIPS[name]], monkeypatch)


def test_the_extra_and_the_standard_library_give_the_same_of_truncated_files(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = GZIPS["several members"]
    both([packed[:at] for at in range(0, len(packed), 7)], monkeypatch)


@pytest.mark.parametrize("name", ["several members", "stored"])
def test_the_extra_and_the_standard_library_give_the_same_of_damaged_files(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = GZIPS[name]
    damaged = [packed[:at] + bytes([packed[at] ^ 1 << at % 8]) + packed[at + 1 :] for at in range(0, len(packed), 41)]
    headers = [packed[:at] + bytes([packed[at] ^ 1 << bit]) + packed[at + 1 :] for at in range(10) for bit in range(8)]
    both(damaged + headers, monkeypatch)


def test_many_tiny_members_take_time_by_their_number_alone() -> None:
    packed = gzip.compress(b"x") * 20_000
    assert in_blocks(packed)[0] == b"x" * 20_000


def test_blocks_made_ahead_come_in_order_with_the_error_in_its_place() -> None:
    def made() -> Any:
        yield from (bytes([number]) for number in range(50))
        raise UnreadableInput("gone")

    seen: list[bytes] = []

    def take() -> None:
        seen.extend(ahead(made(), 2))

    with pytest.raises(UnreadableInput, match="gone"):
        take()
    assert seen == [bytes([number]) for number in range(50)]


def test_who_stops_early_leaves_nobody_at_work() -> None:
    made = []

    def endless() -> Any:
        while True:
            made.append(1)
            yield b"block"

    taken = ahead(endless(), 2)
    next(taken)
    cast("Any", taken).close()
    count = len(made)
    assert count <= 5
    assert len(made) == count


@pytest.mark.parametrize("is_ahead", [True, False])
def test_blocks_are_the_same_with_and_without_a_second_thread(is_ahead: bool) -> None:
    made = list(blocks(BytesIO(gzip.compress(LONG)), size=50_000, is_ahead=is_ahead))
    assert b"".join(made) == LONG
    assert max(map(len, made)) <= 50_000
    assert len(made) < 2 * len(LONG) / 50_000 + 2


def test_a_search_that_ends_early_leaves_no_thread_and_the_file_to_its_owner() -> None:
    before = threading.active_count()
    with BytesIO(gzip.compress(LONG)) as file:
        made = blocks(file, size=20_000)
        for _ in range(8):
            next(made)
        assert threading.active_count() == before + 1
        made.close()
        assert threading.active_count() == before
        file.seek(0)
