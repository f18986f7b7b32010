"""When an answer came, and what its headers say of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bundler.model import Exchange, Response
from bundler.moments.answers import answered_at, read_http_date, served_at
from bundler.moments.skew import clock_skew

STARTED = datetime(2026, 11, 23, 13, 2, 38, tzinfo=UTC)


def answered(date: str, duration_ms: float | None = 90.0) -> Exchange:
    return Exchange("a.har", 1, None, Response(400, headers=(("DATE", date),)), STARTED, duration_ms=duration_ms)


def test_the_date_header_is_read_whatever_its_capitals() -> None:
    assert served_at(answered("Mon, 23 Nov 2026 13:02:41 GMT")) == STARTED + timedelta(seconds=3)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "Mon, 23 Nov 2026 13:02:41",
        "Mon, 23 Nov 99999999999999999999 13:02:41 GMT",
        "Mon, 99999999999999999999 Nov 2026 13:02:41 GMT",
        "Mon, 23 Nov 2026 13:02:41 +99999999999999999999",
    ],
)
def test_what_no_calendar_has_is_no_date_and_no_skew(text: str) -> None:
    assert read_http_date(text) is None
    assert clock_skew(answered(text)) == timedelta(0)


def test_an_answer_comes_when_the_call_has_taken_its_time() -> None:
    assert answered_at(answered("", 90.0)) == STARTED + timedelta(milliseconds=90)


@pytest.mark.parametrize("duration", [None, -5.0, 1e300, float("nan"), float("inf")])
def test_a_length_that_no_call_has_is_not_counted(duration: float | None) -> None:
    assert answered_at(answered("", duration)) == STARTED
