"""Logs made for tests, and the plainest way of cutting them: read every record, keep what is wanted."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from io import BytesIO

from bundler.logs.catalogue import find_format
from bundler.logs.mentions import Finder
from bundler.logs.ranges import Range
from bundler.logs.records import Record, read_records
from bundler.logs.timeline import Timeline
from bundler.logs.types import LogFormat, Window

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
REFERENCE = datetime(2026, 11, 24, 12, tzinfo=UTC)
IDS = tuple(f"{number:08x}-ceea-4672-8b1d-1e4f0a7c9b2{number % 10}" for number in range(20))


def format_named(name: str) -> LogFormat:
    """A format that must exist."""
    fmt = find_format(name)
    assert fmt is not None
    return fmt


def made_log(
    seed: int, count: int, *, late: timedelta = timedelta(0), step_s: float = 1.0, ids: Sequence[str] = IDS
) -> bytes:
    """``count`` records of Python logging from ``START`` on, some with stack traces, some with ids.

    Each comes up to ``late`` after a younger one.
    """
    dice = random.Random(seed)
    moments = []
    moment = START
    for _ in range(count):
        moment += timedelta(seconds=dice.random() * 2 * step_s)
        moments.append(moment - timedelta(seconds=dice.random() * late.total_seconds()))
    return b"".join(_record(dice, moment, ids) for moment in moments)


def _record(dice: random.Random, moment: datetime, ids: Sequence[str]) -> bytes:
    stamp = f"{moment:%Y-%m-%d %H:%M:%S},{moment.microsecond // 1000:03}"
    text = f"{stamp} INFO shop.payments: step {dice.getrandbits(32):x}{' x' * dice.randrange(20)}"
    if dice.random() < 0.05:
        text += f" paymentId={dice.choice(ids)}"
    if dice.random() < 0.03:
        text += (
            "\nTraceback (most recent call last):\n" + '  File "x.py", line 1\n' * dice.randrange(1, 30) + "ValueError"
        )
        if dice.random() < 0.2:
            text += f": {dice.choice(ids)}"
    return text.encode() + b"\n"


def records(data: bytes, fmt: LogFormat, ids: Sequence[str] = (), zone: tzinfo = UTC) -> list[Record]:
    """Every record."""
    timeline = Timeline(fmt, zone=zone, zone_from="", reference=REFERENCE)
    return list(read_records(BytesIO(data), fmt, timeline, finder=Finder(ids)))


def wanted_ranges(
    data: bytes,
    fmt: LogFormat,
    *,
    window: Window | None = None,
    ids: Sequence[str] = (),
    context: int = 0,
    zone: tzinfo = UTC,
) -> list[Range]:
    """Where the wanted records are, by looking at each."""
    found = records(data, fmt, ids, zone)
    is_taken = [False] * len(found)
    effective: datetime | None = next((record.moment for record in found if record.moment is not None), None)
    for at, record in enumerate(found):
        effective = record.moment or effective
        if window is not None and effective in window:
            is_taken[at] = True
        if record.mentioned:
            for near in range(max(0, at - context), min(len(found), at + context + 1)):
                is_taken[near] = True
    return list(_joined(found, is_taken, len(data)))


def _joined(found: Sequence[Record], is_taken: Sequence[bool], size: int) -> Iterator[Range]:
    ends = [*(record.offset for record in found[1:]), size]
    opened: int | None = None
    for record, taken in zip(found, is_taken, strict=True):
        if taken and opened is None:
            opened = record.offset
        elif not taken and opened is not None:
            yield Range(opened, record.offset)
            opened = None
    if opened is not None:
        yield Range(opened, ends[-1])
