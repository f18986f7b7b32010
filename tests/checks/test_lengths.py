"""Lengths of time as findings write them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bundler.checks.lengths import span


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (0, "0 s"),
        (0.4, "0.4 s"),
        (27, "27 s"),
        (90, "90 s"),
        (192, "3 min 12 s"),
        (720, "12 min"),
        (5400, "90 min"),
        (timedelta(hours=2, minutes=2, seconds=5), "2 h 2 min"),
        (timedelta(days=2, hours=4, minutes=3), "2 days 4 h"),
        (timedelta(days=15), "15 days"),
        (float("inf"), "a time without end"),
        (float("nan"), "a time without end"),
    ],
)
def test_a_length_is_told_in_two_units_at_most(length: float | timedelta, words: str) -> None:
    assert span(length) == words
