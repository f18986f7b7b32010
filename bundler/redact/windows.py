"""Looks for thousands of literals in a text at once, in a time that does not grow with their number."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import compress
from typing import Generic, Literal, TypeVar

T = TypeVar("T")

_FEW = 6
_CROWDED = 16
_CHUNK = 4096


class Windows(Generic[T]):
    """Literals that are found by one of their windows of ``width`` bytes.

    The text is read in windows that stand ``width`` bytes apart; wherever a literal of at least ``shortest`` bytes
    begins, one of its own windows is among them.
    """

    def __init__(self, width: int, code: Literal["I", "Q"]) -> None:
        self.shortest = 2 * width - 1
        self._width = width
        self._code: Literal["I", "Q"] = code
        self._meanings: dict[bytes, list[T]] = {}
        self._probes: dict[int, dict[tuple[int, int], set[bytes]]] = {}

    def add(self, literal: bytes, meaning: T) -> None:
        """Find this literal from now on, by one of its windows for each way in which it may lie."""
        if literal in self._meanings:
            self._meanings[literal].append(meaning)
            return
        self._meanings[literal] = [meaning]
        size, width = len(literal), self._width
        for offset in range(width):
            place = offset
            bucket = self._bucket(literal, place)
            while len(bucket) > _CROWDED and place + 2 * width <= size:
                place += width
                bucket = self._bucket(literal, place)
            bucket.setdefault((place, size), set()).add(literal)

    def _bucket(self, literal: bytes, place: int) -> dict[tuple[int, int], set[bytes]]:
        probe = int.from_bytes(literal[place : place + self._width], sys.byteorder)
        return self._probes.setdefault(probe, {})

    def find(self, text: bytes) -> Iterator[tuple[int, T]]:
        """Every place in ``text`` where a literal begins, and each meaning of it; may overlap."""
        if len(self._meanings) <= _FEW:
            for literal, meanings in self._meanings.items():
                at = text.find(literal)
                while at >= 0:
                    yield from ((at, meaning) for meaning in meanings)
                    at = text.find(literal, at + 1)
            return
        probes = self._probes
        view = memoryview(text)[: len(text) // self._width * self._width].cast(self._code)
        for first in range(0, len(view), _CHUNK):
            windows = view[first : first + _CHUNK]
            if probes.keys().isdisjoint(windows):
                continue
            for index in compress(range(first, first + len(windows)), map(probes.__contains__, windows)):
                for (place, size), literals in probes[view[index]].items():
                    start = index * self._width - place
                    known = text[start : start + size] if start >= 0 else b""
                    if known in literals:
                        yield from ((start, meaning) for meaning in self._meanings[known])
