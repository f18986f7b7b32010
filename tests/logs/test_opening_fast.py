"""However a log is unpacked, with the extra or without, ahead or not, its blocks are the same."""

from __future__ import annotations

import gzip
import threading
from io import BytesIO
from typing import Any, cast

import pytest

from bundler import fast
from bundler.errors import UnreadableInput
from bundler.logs.ahead import ahead
from bundler.logs.opening import blocks
from tests.logs.packed import LONG, TEXT

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
