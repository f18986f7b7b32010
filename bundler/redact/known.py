"""The values that are masked wherever they occur: a list in the order of learning, and the search for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

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

    def find(self, text: bytes) -> Iterator[Occurrence]:
        """Where a known value stands in ``text``; may overlap."""
        for known in self.values[self._looked_for :]:  # their forms are made only where somebody searches
            self._needles.add(*known)
        self._looked_for = len(self.values)
        return self._needles.find(text)
