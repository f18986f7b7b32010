"""Cuts a window of time out of a sorted log by bisection: a few dozen short reads, however large the log is.

Works on anything that can be read at an offset. What it relies on, that the log is in order, is looked at in the places
that the bisection reads and in some more spread over the whole; a log that is not in order there is not cut this way.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from bundler.logs.ranges import Range, union
from bundler.logs.readable import Expecting, Foreseeing, Readable
from bundler.logs.scanning import Scanner, line_after, walk
from bundler.logs.stamps import Stamp
from bundler.logs.timeline import Timeline
from bundler.logs.types import Window

NEAR = 4 * 1024
"""A stretch of so many bytes is read through rather than halved again."""
SPREAD = 16
"""In so many places a log on this machine is looked at for its order."""
SPREAD_AFAR = 6
"""The same for one that is asked for over a network."""
TOLERANCE = timedelta(seconds=1)
"""Records may come so much later than younger ones without being missed, also where none was seen to do so."""
LIMIT = timedelta(minutes=2)
"""A log whose records come later than this is not in order."""
_NEIGHBOURS = 1024
_SPREAD_NEIGHBOURS = 6 * 1024


class Slice(NamedTuple):
    """Where the window lies in the log, and what was seen of the log on the way."""

    bounds: array[int]
    first: datetime | None
    """The moment of the log's first record that has one."""
    last: datetime | None
    look_count: int
    """In how many places the log was looked at, and found in order."""
    late: timedelta
    """By how much records were seen to come later than younger ones."""


class Place(NamedTuple):
    """A record with a stamp: where it begins, and its moment."""

    offset: int
    moment: datetime


class Edge(NamedTuple):
    """The stretch of the log in which the window may begin or end, and the records in it where all were seen."""

    start: int
    end: int
    records: list[tuple[int, Stamp | None]] | None


class Slicer:
    """One log of one size while windows are cut out of it."""

    def __init__(self, readable: Readable, scanner: Scanner, timeline: Timeline) -> None:
        self._readable = readable
        self._scanner = scanner
        self._timeline = timeline
        self._places: dict[int, datetime] = {}
        self._late = timedelta(0)

    def cut(self, window: Window) -> Slice | None:
        """The window's records; None where the log is not in order, or has no stamps to tell."""
        size = self._readable.size
        last = self._last()
        if last is None:
            return None
        self._timeline.settle(last.moment)
        first = self._probe(0, size)
        if first is None:
            return None
        spread = SPREAD_AFAR if isinstance(self._readable, Expecting) else SPREAD
        places = [size * number // spread for number in range(1, spread)]
        if isinstance(self._readable, Foreseeing):
            self._readable.foresee(places, 2 * _SPREAD_NEIGHBOURS)
        for place in places:
            self._probe(place, size, _SPREAD_NEIGHBOURS)
        while self._is_in_order():
            late = self._late
            start = self._edge(window.start, 0, size)
            end = self._edge(window.end, start.start, size)
            if self._is_in_order() and (self._late == late or late):
                break  # nothing new was seen that the edges have to allow for
        else:
            return None
        # near the edges every record is judged by its own moment; between them all is taken as it stands
        ranges = list(self._chosen(start, start.start, min(start.end, end.end), window))
        ranges.append(Range(start.end, end.start))
        ranges += self._chosen(end, max(start.end, end.start), end.end, window)
        return Slice(union(sorted(ranges)), first.moment, last.moment, len(self._places), self._late)

    def _edge(self, moment: datetime, start: int, end: int) -> Edge:
        """The stretch outside of which every record is surely before or surely not before ``moment``."""
        late = LIMIT if self._late else TOLERANCE  # where one record comes late, others may come later still
        # local times of an hour that comes twice do not tell which pass they mean; the records in order do
        early = done = moment
        if (spell := self._timeline.repeated(moment)) and spell[0] - late <= moment < spell[1] + late:
            early, done = min(early, spell[0]), max(done, spell[1])
        outer = self._lower_bound(early - late, start, end)
        records: list[tuple[int, Stamp | None]] = []
        alone, last = self._timeline.alone, done + late
        for offset, stamp in walk(self._scanner, self._readable, outer, min(end, outer + 16 * NEAR)):
            if stamp is not None and (seen := alone(stamp)) is not None and seen >= last:
                return Edge(outer, offset, records)
            records.append((offset, stamp))
        return Edge(outer, self._lower_bound(last, outer, end), None)

    def _chosen(self, edge: Edge, start: int, end: int, window: Window) -> Iterator[Range]:
        """Record by record near the ends of the window, so that late ones are taken by their own moment."""
        opened: int | None = None
        self._timeline.forget()
        for offset, stamp in edge.records or walk(self._scanner, self._readable, start, end):
            moment = self._timeline.moment(stamp) if stamp is not None and start <= offset < end else None
            if moment is None:
                continue
            if opened is not None and moment not in window:
                yield Range(opened, offset)
                opened = None
            elif opened is None and moment in window:
                opened = offset
        if opened is not None:
            yield Range(opened, end)

    def _lower_bound(self, moment: datetime, start: int, end: int) -> int:
        """Where the first record at or after ``moment`` begins, between ``start`` and ``end``; ``end`` if none does."""
        low = high = None
        for offset, seen in self._places.items():
            if seen < moment and start <= offset and (low is None or offset > low.offset):
                low = Place(offset, seen)
            elif seen >= moment and offset <= end and (high is None or offset < high.offset):
                high = Place(offset, seen)
        start, end = low.offset if low else start, high.offset if high else end
        answer, turn = end, 0
        while end - start > NEAR:
            middle = _guess(moment, start, end, low, high, turn)
            found = self._probe(middle, end)
            turn += 1
            if found is None:
                end = middle
            elif found.moment < moment:
                start, low = found.offset, found
            else:
                end, high = found.offset, found
                answer = end
        for place in self._stamped(start, answer):
            if place.moment >= moment:
                return place.offset
        return answer

    def _probe(self, offset: int, end: int, reach: int = _NEIGHBOURS) -> Place | None:
        """The first record with a stamp that begins at or after ``offset`` and before ``end``.

        So many bytes behind it are looked at for records that come late.
        """
        start = line_after(self._readable, offset, end)
        if start is None:
            return None
        near = self._near(start, min(end, start + reach))
        found = near[0] if near else next(self._stamped(start, end), None)
        if found is None:
            return None
        if found.offset > start:
            near = self._near(found.offset, min(end, found.offset + reach))
        self._places[found.offset] = youngest = found.moment
        for place in near:
            if place.moment >= youngest:
                youngest = place.moment
            elif youngest - place.moment > self._late and not self._timeline.is_repeated(place.moment):
                self._late = youngest - place.moment
        return found

    def _near(self, start: int, end: int) -> list[Place]:
        return list(self._stamped(start, end))

    def _stamped(self, start: int, end: int) -> Iterator[Place]:
        for offset, stamp in walk(self._scanner, self._readable, start, end):
            moment = self._timeline.alone(stamp) if stamp is not None else None
            if moment is not None:
                yield Place(offset, moment)

    def _last(self) -> Place | None:
        """The last record with a stamp."""
        size = self._readable.size
        reach = _NEIGHBOURS
        while True:
            start = max(0, size - reach)
            at = line_after(self._readable, start, size)
            found = list(self._stamped(at, size)) if at is not None else []
            if found:
                self._places[found[-1].offset] = found[-1].moment
                return found[-1]
            if start == 0:
                return None
            reach *= 8

    def _is_in_order(self) -> bool:
        """Whether all places looked at are in order, but for records that come a little late; notes by how much."""
        youngest = datetime.min.replace(tzinfo=UTC)
        for offset in sorted(self._places):
            moment = self._places[offset]
            if youngest - moment > self._late and not self._timeline.is_repeated(moment):
                self._late = youngest - moment
            youngest = max(youngest, moment)
        return self._late <= LIMIT


def _guess(moment: datetime, start: int, end: int, low: Place | None, high: Place | None, turn: int) -> int:
    """Where to look next: now to this side, now to that of where an even flow of records would have it, or midway."""
    middle = (start + end) // 2
    if low is None or high is None or high.moment <= low.moment or turn % 3 == 2:
        return middle
    span = high.offset - low.offset
    share = (moment - low.moment) / (high.moment - low.moment)
    aside = span // 256 if turn % 3 else -(span // 256)
    return min(max(low.offset + int(share * span) + aside, start + 1), end - NEAR // 2)
