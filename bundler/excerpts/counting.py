"""Counts the lines of a log that comes only in order, so that it need not come again for the lines of its records."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from bundler import fast
from bundler.logs.ranges import Range
from bundler.logs.records import Record
from bundler.logs.scanning import Buffer

_HELD = 4 * 1024 * 1024
"""So much of what went by is kept: a record is taken soon after it was read, unless it is endless."""
_SHORT = 4096
_BLOCK = 1024 * 1024


class LineCount:
    """Told of all that a log holds and of each stretch that is taken, it knows the lines of the records in these."""

    def __init__(self) -> None:
        self._held: deque[bytes] = deque()
        self._held_size = 0
        self._base = 0  # where what is held begins
        self._place, self._line = 0, 1  # how far the lines are counted
        self._taken_end = 0  # of the last stretch, in the log
        self._cut_size, self._cut_line = 0, 1  # of all that was taken
        self._starts, self._lines, self._cut_lines = array("Q"), array("Q"), array("Q")
        self._is_lost = False

    def passing(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """The same blocks, which are all of the log."""
        for block in blocks:
            self._held.append(block)
            self._held_size += len(block)
            while self._held_size > _HELD + len(block):
                self._count_to(self._base + len(self._held[0]))
            yield block

    def take(self, place: Range, data: bytes) -> None:
        """The next stretch that is taken; of an endless record ``data`` is less than lies in the log."""
        if place.start != self._taken_end or not self._starts:
            self._is_lost = self._is_lost or place.start < self._place
            self._count_to(place.start)
            self._starts.append(self._cut_size)
            self._lines.append(self._line)
            self._cut_lines.append(self._cut_line)
        self._cut_size += len(data)
        self._cut_line += data.count(b"\n")
        self._taken_end = place.end if place.end - place.start == len(data) else -1

    def state(self) -> bytes:
        """All that ``lines`` needs, for another process; empty where the lines are not known."""
        return b"" if self._is_lost else b"".join(map(bytes, (self._starts, self._lines, self._cut_lines)))

    def _count_to(self, offset: int) -> None:
        while self._place < offset and self._held:
            block = self._held[0]
            start, end = self._place - self._base, min(offset - self._base, len(block))
            self._line += count_feeds(block, start, end)
            self._place = self._base + end
            if end == len(block):
                self._held.popleft()
                self._base += len(block)
                self._held_size -= len(block)


def count_feeds(data: Buffer, start: int, end: int) -> int:
    """How many lines end from ``start`` to before ``end``."""
    stringzilla = fast.module("stringzilla") if end - start >= _SHORT else None
    if stringzilla is None:
        return sum(data[at : min(end, at + _BLOCK)].count(b"\n") for at in range(start, end, _BLOCK))
    with memoryview(data) as view, view[start:end] as stretch:
        return int(stringzilla.count(stretch, b"\n"))


def counted_lines(state: bytes, records: Sequence[Record]) -> list[int]:
    """The lines of records that were read out of what was taken; their own lines and offsets count in that."""
    columns = memoryview(state).cast("Q")
    count = len(columns) // 3
    starts, lines, cut_lines = (columns[at * count : (at + 1) * count] for at in range(3))
    places = [bisect_right(starts, record.offset) - 1 for record in records]
    return [lines[at] + record.line - cut_lines[at] for at, record in zip(places, records, strict=True)]
