"""Looks for texts with Hyperscan or StringZilla, whichever is quicker, where the extra ``[fast]`` is installed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from bundler.logs import fast
from bundler.logs.scanning import Buffer

Needle = tuple[bytes, int]
"""A text, and the number of the identifier that it is a spelling of."""

Place = tuple[int, int, int]
"""Where a needle begins and ends, and its number."""

Search = Callable[[Buffer, int, int], list[Place]]

_TAIL = 8
"""So long an ending that all spellings share stands for all of them."""
_BLOCK = 1024 * 1024
_FEW = 8


def make_search(needles: Sequence[Needle]) -> Search | None:
    """A function to the places, in order, of all needles that begin from a first to before a last offset.

    None without the extra. It finds what ``find`` would for each needle alone, and no more. One pass of Hyperscan does
    for all spellings of one id, and beats many passes of StringZilla; a few are quicker.
    """
    spellings: dict[int, list[bytes]] = defaultdict(list)
    for needle, number in needles:
        spellings[number].append(needle)
    anchors = [(anchor, number) for number, forms in spellings.items() for anchor in _anchors(forms)]
    hyperscan, stringzilla = fast.module("hyperscan"), fast.module("stringzilla")
    is_one_for_all = len(anchors) == 1 < len(needles)
    if stringzilla is not None and len(needles) <= _FEW and not (hyperscan is not None and is_one_for_all):
        return partial(_pass_by_pass, stringzilla.find, needles)
    return None if hyperscan is None or not needles else _all_at_once(hyperscan, needles, spellings, anchors)


def _pass_by_pass(find: Any, needles: Sequence[Needle], data: Buffer, start: int, end: int) -> list[Place]:
    found: list[Place] = []
    with memoryview(data) as view:
        for needle, number in needles:
            reach = min(len(view), end + len(needle) - 1)
            position = start
            while position < reach:
                with view[position:reach] as rest:
                    offset = find(rest, needle)
                if offset < 0:
                    break
                position += offset
                found.append((position, position + len(needle), number))
                position += 1
    return sorted(found) if len(needles) > 1 else found


def _all_at_once(
    hyperscan: Any, needles: Sequence[Needle], spellings: Mapping[int, Sequence[bytes]], anchors: Sequence[Needle]
) -> Search:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[anchor for anchor, _ in anchors],
        ids=list(range(len(anchors))),
        elements=len(anchors),
        flags=hyperscan.HS_FLAG_CASELESS,
        literal=True,
    )
    longest = max(len(needle) for needle, _ in needles)

    def search(data: Buffer, start: int, end: int) -> list[Place]:
        found: set[Place] = set()
        base = start

        def note(pattern: int, _from: int, to: int, _flags: int, _context: Any) -> None:
            stop = base + to
            number = anchors[pattern][1]
            for form in spellings[number]:
                first = stop - len(form)
                if start <= first < end and data[first:stop] == form:
                    found.add((first, stop, number))

        with memoryview(data) as view:
            # a needle that begins before the end may reach beyond it, and its ending alone is what is looked for
            reach = min(len(view), end + longest - 1)
            while base < reach:
                with view[base : min(reach, base + _BLOCK + longest)] as block:
                    database.scan(block, match_event_handler=note)
                base += _BLOCK
        return sorted(found)

    return search


def _anchors(forms: Iterable[bytes]) -> list[bytes]:
    """What has to be looked for, in either case, to find all of ``forms`` by their endings."""
    forms = list(forms)
    shared = forms[0]
    for form in forms[1:]:
        count = 0
        for mine, its in zip(reversed(shared.lower()), reversed(form.lower()), strict=False):
            if mine != its:
                break
            count += 1
        shared = shared[len(shared) - count :]
    return [shared] if len(shared) >= _TAIL else forms
