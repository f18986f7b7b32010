"""The same search as ``finder.py`` with Hyperscan, of the extra ``[fast]``: three passes for all anchors and names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from bundler import fast
from bundler.redact.finder import SIGNS, Candidate, NamePlace, StandardFinder, literal_of, row_of
from bundler.redact.lines import lines_around
from bundler.redact.rule import Rule, View

_ENOUGH = 4 * 1024 * 1024
"""So many bytes have to be searched before it pays to compile the anchors."""
_CLASSES: dict[View, dict[int, bytes]] = {
    "raw": {},
    "signs": {},
    "folded": {48: b"[0-9]"},
    "hexed": {48: b"[0-9A-Fa-f]"},
    "grouped": {48: b"[0-9]", 45: b"[" + re.escape(SIGNS) + b"-]"},
}
"""What a byte of an anchor stands for in a text, by the view that the anchor is for."""
_ZERO = re.compile(rb"0(\{[0-9,]+\}|\+|)")
_ANY_ROW = re.compile(rb"0+\+")
_BORDER = rb"\b"
_WORD_BEGINS = rb"(?:\b|\\[nrtbf])"  # the letter of an escape may stand before it
_LONGEST_PATTERN = 15_000
"""In bytes; the library takes 16,000."""

Measure = Callable[[bytes, int], "tuple[int, int] | None"]
"""From the text and where Hyperscan saw an anchor end, or begin if it tells that, to where it begins and ends."""


class _Expression(NamedTuple):
    """One anchor for Hyperscan. Where a match begins is not told without ``tells_start``, which costs time.

    One without rules tells only of a line that has to be read.
    """

    pattern: bytes
    ignores_case: bool
    tells_start: bool
    measure: Measure
    rules: tuple[Rule, ...]


class _Scans(NamedTuple):
    """The compiled passes: numbers and signs, literals and what lines are worth reading for, ends of names."""

    numbers: _Scan
    words: _Scan
    names: _Scan


class FastFinder(StandardFinder):
    """Finds what ``StandardFinder`` finds; without the extra, and in the first few megabytes, by its means.

    Of an anchor that a rule locates nothing by, either may tell or not.
    """

    def __init__(self, rules: Iterable[Rule], names: Iterable[str], endings: Iterable[str]) -> None:
        super().__init__(rules, names, endings)
        self._searched = 0
        self._is_settled = False
        self._scans: _Scans | None = None

    def expect_much(self) -> None:
        if not self._is_settled:
            self._is_settled = True
            self._scans = self._compiled()
        if self._scans is None:
            super().expect_much()
        else:
            self._names.expect_much()

    def shapes(self, text: bytes) -> Iterator[Candidate]:
        self._searched += len(text)
        if self._searched > _ENOUGH:
            self.expect_much()
        if self._scans is None:
            yield from super().shapes(text)
            return
        yield from self._scans.numbers.find(text)
        ends: list[int] = []
        for start, end, rules in self._scans.words.find(text):
            if rules:
                yield start, end, rules
            else:
                ends.append(end)
        lines = lines_around(text, ends)
        for start, end, rules in self._patterns_on(lines):
            yield lines.origin(start), lines.origin(end - 1) + 1, rules

    def names(self, text: bytes) -> list[NamePlace]:
        if self._scans is None:
            return super().names(text)
        ends = self._scans.names.ends(text)
        places = [NamePlace(end, value) for end, value in self._names.find_before(text, ends)]
        places.reverse()
        return places

    def _compiled(self) -> _Scans | None:
        hyperscan = fast.module("hyperscan")
        if hyperscan is None:
            return None
        numbers, words = [], []
        for view, anchor, rules in ((view, *each) for view, found in self._by_view.items() for each in found.items()):
            if view in ("grouped", "signs"):
                numbers.append(_expression(view, anchor, rules))
            elif literal_of(anchor) is not None and view != "hexed":
                words.append(_expression(view, anchor, rules))
            else:
                words += _hints(view, anchor, rules)
        names = [_hint(pattern) for pattern in self._names.patterns(_LONGEST_PATTERN)]
        return _Scans(_Scan(hyperscan, numbers), _Scan(hyperscan, words), _Scan(hyperscan, names))


class _Scan:
    """Some anchors, compiled."""

    def __init__(self, hyperscan: Any, expressions: list[_Expression]) -> None:
        self._expressions = expressions
        self._tells_start = [each.tells_start for each in expressions]
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            expressions=[each.pattern for each in expressions],
            ids=list(range(len(expressions))),
            elements=len(expressions),
            flags=[
                hyperscan.HS_FLAG_DOTALL
                | (hyperscan.HS_FLAG_CASELESS if each.ignores_case else 0)
                | (hyperscan.HS_FLAG_SOM_LEFTMOST if each.tells_start else 0)
                for each in expressions
            ],
        )
        self._database.scratch = hyperscan.Scratch(self._database)

    def find(self, text: bytes) -> Iterator[Candidate]:
        """Where each anchor stands."""
        count, tells_start = len(self._expressions), self._tells_start
        seen: set[int] = set()  # numbers alone: a block may hold a million anchors

        def note(number: int, start: int, end: int, _flags: int, _context: object) -> None:
            seen.add((start if tells_start[number] else end) * count + number)

        self._database.scan(text, match_event_handler=note)
        for each in sorted(seen):
            place, number = divmod(each, count)
            expression = self._expressions[number]
            if (measured := expression.measure(text, place)) is not None:
                yield (*measured, expression.rules)

    def ends(self, text: bytes) -> set[int]:
        """Where anything ends."""
        seen: set[int] = set()

        def note(_number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            seen.add(end)

        self._database.scan(text, match_event_handler=note)
        return seen


def _expression(view: View, anchor: bytes, rules: tuple[Rule, ...]) -> _Expression:
    literal = literal_of(anchor)
    if literal is None:
        match = re.compile(anchor).match
        return _Expression(anchor.replace(b"(?=", b"(?:"), False, True, lambda text, at: _span(match(text, at)), rules)
    size = len(literal)
    pattern = _escaped(literal, view)
    if view in ("grouped", "signs") and row_of(literal) is not None:
        byte = _CLASSES[view].get(literal[0], b"[%s]" % re.escape(literal[:1]))
        return _Expression(b"(?:^|[^" + byte[1:] + b")" + pattern, False, False, _row(size, byte), rules)
    return _Expression(pattern, view == "folded", False, lambda _, end: (end - size, end), rules)


def _escaped(literal: bytes, view: View) -> bytes:
    return b"".join(_CLASSES[view].get(byte, b"\\x%02x" % byte) for byte in literal)


def _hint(pattern: bytes) -> _Expression:
    return _Expression(pattern, True, False, lambda _, end: (end - 1, end), ())


def _hints(view: View, anchor: bytes, rules: tuple[Rule, ...]) -> Iterator[_Expression]:
    """What a line holds in which the anchor is worth looking for: itself, or for any row of digits a word beside it."""
    if _ANY_ROW.fullmatch(anchor) is None:
        yield _hint(_ZERO.sub(_CLASSES[view].get(48, b"0") + rb"\1", anchor) if view != "raw" else anchor)
        return
    for near in (near for rule in rules for near in rule.nearby):
        word = _escaped(near.removeprefix(_BORDER).removesuffix(_BORDER), "raw")
        begins = _WORD_BEGINS if near.startswith(_BORDER) else b""
        yield _hint(begins + word + (_BORDER if near.endswith(_BORDER) else b""))


def _span(found: re.Match[bytes] | None) -> tuple[int, int] | None:
    return found.span() if found is not None else None


def _row(size: int, byte: bytes) -> Measure:
    more = re.compile(byte + b"*+")

    def measure(text: bytes, end: int) -> tuple[int, int]:
        found = more.match(text, end)
        return end - size, found.end() if found is not None else end

    return measure
