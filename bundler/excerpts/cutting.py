"""Cuts the wanted records out of logs of any size: by bisection, by search on all cores, or in one pass.

Which way a log goes depends on how it can be read. The records are the same each way; only what a log says of itself
(that it is in order of time) is believed where looking at each record would take longer than the whole command.
"""

from __future__ import annotations

import weakref
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime, tzinfo
from functools import partial
from itertools import pairwise
from typing import BinaryIO, cast

from msgspec import Struct

from bundler.errors import BundlerError
from bundler.evidence import workers
from bundler.evidence.sources import Source
from bundler.logs.blocks import find_encoding, in_utf8
from bundler.logs.mentions import Finder
from bundler.logs.readable import Expecting, FileBacked, Range, Readable
from bundler.logs.scanning import Scanner, line_after, scanner_of, walk
from bundler.logs.searching import find_records, pairs, union
from bundler.logs.slicing import Slicer
from bundler.logs.streaming import OutOfOrder, Passed, Wanted, cut_stream
from bundler.logs.timeline import Timeline
from bundler.logs.types import LogFormat
from bundler.moments import find_zone

SMALL = 16 * 1024 * 1024
"""In a log up to this size every record is judged by its own moment; a larger one is cut by bisection."""
_OTHERS_UP_TO = 64 * 1024 * 1024
"""Up to this size every spelling of an id is searched for; in a larger log only where the given one is not found."""
_FORK_FROM = 32 * 1024 * 1024
_BLOCK = 1024 * 1024
_NOBODY = Finder(())

Advance = Callable[[int], None]


class LogSource(Struct, frozen=True):
    """A source that is a log, in which format, and the zone of its times where that is known apart from it."""

    source: Source
    format: LogFormat
    zone: str = ""
    zone_from: str = ""


class Reference(Struct, frozen=True):
    """How a log's times are understood: the zone for those that name none, and the moment that fixes missing years."""

    zone: tzinfo
    zone_from: str
    now: datetime


class Seen(Struct):
    """What one log held of what was wanted."""

    counts: tuple[int, ...] = ()
    """How many records mention each id."""
    record_count: int = 0
    """How many records mention any."""
    first: datetime | None = None
    last: datetime | None = None
    """The earliest and the latest moment seen in the log."""
    in_order: bool | None = None
    """Whether the log is in order of time; None where that was not looked at."""
    is_whole: bool = True
    """Whether all of it was read, or searched."""
    cut_size: int = 0
    error: str = ""
    """Why nothing could be read."""
    zone: str = ""
    zone_from: str = ""
    notes: tuple[str, ...] = ()


class Cut(Struct, frozen=True, weakref=True):
    """Where the wanted records of one log are: ranges of it in order, whole records each."""

    log: LogSource
    bounds: array[int]
    seen: Seen
    spool: BinaryIO | None = None
    """The records themselves, where the log cannot be read again at any place."""

    def __post_init__(self) -> None:
        if self.spool is not None:
            weakref.finalize(self, self.spool.close)

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
            yield from _read_ranges(readable, pairs(self.bounds))
        finally:
            readable.close()


def _read_ranges(readable: Readable, ranges: Iterable[Range]) -> Iterator[bytes]:
    """What the ranges hold, in blocks; ranges that lie close to each other cost one read together."""
    parts: list[bytes] = []
    size = 0
    held, base = b"", 0
    for start, end in ranges:
        while start < end:
            if not base <= start < base + len(held):
                if isinstance(readable, Expecting):
                    readable.expect(start, end)
                held, base = readable.read_at(start, _BLOCK), start
                if not held:
                    break  # the log was cut since
            part = held[start - base : end - base]
            parts.append(part)
            size += len(part)
            start += len(part)
            if size >= _BLOCK:
                yield b"".join(parts)
                parts, size = [], 0
    if parts:
        yield b"".join(parts)


def cut_log(
    log: LogSource,
    wanted: Wanted,
    reference: Reference,
    advance: Advance,
    *,
    job_count: int,
    spool: BinaryIO | None = None,
) -> Cut:
    """The wanted records of one log. Raises ``UnreadableInput`` when it cannot be read.

    A window and ids together want what is in the window and what mentions an id, wherever it stands.
    """
    readable = None if find_encoding(log.source.head) else log.source.readable()
    if readable is None:
        return _cut_stream(log, wanted, reference, advance, spool)
    try:
        return _cut_readable(log, readable, wanted, reference, advance, job_count)
    finally:
        readable.close()


def new_spool() -> BinaryIO:
    """A temporary file without a name, which the system removes when nobody has it open any more."""
    from tempfile import TemporaryFile

    return cast("BinaryIO", TemporaryFile())


def timeline_of(log: LogSource, reference: Reference) -> Timeline:
    """A new reading of the log's stamps."""
    zone, zone_from = reference.zone, reference.zone_from
    if log.zone:
        zone, zone_from = find_zone(log.zone), log.zone_from
    return Timeline(log.format, zone=zone, zone_from=zone_from, reference=reference.now)


def _cut_readable(
    log: LogSource, readable: Readable, wanted: Wanted, reference: Reference, advance: Advance, job_count: int
) -> Cut:
    scanner, timeline = scanner_of(log.format), timeline_of(log, reference)
    window, finder, context = wanted
    notes: list[str] = []
    bounds: list[array[int]] = []
    seen = Seen(counts=(0,) * len(finder.ids))
    is_afar = isinstance(readable, Expecting)
    if window is not None and (readable.size > SMALL or is_afar):
        cut = Slicer(readable, scanner, timeline).cut(window)
        if cut is not None:
            bounds.append(array("Q", [edge for each in cut.ranges for edge in each]))
            seen.first, seen.last, seen.in_order, seen.is_whole = cut.first, cut.last, True, bool(finder)
            notes.append(f"cut by its times, which were in order in all {cut.look_count:,} places looked at")
            window = None
            if finder and is_afar:
                notes.append("ids outside the window were not searched for: that would fetch the whole object")
                finder = _NOBODY
        else:
            notes.append("its records are not in order of time, so all of it was read")
    if window is None and finder:
        found = _search(readable, scanner, finder, context, advance, job_count)
        bounds.append(found.bounds)
        seen.counts, seen.record_count = found.counts, found.record_count
        notes += found.notes
    elif window is not None:
        taken = array("Q")

        def take(place: Range, _data: bytes) -> None:
            taken.extend(place)

        passed = cut_stream(
            _blocks_of(readable, advance), scanner, timeline, Wanted(window, finder, context), take, in_order=False
        )
        bounds.append(union(pairs(taken)))
        _note(seen, passed)
        if not passed.in_order and not notes:
            notes.append("its records are not in order of time")
    seen.zone, seen.zone_from = timeline.zone
    seen.notes = (*notes, *timeline.notes)
    merged = bounds[0] if len(bounds) == 1 else union(*(pairs(each) for each in bounds))
    if not isinstance(readable, Expecting):
        return Cut(log, merged, seen)
    spool = new_spool()
    for block in _read_ranges(readable, pairs(merged)):
        spool.write(block)
    fetched = f"{readable.byte_count / 1e6:,.1f} MB of {readable.size / 1e6:,.1f} MB fetched"
    seen.notes = (*seen.notes, f"{fetched} in {readable.request_count:,} requests")
    return Cut(log, merged, seen, spool)


def _blocks_of(readable: Readable, advance: Advance) -> Iterator[bytes]:
    offset = 0
    while block := readable.read_at(offset, _BLOCK):
        yield block
        offset += len(block)
        advance(len(block))


def _note(seen: Seen, passed: Passed) -> None:
    seen.counts, seen.record_count = passed.counts, passed.record_count
    seen.first, seen.last, seen.is_whole, seen.cut_size = passed.first, passed.last, passed.is_whole, passed.cut_size
    seen.in_order = passed.in_order


def _cut_stream(log: LogSource, wanted: Wanted, reference: Reference, advance: Advance, spool: BinaryIO | None) -> Cut:
    """In one pass, into a temporary file without a name; twice where the log turns out not to be in order."""
    spool = spool or new_spool()
    scanner = scanner_of(log.format)
    for in_order in (True, False):
        bounds, notes = array("Q"), list[str]()
        timeline = timeline_of(log, reference)

        def take(place: Range, data: bytes, bounds: array[int] = bounds) -> None:
            bounds.extend(place)
            spool.write(data)

        try:
            with closing(log.source.blocks(notes)) as blocks:
                passed = cut_stream(in_utf8(blocks, notes), scanner, timeline, wanted, take, in_order=in_order)
        except OutOfOrder:
            spool.seek(0)
            spool.truncate()
            continue
        except BundlerError:
            spool.close()
            raise
        break
    spool.flush()
    if not in_order:
        notes.append("its records are not in order of time, so every record was looked at")
    seen = Seen()
    _note(seen, passed)
    if not passed.is_whole:
        notes.append("read only until it was well behind the window")
    seen.zone, seen.zone_from = timeline.zone
    seen.notes = (*notes, *timeline.notes)
    return Cut(log, union(pairs(bounds)), seen, spool)


class Search(Struct, frozen=True):
    """Where the records with a mention are, and what was not looked for."""

    bounds: array[int]
    counts: tuple[int, ...]
    record_count: int
    notes: tuple[str, ...] = ()


def _search(
    readable: Readable, scanner: Scanner, finder: Finder, context: int, advance: Advance, job_count: int
) -> Search:
    """The records with a mention; in a large log other spellings of an id only where the given one is not found."""
    if readable.size <= _OTHERS_UP_TO or not finder.has_others:
        return _search_once(readable, scanner, finder, context, advance, job_count)
    given = _search_once(readable, scanner, Finder(finder.ids, as_given=True), context, advance, job_count)
    missing = [text for text, count in zip(finder.ids, given.counts, strict=True) if not count]
    note = "an id was looked for in other spellings (upper case, without hyphens) only where it was not found as given"
    if not Finder(missing).has_others:
        return Search(given.bounds, given.counts, given.record_count, (note,))
    others = _search_once(readable, scanner, Finder(missing), context, advance, job_count)
    found = iter(others.counts)
    counts = tuple(count or next(found) for count in given.counts)
    bounds = union(pairs(given.bounds), pairs(others.bounds))
    return Search(bounds, counts, given.record_count + others.record_count, (note,))


def _search_once(
    readable: Readable, scanner: Scanner, finder: Finder, context: int, advance: Advance, job_count: int
) -> Search:
    if isinstance(readable, FileBacked) and readable.size >= _FORK_FROM and workers.can_fork():
        size = readable.size
        search = partial(_search_part, readable.fileno(), size, scanner, finder, context)
        edges = [0, *(_record_after(readable, scanner, size * part // job_count) for part in range(1, job_count)), size]
        try:
            answers = workers.run([partial(search, start, end) for start, end in pairwise(edges)], advance)
        except workers.WorkerLost:
            pass  # the file was cut while it was mapped; what is left of it can still be read
        else:
            return _joined([memoryview(answer).cast("Q") for answer in answers], len(finder.ids))
    bounds = array("Q")

    def take(place: Range, _data: bytes) -> None:
        bounds.extend(place)

    wanted = Wanted(None, finder, context)
    passed = cut_stream(_blocks_of(readable, advance), scanner, None, wanted, take, in_order=False)
    return Search(union(pairs(bounds)), passed.counts, passed.record_count)


def _record_after(readable: Readable, scanner: Scanner, offset: int) -> int:
    """Where the first record begins at or after ``offset``; the end of the log where none does."""
    start = line_after(readable, offset, readable.size)
    found = walk(scanner, readable, start, readable.size) if start is not None else iter(())
    return next((begin for begin, _ in found), readable.size)


def _search_part(
    descriptor: int, size: int, scanner: Scanner, finder: Finder, context: int, start: int, end: int, advance: Advance
) -> bytes:
    """In a worker: one part of a mapped file."""
    from mmap import ACCESS_READ, mmap

    with mmap(descriptor, size, access=ACCESS_READ) as mapped:
        found = find_records(mapped, start, end, scanner, finder, context=context, advance=advance)
    return array("Q", [found.record_count, *found.counts]).tobytes() + found.bounds.tobytes()


def _joined(parts: Sequence[Sequence[int]], id_count: int) -> Search:
    """What was found in neighbouring parts of one log, each of whole records."""
    head = 1 + id_count
    counts = tuple(sum(part[1 + number] for part in parts) for number in range(id_count))
    bounds = union(*(pairs(part[head:]) for part in parts))
    return Search(bounds, counts, sum(part[0] for part in parts))
