"""Logs in a cloud store: read in parts, and counted on the wire."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler

import pytest

from bundler.errors import UnreadableInput
from bundler.evidence import object_reading
from bundler.evidence.object_reading import ObjectReadable
from bundler.evidence.objects import open_url
from bundler.evidence.sources import Source
from bundler.logs.opening import decompressed
from tests.evidence.object_servers import Answer, ask, serving
from tests.evidence.objects.stores import Store, put

MEBIBYTE = 1024**2
LINE_SIZE = 128
LINE_COUNT = 64 * MEBIBYTE // LINE_SIZE
MIDNIGHT = datetime(2026, 11, 23)  # noqa: DTZ001 - the log of the test is written without a zone
STEP = timedelta(days=1) / LINE_COUNT


def line(number: int) -> bytes:
    stamp = (MIDNIGHT + number * STEP).isoformat(sep=" ", timespec="microseconds")
    return f"{stamp} INFO shop: payment {number:08d} went through".encode().ljust(LINE_SIZE - 1, b".") + b"\n"


@pytest.fixture(scope="module")
def day(moto_port: int) -> bytes:
    """A day's log of 64 MiB, sorted, which is s3://logs/day.log."""
    data = b"".join(line(number) for number in range(LINE_COUNT))
    ask(moto_port, "PUT", "/logs/day.log", data)
    return data


def find_offset(log: ObjectReadable, moment: datetime, probe: int) -> int:
    """Where the first line of ``moment`` or later starts, as a simple bisection finds it."""
    stamp = moment.isoformat(sep=" ", timespec="microseconds").encode()
    low, high = 0, log.size
    while high - low > probe:
        middle = (low + high) // 2
        block = log.read_at(middle, probe)
        start = block.index(b"\n") + 1
        if block[start : start + len(stamp)] < stamp:
            low = middle + start
        else:
            high = middle
    block = log.read_at(low, high - low + LINE_SIZE)
    position = 0
    while block[position : position + len(stamp)] < stamp:
        position += LINE_SIZE
    return low + position


@pytest.mark.parametrize("probe", [4 * 1024, 64 * 1024])
def test_ten_minutes_of_a_sorted_log_cost_few_requests_and_little_beyond_the_window(
    store: Store, day: bytes, probe: int
) -> None:
    content, size, _ = open_url("s3://logs/day.log")
    log = content.readable()
    start = find_offset(log, MIDNIGHT + timedelta(hours=14, minutes=32), probe)
    end = find_offset(log, MIDNIGHT + timedelta(hours=14, minutes=42), probe)
    log.expect(start, end)
    window = b"".join(log.read_at(offset, min(65_536, end - offset)) for offset in range(start, end, 65_536))
    assert size == len(day)
    assert window == day[start:end]
    assert day[start - LINE_SIZE : start] < b"2026-11-23 14:32:00" < window
    assert day[end - LINE_SIZE : end] < b"2026-11-23 14:42:00" < day[end : end + LINE_SIZE]
    assert len(store.calls) <= 36
    assert store.byte_count <= len(window) + 30 * probe + 256 * 1024
    assert store.byte_count <= len(window) + 2 * MEBIBYTE
    assert (log.request_count, log.byte_count) == (len(store.calls), store.byte_count)


def test_nothing_behind_an_expected_range_is_fetched_and_it_comes_in_big_pieces(store: Store, day: bytes) -> None:
    log = open_url("s3://logs/day.log").content.readable()
    store.calls.clear()
    start, end = 20 * MEBIBYTE + 17, 31 * MEBIBYTE + 5
    log.expect(start, end)
    read = b"".join(log.read_at(offset, min(10_000, end - offset)) for offset in range(start, end, 10_000))
    assert read == day[start:end]
    assert [call.range for call in store.calls] == [
        f"bytes={start}-{start + 4 * MEBIBYTE - 1}",
        f"bytes={start + 4 * MEBIBYTE}-{start + 8 * MEBIBYTE - 1}",
        f"bytes={start + 8 * MEBIBYTE}-{end - 1}",
    ]
    log.read_at(end, 100)  # what was not announced is fetched as sparingly as anywhere else
    assert store.calls[-1].byte_count == object_reading.LEAST_FETCH


def test_reading_on_without_a_hint_fetches_more_each_time(store: Store, day: bytes) -> None:
    with open_url("s3://logs/day.log").content.open() as stream:
        assert stream.read() == day
    sizes = [call.byte_count for call in store.calls]
    assert sizes[:4] == [65_536, 131_072, 262_144, 524_288]
    assert max(sizes) == object_reading.MOST_FETCH
    assert store.byte_count == len(day)
    assert len(sizes) < 24


def test_recognising_a_log_costs_the_one_request_that_opening_cost(store: Store, day: bytes) -> None:
    content, size, shown = open_url("s3://logs/day.log")
    source = Source(shown, content, size, named=True)
    assert source.head == day[: len(source.head)]
    assert len(store.calls) == 1


def test_packed_log_in_a_bucket_is_unpacked_while_it_is_read(store: Store, day: bytes) -> None:
    text = day[: 8 * MEBIBYTE]
    put(store, "day.log.1.gz", gzip.compress(text, 1))
    content, _, _ = open_url("s3://logs/day.log.1.gz")
    with decompressed(content.open()) as stream:
        assert stream.read() == text


def test_parts_read_in_any_order_are_the_bytes_of_the_object(store: Store, day: bytes) -> None:
    text = day[: 3 * MEBIBYTE + 11]
    put(store, "part.log", text)
    log = open_url("s3://logs/part.log").content.readable()
    places = [(0, 10), (2_000_000, 40_000), (1_990_000, 30_000), (len(text) - 5, 100), (len(text), 10), (70_000, 1)]
    for offset, count in [*places, (0, len(text)), (1_995_000, 20)]:
        assert log.read_at(offset, count) == text[offset : offset + count]
    assert log.byte_count == len(text)  # nothing was fetched twice


def test_no_more_is_kept_than_the_limit(store: Store, day: bytes) -> None:
    log = open_url("s3://logs/day.log").content.readable()
    log.expect(0, 40 * MEBIBYTE)
    for offset in range(0, 40 * MEBIBYTE, MEBIBYTE):
        log.read_at(offset, MEBIBYTE)
        assert sum(map(len, log._blocks.values())) <= 32 * MEBIBYTE
    store.calls.clear()
    log.read_at(30 * MEBIBYTE, 9 * MEBIBYTE)
    assert not store.calls
    log.close()
    assert not log._blocks


def test_stream_can_be_read_from_another_place(store: Store, day: bytes) -> None:
    put(store, "part.log", day[:MEBIBYTE])
    with open_url("s3://logs/part.log").content.open() as stream:
        stream.seek(-LINE_SIZE, os.SEEK_END)
        assert stream.read() == day[MEBIBYTE - LINE_SIZE : MEBIBYTE]
        stream.seek(LINE_SIZE)
        assert stream.readline() == line(1)
        assert stream.tell() == 2 * LINE_SIZE


def test_empty_object_is_an_empty_log(store: Store) -> None:
    put(store, "empty.log", b"")
    content, size, _ = open_url("s3://logs/empty.log")
    assert (size, content.readable().read_at(0, 10), content.open().read()) == (0, b"", b"")


def test_object_that_changes_while_it_is_read_is_told(store: Store, day: bytes) -> None:
    put(store, "changing.log", day[:MEBIBYTE])
    log = open_url("s3://logs/changing.log").content.readable()
    put(store, "changing.log", day[MEBIBYTE : 2 * MEBIBYTE])
    with pytest.raises(UnreadableInput, match=r"changing\.log changed while it was read"):
        log.read_at(500_000, 10)


@pytest.mark.parametrize("mark", ["", 'W/"weak-{}"', '"ignored-{}"'])
def test_change_is_noticed_on_a_server_that_knows_no_conditions(mark: str) -> None:
    state = [0]

    def answer(request: BaseHTTPRequestHandler) -> Answer:
        first, last = request.headers["Range"].removeprefix("bytes=").split("-")
        end = min(int(last) + 1, 200_000)
        headers = {
            "Content-Range": f"bytes {first}-{end - 1}/200000",
            "Last-Modified": f"Mon, 23 Nov 2026 13:00:0{state[0]} GMT",
        }
        if mark:
            headers["ETag"] = mark.format(state[0])
        return 206, headers, b"x" * (end - int(first))

    with serving(answer) as port:
        log = open_url(f"http://127.0.0.1:{port}/app.log").content.readable()
        assert log.read_at(100_000, 10) == b"x" * 10
        state[0] = 1
        with pytest.raises(UnreadableInput, match="changed while it was read"):
            log.read_at(180_000, 10)


def test_object_that_became_shorter_has_changed() -> None:
    answers: Iterator[Answer] = iter([(206, {"Content-Range": "bytes 0-65535/200000"}, b"x" * 65_536)])
    with serving(lambda _: next(answers, (416, {}, b""))) as port:
        log = open_url(f"http://127.0.0.1:{port}/app.log").content.readable()
        with pytest.raises(UnreadableInput, match="changed while it was read"):
            log.read_at(180_000, 10)
