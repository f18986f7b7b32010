"""A few numbers for each of very many texts, of which nothing is kept but a digest."""

from __future__ import annotations

from array import array
from typing import NamedTuple

_FIRST = 1 << 6
_PARTS = 6
"""So many bits of a digest choose the table."""
_DIGEST = (1 << 64) - 1


class Row(NamedTuple):
    """What is remembered of a text: a number below 2**32, and another below 2**16."""

    number: int
    mark: int


class Rows:
    """Takes 14 bytes for each of its slots, of which at most three in four are taken, however long the texts are.

    Texts are told apart by 64 bits: of a million, two are taken for the same once in forty million streams.
    """

    def __init__(self) -> None:
        self._parts = [_Part() for _ in range(1 << _PARTS)]

    def __len__(self) -> int:
        """How many texts there are."""
        return sum(part.count for part in self._parts)

    def get(self, text: bytes) -> Row | None:
        """What was put down for this text last."""
        digest = _digest(text)
        return self._parts[digest >> 64 - _PARTS].get(digest)

    def put(self, text: bytes, row: Row) -> None:
        """Remember this of a text from now on."""
        digest = _digest(text)
        self._parts[digest >> 64 - _PARTS].put(digest, row)


class _Part:
    """A table with open addressing, which doubles by itself, so that never all of them are there twice."""

    def __init__(self) -> None:
        self.count = 0
        self._make(_FIRST)

    def _make(self, size: int) -> None:
        self._last = size - 1
        self._digests = array("Q", bytes(8 * size))
        self._numbers = array("I", bytes(4 * size))
        self._marks = array("H", bytes(2 * size))

    def get(self, digest: int) -> Row | None:
        at = self._slot(digest)
        return Row(self._numbers[at], self._marks[at]) if self._digests[at] else None

    def put(self, digest: int, row: Row) -> None:
        at = self._slot(digest)
        if not self._digests[at]:
            if 4 * (self.count + 1) > 3 * (self._last + 1):
                self._grow()
                at = self._slot(digest)
            self._digests[at] = digest
            self.count += 1
        self._numbers[at], self._marks[at] = row

    def _slot(self, digest: int) -> int:
        at = digest & self._last
        while (taken := self._digests[at]) and taken != digest:
            at = (at + 1) & self._last
        return at

    def _grow(self) -> None:
        before = zip(self._digests, self._numbers, self._marks, strict=True)
        self._make(2 * (self._last + 1))
        for digest, number, mark in before:
            if digest:
                at = self._slot(digest)
                self._digests[at], self._numbers[at], self._marks[at] = digest, number, mark


def _digest(text: bytes) -> int:
    """Never 0. Python's own, by a key of the process (PEP 456): nobody can choose texts that are taken for others."""
    return hash(text) & _DIGEST or 1
