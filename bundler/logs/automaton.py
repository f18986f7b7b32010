"""Looks for texts with Hyperscan or StringZilla, whichever is quicker, where the extra ``[fast]`` is installed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from bundler import fast
from bundler.logs.occurrences import by_stringzilla
from bundler.logs.scanning import Buffer
from bundler.logs.standard import pass_by_pass

Needle = tuple[bytes, int]
"""A text, and the number of the identifier that it is a spelling of."""

Place = tuple[int, int, int]
"""Where a needle begins and ends, and its number."""

Search = Callable[[Buffer, int, int], list[Place]]

_RANDOM = re.compile(rb"[0-9A-Fa-f]{8}-(?P<middle>[0-9A-Fa-f]{4}-[47][0-9A-Fa-f]{3}-)[89ABab][0-9A-Fa-f]{3}-")
"""A GUID that is random in its middle, too (RFC 9562, versions 4 and 7); of others many share theirs."""
_TAIL = 8
"""So long an ending that all spellings share stands for all of them."""
_BLOCK = 1024 * 1024
_FEW = 8


class Anchor(NamedTuple):
    """A piece of an identifier that is looked for in its stead, and how much of that stands behind it."""

    text: bytes
    number: int
    behind: int


def make_search(needles: Sequence[Needle]) -> Search | None:
    """A function to the places, in order, of all needles that begin from a first to before a last offset.

    None without the extra. It finds what ``find`` would for each needle alone, and no more. One pass of Hyperscan does
    for all spellings of one id, and beats many passes of StringZilla; a few are quicker.
    """
    spellings: dict[int, list[bytes]] = defaultdict(list)
    for needle, number in needles:
        spellings[number].append(needle)
    anchors = [anchor for number, forms in spellings.items() for anchor in _anchors(number, forms)]
    is_one_for_all = len(anchors) == 1 < len(needles)
    if not needles:
        return None
    # each library takes a hundredth of a second to import
    hyperscan = fast.module("hyperscan") if is_one_for_all or len(needles) > _FEW else None
    if hyperscan is None and len(needles) <= _FEW and (stringzilla := fast.module("stringzilla")) is not None:
        return partial(pass_by_pass, by_stringzilla(stringzilla), needles)
    hyperscan = hyperscan or fast.module("hyperscan")
    return None if hyperscan is None else _all_at_once(hyperscan, anchors, spellings)


def _all_at_once(hyperscan: Any, anchors: Sequence[Anchor], spellings: Mapping[int, Sequence[bytes]]) -> Search:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[anchor.text for anchor in anchors],
        ids=list(range(len(anchors))),
        elements=len(anchors),
        flags=hyperscan.HS_FLAG_CASELESS,
        literal=True,
    )
    longest = max(len(form) for forms in spellings.values() for form in forms)

    def search(data: Buffer, start: int, end: int) -> list[Place]:
        found: set[Place] = set()
        base = start

        def note(pattern: int, _from: int, to: int, _flags: int, _context: Any) -> None:
            anchor = anchors[pattern]
            stop = base + to + anchor.behind
            for form in spellings[anchor.number]:
                first = stop - len(form)
                if start <= first < end and data[first:stop] == form:
                    found.add((first, stop, anchor.number))

        with memoryview(data) as view:
            # a needle that begins before the end may reach beyond it, and one piece of it is what is looked for
            reach = min(len(view), end + longest - 1)
            while base < reach:
                with view[base : min(reach, base + _BLOCK + longest)] as block:
                    database.scan(block, match_event_handler=note)
                base += _BLOCK
        return sorted(found)

    return search


def _anchors(number: int, forms: Sequence[bytes]) -> list[Anchor]:
    """What has to be looked for, in either case, to find all of ``forms``."""
    if len(forms) == 1:
        # hyphens are rarer than digits: what ends with one is mistaken for a find less often, and costs half as much
        guid = _RANDOM.match(forms[0])
        start, end = guid.span("middle") if guid is not None else (0, len(forms[0]))
        return [Anchor(forms[0][start:end], number, len(forms[0]) - end)]
    shared = forms[0]
    for form in forms[1:]:
        count = 0
        for mine, its in zip(reversed(shared.lower()), reversed(form.lower()), strict=False):
            if mine != its:
                break
            count += 1
        shared = shared[len(shared) - count :]
    return [Anchor(each, number, 0) for each in ([shared] if len(shared) >= _TAIL else forms)]
