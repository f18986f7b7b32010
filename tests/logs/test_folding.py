"""Repeats are folded and counted; what matters stands in full, and nobody is told a thing that was not there."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundler.logs.catalogue import find_format
from bundler.logs.folding import Fold, fold, shape, shapes
from bundler.logs.levels import level
from bundler.logs.merging import Placed
from bundler.logs.records import Record

START = datetime(2026, 11, 23, 14, 32, 1, 120_000, tzinfo=UTC)


def placed(
    text: str | bytes, second: float | None = 0, *, source: str = "shop.log", mentioned: bool = False, cut: int = 0
) -> Placed:
    data = (text.encode() if isinstance(text, str) else text) + b"\n"
    moment = None if second is None else START + timedelta(seconds=second)
    return Placed(source, Record(data, 1, moment, cut, mentioned), moment)


def line(second: int, text: str, level: str = "INFO") -> Placed:
    stamp = START + timedelta(seconds=second)
    return placed(f"{stamp:%Y-%m-%d %H:%M:%S},120 {level} shop: {text}", second)


def told(items: Iterable[Placed | Fold]) -> list[str | int]:
    """The text of each record after its stamp, the count of each fold."""
    return [
        item.count if isinstance(item, Fold) else item.record.data.decode().partition(" shop: ")[2].strip()
        for item in items
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-11-23 14:03:27,482 INFO shop: polled", "2026-11-24 09:00:00,001 INFO shop: polled"),
        ("2026-11-23T14:03:27.482+01:00 INFO polled", "2026-12-01T14:03:27.4821+01:00 INFO polled"),
        ("INFO polled 17 times in 3.5 ms", "INFO polled 1,204 times in 12 ms"),
        ("INFO payment 8f14e45f-ceea-4672-8b1d-1e4f0a7c9b21", "INFO payment ceea1234-ceea-abcd-0b1d-abcdefabcde1"),
        ("INFO trace 4bf92f3577b34da6a3ce929d0e0e4736 ok", "INFO trace aaaa2f3577b34da6a3ce929d0e0e473f ok"),
        ("INFO order ord_Xk29ZZ done", "INFO order ord_9aQrs done"),
        ("INFO user 'alice' polled", "INFO user 'bob' polled"),
        ('INFO user "alice" polled', 'INFO user "bob" polled'),
        ("INFO from 192.0.2.7:443", "INFO from 198.51.100.200:8080"),
        ("[http-nio-8080-exec-7] INFO polled", "[http-nio-8080-exec-12] INFO polled"),
        ("GET /v1/payments/17/details", "GET /v1/payments/3ab/details"),
        ('{"level":30,"time":1795442607482,"msg":"polled"}', '{"level":30,"time":1795442608001,"msg":"polled"}'),
        ("\x1b[32mINFO\x1b[0m polled 7", "\x1b[32mINFO\x1b[0m polled 8"),
        ("INFO polled\n  answer 1", "INFO polled\n  another answer"),
    ],
)
def test_shape_is_the_same_but_for_values(one: str, other: str) -> None:
    assert shape(one.encode()) == shape(other.encode())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-11-23 14:03:27,482 INFO shop: polled", "2026-11-23 14:03:27,482 DEBUG shop: polled"),
        ("14:03:27:INFO:polled", "14:03:27:DEBUG:polled"),
        ("\x1b[32mINFO\x1b[0m polled", "\x1b[36mDEBUG\x1b[0m polled"),
        ('{"level":"info","msg":"reserved 7"}', '{"level":"info","msg":"captured 7"}'),
        ('{"level": "info", "msg": "polled"}', '{"level": "debug", "msg": "polled"}'),
        ('level=info msg="reserved"', 'level=info msg="captured"'),
        ("event='started' level='info'", "event='stopped' level='info'"),
        ('192.0.2.7 - - [1] "GET /a HTTP/1.1" 200', '192.0.2.7 - - [1] "POST /a HTTP/1.1" 200'),
        ("INFO state RESERVED 7", "INFO state CAPTURED 7"),
        ("INFO state 7 reserved", "INFO state 7 captured"),
    ],
)
def test_shape_differs_where_words_or_levels_do(one: str, other: str) -> None:
    assert shape(one.encode()) != shape(other.encode())


def test_shape_is_readable_and_looks_at_the_beginning_of_the_first_line_only() -> None:
    assert shape(b"2026-11-23 14:03:27,482 INFO polled pay-17 of 'shop' in 3 ms\n") == b"# # INFO polled # of # in # ms"
    assert shape(b"INFO " + b"x" * 600 + b"A") == shape(b"INFO " + b"x" * 600 + b"B")
    assert shape(b"") == shape(b"\n") == b""


_LINES = st.lists(
    st.sampled_from(
        [b"a", b"x-", b"_", b"7", b".", b",", b" ", b"'", b'"', b"{", b"=", b"\n", b"\r\n", b"\xc3\xa9", b"\x1b[1m"]
    ),
    max_size=20,
).map(b"".join)


@given(st.lists(_LINES, max_size=6))
def test_shapes_are_those_of_each(records: list[bytes]) -> None:
    for limit in (8, 512):
        assert shapes(records, limit) == [shape(each, limit) for each in records]


def test_shape_takes_no_longer_on_hostile_lines() -> None:
    for hostile in (b"1" + b"-" * 5000, b"1-" * 2500, b"a '" * 1700, b'a "x' * 1300, b"1,." * 1700, b"#" * 5000):
        assert len(shape(hostile, 5000)) <= 5000


def test_repeats_become_one_line_that_counts_them() -> None:
    records = [line(second, f"polled {second}") for second in range(10)]
    first, folded = fold(records)
    assert first == records[0]
    size = sum(len(repeat.record.data) for repeat in records[1:])
    first_moment, last_moment = START + timedelta(seconds=1), START + timedelta(seconds=9)
    assert folded == Fold("shop.log", 9, first_moment, last_moment, 9, size, b"# # INFO shop: polled #")


def test_loop_of_three_lines_is_folded() -> None:
    records = [line(second, ("asked", "waited", "answered")[second % 3] + f" {second}") for second in range(300)]
    assert told(fold(records)) == ["asked 0", 99, "waited 1", 99, "answered 2", 99]


def test_more_shapes_than_a_loop_has_are_left_alone() -> None:
    records = [line(second, "abcd"[second % 4]) for second in range(100)]
    assert list(fold(records)) == records


def test_few_repeats_stay_in_their_place() -> None:
    records = [line(1, "a 1"), line(2, "b 1"), line(3, "a 2"), line(4, "c"), line(5, "a 3"), line(6, "d")]
    assert list(fold(records)) == records
    assert told(fold(records, least=2)) == ["a 1", 2, "b 1", "c", "d"]


@pytest.mark.parametrize("grave", ["WARN", "WARNING", "ERROR", "CRITICAL", "FATAL"])
def test_warnings_and_worse_are_never_folded(grave: str) -> None:
    records = [line(second, f"refused {second}", grave) for second in range(10)]
    assert list(fold(records)) == records


def test_grave_records_are_known_by_their_number_where_the_words_are_the_same() -> None:
    texts = [f'{{"level":{30 if second % 5 else 50},"time":1795442607482,"msg":"polled"}}' for second in range(20)]
    kept = [item for item in fold(placed(text) for text in texts) if isinstance(item, Placed)]
    assert sum(b'"level":50' in item.record.data for item in kept) == 4


def test_levels_that_differ_are_not_folded_together() -> None:
    texts = [f'{{"level":{level},"time":1795442607482,"msg":"polled"}}' for level in [20] * 5 + [30] * 5]
    records = [placed(text) for text in texts]
    assert [item.count if isinstance(item, Fold) else item for item in fold(records)] == [records[0], 4, records[5], 4]


def test_level_can_be_asked_of_who_knows_the_format() -> None:
    fmt = find_format("access")
    assert fmt is not None
    asked: list[str] = []

    def level_of(item: Placed) -> str | None:
        asked.append(item.source)
        return level(fmt, item.record.data)

    texts = [
        f'192.0.2.7 - - [23/Nov/2026:14:03:27 +0000] "GET /p/{n} HTTP/1.1" {502 if n == 5 else 200} 1' for n in range(9)
    ]
    kept = [item for item in fold([placed(text) for text in texts], level_of=level_of) if isinstance(item, Placed)]
    assert [item.record.data.split()[5] + item.record.data.split()[6] for item in kept] == [
        b'"GET/p/0', b'"GET/p/5', b'"GET/p/6', b'"GET/p/7', b'"GET/p/8',
    ]  # fmt: skip
    assert set(asked) == {"shop.log"}


def test_record_that_mentions_an_id_stands_between_what_was_before_and_after() -> None:
    records = [placed("INFO polled 1", second, mentioned=second == 5) for second in range(10)]
    kinds = [item.count if isinstance(item, Fold) else item.record.mentioned for item in fold(records)]
    assert kinds == [False, 4, True, False, 3]


def test_cut_record_is_not_folded() -> None:
    records = [placed("INFO polled 1", second, cut=100) for second in range(5)]
    assert list(fold(records)) == records


def test_sources_are_folded_apart() -> None:
    records = [placed("INFO polled 1", n, source="ab"[n % 2]) for n in range(20)]
    folded = [(item.source, item.count) for item in fold(records) if isinstance(item, Fold)]
    assert folded == [("a", 9), ("b", 9)]


def test_records_of_many_lines_are_alike_only_if_their_lines_are() -> None:
    bodies = [f"INFO answer\n  state {state}\n  amount {n}" for n, state in enumerate(["RESERVED"] * 5 + ["VOID"] * 5)]
    folds = [item for item in fold(placed(body) for body in bodies) if isinstance(item, Fold)]
    assert [(item.count, item.lines) for item in folds] == [(4, 12), (4, 12)]
    growing = [placed("INFO answer" + "\n  more" * n) for n in range(10)]
    assert list(fold(growing)) == growing


def test_long_lines_are_compared_beyond_the_shape() -> None:
    records = [placed('{"context":"' + "x" * 600 + f'","msg":"{word}"}}') for word in ("asked", "answered") * 2]
    assert list(fold(records, least=2)) == records


@pytest.mark.parametrize(
    ("last", "text"),
    [
        (timedelta(seconds=68.884), "… 1,203 more like the record above, 14:32:01.120 to 14:33:10.004 UTC …"),
        (timedelta(0), "… 1,203 more like the record above, 14:32:01.120 UTC …"),
        (
            timedelta(days=1),
            "… 1,203 more like the record above, 2026-11-23 14:32:01.120 to 2026-11-24 14:32:01.120 UTC …",
        ),
        (None, "… 1,203 more like the record above …"),
    ],
)
def test_fold_reads_as_a_sentence(last: timedelta | None, text: str) -> None:
    start, end = (None, None) if last is None else (START, START + last)
    assert Fold("shop.log", 1203, start, end, 1203, 99, b"").text() == text


def test_moments_of_a_fold_are_the_earliest_and_the_latest() -> None:
    records = [placed("INFO polled", second) for second in (5, None, 9, 3, 7)]
    (folded,) = (item for item in fold(records) if isinstance(item, Fold))
    assert (folded.first, folded.last) == (START + timedelta(seconds=3), START + timedelta(seconds=9))


def test_few_records_are_held_whatever_comes() -> None:
    def endless() -> Iterator[Placed]:
        for number in range(5_000):
            yield placed(f"INFO polled {number}" if number % 7 else "INFO " + "abcdefgh"[number % 8] * 1000)

    tracemalloc.start()
    count = sum(1 for _ in fold(endless(), level_of=lambda _: None))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count < 5_000
    assert peak < 300_000


streams = st.lists(
    st.tuples(
        st.sampled_from(["INFO a 1", "INFO a 22", "INFO b 1\n  more", "INFO b 2\n  more", "DEBUG c", "ERROR d 1", "e"]),
        st.sampled_from(["one", "two"]),
        st.sampled_from([None, 0, 1, 2]),
        st.sampled_from([False] * 7 + [True]),
    ),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(stream=streams, least=st.integers(1, 4))
def test_every_record_is_there_or_counted(stream: list[tuple[str, str, int | None, bool]], least: int) -> None:
    records = [placed(text, second, source=source, mentioned=named) for text, source, second, named in stream]
    items = list(fold(records, least=least))
    kept = [item for item in items if isinstance(item, Placed)]
    folds = [item for item in items if isinstance(item, Fold)]
    assert len(kept) + sum(item.count for item in folds) == len(records)
    assert sum(len(item.record.data) for item in kept) + sum(item.size for item in folds) == sum(
        len(record.record.data) for record in records
    )
    assert sum(item.record.line_count for item in kept) + sum(item.lines for item in folds) == sum(
        record.record.line_count for record in records
    )
    assert all(item.count >= least for item in folds)
    places = iter(records)
    assert all(any(record is item for record in places) for item in kept)  # in the order they came in
    important = [record for record in records if record.record.mentioned or b"ERROR" in record.record.data]
    assert [item for item in kept if item.record.mentioned or b"ERROR" in item.record.data] == important
    for above, item in pairwise(items):
        if isinstance(item, Fold):
            assert isinstance(above, Placed)
            assert (above.source, shape(above.record.data)) == (item.source, item.sample_shape)
