"""Tells on which line of its log a record begins that was cut out of it."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import accumulate, pairwise

from bundler.evidence import workers
from bundler.excerpts import searching
from bundler.excerpts.counting import count_feeds, counted_lines
from bundler.excerpts.cutting import Cut
from bundler.logs.blocks import in_utf8, reads_as_stored
from bundler.logs.ranges import pairs
from bundler.logs.readable import FileBacked, Readable
from bundler.logs.records import Record

_BLOCK = 1024 * 1024
_MOST_BOUNDS = 20_000
"""Of a cut in more ranges than half of this, only those lines are counted that are asked for."""


class Lines:
    """Tells the lines of a cut's records; those of a large file are counted meanwhile, in processes of their own.

    To be made before the records are read, and closed behind that.
    """

    def __init__(self, cut: Cut) -> None:
        self._cut = cut
        self._counting = _start_counting(cut)

    def of(self, records: Sequence[Record]) -> list[int]:
        """As ``lines_of``; can be asked once."""
        if self._counting is not None:
            try:
                at_bounds = _joined(self._counting.answers(_untold))
            except workers.WorkerLost:
                pass  # the file was cut while it was mapped; what is left of it can still be read
            else:
                return counted_lines(_state(self._cut.bounds, at_bounds), records)
        return lines_of(self._cut, records)

    def close(self) -> None:
        """End a count that nobody wants any more."""
        if self._counting is not None:
            self._counting.close()


def _start_counting(cut: Cut) -> workers.Started | None:
    """Counts as far as each end of each range but the last; None for what is small, or no file of this machine."""
    few = 0 < len(cut.bounds) <= _MOST_BOUNDS and cut.bounds[-1] >= searching.FORK_FROM
    if cut.lines or not few or not workers.can_fork() or not reads_as_stored(cut.log.source.head):
        return None
    readable = cut.log.source.readable()
    if readable is None:
        return None
    with closing(readable):
        if not isinstance(readable, FileBacked):
            return None
        return workers.Started(_tasks(readable.fileno(), cut.bounds[:-1]))


def _state(bounds: Sequence[int], lines: Sequence[int]) -> bytes:
    """What ``counted_lines`` asks for, of the lines on which ranges begin and end."""
    sizes = (place.end - place.start for place in pairs(bounds))
    counts = (lines[at + 1] - lines[at] for at in range(0, len(lines) - 1, 2))
    starts = array("Q", accumulate(sizes, initial=0))
    cut_lines = array("Q", accumulate(counts, initial=1))
    return b"".join(map(bytes, (starts[:-1], array("Q", lines[::2]), cut_lines)))


def lines_of(cut: Cut, records: Sequence[Record]) -> list[int]:
    """The line of the log that each of ``records`` begins on; they were read out of the cut, and are in its order."""
    if not records:
        return []
    if cut.lines:
        return counted_lines(cut.lines, records)
    offsets = array("Q", _in_log(cut.bounds, records))
    source = cut.log.source
    readable = source.readable() if reads_as_stored(source.head) else None
    if readable is None:
        with closing(source.blocks()) as blocks:
            return _counted(in_utf8(blocks, []), offsets)
    with closing(readable):
        if isinstance(readable, FileBacked) and workers.can_fork() and offsets[-1] >= searching.FORK_FROM:
            try:
                return _joined(workers.run(_tasks(readable.fileno(), offsets), _untold))
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


def _tasks(descriptor: int, offsets: Sequence[int]) -> list[workers.Task]:
    """Parts of a file in which lines are counted, one for each core."""
    parts = workers.core_count()
    edges = [offsets[-1] * part // parts for part in range(parts + 1)]
    edges[-1] += 1  # the last offset belongs to the last part
    return [partial(_count_part, descriptor, offsets, start, end) for start, end in pairwise(edges)]


def _joined(answers: Sequence[bytes]) -> list[int]:
    """The line that each offset lies on."""
    lines: list[int] = []
    line = 1
    for answer in answers:
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
