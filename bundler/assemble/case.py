"""What the user typed about the case, as one value, and how the way through reports its progress."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from bundler.model import Environment, Kind
from bundler.pictures.clean import Box

BEFORE = timedelta(minutes=5)
AFTER = timedelta(minutes=2)


class Case(Struct, frozen=True, kw_only=True):
    """Everything typed. Empty means "find it". ``ids`` are further identifiers by their provider's name."""

    evidence: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    responses: tuple[str, ...] = ()
    logs: tuple[str, ...] = ()
    screenshots: tuple[str, ...] = ()
    taken_as: str = ""
    provider: str = ""
    kind: Kind = "incident"
    environment: Environment | None = None
    merchant_id: str = ""
    payment_id: str = ""
    trace_id: str = ""
    ids: tuple[tuple[str, str], ...] = ()
    at: str = ""
    zone: str = ""
    event: str = ""
    summary: str = ""
    notes: tuple[str, ...] = ()
    entry: str = ""
    before: timedelta = BEFORE
    after: timedelta = AFTER
    boxes: tuple[tuple[str, Box], ...] = ()  # the picture's name, empty for all of them, and the area
    templates: Path | None = None

    @property
    def typed_ids(self) -> dict[str, str]:
        """The identifiers that were typed, by the option that took them."""
        main = {"merchant_id": self.merchant_id, "payment_id": self.payment_id, "trace_id": self.trace_id}
        typed = {**main, **dict(self.ids)}
        return {name: value for name, value in typed.items() if value}


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
