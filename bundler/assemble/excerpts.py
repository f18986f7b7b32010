"""Cuts out of every log what belongs to the payment, and follows the ids found there once more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from msgspec import Struct
from msgspec.structs import replace

from bundler import logs
from bundler.assemble.case import Case, Progress
from bundler.evidence import Source
from bundler.logs import Window
from bundler.logs.types import LogFormat
from bundler.model import Excerpt, Facts

TOTAL_BUDGET = 6_000_000
"""How many bytes of log a ticket takes altogether."""
FILTER_BUDGET = 1024**3
"""How many bytes the excerpt alone may have, where it is written to a file or a pipe."""
SMALLEST_BUDGET = 200_000
SHORTEST_ID = 6
"""Ids with fewer characters are not searched for in logs: they occur everywhere."""


class LogSource(Struct, frozen=True):
    """A source that is a log, and in which format."""

    source: Source
    format: LogFormat


class Reference(Struct, frozen=True):
    """How a log's times are understood: the zone for those that name none, and the moment that fixes missing years."""

    zone: tzinfo
    zone_from: str
    now: datetime


def cut(
    log_sources: Sequence[LogSource],
    ids: Sequence[str],
    occurred: datetime | None,
    case: Case,
    reference: Reference,
    progress: Progress,
    *,
    budget: int = TOTAL_BUDGET,
) -> tuple[Excerpt, ...]:
    """One excerpt a log: the records that mention one of ``ids`` and, if the moment is known, those around it.

    ``budget`` is how many bytes all of them may take together.
    """
    share = max(SMALLEST_BUDGET, budget // max(1, len(log_sources)))
    window = _window(occurred, case) if occurred is not None else None
    excerpts = []
    for log in log_sources:
        progress.begin(f"searching {log.source.name}", log.source.size)
        notes: list[str] = []
        with log.source.open(notes) as stream:
            excerpt = logs.excerpt(
                stream,
                log.source.name,
                log.format,
                ids=ids,
                window=window,
                zone=reference.zone,
                zone_from=reference.zone_from,
                reference=reference.now,
                budget=share,
                advance=progress.advance,
            )
        excerpts.append(replace(excerpt, notes=(*notes, *excerpt.notes)))
    return tuple(excerpts)


def _window(occurred: datetime, case: Case) -> Window:
    """The time around ``occurred``; at the ends of the calendar there is less of it."""
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    return Window(occurred - min(case.before, occurred - first), occurred + min(case.after, last - occurred))


def searchable(facts: Facts) -> tuple[str, ...]:
    """The ids worth searching logs for. The merchant's is not: it stands in every record of every payment."""
    merchant = facts.merchant_id.value if facts.merchant_id else None
    values = (fact.value for fact in facts.ids() if fact.value != merchant)
    return tuple(dict.fromkeys(value for value in values if len(value) >= SHORTEST_ID))


def first_failure(excerpts: Sequence[Excerpt], ids: Sequence[str]) -> tuple[datetime, str, int] | None:
    """Moment, source and line of the earliest error record that mentions one of ``ids``."""
    seen: list[tuple[datetime, str, int]] = []
    for excerpt in excerpts:
        found = logs.failing_record(excerpt, ids)
        if found is not None and found[0] is not None:
            seen.append((found[0], excerpt.source, found[1]))
    return min(seen, default=None)
