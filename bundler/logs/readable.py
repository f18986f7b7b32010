"""Bytes that can be read at any place: a plain file, an object in a cloud store, or memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable


class Readable(Protocol):
    """Something of a known size that gives any part of itself without reading what lies before."""

    @property
    def size(self) -> int:
        """In bytes, as it was when it was opened: what is appended later is not part of it."""
        ...

    def read_at(self, offset: int, count: int) -> bytes:
        """``count`` bytes from ``offset``, fewer only at the end; raises ``UnreadableInput`` when it cannot be read."""
        ...

    def close(self) -> None:
        """Give back what is held open."""
        ...


@runtime_checkable
class FileBacked(Protocol):
    """A ``Readable`` that is a file of this machine, so that it can be mapped and copied by the system."""

    def fileno(self) -> int: ...


@runtime_checkable
class Foreseeing(Protocol):
    """A ``Readable`` that fetches several places side by side when it is told of them before they are read."""

    def foresee(self, offsets: Sequence[int], count: int) -> None: ...


@runtime_checkable
class Expecting(Protocol):
    """A ``Readable`` that each read costs a journey; told what is read next, it fetches that and nothing behind it."""

    def expect(self, start: int, end: int) -> None: ...

    @property
    def request_count(self) -> int: ...

    @property
    def byte_count(self) -> int:
        """How much was fetched so far."""
        ...
