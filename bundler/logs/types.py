"""What a log format is, and what is said about a log: plain values."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct


class Sample(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Lines that a format must claim, and what must be read out of the first record."""

    text: str
    moment: datetime | None = None
    level: str | None = None
    records: int = 1


class LogFormat(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One way of writing log records: one TOML file in ``formats/``.

    ``text`` formats have ``patterns``, matched at the start of a line; a line that matches starts a record. In a
    pattern ``<iso>`` and the like stand for a stamp of that kind (``stamps.KINDS``), and the groups ``level``,
    ``status`` (HTTP) and ``pri`` (syslog) tell the level. ``json`` and ``logfmt`` have keys instead, the likeliest
    first. ``plain`` knows nothing but lines.
    """

    name: str
    title: str
    kind: Literal["text", "json", "logfmt", "plain"] = "text"
    weight: float = 0.9
    """Score when every line fits; a general format has less than a special one."""
    patterns: tuple[str, ...] = ()
    time_keys: tuple[str, ...] = ()
    level_keys: tuple[str, ...] = ()
    zone: str = ""
    """Set where the format itself fixes the zone of stamps that name none."""
    note: str = ""
    """What a user should know about every log of this format."""
    docs: str = ""
    samples: tuple[Sample, ...] = ()
    misses: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return hash(self.name)  # compiled patterns are looked up by format; names are unique


class LogGuess(Struct, frozen=True):
    """How sure we are that something is a log (0 to 1), why, and of which format."""

    score: float
    reason: str
    format: LogFormat | None = None


class Window(Struct, frozen=True):
    """A span of time: the first moment is in it, the last is not."""

    start: datetime
    end: datetime

    @property
    def middle(self) -> datetime | None:
        """The moment that matters most; None for a window without bounds."""
        return None if self == EVERYTHING else self.start + (self.end - self.start) / 2

    def __contains__(self, moment: datetime | None) -> bool:
        """Without bounds a window also holds what has no moment."""
        return self == EVERYTHING if moment is None else self.start <= moment < self.end


EVERYTHING = Window(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


class Survey(Struct, frozen=True):
    """What a log is, for ``inspect``: earliest and latest moment, how many records, whether they are in order."""

    format: str
    zone: str
    zone_from: str
    first: datetime | None
    last: datetime | None
    records: int
    sorted: bool
    notes: tuple[str, ...] = ()
