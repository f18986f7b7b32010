"""How a log format proves itself: the second half of its file, read by tests and explanations only."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Sample(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Lines that a format must claim, and what must be read out of the first record."""

    text: str
    moment: datetime | None = None
    level: str | None = None
    records: int = 1


class Proof(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Lines that are of the format, and lines that are not."""

    samples: tuple[Sample, ...] = ()
    misses: tuple[str, ...] = ()
