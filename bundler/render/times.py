"""Moments as people read them: UTC first, always with its zone."""

from __future__ import annotations

from datetime import UTC, datetime

from bundler.model import OccurredAt


def moment(when: datetime | None) -> str:
    """``2026-11-23 13:02:11.482 UTC``; empty for None."""
    return f"{_milliseconds(when, ' ')} UTC" if when else ""


def iso(when: datetime | None) -> str:
    """``2026-11-23T13:02:11.482Z``, for programs; empty for None."""
    return f"{_milliseconds(when, 'T')}Z" if when else ""


def clock(when: datetime | None) -> str:
    """``13:02:11.482``, the time of day in UTC; empty for None."""
    return _milliseconds(when, " ")[11:] if when else ""


def local(occurred: OccurredAt) -> str:
    """The moment in the zone it was written in, or empty where that is UTC or not known."""
    return "" if occurred.local.endswith(("UTC", "Z", "+00:00")) else occurred.local


def span(milliseconds: float | None) -> str:
    """A duration for people: ``84 ms``, ``27.3 s``, ``12 min 05 s``; empty for None."""
    if milliseconds is None:
        return ""
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    return f"{seconds:.1f} s" if seconds < 120 else f"{int(seconds // 60):,} min {int(seconds % 60):02} s"


def since(when: datetime | None, reference: datetime | None) -> str:
    """How far ``when`` lies from ``reference``: ``−27.3 s``, ``+84 ms``, ``0`` for the same moment."""
    if when is None or reference is None:
        return ""
    distance = (when - reference).total_seconds() * 1000
    if not distance:
        return "0"
    return f"{'−' if distance < 0 else '+'}{span(abs(distance))}"


def _milliseconds(when: datetime, between: str) -> str:
    return when.astimezone(UTC).replace(tzinfo=None).isoformat(between, "milliseconds")
