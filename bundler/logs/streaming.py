"""Cuts a log that only comes in order (packed, piped, or not in order of time) in one pass and in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from bundler.logs.pieces import Piece, read_pieces
from bundler.logs.ranges import Range, pairs, union
from bundler.logs.scanning import Scanner
from bundler.logs.searching import find_records
from bundler.logs.slicing import LIMIT, TOLERANCE
from bundler.logs.timeline import Memory, Timeline
from bundler.logs.types import Wanted, Window

_SAMPLE_GAP = 128 * 1024
"""Of a block far from the window one record in so many bytes is looked at."""
_JUDGED_UP_TO = 128 * 1024
"""A stretch in which the window begins or ends is halved until it is no longer than this, then looked at as a whole."""

Take = Callable[[Range, bytes], None]
"""Called with each stretch of chosen records in order: where it lies in the log as it is read, and its bytes.

Of an endless record the bytes are less than the stretch.
"""


class Passed(NamedTuple):
    """What one pass saw."""

    counts: tuple[int, ...]
    """How many records mention each identifier."""
    record_count: int
    """How many records mention any."""
    first: datetime | None
    last: datetime | None
    """The earliest and the latest moment seen."""
    is_whole: bool
    """False where the pass ended behind the window, because nothing more was wanted."""
    cut_size: int
    """How many bytes of endless records were not kept."""
    in_order: bool
    """Whether the records came in order, but for some that came a little late."""


class OutOfOrder(Exception):
    """The log turned out not to be in order: what was passed over may hold wanted records."""


def cut_stream(
    blocks: Iterable[bytes],
    scanner: Scanner,
    timeline: Timeline | None,
    wanted: Wanted,
    take: Take,
    *,
    in_order: bool,
) -> Passed:
    """Give every wanted record to ``take``; a ``timeline`` is needed where a window is wanted.

    With ``in_order`` only the ends of each block are looked at where they are far from the window's edges, and
    ``OutOfOrder`` is raised when they are not in order; without it every record is judged by its own moment.
    """
    cut = _Cut(scanner, timeline, wanted, take, in_order=in_order)
    for piece in read_pieces(blocks, scanner, wanted.finder):
        if not cut.feed(piece):
            return cut.passed(is_whole=False)
    return cut.passed(is_whole=True)


class _Cut:
    def __init__(
        self, scanner: Scanner, timeline: Timeline | None, wanted: Wanted, take: Take, *, in_order: bool
    ) -> None:
        self._scanner = scanner
        self._timeline = timeline
        self._window, self._finder, self._context = wanted.window, wanted.finder, wanted.context
        self._take = take
        self._in_order = in_order
        self._counts = [0] * len(wanted.finder.ids)
        self._record_count = 0
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._late = timedelta(0)
        self._is_within = False  # the last record was in the window
        self._cut_size = 0
        self._before = b""  # as many records before the piece as a mention wants around it, not taken so far
        self._cuts_before: list[tuple[int, int]] = []  # how far from its end a record was cut, and by how much
        self._owed = 0  # how many records at the beginning of the piece the last mention still wants

    def feed(self, piece: Piece) -> bool:
        """Take what is wanted of the piece; False when nothing more can be wanted."""
        ranges: list[Range] = []
        if self._window is not None and self._timeline is not None:
            ranges += self._inside(piece.data, self._window, self._timeline)
            if not ranges and not self._finder and self._is_behind(self._window):
                return False
        before = self._before
        if self._finder:
            ranges += self._mentioned(piece)
        shift = len(before)  # a range that begins before the piece has a negative start
        chosen = [*pairs(union(sorted(Range(start + shift, end + shift) for start, end in ranges)))]
        for start, end in chosen:
            self._cut_size += sum(size for distance, size in self._cuts_before if start < shift - distance)
            data = before[start:] + piece.data[max(0, start - shift) : end - shift]
            last = piece.offset + end - shift
            if piece.cut_size and end - shift == len(piece.data):
                self._cut_size += piece.cut_size
                last = piece.end
            self._take(Range(piece.offset + start - shift, last), data)
        if self._context:
            self._remember(piece, chosen[-1].end - shift if chosen else 0)
        return True

    def passed(self, *, is_whole: bool) -> Passed:
        return Passed(
            tuple(self._counts),
            self._record_count,
            self._first,
            self._last,
            is_whole,
            self._cut_size,
            self._late <= LIMIT,
        )

    def _inside(self, data: bytes, window: Window, timeline: Timeline) -> list[Range]:
        """The records of the piece that lie in the window."""
        if self._in_order:
            seen, after = self._samples(data, timeline)
            late = LIMIT if self._late else TOLERANCE
            # samples far from each other do not tell which pass they mean of an hour that comes twice
            is_clear = bool(seen) and not any(map(timeline.is_repeated, (min(seen), max(seen))))
            if is_clear and (max(seen) < window.start - late or min(seen) >= window.end + late):
                self._is_within = False
                self._pass_over(seen, after, timeline)
                return []
            if is_clear and min(seen) >= window.start + late and max(seen) < window.end - late:
                self._is_within = True
                self._pass_over(seen, after, timeline)
                return [Range(0, len(data))]
            if seen and len(data) > _JUDGED_UP_TO and (middle := self._scanner.record_start(data, len(data) // 2, 0)):
                former = self._inside(data[:middle], window, timeline)
                latter = self._inside(data[middle:], window, timeline)
                return [*former, *(Range(start + middle, end + middle) for start, end in latter)]
        return self._judged(data, window, timeline)

    def _pass_over(self, seen: Sequence[datetime], after: Memory, timeline: Timeline) -> None:
        """The records of a piece were not looked at, but for a few of them."""
        for moment in seen:
            self._see(moment)
        timeline.memory = after

    def _samples(self, data: bytes, timeline: Timeline) -> tuple[list[datetime], Memory]:
        """The moments of the first record, of some between and of the last, and what the timeline knows then.

        The first and the last are those that have one: a log may begin with a heading, or end with a line of no record.
        """
        scanner, before = self._scanner, timeline.memory
        gap = max(1, min(_SAMPLE_GAP, len(data) // 4))
        first = next(
            filter(None, (stamp and timeline.moment(stamp) for _, stamp in scanner.starts(data, 0, len(data)))), None
        )
        between = (scanner.record_start(data, place, 0) for place in range(gap, len(data), gap))
        moments = [first, *(self._moment_at(data, start, timeline) for start in between)]
        start = scanner.last_start(data)
        while (last := self._moment_at(data, start, timeline)) is None and start > 0 and first is not None:
            start = scanner.record_start(data, start - 1, 0)
        after = timeline.memory
        timeline.memory = before
        return [moment for moment in (*moments, last) if moment is not None], after

    def _moment_at(self, data: bytes, start: int, timeline: Timeline) -> datetime | None:
        """The moment of the record that begins at ``start``; None where none does, or it has none."""
        opened = self._scanner.look(data, start, data.find(b"\n", start) + 1 or len(data))
        return None if opened is None or opened.stamp is None else timeline.moment(opened.stamp)

    def _judged(self, data: bytes, window: Window, timeline: Timeline) -> list[Range]:
        """Record by record."""
        ranges: list[Range] = []
        opened = 0
        is_within = self._is_within
        waiting = self._last is None
        for start, stamp in self._scanner.starts(data, 0, len(data)):
            moment = timeline.moment(stamp) if stamp is not None else None
            if moment is None:
                continue
            self._see(moment)
            if moment in window:
                if not is_within:
                    opened = 0 if waiting else start  # what stands before the first stamp goes with it
                    is_within = True
            elif is_within:
                ranges.append(Range(opened, start))
                is_within = False
            waiting = False
        if is_within:
            ranges.append(Range(opened, len(data)))
        self._is_within = is_within
        return ranges

    def _see(self, moment: datetime) -> None:
        self._first = moment if self._first is None or moment < self._first else self._first
        if self._last is None or moment >= self._last:
            self._last = moment
            return
        self._late = max(self._late, self._last - moment)
        if self._in_order and self._late > LIMIT:
            raise OutOfOrder

    def _is_behind(self, window: Window) -> bool:
        late = LIMIT if self._late else TOLERANCE
        return self._in_order and self._last is not None and self._last >= window.end + late

    def _mentioned(self, piece: Piece) -> list[Range]:
        """The records of the piece with a mention, and what is wanted around them; it may begin before the piece."""
        data = self._before + piece.data
        shift = len(self._before)
        found = find_records(data, shift, len(data), self._scanner, self._finder, context=self._context)
        if piece.is_mentioned and not found.record_count:
            # which id it is was not kept, only that there is one
            self._record_count += 1
            self._owed = self._context
            start = shift
            for _ in range(self._context):
                start = self._scanner.record_start(data, start - 1, 0) if start > 0 else 0
            return [Range(start - shift, len(piece.data))]
        self._counts = [mine + its for mine, its in zip(self._counts, found.counts, strict=True)]
        self._record_count += found.record_count
        ranges = [Range(start - shift, end - shift) for start, end in pairs(found.bounds)]
        if not self._context:
            return ranges
        if self._owed:
            end = 0
            while self._owed and end < len(piece.data):
                end = self._scanner.record_end(piece.data, end, len(piece.data))
                self._owed -= 1
            ranges.append(Range(0, end))
        if found.record_count:
            self._owed = self._context - self._count_after(data, found.last_end)
        return ranges

    def _count_after(self, data: bytes, position: int) -> int:
        """How many records of ``data`` follow behind the last one with a mention, as far as they are wanted."""
        count = 0
        while position < len(data) and count < self._context:
            position = self._scanner.record_end(data, position, len(data))
            count += 1
        return count

    def _remember(self, piece: Piece, taken: int) -> None:
        """Keep the last records that were not taken, for a mention in the next piece."""
        joined = self._before + piece.data
        floor = len(self._before) + taken if taken > 0 else 0
        start = len(joined)
        for _ in range(self._context):
            if start <= floor:
                break
            start = self._scanner.record_start(joined, start - 1, floor)
        self._before = joined[start:]
        cuts = [(distance + len(piece.data), size) for distance, size in self._cuts_before] + [(0, piece.cut_size)]
        self._cuts_before = [cut for cut in cuts if cut[1] and cut[0] < len(self._before)]
