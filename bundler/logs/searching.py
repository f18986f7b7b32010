"""Finds the records of a log that mention an identifier: first the mentions, then the whole records around them."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import NamedTuple

from bundler.logs.mentions import Finder
from bundler.logs.parting import mentions_in
from bundler.logs.scanning import Buffer, Scanner

_STRETCH = 4 * 1024 * 1024


class Found(NamedTuple):
    """Where records with a mention lie, as pairs of offsets in order that neither touch nor overlap."""

    bounds: array[int]
    counts: tuple[int, ...]
    """How many records mention each identifier."""
    record_count: int
    """How many records mention any."""
    last_end: int = 0
    """Where the last record with a mention ends."""


def find_records(
    data: Buffer,
    start: int,
    end: int,
    scanner: Scanner,
    finder: Finder,
    *,
    context: int = 0,
    advance: Callable[[int], None] | None = None,
) -> Found:
    """The records with a mention that begins from ``start`` to before ``end``, each with ``context`` more on each side.

    A record may reach beyond ``start`` or ``end``. ``data`` begins with the beginning of a line. Time is linear;
    ``advance`` is told how many more bytes are done.
    """
    size = len(data)
    bounds = array("Q")
    counts = [0] * len(finder.ids)
    record_count = 0
    opened = closed = 0  # the last record with a mention
    seen: set[int] = set()
    for low in range(start, end, _STRETCH):
        for position, _, number in mentions_in(data, low, min(end, low + _STRETCH), scanner.format, finder):
            if position >= closed:
                opened = scanner.record_start(data, position, closed)
                closed = scanner.record_end(data, position, size)
                seen.clear()
                record_count += 1
                first, last = opened, closed
                if context:
                    first, last = _surrounded(data, scanner, opened, closed, context)
                if bounds and first <= bounds[-1]:
                    bounds[-1] = max(bounds[-1], last)
                else:
                    bounds.append(first)
                    bounds.append(last)
            if number not in seen:
                seen.add(number)
                counts[number] += 1
        if advance is not None:
            advance(min(end, low + _STRETCH) - low)
    return Found(bounds, tuple(counts), record_count, closed)


def _surrounded(data: Buffer, scanner: Scanner, start: int, end: int, count: int) -> tuple[int, int]:
    size = len(data)
    for _ in range(count):
        start = scanner.record_start(data, start - 1, 0) if start > 0 else 0
        end = scanner.record_end(data, end, size) if end < size else size
    return start, end
