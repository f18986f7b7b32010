"""Says how long a log runs whose stamps name no year or no day, so that its first line gets the right one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from bundler.evidence.sources import Source
from bundler.logs.blocks import as_utf8, in_utf8, reads_as_stored
from bundler.logs.pieces import read_pieces
from bundler.logs.rotation import day_in
from bundler.logs.scanning import Scanner, scanner_of
from bundler.logs.stamps import Partial
from bundler.logs.types import LogFormat

_DAY, _YEAR = timedelta(days=1), timedelta(days=366)
_FIRST_DAY = date(2024, 1, 1)
"""Of a year with 29 February."""
_TAIL = 64 * 1024
_SMALL = 2 * 1024 * 1024
"""A packed log of no more bytes is unpacked to look at its end."""
_KEPT = range(int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()), 2**32)
"""Other times stand for none: those of zip files and of reproducible archives, zero."""


class Bound(NamedTuple):
    """A moment that the first record of a log is not later than, and what tells it."""

    moment: datetime
    """Without a zone it is a time of the log's own."""
    whence: str


class _Place(NamedTuple):
    """Where a stamp stands in its day, or in its year where it names the day."""

    period: timedelta
    since: timedelta
    """How long after the beginning of that."""


def span_of(source: Source, fmt: LogFormat) -> timedelta:
    """How much later the last record is than the first, where that tells the day or the year of the first; else zero.

    Without days all of the log is read, and its midnights are counted. Without years all of it is read where it ends
    earlier in the year than it begins, which is not looked at in a large one that is packed.
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


def bounds_of(source: Source, span: timedelta) -> tuple[Bound, ...]:
    """What the file itself tells of when its first record was written, where the last is ``span`` later."""
    found = [Bound(written - span, "when the file was last written") for written in _times_written(source)]
    if (day := day_in(source.name)) is not None:
        # an hour before its end, for so much later a record without a day may be than what it is told by
        found.append(Bound(datetime.combine(day, time(23)), "the date in the name of the file"))
    return tuple(found)


def earliest(latest: datetime, bounds: Sequence[Bound], zone: tzinfo) -> tuple[datetime, str]:
    """``latest`` or the bound that is before it, and what tells that one; ``zone`` is that of the log's own times."""
    known = [each if each.moment.tzinfo else each._replace(moment=each.moment.replace(tzinfo=zone)) for each in bounds]
    return min([Bound(latest, ""), *known], key=lambda each: each.moment)


def _times_written(source: Source) -> Iterator[datetime]:
    """When the file was last written, and before it was packed, as far as that was kept."""
    if source.path is None:
        return
    try:
        written = [source.path.stat().st_mtime]
        if source.packing == "gzip":
            with source.path.open("rb") as packed:
                written.append(int.from_bytes(packed.read(8)[4:], "little"))  # RFC 1952, section 2.3.1
    except OSError:  # it went away; reading it will tell
        return
    yield from (datetime.fromtimestamp(each, UTC) for each in written if int(each) in _KEPT)


def _ends_before(first: _Place, source: Source, scanner: Scanner) -> bool:
    """Whether the last record stands earlier in the year than the first."""
    return any(place < first for place in [*_places(scanner, _tail(source))][-1:])


def _tail(source: Source) -> bytes:
    """The end of a log; nothing of what only comes in order and is not small."""
    readable = source.readable() if reads_as_stored(source.head) else None
    if readable is not None:
        with closing(readable):
            return readable.read_at(max(0, readable.size - _TAIL), _TAIL)
    if source.size > _SMALL:
        return b""
    tail = b""
    with closing(source.blocks()) as blocks:
        for block in in_utf8(blocks, []):
            tail = (tail + block)[-_TAIL:]
    return tail


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
