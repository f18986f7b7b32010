"""The values that are masked wherever they occur: a list in the order of learning, and the search for them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from bundler.redact.base64_runs import Run
from bundler.redact.forms import Occurrence
from bundler.redact.needles import LIMIT, Needles, is_worth_searching


class Known(NamedTuple):
    """One value: as it is known, as it was first written, and what it is."""

    value: bytes
    written: bytes
    kind: str


class KnownValues:
    """A list that somebody else can follow: the same values in the same order are found in the same places."""

    def __init__(self) -> None:
        self.values: list[Known] = []
        self._seen: set[bytes] = set()
        self._needles = Needles()
        self._looked_for = 0

    def add(self, value: bytes, written: bytes, kind: str) -> None:
        """Look for this value from now on, where it is worth it."""
        if value not in self._seen and len(self.values) < LIMIT and is_worth_searching(kind, value):
            self._seen.add(value)
            self.values.append(Known(value, written, kind))

    def expect(self, size: int) -> None:
        """So many bytes are going to be searched."""
        self._needles.expect(size)

    def find(self, text: bytes, encoded: Sequence[Run] = ()) -> Iterator[Occurrence]:
        """Where a known value stands in ``text``, and in what is ``encoded`` in it; may overlap."""
        for known in self.values[self._looked_for :]:  # their forms are made only where somebody searches
            self._needles.add(*known)
        self._looked_for = len(self.values)
        yield from self._needles.find(text)
        if encoded:
            yield from self._within(encoded)

    def _within(self, runs: Sequence[Run]) -> Iterator[Occurrence]:
        starts = list(accumulate((len(run.plain) + 1 for run in runs), initial=0))
        for found in self._needles.find(b"\n".join(run.plain for run in runs)):
            run = runs[bisect_right(starts, found.start) - 1]
            yield Occurrence(run.start, run.end, found.value, is_encoded=True)
