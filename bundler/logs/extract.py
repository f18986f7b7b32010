"""Takes out of a log the records that belong to the payment: those that name it, and those around the error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo
from typing import BinaryIO, NamedTuple

from bundler.amounts import plural
from bundler.logs.arrays import opens_array
from bundler.logs.blocks import read_blocks
from bundler.logs.catalogue import PLAIN, find_format
from bundler.logs.levels import SEVERE, level
from bundler.logs.mentions import SHORTEST, Finder
from bundler.logs.parting import mentions_in
from bundler.logs.pieces import RECORD_LIMIT, read_pieces
from bundler.logs.ranking import Choice
from bundler.logs.recognition import judge, redetect
from bundler.logs.records import Record, read_records
from bundler.logs.scanning import scanner_of
from bundler.logs.sieving import Sieve
from bundler.logs.timeline import Timeline
from bundler.logs.types import LogFormat, Window
from bundler.model import Excerpt, Omission, RecordSpan

_TELLING, _TELLING_LINES = 16 * 1024, 50

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
    reference_from: str = "",
    budget: int = BUDGET,
    advance: Callable[[int], None] | None = None,
) -> Excerpt:
    """The records that mention one of ``ids``, and those inside ``window``, in the log's own order.

    Without a window only mentions count; ``types.EVERYTHING`` takes every record. A record without a stamp has the
    moment of the one before it. ``zone`` is that of stamps that name none, ``reference`` a moment that the first record
    is not much later than (it settles missing years; ``reference_from`` says whence). Where more than ``budget`` bytes
    belong, the least useful go first (``ranking``). What was left out is counted. Memory stays near ``budget``. Raises
    ``UnreadableInput`` when the stream cannot be read.
    """
    finder = Finder(ids)
    timeline = Timeline(fmt, zone=zone, zone_from=zone_from, reference=reference, reference_from=reference_from)
    notes: list[str] = []
    gathering = Gathering(fmt, finder, window, budget)
    for record in read_records(stream, fmt, timeline, finder=finder, advance=advance, notes=notes):
        gathering.offer(record)
    return gathering.excerpt(source, timeline, notes)


class Gathering:
    """What is taken of one log while its records go by; holds no more than the budget.

    With ``all_belong`` every record was found to belong before, and only the budget decides, after a ``sieve``.
    """

    def __init__(
        self,
        fmt: LogFormat,
        finder: Finder,
        window: Window | None,
        budget: int,
        *,
        all_belong: bool = False,
        sieve: Sieve | None = None,
    ) -> None:
        self._format = fmt
        self._finder = finder
        self._window = window
        self._all_belong = all_belong
        self._sieve = sieve
        middle = window.middle if window is not None else None
        self._choice = Choice(middle, budget, lambda record: level(fmt, record.data))
        self._outside = 0
        self._effective: datetime | None = None
        self._waiting: list[Record] = []
        self._has_begun = False
        self._first: datetime | None = None
        self._last: datetime | None = None

    def offer(self, record: Record) -> None:
        """Take the record, or count it."""
        moment = record.moment
        if moment is not None:
            self._effective = moment
            if self._first is None or moment < self._first:
                self._first = moment
            if self._last is None or moment > self._last:
                self._last = moment
        elif not self._has_begun:
            self._waiting.append(record)  # what stands before the first record shares that record's moment
            self._has_begun = True
            return
        self._has_begun = True
        if self._waiting:
            self._settle()
        self._judge(record)

    def _settle(self) -> None:
        while self._waiting:
            self._judge(self._waiting.pop())

    def _judge(self, record: Record) -> None:
        if self._all_belong or record.mentioned or (self._window is not None and self._effective in self._window):
            if self._sieve is None or self._sieve.keeps(record, self._effective):
                self._choice.offer(record, self._effective)
            else:
                self._choice.leave(record)
        else:
            self._outside += 1

    def excerpt(
        self,
        source: str,
        timeline: Timeline,
        notes: Sequence[str],
        *,
        lines_of: Callable[[Sequence[Record]], Iterable[int]] | None = None,
    ) -> Excerpt:
        """What was taken, in the log's order.

        ``lines_of`` tells on which lines of the whole log some of the records begin, where their own do not.
        """
        self._settle()
        kept = self._choice.finish()
        lines = (record.line for record in kept) if lines_of is None else lines_of(kept)
        moments = [record.moment for record in kept if record.moment is not None]
        zone, zone_from = timeline.zone
        short = f"identifiers of fewer than {SHORTEST} characters were not searched for"
        return Excerpt(
            source=source,
            format=self._format.name,
            data=b"".join(record.data for record in kept),
            spans=tuple(
                RecordSpan(line, each.line_count, each.moment, each.mentioned)
                for line, each in zip(lines, kept, strict=True)
            ),
            omitted=self._omitted(kept),
            first=min(moments, default=None),
            last=max(moments, default=None),
            source_first=self._first,
            source_last=self._last,
            zone=zone,
            zone_from=zone_from,
            hits=sum(record.mentioned for record in kept),
            notes=(
                *notes,
                *((short,) if self._finder.too_short else ()),
                *timeline.notes,
                *filter(None, (self._format.note,)),
            ),
        )

    def _omitted(self, kept: Sequence[Record]) -> tuple[Omission, ...]:
        place = "outside the window" if self._window is not None else ""
        ids = "without the ids" if self._finder else ""
        why = " and ".join(filter(None, (place, ids))) or "neither a window nor an id was given"
        cut = [record.cut_size for record in kept if record.cut_size]
        found = (
            Omission(self._outside, why),
            *self._choice.omitted(),
            Omission(len(cut), f"cut: longer than {RECORD_LIMIT:,} bytes; {plural(sum(cut), 'byte')} left out"),
        )
        return tuple(omission for omission in found if omission.records)


class Survey(NamedTuple):
    """What a log is, for ``inspect``: earliest and latest moment, how many records, whether they are in order."""

    format: str
    zone: str
    zone_from: str
    first: datetime | None
    last: datetime | None
    records: int
    sorted: bool
    notes: tuple[str, ...] = ()


def survey(
    stream: BinaryIO, fmt: LogFormat, *, zone: tzinfo, zone_from: str, reference: datetime, reference_from: str = ""
) -> Survey:
    """What the log covers, in one pass; the arguments are those of ``excerpt``. Raises ``UnreadableInput``."""
    timeline = Timeline(fmt, zone=zone, zone_from=zone_from, reference=reference, reference_from=reference_from)
    scanner = scanner_of(fmt)
    notes: list[str] = []
    first = last = previous = None
    count, in_order = 0, True
    changed: LogFormat | None = None
    for piece in read_pieces(read_blocks(stream, notes), scanner):
        changed = changed or _other_format(fmt, piece.data)
        starts = list(scanner.starts(piece.data, 0, len(piece.data)))
        lead = starts[0][0] if starts else len(piece.data)
        is_more = lead > 0 and not opens_array(piece.data[:lead], piece.data[lead : lead + 64])
        count += len(starts) + is_more  # what stands before the first start is a record too
        for _, stamp in starts:
            moment = timeline.moment(stamp) if stamp is not None else None
            if moment is None:
                continue
            in_order = in_order and (previous is None or moment >= previous)
            first = moment if first is None or moment < first else first
            last = moment if last is None or moment > last else last
            previous = moment
    zone_text, zone_source = timeline.zone
    if changed is not None:
        notes.append(f"further on it is written as {changed.title}; its records are read all the same")
    notes += [*timeline.notes, *filter(None, (fmt.note,))]
    return Survey(fmt.name, zone_text, zone_source, first, last, count, in_order, tuple(notes))


def _other_format(fmt: LogFormat, data: bytes) -> LogFormat | None:
    """The format that the first lines of ``data`` are in, where they are not what the log began with."""
    lines = data[:_TELLING].splitlines(keepends=True)[:_TELLING_LINES]
    return redetect(fmt, lines) if 2 * judge(fmt, lines)[0] < len(lines) else None


def failing_record(excerpt: Excerpt, ids: Sequence[str]) -> tuple[datetime, int] | None:
    """The moment and the line of the first record that tells of a failure and mentions one of ``ids``; else None."""
    finder = Finder(ids)
    fmt = find_format(excerpt.format) or PLAIN
    if not finder:
        return None
    for span, data in excerpt.records():
        if span.moment is not None and level(fmt, data) in SEVERE and mentions_in(data, 0, len(data), fmt, finder):
            return span.moment, span.line
    return None
