"""The story that every program here writes: a payment is called back, its capture fails, somebody gives up."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from bundler.logs.catalogue import find_format
from bundler.logs.extract import excerpt, failing_record
from bundler.logs.levels import level
from bundler.logs.recognition import recognise
from bundler.logs.types import EVERYTHING
from bundler.model import Excerpt

PAYMENT = "8f14e45f-ceea-4672-8b1d-1e4f0a7c9b21"
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
HERE = Path(__file__).parent

Write = Callable[[str], tuple[Path, datetime]]
"""Runs a program, once for all tests of a module, and gives the folder of its logs and a moment before it ran."""


class Stamp(NamedTuple):
    """How a program writes a moment: said once more, apart from the formats that are tested by it."""

    pattern: str
    """Finds it in a record, as the first group."""
    layout: str = ""
    """For ``strptime``. Empty means ISO 8601; ``epoch`` seconds since 1970 and, as the second group, the digits of a
    fraction; ``instant`` the same with a count of nanoseconds."""
    zone: tzinfo = UTC
    """The zone of a stamp that names none."""

    def read(self, record: bytes, began: datetime) -> datetime:
        """The moment of a record, in UTC; where it lacks the year or the day, the first one since ``began``."""
        match = re.search(self.pattern, record.decode(errors="replace"))
        assert match is not None, f"no {self.pattern} in {record[:200]!r}"
        text = match[1]
        if self.layout in {"epoch", "instant"}:
            microseconds = int(match[2][:6].ljust(6, "0")) if self.layout == "epoch" else int(match[2]) // 1000
            return datetime.fromtimestamp(int(text), UTC) + timedelta(microseconds=microseconds)
        if not self.layout:
            return self._placed(datetime.fromisoformat(text))
        day = began.replace(microsecond=0).astimezone(self.zone)
        missing = "" if "%Y" in self.layout else "%Y " if "%d" in self.layout else "%Y-%m-%d "
        whole = f"{day:{missing}}{text}" if missing else text
        moment = self._placed(datetime.strptime(whole, missing + self.layout))  # noqa: DTZ007 - _placed knows the zone
        if not missing or moment >= day:
            return moment
        return moment.replace(year=moment.year + 1) if "%d" in self.layout else moment + timedelta(days=1)

    def _placed(self, moment: datetime) -> datetime:
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=self.zone)).astimezone(UTC)


ISO = Stamp(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,6})?)")
"""In UTC, whatever is written behind it."""
LOCAL = ISO._replace(zone=COPENHAGEN)
"""The same by the clock of Copenhagen, without saying so."""
ZONED = Stamp(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,6})?(?:Z|[+-]\d\d:?\d\d))")


def once(folders: pytest.TempPathFactory, start: Callable[[str, Path], object]) -> Write:
    """``start`` gets the name of a program and the folder for its logs, the first time that a test asks for them."""

    @cache
    def write(program: str) -> tuple[Path, datetime]:
        folder, began = folders.mktemp(program), datetime.now(UTC)
        start(program, folder)
        return folder, began

    return write


def run(command: Sequence[str | Path], **environment: str) -> bytes:
    """What the program prints, its clock being that of Copenhagen; fails with what it complained of."""
    surroundings = {**os.environ, "TZ": "Europe/Copenhagen", "LC_ALL": "C.UTF-8", **environment}
    told = subprocess.run(command, capture_output=True, timeout=60, check=False, env=surroundings)
    assert told.returncode == 0, (told.stdout + told.stderr).decode(errors="replace")
    return told.stdout


def read(data: bytes, zone: tzinfo = UTC) -> Excerpt:
    """The whole log, after it was recognised as one; ``zone`` is what the reader knows of stamps that name none."""
    guess = recognise(data, "some file")
    assert guess.format is not None, guess.reason
    assert guess.score > 0.5, guess.reason
    return excerpt(
        BytesIO(data), "x", guess.format, ids=[PAYMENT], window=EVERYTHING, zone=zone, zone_from="",
        reference=datetime.now(UTC),
    )  # fmt: skip


def level_of(taken: Excerpt, record: bytes) -> str | None:
    """How severe the record is, by the format that its log was recognised as."""
    fmt = find_format(taken.format)
    assert fmt is not None
    return level(fmt, record)


def check_moments(taken: Excerpt, stamp: Stamp, began: datetime) -> list[datetime]:
    """Each record is at the moment that is written in it, and that is a moment since ``began``."""
    written = [stamp.read(record, began) for _, record in taken.records()]
    assert [span.moment for span in taken.spans] == written
    assert began.replace(microsecond=0) <= min(written)
    assert max(written) <= datetime.now(UTC)
    return written


def check(
    data: bytes,
    stamp: Stamp,
    began: datetime,
    *,
    levels: Sequence[str] = ("info", "error", "warning"),
    failing: int = 1,
    zone: tzinfo | None = None,
) -> Excerpt:
    """The log has these records and no others, each whole, at its moment and with its level; the failing one is found.

    ``began`` is a moment before the log was written; ``failing`` counts from 0. ``zone`` is what the reader knows of
    the zone, that of the stamp unless given. Two levels with a ``|`` between them are equally right.
    """
    taken = read(data, zone or stamp.zone)
    records = [record for _, record in taken.records()]
    assert b"".join(records) == data
    assert len(records) == len(levels), [record[:160] for record in records]
    written = check_moments(taken, stamp, began)
    found = [level_of(taken, record) for record in records]
    assert all(str(name) in right.split("|") for name, right in zip(found, levels, strict=True)), (found, levels)
    assert PAYMENT.encode() in records[failing]
    assert taken.hits == sum(PAYMENT.encode() in record for record in records)
    assert failing_record(taken, [PAYMENT]) == (written[failing], taken.spans[failing].line)
    return taken
