"""The same search as ``finder.py`` with Hyperscan, of the extra ``[fast]``: one pass for all anchors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from bundler import fast
from bundler.redact.finder import SIGNS, Candidate, StandardFinder, literal_of
from bundler.redact.rule import Rule, View
from bundler.redact.skeletons import Lines

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
_DIGITS = re.compile(rb"[0-9]*")

Measure = Callable[[bytes, int, int], "tuple[int, int] | None"]
"""From the text and where Hyperscan saw an anchor begin and end, to where it does."""


class _Expression(NamedTuple):
    """One anchor for Hyperscan. Where a match begins is not told without ``tells_start``, which costs time."""

    pattern: bytes
    ignores_case: bool
    tells_start: bool
    measure: Measure
    rules: tuple[Rule, ...]


class FastFinder(StandardFinder):
    """Finds what ``StandardFinder`` finds; without the extra, and in the first few megabytes, by its means."""

    def __init__(self, rules: Iterable[Rule], names: Iterable[str], endings: Iterable[str]) -> None:
        rules = tuple(rules)
        super().__init__(rules, names, endings)
        self._by_anchor: dict[tuple[View, bytes], tuple[Rule, ...]] = {}
        for rule in rules:
            for anchor in rule.anchors:
                same = self._by_anchor.get((rule.view, anchor), ())
                self._by_anchor[rule.view, anchor] = (*same, rule)
        self._searched = 0
        self._is_settled = False
        self._scans: tuple[_Scan, _Scan] | None = None

    def expect_much(self) -> None:
        super().expect_much()
        if not self._is_settled:
            self._is_settled = True
            self._scans = self._compiled()

    def shapes(self, text: bytes) -> Iterator[Candidate]:
        self._searched += len(text)
        if self._searched > _ENOUGH:
            self.expect_much()
        yield from super().shapes(text)

    def _compiled(self) -> tuple[_Scan, _Scan] | None:
        hyperscan = fast.module("hyperscan")
        if hyperscan is None:
            return None
        whole, on_lines = [], []
        for (view, anchor), rules in self._by_anchor.items():
            if view in ("grouped", "signs"):
                whole.append(_expression(view, anchor, rules))
            elif literal_of(anchor) is not None and view != "hexed":
                on_lines.append(_expression(view, anchor, rules))
        return _Scan(hyperscan, whole), _Scan(hyperscan, on_lines)

    def _in_whole(self, text: bytes) -> Iterator[Candidate]:
        return self._scans[0].find(text) if self._scans is not None else super()._in_whole(text)

    def _literals_on(self, lines: Lines) -> Iterator[Candidate]:
        return self._scans[1].find(lines.text) if self._scans is not None else super()._literals_on(lines)


class _Scan:
    """Some anchors, compiled."""

    def __init__(self, hyperscan: Any, expressions: list[_Expression]) -> None:
        self._expressions = expressions
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
        seen: list[tuple[int, int, int]] = []
        self._database.scan(text, match_event_handler=lambda number, *place: seen.append((number, *place[:2])))
        for number, start, end in dict.fromkeys(seen):
            expression = self._expressions[number]
            if (measured := expression.measure(text, start, end)) is not None:
                yield Candidate(*measured, expression.rules)


def _expression(view: View, anchor: bytes, rules: tuple[Rule, ...]) -> _Expression:
    literal = literal_of(anchor)
    if literal is None:
        match = re.compile(anchor).match
        return _Expression(
            anchor.replace(b"(?=", b"(?:"), False, True, lambda text, at, _: _span(match(text, at)), rules
        )
    size = len(literal)
    pattern = b"".join(_CLASSES[view].get(byte, b"\\x%02x" % byte) for byte in literal)
    if view == "grouped" and literal.isdigit():
        row = b"(?:^|[^0-9])" + pattern
        return _Expression(row, False, False, lambda text, _, end: (end - size, _end_of_row(text, end)), rules)
    return _Expression(pattern, view == "folded", False, lambda _, __, end: (end - size, end), rules)


def _span(found: re.Match[bytes] | None) -> tuple[int, int] | None:
    return found.span() if found is not None else None


def _end_of_row(text: bytes, end: int) -> int:
    found = _DIGITS.match(text, end)
    return found.end() if found is not None else end
