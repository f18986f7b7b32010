"""Finds where something might be: anchors of shapes, and names of fields by the separator behind them.

This is the only part that reads every byte, and the interface behind which a faster search can stand: whoever offers
``Finder`` yields the same candidates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol, TypeAlias

from bundler.redact.anchors import Literals
from bundler.redact.lines import Lines
from bundler.redact.name_ends import NameEnds
from bundler.redact.rule import Rule, View
from bundler.redact.skeletons import SMALL, Picked, Skeletons, skeleton

_UPPER = bytes(range(65, 91))
_LOWER = bytes(range(97, 123))
_DIGITS = b"0123456789"
SIGNS = b" +.ABCDEFUVWXYabcdefuvwxy"
_MAPS: dict[View, bytes] = {
    "folded": bytes.maketrans(_UPPER + _DIGITS, _LOWER + b"0" * 10),
    "hexed": bytes.maketrans(b"abcdefABCDEF" + _DIGITS, b"0" * 22),
    "grouped": bytes.maketrans(_DIGITS + SIGNS, b"0" * 10 + b"-" * len(SIGNS)),
}
_PLAIN = re.compile(rb"(?:[^\\.^$*+?{}\[\]|()]|\\[^A-Za-z0-9])+")
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_ZEROS = re.compile(rb"0*+")
_ROW = re.compile(rb"0(?:\{[0-9,]+\}|\+)?")

Candidate: TypeAlias = tuple[int, int, tuple[Rule, ...]]
"""Where an anchor begins and ends, and the rules that go by it; there are too many for anything but a tuple."""


class NamePlace(NamedTuple):
    """A name that is followed by a separator: where it ends, and where the value may begin."""

    end: int
    value: int


class _Find(NamedTuple):
    """A literal that ``find`` looks for; one of the same byte again and again takes in all of its row, by ``more``."""

    literal: bytes
    more: re.Pattern[bytes] | None
    rules: tuple[Rule, ...]


class Finder(Protocol):
    """A way of searching a text for everything the rules start from."""

    def expect_much(self) -> None:
        """Compile now what pays only with megabytes: they are to come, perhaps to children of this process."""

    def shapes(self, text: bytes) -> Iterator[Candidate]:
        """Where an anchor of a rule stands, in no order."""

    def names(self, text: bytes) -> list[NamePlace]:
        """Where a name that may be ours is followed by ``:``, ``=``, ``=>`` or ``>``, from the left to the right."""


class StandardFinder:
    """The search by the standard library alone.

    Lines whose skeleton shows that they hold no anchor and no name are left unread. Anchors of digits and signs are
    looked for in the whole text, each by a literal.
    """

    def __init__(self, rules: Iterable[Rule], names: Iterable[str], endings: Iterable[str]) -> None:
        self._by_view: dict[View, dict[bytes, tuple[Rule, ...]]] = {}
        for rule in rules:
            for anchor in rule.anchors:
                same = self._by_view.setdefault(rule.view, {})
                same[anchor] = (*same.get(anchor, ()), rule)
        rules_by = dict(self._by_view)
        self._rows = [_Find(literal, row_of(literal), found) for literal, found in rules_by.pop("grouped", {}).items()]
        signs = rules_by.pop("signs", {})
        self._pairs = [
            _Find(literal, row_of(literal), found) for anchor, found in signs.items() if (literal := literal_of(anchor))
        ]
        self._signs = _by_first_sign({anchor: found for anchor, found in signs.items() if not literal_of(anchor)})
        self._literals: dict[View, Literals[tuple[Rule, ...]]] = {}
        self._finds: dict[View, list[_Find]] = {}
        self._patterns: list[tuple[View, re.Pattern[bytes], tuple[Rule, ...]]] = []
        hints: set[bytes] = set()
        for view, anchors in rules_by.items():
            literals = {}
            for anchor, found in anchors.items():
                literal = literal_of(anchor.removesuffix(b"0+") + b"0" if anchor.endswith(b"0+") else anchor)
                if literal is None:
                    self._patterns.append((view, re.compile(anchor), found))
                elif view == "hexed" or anchor.endswith(b"0+"):
                    self._finds.setdefault(view, []).append(
                        _Find(literal, _ZEROS if anchor.endswith(b"0+") else None, found)
                    )
                else:
                    literals[literal] = found
                hints.update(*(rule.nearby or (_hint(view, anchor),) for rule in found))
            self._literals[view] = Literals(literals)
        self._names = NameEnds((*names, *endings))
        self._skeletons = Skeletons(hints, endings, names)
        self._picked: tuple[bytes, Picked] | None = None

    def expect_much(self) -> None:
        self._names.expect_much()
        self._skeletons.expect_much()

    def shapes(self, text: bytes) -> Iterator[Candidate]:
        yield from self._in_whole(text)
        lines = self._pick(text).anchors
        for start, end, rules in (*self._literals_on(lines), *self._patterns_on(lines)):
            yield lines.origin(start), lines.origin(end - 1) + 1, rules

    def _in_whole(self, text: bytes) -> Iterator[Candidate]:
        for pattern, members in self._signs:
            if text.isascii() and members[0][0].pattern.startswith(rb"\x"):
                continue
            for found in pattern.finditer(text):
                for member, rules in members:
                    if member.match(text, found.start()):
                        yield found.start(), found.end(), rules
        yield from _places(text, self._pairs)
        yield from _places(text.translate(_MAPS["grouped"]), self._rows)

    def names(self, text: bytes) -> list[NamePlace]:
        lines = self._pick(text).names
        picked = lines.text if lines.text is text else lines.text + b"\n"  # the last one may go on behind a comma
        places = [
            NamePlace(lines.origin(end - 1) + 1, lines.origin(value - 1) + 1) for end, value in self._names.find(picked)
        ]
        places.reverse()
        return places

    def _pick(self, text: bytes) -> Picked:
        """The lines of ``text`` to be read for shapes and for names, which are asked for one after the other."""
        if len(text) < SMALL:
            lines = Lines(text)  # what stands encoded in a text is searched while that text still is
            return Picked(lines, lines)
        if self._picked is None or self._picked[0] is not text:
            self._picked = text, self._skeletons.pick(text)
        return self._picked[1]

    def _literals_on(self, lines: Lines) -> Iterator[Candidate]:
        for view, literals in self._literals.items():
            yield from literals.find(_seen(lines.text, view))

    def _patterns_on(self, lines: Lines) -> Iterator[Candidate]:
        views = {view: _seen(lines.text, view) for view in (*self._finds, *(view for view, _, _ in self._patterns))}
        for view, finds in self._finds.items():
            yield from _places(views[view], finds)
        for view, pattern, rules in self._patterns:
            for found in pattern.finditer(views[view]):
                yield found.start(), found.end(), rules


def _seen(text: bytes, view: View) -> bytes:
    return text if view == "raw" else text.translate(_MAPS[view])


def _by_first_sign(
    anchors: Mapping[bytes, tuple[Rule, ...]],
) -> list[tuple[re.Pattern[bytes], list[tuple[re.Pattern[bytes], tuple[Rule, ...]]]]]:
    """One pattern for all anchors that begin with the same sign, and the anchors themselves."""
    groups: dict[bytes, list[bytes]] = {}
    for anchor in anchors:
        sign = anchor[:4] if anchor.startswith(rb"\x") else anchor[:2]
        groups.setdefault(sign, []).append(anchor)
    return [
        (
            re.compile(sign + b"(?:" + b"|".join(anchor[len(sign) :] for anchor in members) + b")"),
            [(re.compile(anchor), anchors[anchor]) for anchor in members],
        )
        for sign, members in groups.items()
    ]


def _places(text: bytes, finds: Iterable[_Find]) -> Iterator[Candidate]:
    """Where each literal stands."""
    for literal, more, rules in finds:
        start = text.find(literal)
        while start >= 0:
            end = start + len(literal)
            if more is not None and (row := more.match(text, end)) is not None:
                end = row.end()
            yield start, end, rules
            start = text.find(literal, start + 1 if more is None else end)


def row_of(literal: bytes) -> re.Pattern[bytes] | None:
    """What a row goes on with that consists of one byte, as ``literal`` does; None where it consists of several."""
    return re.compile(re.escape(literal[:1]) + b"*+") if len(set(literal)) == 1 else None


def literal_of(anchor: bytes) -> bytes | None:
    """The bytes that the pattern ``anchor`` stands for, or None when it stands for more than one text."""
    return _ESCAPED.sub(rb"\1", anchor) if _PLAIN.fullmatch(anchor) else None


def _hint(view: View, anchor: bytes) -> bytes:
    """What an anchor leaves in the skeleton of its line: it must be a literal but for rows of digits.

    Raises ``ValueError`` for an anchor that leaves nothing, or of which that cannot be told.
    """
    literal = literal_of(_ROW.sub(b"", anchor) if view != "raw" else anchor)
    if not literal or not skeleton(literal):
        raise ValueError(f"no line can be told by the anchor {anchor!r}; the rule needs something nearby")
    return literal
