"""``logs`` of logs whose times stand elsewhere than at the beginning of a line, or tell no day."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bundler.excerpts import passing
from bundler.logs.types import Window
from tests.conftest import Invoke
from tests.logs.reference import START


def test_json_over_several_lines_is_kept_whole(invoke: Invoke, tmp_path: Path) -> None:
    objects = [f'{{\n  "id": "order-{number}",\n  "state": "new"\n}}\n' for number in range(1_000, 1_100)]
    (tmp_path / "events.log").write_text("".join(objects))
    assert invoke("logs", "events.log", "--id", "order-1042").out == objects[42]


@pytest.mark.parametrize("packing", ["", ".gz"])
def test_clock_without_a_day_counts_back_from_the_last_line(invoke: Invoke, tmp_path: Path, packing: str) -> None:
    end = START + timedelta(hours=6)  # half an hour before the present moment of the tests
    moments = [end - timedelta(minutes=2 * number) for number in range(1_500, -1, -1)]
    lines = [f"{moment:%H:%M:%S}.000 [main] INFO  com.example.shop.Capture - {moment:%d}\n" for moment in moments]
    data = "".join(lines).encode()
    (tmp_path / f"shop.log{packing}").write_bytes(gzip.compress(data) if packing else data)
    for back in (timedelta(minutes=30), timedelta(hours=26), timedelta(hours=49)):
        window = Window(end - back, end - back + timedelta(minutes=20))
        around = f"{end - back:%Y-%m-%dT%H:%M:%SZ}"
        outcome = invoke("logs", f"shop.log{packing}", "--around", around, "--window", "0.001s,20m", "--tz", "UTC")
        taken = [line for line, moment in zip(lines, moments, strict=True) if moment in window]
        assert outcome.out == "".join(taken)


def test_clock_without_a_day_that_ran_over_midnight_ends_with_the_last_line(invoke: Invoke, tmp_path: Path) -> None:
    end = START - timedelta(hours=5)  # earlier on the day of the tests' present moment than the log begins on its own
    moments = [end - timedelta(minutes=2 * number) for number in range(300, -1, -1)]
    lines = [f"{moment:%H:%M:%S}.000 [main] INFO  com.example.shop.Capture - {moment:%d}\n" for moment in moments]
    (tmp_path / "shop.log").write_text("".join(lines))
    outcome = invoke(
        "logs", "shop.log", "--around", f"{moments[9]:%Y-%m-%dT%H:%M:%SZ}", "--window", "1s", "--tz", "UTC"
    )
    assert outcome.out == lines[9]
    assert "UTC" not in outcome.err


def test_log_without_years_that_ran_over_new_year_is_not_of_the_future(invoke: Invoke, tmp_path: Path) -> None:
    first = datetime(2025, 11, 1, 12, tzinfo=UTC)  # a day of the year that has come once more since
    moments = [first + timedelta(hours=7 * number) for number in range(400)]
    lines = [f"{moment:%b %e %H:%M:%S} shop-1 shop[4242]: captured {moment:%Y}\n" for moment in moments]
    (tmp_path / "syslog").write_text("".join(lines))
    for number in (9, 390):
        around = f"{moments[number]:%Y-%m-%dT%H:%M:%SZ}"
        outcome = invoke("logs", "syslog", "--around", around, "--window", "1s", "--tz", "UTC")
        assert outcome.out == lines[number]


def test_log_without_years_that_begins_with_its_youngest_line_is_of_one_year(invoke: Invoke, tmp_path: Path) -> None:
    lines = [f"Nov {day:2} 12:00:00 shop-1 shop[4242]: captured\n" for day in (20, 19, 18, 9, 8)]
    (tmp_path / "syslog").write_text("Nov 31 12:00:00 shop-1 shop[4242]: no such day\n" + "".join(lines))
    outcome = invoke("logs", "syslog", "--around", "2026-11-19T12:00:00Z", "--window", "1h", "--tz", "UTC")
    assert outcome.out == lines[1]


@pytest.mark.parametrize("packing", ["", ".gz"])
def test_small_log_is_read_to_its_end_where_some_records_come_once_more(
    invoke: Invoke, tmp_path: Path, packing: str
) -> None:
    lines = [f"{START + timedelta(seconds=number):%Y-%m-%d %H:%M:%S} {number}\n" for number in range(3_000)]
    data = "".join((*lines[:2_800], *lines[1_000:1_050], *lines[2_800:])).encode()
    (tmp_path / f"shop.log{packing}").write_bytes(gzip.compress(data) if packing else data)
    around = f"{START + timedelta(seconds=1_010):%Y-%m-%dT%H:%M:%SZ}"
    outcome = invoke("logs", f"shop.log{packing}", "--around", around, "--window", "5s", "--tz", "UTC")
    assert outcome.out == "".join(2 * lines[1_005:1_015])
    assert "not in order of time" in outcome.err


@pytest.mark.parametrize("packing", ["", ".gz"])
def test_half_an_hour_that_comes_twice_is_cut_by_the_order_of_its_lines(
    invoke: Invoke, tmp_path: Path, packing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passing, "_SMALL", 0)
    first, zone = datetime(2026, 4, 4, 13, tzinfo=UTC), ZoneInfo("Australia/Lord_Howe")  # set back at 15:00 UTC
    moments = [first + timedelta(seconds=2 * number) for number in range(8_000)]
    lines = [f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S} {moment:%H:%M:%S}{80 * 'x'}\n" for moment in moments]
    data = "".join(lines).encode()
    (tmp_path / f"shop.log{packing}").write_bytes(gzip.compress(data) if packing else data)
    for minute in (100, 110, 119, 125, 140):
        around = f"{moments[30 * minute]:%Y-%m-%dT%H:%M:%SZ}"
        outcome = invoke("logs", f"shop.log{packing}", "--around", around, "--window", "1s", "--tz", zone.key)
        assert outcome.out == lines[30 * minute]


@pytest.mark.parametrize("packing", ["", ".gz"])
def test_json_over_several_lines_is_cut_by_the_time_in_it(invoke: Invoke, tmp_path: Path, packing: str) -> None:
    moments = [START + timedelta(seconds=number) for number in range(1_000)]
    objects = [
        f'{{\n  "level": "info",\n  "body": {{\n    "time": "2020-01-01T00:00:00Z"\n  }},\n'
        f'  "time": "{moment:%Y-%m-%dT%H:%M:%S}.482Z",\n  "msg": "{"x" * 5_000}"\n}}\n'
        for moment in moments
    ]
    data = "".join(objects).encode()
    (tmp_path / f"shop.log{packing}").write_bytes(gzip.compress(data) if packing else data)
    around = f"{moments[500]:%Y-%m-%dT%H:%M:%SZ}"
    outcome = invoke("logs", f"shop.log{packing}", "--around", around, "--window", "1s,2s")
    assert outcome.out == "".join(objects[499:502])


def test_window_of_a_log_without_times_says_what_to_give(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("order-1042 captured\norder-1043 refused\n")
    outcome = invoke("logs", "notes.txt", "--around", "2026-11-23T12:00:00Z")
    assert outcome.out == ""
    assert "give --as FORMAT" in outcome.err
    assert "give --as FORMAT" not in invoke("logs", "notes.txt", "--id", "order-1043").err
