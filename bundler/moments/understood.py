"""The one moment that a typed text means, or a refusal that says how to write it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from bundler.errors import MisuseError

if TYPE_CHECKING:
    from bundler.moments.when import When


def find_instant(text: str, now: datetime, zone: tzinfo, zone_from: str) -> datetime:
    """The moment alone, in UTC; raises ``MisuseError`` as ``understand_time`` does.

    What is written in full as ISO 8601 has its answer without the words and formats of people being read.
    """
    if len(text) >= len("2026-11-23T14:03:27Z"):
        with suppress(ValueError, OverflowError):
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is not None:
                return moment.astimezone(UTC)
    return _read(text, now, zone, zone_from)[1]


def understand_time(text: str, now: datetime, zone: tzinfo, zone_from: str) -> When:
    """The one moment that ``text`` names; raises ``MisuseError`` where there is none, or more than one."""
    return _read(text, now, zone, zone_from)[0]


def _read(text: str, now: datetime, zone: tzinfo, zone_from: str) -> tuple[When, datetime]:
    from bundler.moments.parse import parse_when

    when = parse_when(text, now=now, zone=zone, zone_from=zone_from)
    if when.instant is None:
        raise _misunderstood(text, when)
    return when, when.instant


def _misunderstood(text: str, when: When) -> MisuseError:
    if when.readings:
        both = " or ".join(f"{reading:%Y-%m-%d %H:%M:%S} UTC" for reading in when.readings)
        return MisuseError(f"{text!r} can be read as {both}.", "Write it as 2026-11-23T14:03:00+01:00.")
    why = f": {when.notes[0]}" if when.notes else ""
    return MisuseError(
        f"{text!r} is not a time that can be understood{why}.", 'Write "2026-11-23 14:03 Europe/Copenhagen".'
    )
