"""Log files: what format they are, what they cover, and the records in them that belong to a payment."""

from __future__ import annotations

from datetime import datetime, tzinfo

from bundler.logs.catalogue import FORMATS, PLAIN, find_format
from bundler.logs.extract import BUDGET, excerpt, failing_record, survey
from bundler.logs.levels import level
from bundler.logs.recognition import recognise
from bundler.logs.starts import starter
from bundler.logs.timeline import Timeline
from bundler.logs.types import EVERYTHING, LogFormat, LogGuess, Survey, Window

__all__ = [
    "BUDGET",
    "EVERYTHING",
    "FORMATS",
    "PLAIN",
    "LogFormat",
    "LogGuess",
    "Survey",
    "Window",
    "excerpt",
    "failing_record",
    "find_format",
    "level",
    "recognise",
    "stamp",
    "survey",
]


def stamp(fmt: LogFormat, line: bytes, *, zone: tzinfo, reference: datetime) -> datetime | None:
    """The moment of one line, in UTC; None when the line opens no record or carries no stamp."""
    start = starter(fmt)(line) if line else None
    if start is None or start.stamp is None:
        return None
    return Timeline(fmt, zone=zone, zone_from="", reference=reference).moment(start.stamp)
