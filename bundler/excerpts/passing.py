"""Cuts one log in one pass: packed, piped, or not in order of time."""

from __future__ import annotations

from array import array
from contextlib import closing
from typing import TYPE_CHECKING, BinaryIO

from bundler.amounts import plural
from bundler.evidence.workers import Advance
from bundler.excerpts.cutting import SMALL, Cut, LogSource, Reference, Seen, new_spool, timeline_of
from bundler.logs.blocks import in_utf8
from bundler.logs.pieces import RECORD_LIMIT
from bundler.logs.ranges import Range, pairs, union
from bundler.logs.scanning import scanner_of
from bundler.logs.streaming import OutOfOrder, Passed, cut_stream
from bundler.logs.types import Wanted

if TYPE_CHECKING:
    from bundler.excerpts.counting import LineCount

_SMALL = SMALL // 16
"""In a log that has no more bytes as it is stored every record is judged by its own moment."""


def cut_packed(log: LogSource, wanted: Wanted, reference: Reference, advance: Advance, spool: BinaryIO | None) -> Cut:
    """In one pass, into a temporary file without a name; twice where a large log turns out not to be in order.

    Whoever gives a ``spool`` cuts several logs at a time, and no second thread unpacks ahead.
    """
    is_ahead = spool is None
    spool = spool or new_spool()
    scanner = scanner_of(log.format)
    for in_order in (True, False) if log.source.size > _SMALL else (False,):
        bounds, notes = array("Q"), list[str]()
        timeline = timeline_of(log, reference)
        count = _new_count() if wanted.counts_lines else None

        def take(place: Range, data: bytes, bounds: array[int] = bounds, count: LineCount | None = count) -> None:
            bounds.extend((place.start, place.start + len(data)))
            spool.write(data)
            if count is not None:
                count.take(place, data)

        try:
            with closing(log.source.blocks(notes, advance, is_ahead=is_ahead)) as blocks:
                whole = in_utf8(blocks, notes)
                whole = whole if count is None else count.passing(whole)
                passed = cut_stream(whole, scanner, timeline, wanted, take, in_order=in_order)
        except OutOfOrder:
            spool.seek(0)
            spool.truncate()
            continue
        except BaseException:
            spool.close()
            raise
        break
    spool.flush()
    if not passed.in_order:
        notes.append("its records are not in order of time, so every record was looked at")
    if passed.cut_size:
        limit = f"{RECORD_LIMIT:,} bytes"
        notes.append(
            f"of records longer than {limit} only the beginning was kept; left out: {plural(passed.cut_size, 'byte')}"
        )
    if not passed.is_whole:
        notes.append("read only until it was well behind the window")
    zone, zone_from = timeline.zone
    notes += [*timeline.notes, *filter(None, (log.format.note,))]
    seen = seen_in(passed)._replace(zone=zone, zone_from=zone_from, notes=tuple(notes))
    return Cut(log, union(pairs(bounds)), seen, spool, lines=b"" if count is None else count.state())


def _new_count() -> LineCount:
    from bundler.excerpts.counting import LineCount

    return LineCount()


def seen_in(passed: Passed) -> Seen:
    """What a pass saw of its log."""
    return Seen(passed.counts, passed.first, passed.last, passed.in_order, passed.is_whole)
