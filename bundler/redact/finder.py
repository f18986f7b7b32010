"""Finds where something might be: anchors of shapes, and names of fields by the separator behind them.

This is the only part that reads every byte, and the interface behind which a faster search can stand: whoever offers
``Finder`` yields the same candidates in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from bundler.redact.rule import Rule, View

_UPPER = bytes(range(65, 91))
_LOWER = bytes(range(97, 123))
_DIGITS = b"0123456789"
_FOLD = bytes.maketrans(_UPPER + _DIGITS, _LOWER + b"0" * 10)
_HEX = bytes.maketrans(b"abcdefABCDEF" + _DIGITS, b"0" * 22)
_CAPITALS = bytes.maketrans(_UPPER + _DIGITS, b"A" * 26 + b"0" * 10)
_KEYS = bytes.maketrans(_UPPER + b"=>", _LOWER + b"::")
_MAPS: dict[View, bytes] = {"folded": _FOLD, "hexed": _HEX, "capitals": _CAPITALS}


class Candidate(NamedTuple):
    """The place of an anchor, and the rules that go by it."""

    start: int
    end: int
    rules: tuple[Rule, ...]


class NamePlace(NamedTuple):
    """A name that is followed by a separator: where it ends, and where the value may begin."""

    end: int
    value: int


class Finder(Protocol):
    """A way of searching a text for everything the rules start from."""

    def shapes(self, text: bytes) -> Iterator[Candidate]:
        """Where an anchor of a rule stands; anchor by anchor, each from the left to the right."""

    def names(self, text: bytes) -> list[NamePlace]:
        """Where a name that may be ours is followed by ``:``, ``=``, ``=>`` or ``>``, from the left to the right."""


class StandardFinder:
    """The search by Python's own ``re``.

    Every anchor begins with a literal, which ``re`` looks for at the speed of memory. Names are looked for backwards
    from their separator (the text is reversed, the separators are made one character): one pass for all names.
    """

    def __init__(self, rules: Iterable[Rule], names: Iterable[str]) -> None:
        groups: dict[tuple[View, bytes], list[Rule]] = {}
        for rule in rules:
            for anchor in rule.anchors:
                groups.setdefault((rule.view, anchor), []).append(rule)
        self._anchors = [(view, re.compile(anchor), tuple(group)) for (view, anchor), group in groups.items()]
        tree = _alternation([name.encode()[::-1] for name in names])
        self._names = re.compile(rb"::?[ \t]{0,4}[\"'`\]\\]{0,9}(?:m[0-9;]{0,12}\[\x1b)?(" + tree + rb")")

    def shapes(self, text: bytes) -> Iterator[Candidate]:
        views: dict[View, bytes] = {"raw": text}
        for view, anchor, rules in self._anchors:
            if view not in views:
                views[view] = text.translate(_MAPS[view])
            for found in anchor.finditer(views[view]):
                yield Candidate(found.start(), found.end(), rules)

    def names(self, text: bytes) -> list[NamePlace]:
        size = len(text)
        reversed_text = text.translate(_KEYS)[::-1]
        places = [
            NamePlace(size - found.start(1), size - found.start()) for found in self._names.finditer(reversed_text)
        ]
        places.reverse()
        return places


def _alternation(words: list[bytes]) -> bytes:
    """A pattern for any of ``words``, separators between their letters allowed; it tries each first letter once."""
    tree: dict[bytes, list[bytes]] = {}
    ends_here = False
    for word in sorted(set(words)):
        if word:
            tree.setdefault(word[:1], []).append(word[1:])
        else:
            ends_here = True
    branches = [
        re.escape(first) + (rb"[-_. ]?" if any(rest) else b"") + _alternation(rest) for first, rest in tree.items()
    ]
    if not branches:
        return b""
    joined = branches[0] if len(branches) == 1 and not ends_here else b"(?:" + b"|".join(branches) + b")"
    return joined + b"?" if ends_here else joined
