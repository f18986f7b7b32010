"""Brings the records of several logs onto one clock, in the order in which they happened."""

from __future__ import annotations

from bisect import insort
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from heapq import merge as merge_sorted
from typing import NamedTuple

from bundler.logs.records import Record

TOLERANCE = timedelta(seconds=10)
"""How much later than a younger neighbour of the same log a record may come and still find its place."""
HELD_RECORDS = 2_000
HELD_SIZE = 1024 * 1024
"""How many records and bytes of one log are held back to put them in order; past that the earliest goes on."""

_BEFORE = datetime.min.replace(tzinfo=UTC)


class Placed(NamedTuple):
    """A record on the clock that all logs share."""

    source: str
    record: Record
    moment: datetime | None
    """Its own moment or else that of the record before it, put right by what its log's clock was wrong by."""


_Entry = tuple[datetime, int, int, Placed]


def merge(
    sources: Sequence[tuple[str, Iterable[Record], timedelta]], *, tolerance: timedelta = TOLERANCE
) -> Iterator[Placed]:
    """Yield every record of ``sources`` once, in order of time.

    A source is its name, its records, and what its clock has to be moved by. Records that come late by no more than
    ``tolerance`` are put in order; one that is later still comes as soon as it is met, ahead of what is held back just
    then. Records of the same moment keep the order of the sources, then their own. What stands before the first stamp
    of a source goes with that record; a source without any stamp comes first, whole. Reads ahead by the tolerance only,
    and never holds more of a source than ``HELD_RECORDS`` and ``HELD_SIZE`` allow.
    """
    lanes = [
        _in_order(number, _on_the_clock(name, records, skew), tolerance)
        for number, (name, records, skew) in enumerate(sources)
    ]
    for *_, placed in merge_sorted(*lanes):
        yield placed


def _in_order(number: int, lane: Iterable[Placed], tolerance: timedelta) -> Iterator[_Entry]:
    held: deque[_Entry] = deque()  # in order; most records come in order, and so at its end
    size = 0
    for count, placed in enumerate(lane):
        moment = placed.moment or _BEFORE
        if not held or moment >= held[-1][0]:
            held.append((moment, number, count, placed))
        else:
            insort(held, (moment, number, count, placed))
        size += len(placed.record.data)
        # measured from the record at hand and not from the latest so far: one stamp from a clock that ran ahead would
        # otherwise end the putting in order for the rest of the log
        while held and (moment - held[0][0] >= tolerance or len(held) > HELD_RECORDS or size > HELD_SIZE):
            entry = held.popleft()
            size -= len(entry[3].record.data)
            yield entry
    yield from held


def _on_the_clock(source: str, records: Iterable[Record], skew: timedelta) -> Iterator[Placed]:
    moment: datetime | None = None
    lead: list[Record] = []
    size = 0
    for record in records:
        if record.moment is not None:
            moment = _moved(record.moment, skew)
        elif moment is None:
            lead.append(record)
            size += len(record.data)
            if len(lead) < HELD_RECORDS and size < HELD_SIZE:
                continue
        if lead:
            for earlier in lead:
                yield Placed(source, earlier, moment)
            lead.clear()
            size = 0
            if moment is None:
                continue
        yield Placed(source, record, moment)
    for earlier in lead:
        yield Placed(source, earlier, None)


def _moved(moment: datetime, skew: timedelta) -> datetime:
    try:
        return moment + skew
    except OverflowError:  # a stamp at the end of all calendars
        return moment
