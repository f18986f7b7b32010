"""Cuts the wanted records out of logs of any size: by bisection, by search on all cores, or in one pass.

Which way a log goes depends on how it can be read. The records are the same each way; only what a log says of itself
(that it is in order of time) is believed where looking at each record would take longer than the whole command.
"""

from __future__ import annotations

import weakref
from array import array
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

from bundler.amounts import plural
from bundler.evidence.contents import cut_meanwhile
from bundler.evidence.sources import Source
from bundler.logs.blocks import reads_as_stored
from bundler.logs.mentions import Finder
from bundler.logs.ranges import Range, pairs, union
from bundler.logs.readable import Expecting, Readable
from bundler.logs.scanning import scanner_of
from bundler.logs.slicing import Slice, Slicer
from bundler.logs.timeline import Timeline
from bundler.logs.types import LogFormat, Wanted
from bundler.moments.zones import find_zone

if TYPE_CHECKING:
    from bundler.excerpts.searching import Search
    from bundler.excerpts.undated import Bound

SMALL = 16 * 1024 * 1024
"""In a log up to this size every record is judged by its own moment; a larger one is cut by bisection."""
UNDATED = ("<clock>", "<syslog>", "<logcat>", "<klog>")
"""The stamps that name no year, or no day."""
_BLOCK = 1024 * 1024
_GAP = 4096
_NOBODY = Finder(())

Advance = Callable[[int], None]


class LogSource(NamedTuple):
    """A source that is a log, in which format, and the zone of its times where that is known apart from it."""

    source: Source
    format: LogFormat
    zone: str = ""
    zone_from: str = ""
    span: timedelta = timedelta(0)
    """How much later its last record is than its first, where its stamps alone do not tell the day or the year."""
    bounds: tuple[Bound, ...] = ()
    """What its first record is surely not later than, where its stamps alone do not tell the day or the year."""


def as_log(source: Source, fmt: LogFormat, zone: str = "", zone_from: str = "") -> LogSource:
    """The source as a log of that format."""
    if not any(kind in pattern for pattern in fmt.patterns for kind in UNDATED):
        return LogSource(source, fmt, zone, zone_from)
    from bundler.excerpts.undated import bounds_of, span_of

    span = span_of(source, fmt)
    return LogSource(source, fmt, zone, zone_from, span, bounds_of(source, span))


class Reference(NamedTuple):
    """How a log's times are understood: the zone for those that name none, and the moment that fixes missing years."""

    zone: tzinfo
    zone_from: str
    now: datetime


class Seen(NamedTuple):
    """What one log held of what was wanted."""

    counts: tuple[int, ...] = ()
    """How many records mention each id."""
    first: datetime | None = None
    last: datetime | None = None
    """The earliest and the latest moment seen in the log."""
    in_order: bool | None = None
    """Whether the log is in order of time; None where that was not looked at."""
    is_whole: bool = True
    """Whether all of it was read, or searched."""
    error: str = ""
    """Why nothing could be read."""
    zone: str = ""
    zone_from: str = ""
    notes: tuple[str, ...] = ()


class Cut:
    """Where the wanted records of one log are: ranges of it in order, whole records each."""

    def __init__(
        self,
        log: LogSource,
        bounds: array[int],
        seen: Seen,
        spool: BinaryIO | None = None,
        search: Search | None = None,
        lines: bytes = b"",
    ) -> None:
        self.log = log
        self.bounds = bounds
        self.seen = seen
        self.spool = spool
        """The records themselves, where the log cannot be read again at any place."""
        self.search = search
        """What was found of the ids alone, where they were searched for apart from the window."""
        self.lines = lines
        """What a ``LineCount`` knows of the log, where one was asked for and could be kept while it was read."""
        if spool is not None:
            weakref.finalize(self, spool.close)

    @property
    def size(self) -> int:
        """How many bytes the records have."""
        return sum(end - start for start, end in pairs(self.bounds))

    def blocks(self) -> Iterator[bytes]:
        """The records' bytes, in order."""
        if self.spool is not None:
            self.spool.seek(0)
            while block := self.spool.read(_BLOCK):
                yield block
            return
        readable = self.log.source.readable()
        if readable is None:
            return
        try:
            yield from _read_ranges(readable, pairs(self.bounds), self.log.source.name)
        finally:
            readable.close()


def _read_ranges(readable: Readable, ranges: Iterable[Range], name: str) -> Iterator[bytes]:
    """What the ranges hold, in blocks; ranges that lie close to each other cost one read together."""
    parts: list[bytes] = []
    size = 0
    afar = readable if isinstance(readable, Expecting) else None
    for batch in _batches(ranges):
        start, end = batch[0].start, batch[-1].end
        if afar is not None:
            afar.expect(start, end)
        while start < end:
            held = readable.read_at(start, min(_BLOCK, end - start))
            if not held:
                raise cut_meanwhile(name)
            last = start + len(held)
            parts += [held[max(0, each.start - start) : each.end - start] for each in batch if start < each.end]
            size += len(held)
            start = last
            if size >= _BLOCK:
                yield b"".join(parts)
                parts, size = [], 0
    if parts:
        yield b"".join(parts)


def _batches(ranges: Iterable[Range]) -> Iterator[list[Range]]:
    """The ranges in runs with small gaps between them; a run is not longer than a block, unless one range is."""
    batch: list[Range] = []
    for each in ranges:
        if batch and (each.start - batch[-1].end > _GAP or each.end - batch[0].start > _BLOCK):
            yield batch
            batch = []
        batch.append(each)
    if batch:
        yield batch


def cut_log(
    log: LogSource,
    wanted: Wanted,
    reference: Reference,
    advance: Advance,
    *,
    job_count: int,
    spool: BinaryIO | None = None,
    earlier: Cut | None = None,
) -> Cut:
    """The wanted records of one log. Raises ``UnreadableInput`` when it cannot be read.

    A window and ids together want what is in the window and what mentions an id, wherever it stands. An ``earlier``
    cut of the same log with the same context spares the search for the ids that it was cut by.
    """
    readable = log.source.readable() if reads_as_stored(log.source.head) else None
    if readable is None:
        from bundler.excerpts.passing import cut_packed

        return cut_packed(log, wanted, reference, advance, spool)
    try:
        return _cut_readable(log, readable, wanted, reference, advance, job_count, earlier.search if earlier else None)
    finally:
        readable.close()


def _order_of(cut: Slice) -> str:
    """What was relied on, in words."""
    if not cut.late:
        return f"cut by its times, which were in order wherever looked at ({plural(cut.look_count, 'place')})"
    late = f"records came up to {cut.late.total_seconds():,.0f} s late in {plural(cut.look_count, 'place')} looked at"
    return f"cut by its times; {late}, so each near the ends of the window was judged by its own"


def new_spool() -> BinaryIO:
    """A temporary file without a name, which the system removes when nobody has it open any more."""
    from tempfile import TemporaryFile

    return cast("BinaryIO", TemporaryFile())


def timeline_of(log: LogSource, reference: Reference) -> Timeline:
    """A new reading of the log's stamps."""
    zone, zone_from = reference.zone, reference.zone_from
    if log.zone:
        zone, zone_from = find_zone(log.zone), log.zone_from
    first, first_from = first_reference(log, reference)
    return Timeline(log.format, zone=zone, zone_from=zone_from, reference=first, reference_from=first_from)


def first_reference(log: LogSource, reference: Reference) -> tuple[datetime, str]:
    """A moment that the log's first record is not much later than, and what tells it; "" for the present one."""
    latest = reference.now - log.span
    if not log.bounds:
        return latest, ""
    from bundler.excerpts.undated import earliest

    named = log.format.zone or log.zone
    return earliest(latest, log.bounds, find_zone(named) if named else reference.zone)


def _cut_readable(
    log: LogSource,
    readable: Readable,
    wanted: Wanted,
    reference: Reference,
    advance: Advance,
    job_count: int,
    earlier: Search | None,
) -> Cut:
    scanner, timeline = scanner_of(log.format), timeline_of(log, reference)
    window, finder, context = wanted.window, wanted.finder, wanted.context
    notes: list[str] = []
    bounds: list[array[int]] = []
    seen = Seen(counts=(0,) * len(finder.ids))
    found: Search | None = None
    is_afar = isinstance(readable, Expecting)
    if window is not None and (readable.size > SMALL or is_afar) and not log.span:
        cut = Slicer(readable, scanner, timeline).cut(window)
        if cut is not None:
            bounds.append(cut.bounds)
            seen = seen._replace(first=cut.first, last=cut.last, in_order=True, is_whole=bool(finder))
            notes.append(_order_of(cut))
            window = None
            if finder and is_afar:
                notes.append("ids outside the window were not searched for: that would fetch the whole object")
                finder = _NOBODY
        else:
            notes.append("its records are not in order of time, so all of it was read")
    if window is None and finder:
        from bundler.excerpts.searching import search

        every = wanted.every_spelling
        found = search(readable, scanner, finder, context, advance, job_count, every_spelling=every, earlier=earlier)
        bounds.append(found.bounds)
        seen = seen._replace(counts=found.counts)
        notes += found.notes
    elif window is not None:
        from bundler.excerpts.passing import seen_in
        from bundler.excerpts.searching import blocks_of
        from bundler.logs.streaming import cut_stream

        taken = array("Q")

        def take(place: Range, _data: bytes) -> None:
            taken.extend(place)

        blocks = blocks_of(readable, advance)
        passed = cut_stream(blocks, scanner, timeline, Wanted(window, finder, context), take, in_order=False)
        bounds.append(union(pairs(taken)))
        seen = seen_in(passed)
        if not passed.in_order and not notes:
            notes.append("its records are not in order of time")
    notes += [*timeline.notes, *filter(None, (log.format.note,))]
    zone, zone_from = timeline.zone
    merged = bounds[0] if len(bounds) == 1 else union(*(pairs(each) for each in bounds))
    if not isinstance(readable, Expecting):
        return Cut(log, merged, seen._replace(zone=zone, zone_from=zone_from, notes=tuple(notes)), search=found)
    spool = new_spool()
    for block in _read_ranges(readable, pairs(merged), log.source.name):
        spool.write(block)
    fetched = f"{readable.byte_count / 1e6:,.1f} MB of {readable.size / 1e6:,.1f} MB fetched"
    notes.append(f"{fetched} in {plural(readable.request_count, 'request')}")
    return Cut(log, merged, seen._replace(zone=zone, zone_from=zone_from, notes=tuple(notes)), spool)
