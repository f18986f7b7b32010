"""How much of what was planted in a log a tool left or spoilt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from tests.benchmarks.redaction_corpus import Log
from tests.benchmarks.redaction_kinds import FAMILIES, family_of

_TRACE = re.compile(rb'\btrace(?:=|":")([0-9a-f]{16})\b')


class Score(NamedTuple):
    """How many were planted and how many came out right, by kind; and how many clean lines a tool changed."""

    planted: Counter[str]
    gone: Counter[str]
    decoys: int
    decoys_kept: int
    identifiers: int
    identifiers_kept: int
    clean: int
    clean_changed: int

    def recall(self, claims: Callable[[str], bool] = lambda _: True) -> float:
        """The share of the planted values that are gone, of the kinds that a tool claims to know."""
        planted = sum(count for kind, count in self.planted.items() if claims(kind))
        return sum(count for kind, count in self.gone.items() if claims(kind)) / planted if planted else 1.0

    def by_family(self) -> dict[str, float]:
        """Recall of each family that was planted."""
        planted, gone = Counter[str](), Counter[str]()
        for kind, count in self.planted.items():
            planted[family_of(kind)] += count
            gone[family_of(kind)] += self.gone[kind]
        return {family: gone[family] / planted[family] for family in FAMILIES if planted[family]}

    def missed(self) -> Counter[str]:
        """Of which kinds something is left."""
        return self.planted - self.gone


def score(log: Log, source: Iterable[bytes], outcome: Iterable[bytes]) -> Score:
    """Compare the lines of the log, or of its beginning, with those that a tool wrote."""
    lines, left = list(source), list(outcome)
    found = _by_place if len(lines) == len(left) else _by_trace(left)
    planted, gone = Counter[str](), Counter[str]()
    decoys, decoys_kept, identifiers, identifiers_kept, clean, changed, at = 0, 0, 0, 0, 0, 0, 0
    for entry in log.entries():
        if at + entry.lines > len(lines):
            break
        first = lines[at]
        became = found(left, at, first)
        for each in entry.secrets:
            planted[each.kind] += 1
            gone[each.kind] += not any(needle in became for needle in each.needles)
        for each in entry.decoys:
            decoys += 1
            decoys_kept += each.needles[0] in became
        for each in entry.identifiers:
            identifiers += 1
            identifiers_kept += each.needles[0] in became
        if not entry.secrets:
            clean += 1
            changed += became != first
        at += entry.lines
    return Score(planted, gone, decoys, decoys_kept, identifiers, identifiers_kept, clean, changed)


def _by_place(left: list[bytes], at: int, _: bytes) -> bytes:
    return left[at]


def _by_trace(left: list[bytes]) -> Callable[[list[bytes], int, bytes], bytes]:
    """For a tool that does not keep the lines: what it made of a record is the line with the trace number."""
    places = {trace: number for number, text in enumerate(left) for trace in _TRACE.findall(text)}

    def found(left: list[bytes], _: int, first: bytes) -> bytes:
        trace = _TRACE.search(first)
        place = places.get(trace[1]) if trace else None
        return b"" if place is None else left[place]

    return found
