"""Looks for texts with the standard library: one pass for each, and one for many GUIDs together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING

from bundler.logs.occurrences import Occurrences, by_c_library, by_python
from bundler.logs.scanning import Buffer

if TYPE_CHECKING:
    from bundler.logs.automaton import Needle, Place, Search

_MANY = 8
"""From so many GUIDs on, looking at every GUID of the log is quicker than a pass for each that is wanted."""
_MANY_QUICK = 24
"""The same where a pass takes half as long."""
_STRETCH = 1024 * 1024
_GUID = re.compile(rb"[^-\n]{8}-([^-\n]{4}-[^-\n]{4})-[^-\n]{4}-[^-\n]{12}")


def make_search(needles: Sequence[Needle]) -> Search:
    """A function to the places, in order, of all needles that begin from a first to before a last offset."""
    by_middle: dict[bytes, list[Needle]] = defaultdict(list)
    others: list[Needle] = []
    for needle in needles:
        found = _GUID.fullmatch(needle[0])
        (others if found is None else by_middle[found[1]]).append(needle)
    quick = by_c_library()
    search = partial(pass_by_pass, quick or by_python)
    if sum(map(len, by_middle.values())) < (_MANY_QUICK if quick else _MANY):
        return partial(search, needles)
    return partial(_together, search, dict(by_middle), others)


def pass_by_pass(
    occurrences: Occurrences, needles: Collection[Needle], data: Buffer, start: int, end: int
) -> list[Place]:
    """All needles that begin from ``start`` to before ``end``; of several each in turn in bytes that caches hold."""
    found: list[Place] = []
    stretch = _STRETCH if len(needles) > 1 else max(1, end - start)
    for low in range(start, end, stretch):
        high = min(end, low + stretch)
        places = [
            (place, place + len(needle), number)
            for needle, number in needles
            for place in occurrences(data, needle, low, high)
        ]
        found += sorted(places) if len(needles) > 1 else places
    return found


def _together(
    search: Callable[[Collection[Needle], Buffer, int, int], list[Place]],
    by_middle: dict[bytes, list[Needle]],
    others: Sequence[Needle],
    data: Buffer,
    start: int,
    end: int,
) -> list[Place]:
    """Only those GUIDs get a pass of which the second and third group stand somewhere between hyphens.

    No match hides another that counts: it would have a hyphen among the eight characters before the first hyphen.
    """
    middles = re.compile(rb"-(....-....)-....-")
    found: list[Place] = []
    for low in range(start, end, _STRETCH):
        high = min(end, low + _STRETCH)
        seen = by_middle.keys() & middles.findall(data, low, high + 35)
        found += search([*others, *(each for middle in seen for each in by_middle[middle])], data, low, high)
    return found
