"""Tells on which line of its log a record begins that was cut out of it."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import pairwise

from bundler.evidence import workers
from bundler.excerpts import searching
from bundler.excerpts.counting import count_feeds, counted_lines
from bundler.excerpts.cutting import Cut
from bundler.logs.blocks import find_encoding, in_utf8
from bundler.logs.ranges import pairs
from bundler.logs.readable import FileBacked, Readable
from bundler.logs.records import Record

_BLOCK = 1024 * 1024


def lines_of(cut: Cut, records: Sequence[Record]) -> list[int]:
    """The line of the log that each of ``records`` begins on; they were read out of the cut, and are in its order."""
    if not records:
        return []
    if cut.lines:
        return counted_lines(cut.lines, records)
    offsets = array("Q", _in_log(cut.bounds, records))
    source = cut.log.source
    readable = None if find_encoding(source.head) else source.readable()
    if readable is None:
        with closing(source.blocks()) as blocks:
            return _counted(in_utf8(blocks, []), offsets)
    with closing(readable):
        if isinstance(readable, FileBacked) and workers.can_fork() and offsets[-1] >= searching.FORK_FROM:
            try:
                return _counted_side_by_side(readable.fileno(), offsets)
            except workers.WorkerLost:
                pass  # the file was cut while it was mapped; what is left of it can still be read
        return _counted(_blocks(readable), offsets)


def _in_log(bounds: Sequence[int], records: Sequence[Record]) -> Iterator[int]:
    """Where the records begin in the log; their own offsets count within the cut, whose ranges have no gaps there."""
    ranges = pairs(bounds)
    start = end = before = 0
    for record in records:
        while record.offset - before >= end - start:
            before += end - start
            start, end = next(ranges)
        yield start + record.offset - before


def _counted(blocks: Iterator[bytes], offsets: Sequence[int]) -> list[int]:
    """The line that each offset lies on; the log is read as far as the last one."""
    lines: list[int] = []
    line, place, base, held = 1, 0, 0, next(blocks, b"")
    for offset in offsets:
        while place < offset and held:
            stop = min(offset - base, len(held))
            line += held.count(b"\n", place - base, stop)
            place = base + stop
            if stop == len(held):
                base += len(held)
                held = next(blocks, b"")
        lines.append(line)
    return lines


def _blocks(readable: Readable) -> Iterator[bytes]:
    offset = 0
    while block := readable.read_at(offset, _BLOCK):
        yield block
        offset += len(block)


def _counted_side_by_side(descriptor: int, offsets: Sequence[int]) -> list[int]:
    """The same of a file, on all cores. Raises ``WorkerLost``."""
    parts = workers.core_count()
    edges = [offsets[-1] * part // parts for part in range(parts + 1)]
    edges[-1] += 1  # the last offset belongs to the last part
    tasks = [partial(_count_part, descriptor, offsets, start, end) for start, end in pairwise(edges)]
    lines: list[int] = []
    line = 1
    for answer in workers.run(tasks, _untold):
        *inside, total = memoryview(answer).cast("Q")
        lines += [line + count for count in inside]
        line += total
    return lines


def _count_part(descriptor: int, offsets: Sequence[int], start: int, end: int, _advance: workers.Advance) -> bytes:
    """In a worker: the line ends from ``start`` to each offset before ``end``, and to ``end``."""
    from mmap import ACCESS_READ, mmap

    counts = array("Q")
    with mmap(descriptor, end, access=ACCESS_READ) as mapped:
        count, place = 0, start
        for offset in (*(each for each in offsets if start <= each < end), end):
            count += count_feeds(mapped, place, offset)
            place = offset
            counts.append(count)
    return counts.tobytes()


def _untold(_size: int) -> None:
    """It takes too short to show how far it is."""
