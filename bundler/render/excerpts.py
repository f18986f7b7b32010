"""Log excerpts for reading: numbered lines, the payment's own marked, every gap in plain sight."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from heapq import nsmallest

from msgspec import Struct

from bundler.amounts import plural
from bundler.model import Excerpt, RecordSpan, SafeTicket
from bundler.render.text import decoded, visible

_TAB = 4


class Row(Struct, frozen=True):
    """One line of the excerpt with its number in the source. A row with ``gap`` stands for lines that are not shown."""

    number: int
    text: str
    is_hit: bool = False
    is_continued: bool = False
    gap: str = ""


class Reading(Struct, frozen=True):
    """The rows to show, and in words what of the excerpt is not among them."""

    rows: tuple[Row, ...]
    left_out: str = ""


def numbered(excerpt: Excerpt, ticket: SafeTicket, limit: int = 200, width: int = 1000) -> Reading:
    """At most ``limit`` lines: records that mention an id, then those nearest to the error, in the source's order."""
    occurred = ticket.facts.occurred_at.value if ticket.facts.occurred_at else None
    chosen = _choose(excerpt.spans, occurred, limit)
    records = (record for index, record in enumerate(excerpt.records()) if index in chosen)
    first = excerpt.spans[0].line if excerpt.spans else 0
    rows = list(_rows(records, first, limit, width))
    shown = sum(not row.gap for row in rows)
    total = sum(span.line_count for span in excerpt.spans)
    return Reading(
        tuple(rows), f"{plural(total - shown, 'more line')} of this excerpt left out here" if total > shown else ""
    )


def _choose(spans: Sequence[RecordSpan], occurred: datetime | None, limit: int) -> set[int]:
    def rank(index: int) -> tuple[bool, float, int]:
        span = spans[index]
        is_hit = span.mentions
        far = abs((span.moment - occurred).total_seconds()) if span.moment and occurred else float(not is_hit)
        return not is_hit, far, index

    chosen, line_count = set(), 0
    for index in nsmallest(limit, range(len(spans)), rank):  # a record has a line at least
        if line_count >= limit:
            break
        chosen.add(index)
        line_count += spans[index].line_count
    return chosen


def _rows(records: Iterable[tuple[RecordSpan, bytes]], first: int, limit: int, width: int) -> Iterator[Row]:
    """``first`` is the line of the source on which the excerpt begins."""
    expected = first
    room = limit
    for span, data in records:
        if span.line > expected:
            yield Row(0, "", gap=plural(span.line - expected, "line"))
        lines = data.splitlines()[: max(room, 1)]
        for offset, line in enumerate(lines):
            yield Row(
                span.line + offset,
                _line(line, width),
                is_hit=span.mentions,
                is_continued=offset > 0,
            )
        room -= len(lines)
        expected = span.line + len(lines)


def _line(line: bytes, width: int) -> str:
    text = visible(decoded(line[:width]).expandtabs(_TAB))  # stack traces are indented with tabs
    return text if len(line) <= width else f"{text}… (+{plural(len(line) - width, 'byte')})"


def as_text(reading: Reading) -> str:
    """The rows as plain text, with the number in front of each line."""
    width = max((len(str(row.number)) for row in reading.rows), default=1)
    return "\n".join(
        f"{'':>{width}} ⋮ ({row.gap} not shown)"
        if row.gap
        else f"{row.number:>{width}} {'>' if row.is_hit else '|'} {row.text}"
        for row in reading.rows
    )
