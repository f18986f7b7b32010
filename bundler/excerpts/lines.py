"""Tells on which line of its log a record begins that was cut out of it."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import closing

from bundler.excerpts.cutting import Cut
from bundler.logs.blocks import find_encoding, in_utf8
from bundler.logs.ranges import pairs
from bundler.logs.records import Record

_BLOCK = 1024 * 1024


class Places:
    """Lines of the log for records that were read out of a cut, where they follow each other without gaps."""

    def __init__(self, cut: Cut) -> None:
        self._starts = array("Q")  # of each range, in the bytes of the cut
        self._lines = array("Q")  # the first line of each range in the log
        self._cut_lines = array("Q")  # and in the cut
        offset, cut_line = 0, 1
        for (start, end), (line, line_count) in zip(pairs(cut.bounds), _counted(cut), strict=True):
            self._starts.append(offset)
            self._lines.append(line)
            self._cut_lines.append(cut_line)
            offset += end - start
            cut_line += line_count

    def line_of(self, record: Record) -> int:
        """The line of the log that ``record`` begins on; its own line and offset count within the cut."""
        place = bisect_right(self._starts, record.offset) - 1
        return self._lines[place] + record.line - self._cut_lines[place]


def _counted(cut: Cut) -> Iterator[tuple[int, int]]:
    """For each range the line it begins on and how many line ends it has; the log is read as far as the last one."""
    line, place = 1, 0
    blocks = _whole(cut)
    held, base = next(blocks, b""), 0

    def count_to(offset: int) -> int:
        nonlocal held, base, place
        count = 0
        while place < offset and held:
            stop = min(offset - base, len(held))
            count += held.count(b"\n", place - base, stop)
            place = base + stop
            if place == base + len(held):
                base += len(held)
                held = next(blocks, b"")
        return count

    for start, end in pairs(cut.bounds):
        line += count_to(start)
        line_count = count_to(end)
        yield line, line_count
        line += line_count


def _whole(cut: Cut) -> Iterator[bytes]:
    source = cut.log.source
    readable = None if find_encoding(source.head) else source.readable()
    if readable is None:
        with closing(source.blocks()) as blocks:
            yield from in_utf8(blocks, [])
        return
    with closing(readable):
        offset = 0
        while block := readable.read_at(offset, _BLOCK):
            yield block
            offset += len(block)
