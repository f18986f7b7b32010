"""Cuts out of every log what belongs to the payment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from bundler.assemble.calls import Calls
from bundler.assemble.case import Case, Progress
from bundler.errors import UnreadableInput
from bundler.evidence import workers
from bundler.evidence.sources import Source
from bundler.excerpts.cutting import Cut, LogSource, Reference, first_reference, timeline_of
from bundler.excerpts.early import EarlySearch
from bundler.excerpts.lines import Lines
from bundler.excerpts.mentioning import records_of
from bundler.excerpts.together import cut_all
from bundler.logs.extract import Gathering, failing_record
from bundler.logs.extract import excerpt as cut_excerpt
from bundler.logs.mentions import Finder
from bundler.logs.sieving import Sieve
from bundler.logs.types import Wanted, Window, window_around
from bundler.model import Excerpt, Facts
from bundler.moments.zones import find_zone

TOTAL_BUDGET = 2_000_000
"""How many bytes of log a ticket takes altogether: some ten thousand records, the most useful ones."""
SMALLEST_BUDGET = 200_000
SHORTEST_ID = 6
"""Ids with fewer characters are not searched for in logs: they occur everywhere."""
READ_WHOLE = 8 * 1024 * 1024
"""A log up to this size is read record by record, so that all that is left out is counted; of a packed one, a fifth."""
SIEVED_FROM = 32 * 1024 * 1024
"""Of more records than this, in bytes, not all are weighed."""
_PACKED_RATIO = 5
_AHEAD = 8  # budgets


class Cutter:
    """Cuts the same logs again as more becomes known; of a large one no id is searched for twice."""

    def __init__(self, reference: Reference, progress: Progress, meanwhile: Callable[[], None] = lambda: None) -> None:
        self.reference = reference
        self.progress = progress
        self._meanwhile = meanwhile
        self._latest: dict[Source, _Latest] = {}
        self._early = EarlySearch()

    def begin(self, log_sources: Sequence[LogSource], ids: Sequence[str]) -> None:
        """Have a large log searched for ids that are known before the rest is, while other work is done."""
        if self._early.begin([log for log in log_sources if _is_large(log.source)], _long_enough(ids)):
            self._meanwhile()

    def close(self) -> None:
        """End a search that nobody wants any more."""
        self._early.close()

    def cut(
        self, log_sources: Sequence[LogSource], ids: Sequence[str], window: Window | None, remarks: tuple[str, ...] = ()
    ) -> tuple[Excerpt, ...]:
        """One excerpt a log: the records that mention one of ``ids`` and, if there is a window, those in it.

        Each carries ``remarks`` among its notes.
        """
        budget = max(SMALLEST_BUDGET, TOTAL_BUDGET // max(1, len(log_sources)))
        large = [log for log in log_sources if _is_large(log.source)]
        cuts = cut_all(
            large,
            Wanted(window, Finder(ids), every_spelling=True, counts_lines=True),
            self.reference,
            self.progress,
            job_count=workers.core_count(),
            earlier=[*self._early.finish(self.progress), *(latest.found for latest in self._latest.values())],
        )
        found = {each.log.source: each for each in cuts}
        excerpts = []
        for log in log_sources:
            try:
                if (large_cut := found.get(log.source)) is not None:
                    excerpts.append(self._of_cut(large_cut, ids, window, budget))
                else:
                    excerpts.append(_of_whole(log, ids, window, self.reference, self.progress, budget))
            except UnreadableInput as error:
                if len(log_sources) == 1:
                    raise
                excerpts.append(Excerpt(log.source.name, log.format.name, b"", (), notes=(error.message,)))
        return tuple(replace(each, notes=(*each.notes, *remarks)) for each in excerpts)

    def _of_cut(self, found: Cut, ids: Sequence[str], window: Window | None, budget: int) -> Excerpt:
        """The excerpt of a large log, of which only the records that belong were read."""
        latest = self._latest.get(found.log.source)
        if latest is not None and latest.is_of(found, window, budget):
            return latest.excerpt
        excerpt = _of_cut(found, ids, window, self.reference, budget)
        self._latest[found.log.source] = _Latest(found, window, budget, excerpt)
        return excerpt


class _Latest(NamedTuple):
    """The last cut of a large log, and the excerpt that was made of it."""

    found: Cut
    window: Window | None
    budget: int
    excerpt: Excerpt

    def is_of(self, found: Cut, window: Window | None, budget: int) -> bool:
        """Whether the excerpt is that of another cut as well: the same records, of which the same mention an id."""
        mine, its = self.found.search, found.search
        has_same_mentions = mine is not None and its is not None and mine.bounds == its.bounds
        return has_same_mentions and (window, budget) == (self.window, self.budget)


def _is_large(source: Source) -> bool:
    return source.size > READ_WHOLE // (_PACKED_RATIO if source.packing else 1)


def _of_whole(
    log: LogSource, ids: Sequence[str], window: Window | None, reference: Reference, progress: Progress, budget: int
) -> Excerpt:
    progress.begin(f"searching {log.source.name}", log.source.size)
    notes: list[str] = []
    first, first_from = first_reference(log, reference)
    with log.source.open(notes) as stream:
        excerpt = cut_excerpt(
            stream,
            log.source.name,
            log.format,
            ids=ids,
            window=window,
            zone=find_zone(log.zone) if log.zone else reference.zone,
            zone_from=log.zone_from or reference.zone_from,
            reference=first,
            reference_from=first_from,
            budget=budget,
            advance=progress.advance,
        )
    return replace(excerpt, notes=(*notes, *excerpt.notes))


def _of_cut(found: Cut, ids: Sequence[str], window: Window | None, reference: Reference, budget: int) -> Excerpt:
    """The excerpt of a large log, of which only the records that belong were read."""
    log, seen = found.log, found.seen
    if seen.error:
        raise UnreadableInput(seen.error)
    finder, timeline = Finder(ids), timeline_of(log, reference)
    sieve = None
    if found.size > SIEVED_FROM:
        sieve = Sieve(log.format, window.middle if window is not None else None, _AHEAD * budget)
    gathering = Gathering(log.format, finder, window, budget, all_belong=True, sieve=sieve)
    with closing(Lines(found)) as lines:
        for record in records_of(found, timeline, finder):
            gathering.offer(record)
        excerpt = gathering.excerpt(log.source.name, timeline, seen.notes, lines_of=lines.of)
    unread = f"the other records were not read one by one, and so are not counted: {log.source.name} is large"
    return replace(
        excerpt,
        source_first=seen.first or excerpt.source_first,
        source_last=seen.last or excerpt.source_last,
        notes=tuple(dict.fromkeys((*excerpt.notes, unread))),
    )


def window_of(occurred: datetime | None, calls: Calls, case: Case) -> Window | None:
    """The time around the error; on both clocks where that of the recording was wrong, for logs may be on either."""
    if occurred is None:
        return None
    window = window_around(occurred, case.before, case.after)
    skew = calls.clock_skew
    return window._replace(start=window.start + min(skew, timedelta(0)), end=window.end + max(skew, timedelta(0)))


def skew_remarks(calls: Calls) -> tuple[str, ...]:
    """What to say of a window that the recording's wrong clock has made longer."""
    seconds = calls.clock_skew.total_seconds()
    if not seconds:
        return ()
    side = "behind" if seconds > 0 else "ahead of"
    return (f"the window is {abs(seconds):,.0f} s longer: the recording's clock was so much {side} the provider's",)


def searchable(facts: Facts) -> tuple[str, ...]:
    """The ids worth searching logs for. The merchant's is not: it stands in every record of every payment."""
    merchant = facts.merchant_id.value if facts.merchant_id else None
    return _long_enough(fact.value for fact in facts.ids() if fact.value != merchant)


def _long_enough(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in ids if len(each) >= SHORTEST_ID))


def first_failure(excerpts: Sequence[Excerpt], ids: Sequence[str]) -> tuple[datetime, str, int] | None:
    """Moment, source and line of the earliest error record that mentions one of ``ids``."""
    seen: list[tuple[datetime, str, int]] = []
    for excerpt in excerpts:
        found = failing_record(excerpt, ids)
        if found is not None and found[0] is not None:
            seen.append((found[0], excerpt.source, found[1]))
    return min(seen, default=None)
