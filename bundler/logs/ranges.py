"""Stretches of a log: whole records, from one offset to before another."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple


class Range(NamedTuple):
    """Bytes of a source from ``start`` to before ``end``, always whole records."""

    start: int
    end: int


def pairs(bounds: Sequence[int]) -> Iterator[Range]:
    """``bounds``, the starts and ends of ranges in turn, as ranges: so millions of them fit into little memory."""
    return (Range(bounds[at], bounds[at + 1]) for at in range(0, len(bounds), 2))


def union(*parts: Iterable[Range]) -> array[int]:
    """The same bytes as bounds in order that neither touch nor overlap; each part is in order."""
    bounds = array("Q")
    for start, end in parts[0] if len(parts) == 1 else _merged(parts):
        if bounds and start <= bounds[-1]:
            bounds[-1] = max(bounds[-1], end)
        elif start < end:
            bounds.append(start)
            bounds.append(end)
    return bounds


def _merged(parts: Iterable[Iterable[Range]]) -> Iterator[Range]:
    from heapq import merge

    return iter(merge(*parts))


def chained(parts: Iterable[Sequence[int]]) -> array[int]:
    """The same of bounds that are such already, where the parts of a log as a rule follow each other."""
    parts = [part for part in parts if part]
    if any(earlier[-1] > later[0] for earlier, later in pairwise(parts)):
        return union(*(pairs(part) for part in parts))
    bounds = array("Q")
    for part in parts:
        if bounds and bounds[-1] == part[0]:
            bounds.pop()
            part = part[1:]
        bounds.extend(part)
    return bounds
