"""Takes out of a log the records that belong to the payment: those that name it, and those around the error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo
from heapq import heappop, heappush
from typing import BinaryIO

from bundler.logs.catalogue import PLAIN, find_format
from bundler.logs.levels import SEVERE, level
from bundler.logs.mentions import SHORTEST, Finder
from bundler.logs.records import RECORD_LIMIT, Record, read_records
from bundler.logs.timeline import Timeline
from bundler.logs.types import LogFormat, Survey, Window
from bundler.model import Excerpt, Omission, RecordSpan

BUDGET = 2_000_000
"""How many bytes of records one excerpt holds, unless said otherwise."""


def excerpt(
    stream: BinaryIO,
    source: str,
    fmt: LogFormat,
    *,
    ids: Sequence[str],
    window: Window | None,
    zone: tzinfo,
    zone_from: str,
    reference: datetime,
    budget: int = BUDGET,
    advance: Callable[[int], None] | None = None,
) -> Excerpt:
    """The records that mention one of ``ids``, and those inside ``window``, in the log's own order.

    Without a window only mentions count; ``types.EVERYTHING`` takes every record. A record without a stamp has the
    moment of the one before it. ``zone`` is that of stamps that name none, ``reference`` a moment that the log is not
    much later than (it settles missing years). Where more than ``budget`` bytes belong, those without an id that lie
    farthest from the window's middle go first. What was left out is counted. Memory stays near ``budget``. Raises
    ``UnreadableInput`` when the stream cannot be read.
    """
    finder = Finder(ids)
    timeline = Timeline(fmt, zone=zone, zone_from=zone_from, reference=reference)
    notes: list[str] = []
    choice = _Choice(window, budget, by_id=bool(finder))
    for record in read_records(stream, fmt, timeline, finder=finder, advance=advance, notes=notes):
        choice.offer(record)
    kept = choice.finish()
    moments = [record.moment for record in kept if record.moment is not None]
    zone_text, zone_source = timeline.zone
    if finder.too_short:
        notes.append(f"identifiers of fewer than {SHORTEST} characters were not searched for")
    return Excerpt(
        source=source,
        format=fmt.name,
        data=b"".join(record.data for record in kept),
        spans=tuple(RecordSpan(record.line, record.line_count, record.moment, record.mentioned) for record in kept),
        omitted=choice.omitted(kept),
        first=min(moments, default=None),
        last=max(moments, default=None),
        source_first=choice.first,
        source_last=choice.last,
        zone=zone_text,
        zone_from=zone_source,
        hits=sum(record.mentioned for record in kept),
        notes=(*notes, *timeline.notes, *filter(None, (fmt.note,))),
    )


class _Choice:
    """Which records are taken; holds no more than the budget while the log goes by."""

    def __init__(self, window: Window | None, budget: int, *, by_id: bool) -> None:
        self._window = window
        self._middle = window.middle if window is not None else None
        self._budget = budget
        self._by_id = by_id
        self._heap: list[tuple[bool, float, int, Record]] = []
        self._size = 0
        self._count = 0
        self._outside = 0
        self._dropped = Counter[bool]()
        self._effective: datetime | None = None
        self._waiting: Record | None = None
        self.first: datetime | None = None
        self.last: datetime | None = None

    def offer(self, record: Record) -> None:
        """Take the record, or count it."""
        moment = record.moment
        if moment is not None:
            self._effective = moment
            self.first = moment if self.first is None or moment < self.first else self.first
            self.last = moment if self.last is None or moment > self.last else self.last
        elif self._count == 0 and self._waiting is None:
            self._waiting = record  # what stands before the first record shares that record's moment
            return
        if self._waiting is not None:
            self._judge(self._waiting)
            self._waiting = None
        self._judge(record)

    def _judge(self, record: Record) -> None:
        self._count += 1
        within = self._window is not None and self._effective in self._window
        if not within and not record.mentioned:
            self._outside += 1
            return
        heappush(self._heap, (record.mentioned, self._nearness(), -self._count, record))
        self._size += len(record.data)
        while self._size > self._budget and self._heap:
            mentioned, _, _, dropped = heappop(self._heap)
            self._size -= len(dropped.data)
            self._dropped[mentioned] += 1

    def _nearness(self) -> float:
        if self._middle is None or self._effective is None:
            return 0.0
        return -abs((self._effective - self._middle).total_seconds())

    def finish(self) -> list[Record]:
        """What was taken, in the log's order."""
        if self._waiting is not None:
            self._judge(self._waiting)
            self._waiting = None
        return [record for _, _, _, record in sorted(self._heap, key=lambda entry: -entry[2])]

    def omitted(self, kept: Iterable[Record]) -> tuple[Omission, ...]:
        """All that was left out, and why."""
        place = "outside the window" if self._window is not None else ""
        ids = "without the ids" if self._by_id else ""
        why = " and ".join(filter(None, (place, ids))) or "neither a window nor an id was given"
        over = f"over the limit of {self._budget:,} bytes"
        far = "farthest from the error" if self._middle is not None else "the last of the log"
        cut = [record.cut_size for record in kept if record.cut_size]
        found = (
            Omission(self._outside, why),
            Omission(self._dropped[False], f"{over}, {far}"),
            Omission(self._dropped[True], f"{over}, although they mention an id; {far}"),
            Omission(len(cut), f"cut: longer than {RECORD_LIMIT:,} bytes; {sum(cut):,} bytes left out"),
        )
        return tuple(omission for omission in found if omission.records)


def survey(stream: BinaryIO, fmt: LogFormat, *, zone: tzinfo, zone_from: str, reference: datetime) -> Survey:
    """What the log covers, in one pass; the arguments are those of ``excerpt``. Raises ``UnreadableInput``."""
    timeline = Timeline(fmt, zone=zone, zone_from=zone_from, reference=reference)
    notes: list[str] = []
    first = last = previous = None
    count, in_order = 0, True
    for record in read_records(stream, fmt, timeline, notes=notes):
        count += 1
        moment = record.moment
        if moment is None:
            continue
        in_order = in_order and (previous is None or moment >= previous)
        first = moment if first is None or moment < first else first
        last = moment if last is None or moment > last else last
        previous = moment
    zone_text, zone_source = timeline.zone
    notes += [*timeline.notes, *filter(None, (fmt.note,))]
    return Survey(fmt.name, zone_text, zone_source, first, last, count, in_order, tuple(notes))


def failing_record(excerpt: Excerpt, ids: Sequence[str]) -> tuple[datetime, int] | None:
    """The moment and the line of the first record that tells of a failure and mentions one of ``ids``; else None."""
    finder = Finder(ids)
    fmt = find_format(excerpt.format) or PLAIN
    if not finder:
        return None
    for span, data in excerpt.records():
        if span.moment is not None and level(fmt, data) in SEVERE and finder.found(data):
            return span.moment, span.line
    return None
