"""A window cut by bisection holds the records that reading every one would take, after a handful of short reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bundler.logs import slicing
from bundler.logs.ranges import Range, pairs
from bundler.logs.scanning import scanner_of, walk
from bundler.logs.slicing import Slicer
from bundler.logs.timeline import Timeline
from bundler.logs.types import Window
from tests.logs.memory import InMemory
from tests.logs.reference import REFERENCE, START, format_named, made_log, wanted_ranges

PYTHON = format_named("python-logging")


class Counting(InMemory):
    """Memory that counts how it is read, as if it lay in a store."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.request_count = 0
        self.byte_count = 0

    def expect(self, start: int, end: int) -> None:
        """Nothing is fetched ahead."""

    def read_at(self, offset: int, count: int) -> bytes:
        data = super().read_at(offset, count)
        self.request_count += 1
        self.byte_count += len(data)
        return data


def slicer(data: bytes, name: str = "python-logging", zone: str = "UTC", *, from_afar: bool = False) -> Slicer:
    fmt = format_named(name)
    timeline = Timeline(fmt, zone=ZoneInfo(zone), zone_from="", reference=REFERENCE)
    return Slicer(Counting(data) if from_afar else InMemory(data), scanner_of(fmt), timeline)


def after(seconds: float, length: float) -> Window:
    return Window(START + timedelta(seconds=seconds), START + timedelta(seconds=seconds + length))


@pytest.fixture(autouse=True)
def _bisects_down_to_a_few_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slicing, "NEAR", 512)


@pytest.mark.parametrize("from_afar", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_every_window_of_a_sorted_log_is_that_of_a_full_scan(seed: int, from_afar: bool) -> None:
    data = made_log(seed, 600)
    for start, length in ((-50, 20), (-5, 10), (0, 1), (100, 0.4), (123, 60), (300.5, 300), (590, 500), (2000, 5)):
        window = after(start, length)
        cut = slicer(data, from_afar=from_afar).cut(window)
        assert cut is not None
        assert list(pairs(cut.bounds)) == wanted_ranges(data, PYTHON, window=window), (start, length)


@pytest.mark.parametrize("late_s", [0.3, 5.0, 30.0])
def test_records_that_come_late_are_taken_by_their_own_moment(late_s: float) -> None:
    for seed in range(5):
        data = made_log(seed, 800, late=timedelta(seconds=late_s))
        window = after(200, 120)
        cut = slicer(data).cut(window)
        assert cut is not None
        assert list(pairs(cut.bounds)) == wanted_ranges(data, PYTHON, window=window)


def test_two_programs_that_write_into_one_file_in_turns_are_cut_rightly() -> None:
    moments = [START + timedelta(milliseconds=560 * number) for number in range(6_000)]
    turns = [half[at : at + 60] for at in range(0, 3_000, 60) for half in (moments[::2], moments[1::2])]
    lines = [f"{m:%Y-%m-%d %H:%M:%S},{m.microsecond // 1000:03} INFO shop: x\n" for turn in turns for m in turn]
    data = "".join(lines).encode()
    for start in (300, 1_000, 2_000, 3_000):
        window = after(start, 120)
        cut = slicer(data).cut(window)
        assert cut is not None
        assert list(pairs(cut.bounds)) == wanted_ranges(data, PYTHON, window=window)
        assert cut.late > timedelta(seconds=30)


def test_log_that_is_not_in_order_is_not_cut_this_way() -> None:
    data = made_log(1, 500)
    assert slicer(data + data).cut(after(10, 10)) is None


def test_log_without_stamps_is_not_cut_this_way() -> None:
    assert slicer(b"one\ntwo\nthree\n" * 200, "plain").cut(after(0, 10)) is None
    assert slicer(b"").cut(after(0, 10)) is None


def test_few_reads_and_bytes_however_large_the_log() -> None:
    small, large = Counting(made_log(3, 500)), Counting(made_log(3, 40_000))
    for readable in (small, large):
        timeline = Timeline(PYTHON, zone=UTC, zone_from="", reference=REFERENCE)
        cut = Slicer(readable, scanner_of(PYTHON), timeline).cut(after(100, 2))
        assert cut is not None
    assert large.request_count < 90
    assert large.byte_count < 400_000 < large.size


def test_a_line_longer_than_the_whole_rest_does_not_hold_it_up() -> None:
    data = made_log(4, 200)
    middle = data.index(b"\n20", len(data) // 2) + 1
    data = data[:middle] + data[middle : middle + 60] + b"x" * 300_000 + b"\n" + data[middle:]
    window = after(0, 10_000)
    cut = slicer(data).cut(window)
    assert cut is not None
    assert list(pairs(cut.bounds)) == wanted_ranges(data, PYTHON, window=window) == [Range(0, len(data))]


def test_hour_that_comes_twice_is_cut_by_the_order_of_its_lines() -> None:
    # Copenhagen: 02:00 to 03:00 comes twice on 25 October 2026, first at 00:00 UTC
    moments = [datetime(2026, 10, 24, 22, tzinfo=UTC) + timedelta(seconds=7 * number) for number in range(3000)]
    zone = ZoneInfo("Europe/Copenhagen")
    lines = [f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S},000 INFO shop: x\n".encode() for moment in moments]
    for hour, minute in ((23, 50), (0, 10), (0, 59), (1, 10), (1, 59), (2, 30)):
        start = datetime(2026, 10, 24 if hour == 23 else 25, hour, minute, tzinfo=UTC)
        window = Window(start, start + timedelta(minutes=5))
        cut = slicer(b"".join(lines), zone="Europe/Copenhagen").cut(window)
        assert cut is not None
        taken = b"".join(line for line, moment in zip(lines, moments, strict=True) if moment in window)
        assert b"".join(b"".join(lines)[start:end] for start, end in pairs(cut.bounds)) == taken, (hour, minute)


def test_stamps_without_a_year_are_cut_over_new_year() -> None:
    moments = [datetime(2025, 12, 31, 20, tzinfo=UTC) + timedelta(seconds=20 * number) for number in range(1500)]
    lines = [f"{moment:%b %e %H:%M:%S} shop-1 shop[7]: x\n".encode() for moment in moments]
    for start in (moments[0], datetime(2025, 12, 31, 23, 58, tzinfo=UTC), datetime(2026, 1, 1, 1, tzinfo=UTC)):
        window = Window(start, start + timedelta(minutes=4))
        cut = slicer(b"".join(lines), "syslog-3164").cut(window)
        assert cut is not None
        taken = b"".join(line for line, moment in zip(lines, moments, strict=True) if moment in window)
        assert b"".join(b"".join(lines)[start:end] for start, end in pairs(cut.bounds)) == taken


def test_json_lines_are_cut_by_their_time_key() -> None:
    moments = [START + timedelta(milliseconds=900 * number) for number in range(1000)]
    lines = [
        f'{{"level":30,"time":{int(moment.timestamp() * 1000)},"pid":7,"hostname":"shop-1","msg":"x"}}\n'.encode()
        for moment in moments
    ]
    window = after(300, 60)
    cut = slicer(b"".join(lines), "json-lines").cut(window)
    assert cut is not None
    taken = b"".join(line for line, moment in zip(lines, moments, strict=True) if moment in window)
    assert b"".join(b"".join(lines)[start:end] for start, end in pairs(cut.bounds)) == taken


def test_lines_longer_than_a_short_read_do_not_hold_it_up() -> None:
    lines = [
        f"{START + timedelta(seconds=number):%Y-%m-%d %H:%M:%S},000 INFO shop: {'x' * 9_000}\n" for number in range(80)
    ]
    data = "".join(lines).encode()
    window = after(20, 10)
    cut = slicer(data).cut(window)
    assert cut is not None
    assert list(pairs(cut.bounds)) == wanted_ranges(data, PYTHON, window=window)


class Foreseen(InMemory):
    """Memory that remembers which places it was told of, and which of them were read."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.waiting: set[int] = set()
        self.told = 0

    def foresee(self, offsets: Sequence[int], count: int) -> None:
        self.told += len(offsets)
        self.waiting.update(offsets)

    def read_at(self, offset: int, count: int) -> bytes:
        self.waiting -= {each for each in self.waiting if offset <= each < offset + count}
        return super().read_at(offset, count)


def test_places_that_are_fetched_side_by_side_are_all_read() -> None:
    data = made_log(4, 3000)
    log = Foreseen(data)
    timeline = Timeline(PYTHON, zone=UTC, zone_from="", reference=REFERENCE)
    cut = Slicer(log, scanner_of(PYTHON), timeline).cut(after(900, 60))
    assert cut is not None
    assert list(pairs(cut.bounds)) == wanted_ranges(data, PYTHON, window=after(900, 60))
    assert log.told == slicing.SPREAD - 1
    assert not log.waiting


def test_a_line_that_came_in_parts_is_one_record_however_the_log_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bundler.logs.scanning._FIRST_READ", 256)
    monkeypatch.setattr("bundler.logs.scanning._READ", 256)
    lines: list[str] = []
    records: list[int] = []
    for number in range(300):
        stamp = f"{START + timedelta(seconds=number):%Y-%m-%dT%H:%M:%S}.482123456Z stdout"
        records.append(len("".join(lines)))
        lines += [f"{stamp} P 2026-11-23 part {part} {'x' * 60}\n" for part in range(number % 4)]
        lines.append(f"{stamp} F the end of {number}\n")
    data = "".join(lines).encode()
    assert [start for start, _ in walk(scanner_of(format_named("cri")), InMemory(data), 0, len(data))] == records
    for first in (0, 99, 150.5, 299):
        cut = slicer(data, "cri").cut(after(first, 3))
        assert cut is not None
        wanted = [number for number in range(300) if first <= number + 0.482 < first + 3]
        ends = [*records, len(data)]
        assert [*pairs(cut.bounds)] == [Range(records[wanted[0]], ends[wanted[-1] + 1])]
