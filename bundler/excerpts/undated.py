"""Says how long a log runs whose stamps name no year or no day, so that its first line gets the right one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from typing import NamedTuple

from bundler.evidence.sources import Source
from bundler.logs.blocks import as_utf8, in_utf8, reads_as_stored
from bundler.logs.pieces import read_pieces
from bundler.logs.scanning import Scanner, scanner_of
from bundler.logs.stamps import Partial
from bundler.logs.types import LogFormat

_DAY, _YEAR = timedelta(days=1), timedelta(days=366)
_FIRST_DAY = date(2024, 1, 1)
"""Of a year with 29 February."""
_TAIL = 64 * 1024


class _Place(NamedTuple):
    """Where a stamp stands in its day, or in its year where it names the day."""

    period: timedelta
    since: timedelta
    """How long after the beginning of that."""


def span_of(source: Source, fmt: LogFormat) -> timedelta:
    """How much later the last record is than the first, where that tells the day or the year of the first; else zero.

    Without days all of the log is read, and its midnights are counted. Without years all of it is read where it ends
    earlier in the year than it begins, which is known only of what can be read at its end.
    """
    scanner = scanner_of(fmt)
    head = as_utf8(source.head)
    first = next(_places(scanner, head[: head.rfind(b"\n") + 1]), None)
    if first is None or (first.period == _YEAR and not _ends_before(first, source, scanner)):
        return timedelta(0)
    turns, last = 0, first
    with closing(source.blocks()) as blocks:
        for piece in read_pieces(in_utf8(blocks, []), scanner):
            for place in _places(scanner, piece.data):
                if place.period == first.period:
                    turns += place.since + place.period / 2 < last.since
                    last = place
    return turns * first.period + last.since - first.since if turns or first.period == _DAY else timedelta(0)


def _ends_before(first: _Place, source: Source, scanner: Scanner) -> bool:
    """Whether the last record stands earlier in the year than the first."""
    readable = source.readable() if reads_as_stored(source.head) else None
    if readable is None:
        return False
    with closing(readable):
        tail = readable.read_at(max(0, readable.size - _TAIL), _TAIL)
    return any(place < first for place in [*_places(scanner, tail)][-1:])


def _places(scanner: Scanner, data: bytes) -> Iterator[_Place]:
    """Where those of the stamps stand that lack a year; without those that no calendar has."""
    for _, stamp in scanner.starts(data, 0, len(data)):
        if not isinstance(stamp, Partial):
            continue
        clock = timedelta(hours=stamp.hour, minutes=stamp.minute, seconds=stamp.second)
        if not stamp.month:
            yield _Place(_DAY, clock)
            continue
        try:
            day = _FIRST_DAY.replace(month=stamp.month, day=stamp.day)
        except ValueError:
            continue
        yield _Place(_YEAR, day - _FIRST_DAY + clock)
