"""Logs whose stamps lack the day or the year get them from what else is known of the file, and say so."""

from __future__ import annotations

import gzip
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import Invoke

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CLOCKS = b"09:05:01.123 ERROR capture failed\n18:30:00.000 INFO done\n"
OVER_MIDNIGHT = b"23:50:01.123 ERROR capture failed\n00:10:00.000 INFO done\n"
OVER_NEW_YEAR = b"Dec 28 23:59:59 shop-1 shop[1]: capture failed\nJan  2 00:00:01 shop-1 shop[1]: done\n"
WRITTEN = "it is taken from when the file was last written"
NAMED = "it is taken from the date in the name of the file"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW.timestamp())))


def put(path: Path, data: bytes, written: datetime = NOW) -> None:
    path.write_bytes(data)
    os.utime(path, (written.timestamp(), written.timestamp()))


def seen(invoke: Invoke, name: str) -> tuple[str, str, str]:
    """The first moment, the last one, and what is said of them."""
    (source,) = json.loads(invoke("inspect", name, "--tz", "UTC", "--json").out)["sources"]
    return source["log"]["first"][:16], source["log"]["last"][:16], " ".join(source["notes"])


@pytest.mark.parametrize(
    ("name", "data", "written", "day", "whence"),
    [
        ("shop.log", CLOCKS, datetime(2026, 11, 20, 18, 30, tzinfo=UTC), ("2026-11-20", "2026-11-20"), WRITTEN),
        ("shop.log", CLOCKS, datetime(2026, 11, 21, 0, 5, tzinfo=UTC), ("2026-11-20", "2026-11-20"), WRITTEN),
        ("shop-2026-11-20.log", CLOCKS, NOW, ("2026-11-20", "2026-11-20"), NAMED),
        ("shop.log.20261120", CLOCKS, NOW, ("2026-11-20", "2026-11-20"), NAMED),
        ("shop.log", OVER_MIDNIGHT, datetime(2026, 11, 20, 0, 10, tzinfo=UTC), ("2026-11-19", "2026-11-20"), WRITTEN),
        ("shop-20261119.log", OVER_MIDNIGHT, NOW, ("2026-11-19", "2026-11-20"), NAMED),
        (
            "shop.log",
            OVER_MIDNIGHT,
            datetime(1980, 1, 1, tzinfo=UTC),
            ("2026-11-23", "2026-11-24"),
            "the latest that fits",
        ),
        ("syslog", OVER_NEW_YEAR, datetime(2025, 1, 2, 0, 1, tzinfo=UTC), ("2024-12-28", "2025-01-02"), WRITTEN),
        ("syslog-20250102", OVER_NEW_YEAR, NOW, ("2024-12-28", "2025-01-02"), NAMED),
    ],
)
def test_day_and_year_are_those_of_the_file(
    invoke: Invoke, tmp_path: Path, name: str, data: bytes, written: datetime, day: tuple[str, str], whence: str
) -> None:
    put(tmp_path / name, data, written)
    first, last, said = seen(invoke, name)
    assert (first[:10], last[:10]) == day
    assert whence in said


def test_window_on_an_earlier_day_is_found_by_the_clock_alone(invoke: Invoke, tmp_path: Path) -> None:
    put(tmp_path / "shop.log", CLOCKS, datetime(2026, 11, 20, 18, 30, tzinfo=UTC))
    on_the_day = invoke("logs", "shop.log", "--around", "2026-11-20T09:05:00Z", "--tz", "UTC")
    assert on_the_day.out == CLOCKS.decode().splitlines(keepends=True)[0]
    assert WRITTEN in on_the_day.err
    assert not invoke("logs", "shop.log", "--around", "2026-11-23T09:05:00Z", "--tz", "UTC").out


def test_packed_file_knows_when_it_was_last_written_before_it_was_packed(invoke: Invoke, tmp_path: Path) -> None:
    put(tmp_path / "shop.log.gz", gzip.compress(CLOCKS, mtime=datetime(2026, 11, 20, 18, 30, tzinfo=UTC).timestamp()))
    first, last, said = seen(invoke, "shop.log.gz")
    assert (first, last) == ("2026-11-20T09:05", "2026-11-20T18:30")
    assert WRITTEN in said


@pytest.mark.parametrize("now", [datetime(2026, 12, 30, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC)])
def test_year_goes_down_over_new_year_in_a_packed_log_too(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(now.timestamp())))
    put(tmp_path / "syslog.1.gz", gzip.compress(OVER_NEW_YEAR, mtime=0), now)
    assert seen(invoke, "syslog.1.gz")[:2] == ("2025-12-28T23:59", "2026-01-02T00:00")
    found = invoke("logs", "syslog.1.gz", "--around", "2026-01-02T00:00:00Z", "--tz", "UTC")
    assert found.out == OVER_NEW_YEAR.decode().splitlines(keepends=True)[1]
