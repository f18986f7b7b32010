"""Looks for texts with the standard library: one pass for each, and one for many GUIDs together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from bundler.logs.scanning import Buffer

if TYPE_CHECKING:
    from bundler.logs.automaton import Needle, Place, Search

_MANY = 8
"""From so many GUIDs on, looking at every GUID of the log is quicker than a pass for each that is wanted."""
_STRETCH = 1024 * 1024
_GUID = re.compile(rb"[^-\n]{8}-([^-\n]{4}-[^-\n]{4})-[^-\n]{4}-[^-\n]{12}")


def make_search(needles: Sequence[Needle]) -> Search:
    """A function to the places, in order, of all needles that begin from a first to before a last offset."""
    by_middle: dict[bytes, list[Needle]] = defaultdict(list)
    others: list[Needle] = []
    for needle in needles:
        found = _GUID.fullmatch(needle[0])
        (others if found is None else by_middle[found[1]]).append(needle)
    if sum(map(len, by_middle.values())) < _MANY:
        return partial(_pass_by_pass, needles)
    return partial(_together, dict(by_middle), others)


def _pass_by_pass(needles: Iterable[Needle], data: Buffer, start: int, end: int) -> list[Place]:
    found: list[Place] = []
    for needle, number in needles:
        reach = min(len(data), end + len(needle) - 1)
        position = data.find(needle, start, reach)
        while position >= 0:
            found.append((position, position + len(needle), number))
            position = data.find(needle, position + 1, reach)
    return sorted(found)


def _together(
    by_middle: dict[bytes, list[Needle]], others: Sequence[Needle], data: Buffer, start: int, end: int
) -> list[Place]:
    """Only those GUIDs get a pass of which the second and third group stand somewhere between hyphens.

    No match hides another that counts: it would have a hyphen among the eight characters before the first hyphen.
    """
    middles = re.compile(rb"-(....-....)-....-")
    found: list[Place] = []
    for low in range(start, end, _STRETCH):
        high = min(end, low + _STRETCH)
        seen = by_middle.keys() & middles.findall(data, low, high + 35)
        found += _pass_by_pass([*others, *(each for middle in seen for each in by_middle[middle])], data, low, high)
    return found
