"""The contract of a reader, and of everyone else who is asked "is this yours?"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Protocol

from msgspec import Struct

from bundler.model import Exchange

HEAD_SIZE = 64 * 1024
"""How many bytes of a source recognisers may look at."""


class Guess(Struct, frozen=True):
    """How sure a recogniser is (0: certainly not mine, 1: certainly mine), and why, in words for the user."""

    score: float
    reason: str


class Reader(Protocol):
    """A module in this package that turns one way of writing down HTTP exchanges into ``Exchange`` values.

    Readers never execute, expand, follow or open anything that the text names.
    """

    FORMAT: str
    """The name under which users see and choose it (``--as har``)."""

    def detect(self, head: bytes, name: str, /) -> Guess:
        """Judge the first ``HEAD_SIZE`` bytes; never raises. ``name`` is the file's name, only ever a hint."""

    def read(self, stream: BinaryIO, name: str, notes: list[str]) -> Iterator[Exchange]:
        """Yield the exchanges one by one, holding one at a time in memory.

        Remarks about the source as a whole are appended to ``notes`` while it is read (a file that ends early after
        a readable start is such a remark). Raises nothing but ``UnreadableInput``, and that only when nothing at all
        could be read.
        """
