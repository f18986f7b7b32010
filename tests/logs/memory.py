"""Bytes as something that can be read at any place."""

from __future__ import annotations


class InMemory:
    """Bytes as a ``Readable``."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @property
    def size(self) -> int:
        return len(self._data)

    def read_at(self, offset: int, count: int) -> bytes:
        return self._data[offset : offset + count]

    def close(self) -> None:
        """Nothing is held open."""
