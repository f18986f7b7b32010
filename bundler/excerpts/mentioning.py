"""Reads the records of a cut, and which of them mention an id, without a second search where one was made."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence

from bundler.excerpts.cutting import Cut
from bundler.logs.mentions import Finder
from bundler.logs.ranges import Range, pairs
from bundler.logs.records import Record, records_in
from bundler.logs.timeline import Timeline

_NONE = Range(sys.maxsize, sys.maxsize)


def records_of(cut: Cut, timeline: Timeline, finder: Finder) -> Iterator[Record]:
    """The records of a cut without context, in order; ``finder`` is for the ids that it was cut by."""
    if cut.search is None:
        return records_in(cut.blocks(), cut.log.format, timeline, finder=finder)
    records = records_in(cut.blocks(), cut.log.format, timeline)
    return _told(records, _in_cut(cut.bounds, cut.search.bounds))


def _told(records: Iterable[Record], mentions: Iterator[Range]) -> Iterator[Record]:
    mention = next(mentions, _NONE)
    for record in records:
        while mention.end <= record.offset:
            mention = next(mentions, _NONE)
        yield record._replace(mentioned=True) if mention.start <= record.offset else record


def _in_cut(bounds: Sequence[int], mentions: Sequence[int]) -> Iterator[Range]:
    """Where stretches of the log lie in the cut that holds them, whose ranges have no gaps there."""
    ranges = pairs(bounds)
    start = end = before = 0
    for mention in pairs(mentions):
        while mention.start >= end:
            before += end - start
            start, end = next(ranges)
        yield Range(before + mention.start - start, before + mention.end - start)
