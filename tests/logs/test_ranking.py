"""A budget keeps what tells most about the error; every influence shows, and all that is cut is counted."""

from __future__ import annotations

import random
import tracemalloc
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundler.logs.ranking import STEPS, Choice, share, usefulness
from bundler.logs.records import Record
from bundler.model import Omission

MIDDLE = datetime(2026, 11, 23, 13, tzinfo=UTC)
WORDS = ("asked", "waited", "answered", "reserved", "captured", "voided", "refunded", "settled", "sent", "received")


def record(text: str, *, mentioned: bool = False) -> Record:
    return Record(text.encode() + b"\n", 1, None, 0, mentioned)


def after(seconds: float) -> datetime:
    return MIDDLE + timedelta(seconds=seconds)


def score(seconds: float | None = 30, level: str | None = None, alike: int = 1, *, mentioned: bool = False) -> float:
    return usefulness(mentioned=mentioned, distance=seconds, level=level, alike=alike)


def test_record_with_an_id_outweighs_everything_else() -> None:
    best = score(0, "critical")
    worst = score(None, None, 10**9, mentioned=True)
    assert worst > best + 50


def test_nearer_records_tell_more_in_steps_that_join() -> None:
    distances = [0, 0.5, 0.999, 1, 5, 10, 30, 60, 61, 300, 600, 601, 3600, 86_400, 10**9]
    assert all(score(near) > score(far) for near, far in pairwise(distances))
    assert [score(0) - score(step) for step in STEPS] == pytest.approx([1, 2, 3, 4])
    assert all(score(step - 1e-6) == pytest.approx(score(step), abs=1e-5) for step in STEPS)
    assert score(10**9) > score(None)


def test_grave_level_is_worth_some_steps_of_distance() -> None:
    assert score(level="error") == score(level="critical") > score(level="warning") > score(level="info")
    assert score(level="info") == score(level="debug") == score(level=None)
    assert score(60, "error") > score(10)  # one step farther
    assert score(600, "error") < score(10)  # two steps farther
    assert score(600, "warning") < score(60) < score(60, "warning")


def test_first_records_of_a_shape_tell_more_than_the_hundreds_that_follow() -> None:
    assert score(alike=1) > score(alike=2) > score(alike=500)
    assert score(60, alike=1) > score(30, alike=500)
    assert score(30, alike=500) > score(600, alike=1)  # but not more than what is far away


Offer = tuple[Record, datetime | None, str | None]


def chosen(offers: list[Offer], keep: int) -> list[str]:
    """What is left of ``offers`` when the budget holds ``keep`` of them; all are of one size."""
    choice = Choice(MIDDLE, keep * len(offers[0][0].data))
    for offer in offers:
        choice.offer(*offer)
    return [kept.data.decode().strip() for kept in choice.finish()]


def test_choice_keeps_ids_then_what_is_near() -> None:
    offers: list[Offer] = [
        (record(word.ljust(9), mentioned=word == "sent"), after(n * 70), None) for n, word in enumerate(WORDS)
    ]
    assert chosen(offers, 3) == ["asked", "waited", "sent"]


def test_of_records_that_are_all_alike_the_nearest_stay() -> None:
    offers: list[Offer] = [(record(f"tick {n:02}"), after(60 * n - 330), None) for n in range(11)]
    assert chosen(offers, 3) == ["tick 04", "tick 05", "tick 06"]


def test_choice_keeps_an_error_that_is_a_little_farther_away() -> None:
    offers: list[Offer] = [(record(word.ljust(9)), after(n + 20), None) for n, word in enumerate(WORDS[:-1])]
    offers.append((record(WORDS[-1].ljust(9)), after(90), "error"))
    assert chosen(offers, 2) == ["asked", "received"]
    assert chosen([(kept, moment, None) for kept, moment, _ in offers], 2) == ["asked", "waited"]


def test_level_is_asked_for_only_where_it_matters() -> None:
    asked: list[bytes] = []

    def level_of(offered: Record) -> str | None:
        asked.append(offered.data)
        return "error" if b"received" in offered.data else None

    choice = Choice(MIDDLE, 20, level_of)
    for word, seconds in (("asked", 20), ("waited", 21)):
        choice.offer(record(word.ljust(9)), after(seconds))
    assert asked == []  # everything fits
    choice.offer(record("too late!"), after(3600))
    assert asked == [b"asked    \n", b"waited   \n"]  # what is an hour away is out whatever its level
    choice.offer(record("received "), after(90))
    assert [kept.data for kept in choice.finish()] == [b"asked    \n", b"received \n"]


def test_choice_keeps_what_is_rare() -> None:
    offers: list[Offer] = [(record(f"polled {n:03}"), after(20 + n / 100), None) for n in range(500)]
    offers.insert(250, (record("timed out!"), after(40), None))
    assert "timed out!" in chosen(offers, 20)


def test_without_a_moment_of_the_error_the_first_of_the_log_stay() -> None:
    choice = Choice(None, 3 * 5)
    for word in ("one", "two", "six", "ten"):
        choice.offer(record(word + "."), after(0), None)
    assert [kept.data for kept in choice.finish()] == [b"one.\n", b"two.\n", b"six.\n"]
    assert choice.omitted() == (Omission(1, "over the limit of 15 bytes, the last of the log"),)


def test_all_that_fits_is_kept_in_the_order_offered() -> None:
    choice = Choice(MIDDLE, 60)
    for word in WORDS[:5]:
        choice.offer(record(word), None, None)
    assert [kept.data.decode().strip() for kept in choice.finish()] == list(WORDS[:5])
    assert choice.omitted() == ()


def test_what_was_cut_is_counted_by_reason() -> None:
    choice = Choice(MIDDLE, 40)
    for number, word in enumerate(WORDS):
        choice.offer(record(word.ljust(9)), after(100 + number), None)
    for number in range(30):
        choice.offer(record(f"polled {number:02}"), after(50 + number / 100), None)
    for number in range(6):
        choice.offer(record(f"{WORDS[number]:9}", mentioned=True), after(number), None)
    assert [kept.mentioned for kept in choice.finish()] == [True] * 4
    assert choice.omitted() == (
        Omission(20, "over the limit of 40 bytes, farthest from the error"),
        Omission(20, "over the limit of 40 bytes, each after 10 or more like it; farthest from the error"),
        Omission(2, "over the limit of 40 bytes, although they mention an id; farthest from the error"),
    )


def test_record_that_is_larger_than_the_budget_is_cut_even_with_an_id() -> None:
    choice = Choice(MIDDLE, 10)
    small = record("small")
    choice.offer(small, after(0), None)
    choice.offer(record("much too large", mentioned=True), after(0), None)
    assert choice.finish() == [small]  # nothing was pushed out for a record that cannot stay either
    assert choice.omitted()[0].records == 1
    assert "larger than the limit of 10 bytes" in choice.omitted()[0].why
    assert "although they mention an id" in choice.omitted()[0].why


def test_tiny_records_are_limited_in_number_too() -> None:
    choice = Choice(MIDDLE, 40_000)
    tracemalloc.start()
    for number in range(10_000):
        choice.offer(Record(b"x\n", number, None, 0, mentioned=False), MIDDLE, None)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(choice.finish()) == 2500
    assert choice.omitted() == (
        Omission(
            7500,
            "over the limit of 40,000 bytes or 2,500 records, each after 10 or more like it; farthest from the error",
        ),
    )
    assert peak < 2_000_000


def test_memory_stays_near_the_budget_whatever_the_order() -> None:
    distances = list(range(2_000))
    random.Random(7).shuffle(distances)
    choice = Choice(MIDDLE, 200_000)
    tracemalloc.start()
    for distance in distances:
        choice.offer(record(f"{WORDS[distance % 10]} {'y' * 5000} {distance}"), after(distance), None)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    kept = choice.finish()
    assert 190_000 < sum(len(entry.data) for entry in kept) <= 200_000
    assert peak < 300_000


def test_shapes_that_never_come_again_are_not_kept_for_ever() -> None:
    choice = Choice(MIDDLE, 1000)
    letters = "abcdefghij"
    tracemalloc.start()
    for number in range(12_000):  # ever nearer to the error, so that none is cut at first sight
        choice.offer(record("".join(letters[int(digit)] for digit in str(number)) * 20), after(number - 20_000), None)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_500_000


offers = st.lists(
    st.tuples(
        st.sampled_from(["INFO asked 1", "INFO asked 22", "ERROR refused", "x", "INFO answered\n  in full"]),
        st.booleans(),
        st.one_of(st.none(), st.floats(-1000, 1000)),
        st.sampled_from([None, "info", "warning", "error"]),
    ),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(offers=offers, budget=st.integers(0, 400), middle=st.sampled_from([None, MIDDLE]))
def test_what_is_kept_and_what_is_cut_are_all_there_was(
    offers: list[tuple[str, bool, float | None, str | None]], budget: int, middle: datetime | None
) -> None:
    choice = Choice(middle, budget)
    records = []
    for number, (text, mentioned, seconds, level) in enumerate(offers):
        offered = Record(text.encode() + b"\n", number, None, 0, mentioned)
        records.append(offered)
        choice.offer(offered, None if seconds is None else after(seconds), level)
    kept = choice.finish()
    assert sum(len(entry.data) for entry in kept) <= budget
    assert len(kept) + sum(omission.records for omission in choice.omitted()) == len(records)
    assert [entry.line for entry in kept] == sorted({entry.line for entry in kept})
    assert all(entry == records[entry.line or 0] for entry in kept)
    named = [entry for entry in records if entry.mentioned]
    if sum(len(entry.data) for entry in named) <= budget:
        assert [entry for entry in kept if entry.mentioned] == named


@settings(max_examples=150, deadline=None)
@given(distances=st.lists(st.floats(0, 5000), unique=True, max_size=40), keep=st.integers(1, 40))
def test_of_records_that_differ_in_distance_only_the_nearest_are_kept(distances: list[float], keep: int) -> None:
    choice = Choice(MIDDLE, keep * 3)
    offered = {}
    for number, distance in enumerate(distances):
        word = "abcdefg"[number % 7] + "abcdefg"[number // 7]  # each a shape of its own
        offered[word.encode() + b"\n"] = distance
        choice.offer(record(word), after(distance), None)
    kept = sorted(offered[entry.data] for entry in choice.finish())
    assert len(kept) == min(keep, len(distances))
    assert kept == pytest.approx(sorted(distances)[: len(kept)], abs=1e-5)  # closer moments than that are the same


@pytest.mark.parametrize(
    ("total", "sizes", "parts"),
    [
        (100, (10, 20, 30), (10, 20, 30)),
        (100, (10, 500, 400), (10, 45, 45)),
        (100, (400, 30, 500), (35, 30, 35)),
        (100, (40, 40, 40), (33, 33, 34)),
        (1, (5, 5), (0, 1)),
        (0, (5, 0), (0, 0)),
        (-3, (5,), (0,)),
        (100, (), ()),
    ],
)
def test_small_logs_are_taken_whole_and_the_rest_is_split(total: int, sizes: tuple[int, ...], parts: object) -> None:
    assert share(total, sizes) == parts


@given(total=st.integers(0, 10_000), sizes=st.lists(st.integers(0, 3_000), max_size=12))
def test_no_log_gets_less_than_another_unless_it_has_less(total: int, sizes: list[int]) -> None:
    parts = share(total, sizes)
    assert sum(parts) == min(total, sum(sizes))
    assert all(part <= size for part, size in zip(parts, sizes, strict=True))
    cut = [part for part, size in zip(parts, sizes, strict=True) if part < size]
    assert all(least >= most - 1 for least in cut for most in parts)
