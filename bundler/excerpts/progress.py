"""How long work reports its progress."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told what is being read and how many bytes of it are done."""

    def begin(self, text: str, size: int) -> None: ...

    def advance(self, size: int) -> None: ...


class NoProgress:
    """Tells nobody."""

    def begin(self, text: str, size: int) -> None:
        del text, size

    def advance(self, size: int) -> None:
        del size
