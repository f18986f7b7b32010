"""Looks for thousands of literals in a text at once, in a time that does not grow with their number."""

from __future__ import annotations

import sys
from bisect import bisect_right, insort
from collections.abc import Iterator
from itertools import compress
from typing import Generic, Literal, TypeVar

T = TypeVar("T")

_FEW = 6
_CROWDED = 16
_CHUNK = 256
_WIDTHS = {"I": 4, "Q": 8}


class Windows(Generic[T]):
    """Literals that are found by one of their windows, which are as wide as the type ``code`` of ``array``.

    The text is read in windows that stand ``step`` bytes apart; wherever a literal of at least ``shortest`` bytes
    begins, one of its first windows is among them, and leads back to its beginning. Half the step takes shorter
    literals and half the room, and the text is read twice.
    """

    def __init__(self, code: Literal["I", "Q"], step: int) -> None:
        width = _WIDTHS[code]
        self.shortest = step + width - 1
        self._width = width
        self._code = code
        self._step = step
        self._meanings: dict[bytes, T] = {}
        self._more: dict[bytes, list[T]] = {}  # of a literal that means several things
        self._probes: set[int] = set()
        self._sizes: dict[int, tuple[int, ...]] = {}  # of the literals that begin with these bytes
        self._crowds: dict[int, list[bytes]] = {}  # these literals themselves, sorted, where they have too many sizes
        self._known_sizes: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._longest = 0

    def add(self, literal: bytes, meaning: T) -> None:
        """Find this literal from now on."""
        if literal in self._meanings:
            self._more.setdefault(literal, []).append(meaning)
            return
        self._meanings[literal] = meaning
        self._longest = max(self._longest, len(literal))
        self._probes.update([self._window(literal, offset) for offset in range(self._step)])
        head = self._window(literal, 0)
        if head in self._crowds:
            insort(self._crowds[head], literal)
            return
        sizes = self._sizes.get(head, ())
        if len(literal) not in sizes:
            sizes = (*sizes, len(literal))
            self._sizes[head] = self._known_sizes.setdefault(sizes, sizes)  # the same for most of them
            if len(sizes) > _CROWDED:
                self._crowds[head] = sorted(each for each in self._meanings if each.startswith(literal[: self._width]))

    def _window(self, text: bytes, place: int) -> int:
        return int.from_bytes(text[place : place + self._width], sys.byteorder)

    def find(self, text: bytes) -> Iterator[tuple[int, T]]:
        """Every place in ``text`` where a literal begins, and each meaning of it; may overlap, in no order."""
        if len(self._meanings) <= _FEW:
            for literal in self._meanings:
                at = text.find(literal)
                while at >= 0:
                    yield from self._meant(at, literal)
                    at = text.find(literal, at + 1)
            return
        width, order, sizes_of, meanings = self._width, sys.byteorder, self._sizes, self._meanings
        for at in self._hits(text):
            for start in range(at, max(at - self._step, -1), -1):
                head = int.from_bytes(text[start : start + width], order)
                if head not in sizes_of:
                    continue
                if head in self._crowds:
                    for known in self._in_crowd(text, start, self._crowds[head]):
                        yield from self._meant(start, known)
                    continue
                for size in sizes_of[head]:
                    known = text[start : start + size]
                    if known in meanings and len(known) == size:  # shorter where the text ends
                        yield from self._meant(start, known)

    def _hits(self, text: bytes) -> Iterator[int]:
        """Where windows stand that belong to a literal."""
        width, probes = self._width, self._probes
        for shift in range(0, width, self._step):
            count = max(0, len(text) - shift) // width
            view = memoryview(text)[shift : shift + count * width].cast(self._code)
            for first in range(0, count, _CHUNK):
                windows = view[first : first + _CHUNK]
                if not probes.isdisjoint(windows):
                    places = range(shift + first * width, shift + (first + len(windows)) * width, width)
                    yield from compress(places, map(probes.__contains__, windows))

    def _in_crowd(self, text: bytes, start: int, crowd: list[bytes]) -> Iterator[bytes]:
        """Those of many literals that stand at ``start``."""
        rest = text[start : start + self._longest]
        while place := bisect_right(crowd, rest):
            nearest = crowd[place - 1]  # none that is longer than what the two have in common begins ``rest``
            if rest.startswith(nearest):
                yield nearest
                rest = nearest[:-1]
            else:
                rest = rest[: _shared(rest, nearest)]

    def _meant(self, start: int, literal: bytes) -> Iterator[tuple[int, T]]:
        yield start, self._meanings[literal]
        for meaning in self._more.get(literal, ()):
            yield start, meaning


def _shared(one: bytes, other: bytes) -> int:
    """How many bytes both begin with."""
    return next((at for at, (first, second) in enumerate(zip(one, other, strict=False)) if first != second), len(other))
