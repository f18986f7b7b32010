"""Merged logs tell one story: in order of time, nothing lost, nothing twice, and little of it in memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bundler.logs.merging import HELD_RECORDS, HELD_SIZE, Placed, merge
from bundler.logs.records import Record

START = datetime(2026, 11, 23, 13, tzinfo=UTC)
NO_SKEW = timedelta(0)


def at(seconds: float | None, text: str = "", size: int = 0) -> Record:
    moment = None if seconds is None else START + timedelta(seconds=seconds)
    data = (text or f"record of {seconds}").encode().ljust(size, b".") + b"\n"
    return Record(data, 1, moment, 0, mentioned=False)


def texts(merged: Iterator[Placed]) -> list[str]:
    return [f"{placed.source}:{placed.record.data.decode().strip()}" for placed in merged]


def seconds(merged: Iterator[Placed]) -> list[float | None]:
    return [None if placed.moment is None else (placed.moment - START).total_seconds() for placed in merged]


def test_records_of_several_sources_come_in_order_of_time() -> None:
    shop = [at(1, "a"), at(4, "d"), at(5, "e")]
    gateway = [at(2, "b"), at(3, "c"), at(6, "f")]
    merged = texts(merge([("shop", shop, NO_SKEW), ("gateway", gateway, NO_SKEW)]))
    assert merged == ["shop:a", "gateway:b", "gateway:c", "shop:d", "shop:e", "gateway:f"]


def test_clock_that_was_wrong_is_put_right() -> None:
    shop, gateway = [at(10, "sent"), at(12, "answered")], [at(71, "received")]
    merged = list(merge([("shop", shop, NO_SKEW), ("gateway", gateway, timedelta(minutes=-1))]))
    assert texts(iter(merged)) == ["shop:sent", "gateway:received", "shop:answered"]
    assert seconds(iter(merged)) == [10, 11, 12]
    assert merged[1].record.moment == START + timedelta(seconds=71)  # the record itself says what its log says


def test_records_of_one_moment_keep_the_order_of_the_sources_and_their_own() -> None:
    merged = texts(merge([("one", [at(1, "a"), at(1, "b")], NO_SKEW), ("two", [at(1, "c"), at(1, "d")], NO_SKEW)]))
    assert merged == ["one:a", "one:b", "two:c", "two:d"]


def test_record_without_a_stamp_follows_the_one_before_it_whatever_else_happened_then() -> None:
    shop = [at(1, "a"), at(None, "and more"), at(9, "z"), at(5, "late"), at(None, "of late")]
    merged = list(merge([("shop", shop, NO_SKEW), ("gateway", [at(1, "b"), at(5, "c")], NO_SKEW)]))
    assert texts(iter(merged)) == [
        "shop:a", "shop:and more", "gateway:b", "shop:late", "shop:of late", "gateway:c", "shop:z",
    ]  # fmt: skip
    assert seconds(iter(merged)) == [1, 1, 1, 5, 5, 5, 9]


def test_what_stands_before_the_first_stamp_goes_with_it() -> None:
    shop = [at(None, "the end of a trace"), at(None, "and more of it"), at(7, "x")]
    merged = list(merge([("gateway", [at(3, "a"), at(8, "b")], NO_SKEW), ("shop", shop, timedelta(seconds=-2))]))
    assert texts(iter(merged)) == ["gateway:a", "shop:the end of a trace", "shop:and more of it", "shop:x", "gateway:b"]
    assert seconds(iter(merged)) == [3, 5, 5, 5, 8]


def test_source_without_any_stamp_comes_first_and_whole() -> None:
    merged = list(merge([("shop", [at(1, "a")], NO_SKEW), ("notes", [at(None, "x"), at(None, "y")], NO_SKEW)]))
    assert texts(iter(merged)) == ["notes:x", "notes:y", "shop:a"]
    assert seconds(iter(merged)) == [None, None, 1]


def test_late_record_finds_its_place_within_the_tolerance() -> None:
    shop = [at(100), at(109), at(105), at(101), at(120), at(112)]
    assert seconds(merge([("shop", shop, NO_SKEW)])) == [100, 101, 105, 109, 112, 120]


def test_record_later_than_the_tolerance_is_neither_lost_nor_in_the_way() -> None:
    shop = [at(100), at(200), at(50, "very late"), at(201), at(204), at(202)]
    gateway = [at(150), at(203)]
    merged = seconds(merge([("shop", shop, NO_SKEW), ("gateway", gateway, NO_SKEW)]))
    assert merged == [100, 50, 150, 200, 201, 202, 203, 204]


def test_one_stamp_from_the_future_does_not_hold_up_the_rest_of_its_log() -> None:
    shop = [at(1), at(9_000_000), at(3), at(2), at(5)]
    assert seconds(merge([("shop", shop, NO_SKEW), ("gateway", [at(4)], NO_SKEW)])) == [1, 2, 3, 4, 5, 9_000_000]


def test_clock_set_back_goes_on_from_there() -> None:
    before, after = [at(3600 + number) for number in range(0, 60, 5)], [at(number) for number in range(0, 60, 5)]
    merged = seconds(merge([("shop", [*before, *after], NO_SKEW)]))
    assert sorted(filter(None, merged)) == sorted(filter(None, seconds(merge([("shop", [*after, *before], NO_SKEW)]))))
    assert [moment for moment in merged if moment is not None and moment < 3600] == list(range(0, 60, 5))


def test_stamps_at_the_ends_of_all_calendars_are_no_trouble() -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    shop = [Record(b"x\n", 1, moment, 0, mentioned=False) for moment in (first, last, first)]
    for skew in (timedelta(days=1), timedelta(days=-1), NO_SKEW):
        assert len(list(merge([("shop", shop, skew), ("gateway", [at(1)], NO_SKEW)]))) == 4


def test_sources_are_read_only_as_far_as_the_order_needs() -> None:
    read = 0

    def endless() -> Iterator[Record]:
        nonlocal read
        for number in range(1_000_000):
            read += 1
            yield at(number)

    merged = merge([("shop", endless(), NO_SKEW), ("gateway", [at(0.5)], NO_SKEW)])
    assert seconds(next(merged) for _ in range(5)) == [0, 0.5, 1, 2, 3]
    assert read < 20


def test_little_is_held_of_a_source_that_stands_still() -> None:
    read = 0

    def still(moment: float | None, size: int) -> Iterator[Record]:
        nonlocal read
        for number in range(6_000):
            read += 1
            yield at(moment, str(number), size)

    for moment in (7, None):
        for size in (0, 10_000):
            read = 0
            merged = merge([("shop", still(moment, size), NO_SKEW)])
            assert texts(next(merged) for _ in range(3)) == ["shop:" + str(n).ljust(size, ".") for n in range(3)]
            most = HELD_SIZE // 10_000 + 3 if size else HELD_RECORDS + 3
            assert read <= (2 * most if moment is None else most)
            assert [int(placed.record.data.split(b".")[0]) for placed in merged] == list(range(3, 6_000))


logs = st.lists(st.lists(st.one_of(st.none(), st.integers(0, 40)), max_size=25), max_size=4)


@settings(max_examples=150, deadline=None)
@given(logs=logs, tolerance=st.integers(0, 45))
def test_nothing_is_lost_or_twice_and_order_holds_within_the_tolerance(
    logs: list[list[int | None]], tolerance: int
) -> None:
    sources = [
        (str(number), [at(moment, f"{number}.{place}") for place, moment in enumerate(log)], NO_SKEW)
        for number, log in enumerate(logs)
    ]
    merged = list(merge(sources, tolerance=timedelta(seconds=tolerance)))
    given_records = [record.data for _, records, _ in sources for record in records]
    assert sorted(placed.record.data for placed in merged) == sorted(given_records)
    stamped = [[moment for moment in log if moment is not None] for log in logs]
    lateness = max((max(log[: place + 1]) - moment for log in stamped for place, moment in enumerate(log)), default=0)
    if lateness <= tolerance:
        moments = [placed.moment for placed in merged if placed.moment is not None]
        assert moments == sorted(moments)
        assert all(placed.moment is None for placed in merged[: len(merged) - len(moments)])
    for before, placed in zip([None, *merged], merged, strict=False):
        source, place = placed.record.data.decode().split(".")
        if placed.record.moment is None and placed.moment is not None and any(logs[int(source)][: int(place)]):
            assert before is not None
            assert before.record.data.decode().strip() == f"{source}.{int(place) - 1}"
