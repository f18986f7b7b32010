"""What people and programs write as a time is read as they mean it, or not at all."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bundler.moments.parse import parse_when
from bundler.moments.when import When

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # a Monday, 16:00 in Copenhagen
COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def read(text: str, *, day_first: bool = True, now: datetime = NOW, zone: str = "Europe/Copenhagen") -> When:
    return parse_when(text, now=now, zone=ZoneInfo(zone), zone_from="the configuration", day_first=day_first)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


CERTAIN = {
    "2026-11-23T14:03:27Z": "2026-11-23T14:03:27Z",
    "2026-11-23t14:03:27.482z": "2026-11-23T14:03:27.482Z",
    "2026-11-23T14:03:27.4821234Z": "2026-11-23T14:03:27.482123Z",
    "2026-11-23T14:03:27+0100": "2026-11-23T13:03:27Z",
    "2026-11-23 14:03:27 +01:00": "2026-11-23T13:03:27Z",
    "2026-11-23 14:03:27,482 +0100": "2026-11-23T13:03:27.482Z",
    "2026-11-23 14:03:27.482 +0100 CET m=+0.0012": "2026-11-23T13:03:27.482Z",
    "2026-11-23 14:03 Europe/Copenhagen": "2026-11-23T13:03:00Z",
    "2026-11-23T14:03:27.482+01:00[Europe/Copenhagen]": "2026-11-23T13:03:27.482Z",
    "2026-11-23T14:03:27 UTC+2": "2026-11-23T12:03:27Z",
    "2026-11-23T14:03Z[UTC]": "2026-11-23T14:03:00Z",
    "2026-11-23 14:03:27 (CET)": "2026-11-23T13:03:27Z",
    "20261123T140327Z": "2026-11-23T14:03:27Z",
    "1795442607": "2026-11-23T14:03:27Z",
    "1795442607.482": "2026-11-23T14:03:27.482Z",
    "1795442607482": "2026-11-23T14:03:27.482Z",
    "1795442607482123": "2026-11-23T14:03:27.482123Z",
    "1795442607482123456": "2026-11-23T14:03:27.482123Z",
    "/Date(1795442607482+0100)/": "2026-11-23T14:03:27.482Z",
    "Mon, 23 Nov 2026 14:03:27 GMT": "2026-11-23T14:03:27Z",
    "Monday, 23-Nov-26 14:03:27 GMT": "2026-11-23T14:03:27Z",
    "Mon, 23 Nov 2026 14:03:27 +0100": "2026-11-23T13:03:27Z",
    "Mon Nov 23 14:03:27 CET 2026": "2026-11-23T13:03:27Z",
    "Mon Nov 23 14:03:27 +0100 2026": "2026-11-23T13:03:27Z",
    "[23/Nov/2026:14:03:27 +0100]": "2026-11-23T13:03:27Z",
    "Tue Nov 24 2026 01:00:00 GMT+0100": "2026-11-24T00:00:00Z",
    "Tue Nov 24 2026 01:00:00 GMT+0100 (Central European Standard Time)": "2026-11-24T00:00:00Z",
    "Tue Nov 24 2026 01:00:00 GMT+0100 (centraleuropæisk normaltid)": "2026-11-24T00:00:00Z",
    "2026-11-23 16:18 CET": "2026-11-23T15:18:00Z",
    "2026-08-14 16:18 CEST": "2026-08-14T14:18:00Z",
    "2026-07-14 16:18 EST": "2026-07-14T21:18:00Z",
    "2026-10-25 02:30 CEST": "2026-10-25T00:30:00Z",
    "2026-10-25T02:30+02:00[Europe/Copenhagen]": "2026-10-25T00:30:00Z",
    "2026-11-22T23:59:60Z": "2026-11-23T00:00:00Z",
    "today 14:03 UTC": "2026-11-23T14:03:00Z",
    "now": "2026-11-23T15:00:00Z",
}


@pytest.mark.parametrize(("text", "moment"), CERTAIN.items())
def test_text_that_names_its_zone_is_certain(text: str, moment: str) -> None:
    when = read(text)
    assert (when.certainty, when.instant, when.readings) == ("certain", at(moment), (at(moment),))
    assert when.written == text


ASSUMED = {
    "2026-11-23 14:03:27,482": "2026-11-23T13:03:27.482Z",
    "2026/11/23 14:03:27": "2026-11-23T13:03:27Z",
    "2026-08-23 14:03": "2026-08-23T12:03:00Z",
    "2026-W48-1T10:00": "2026-11-23T09:00:00Z",
    "2026-11-23 24:00:00": "2026-11-23T23:00:00Z",
    "20261123140327": "2026-11-23T13:03:27Z",
    "Mon Nov 23 14:03:27 2026": "2026-11-23T13:03:27Z",
    "[Mon Nov 23 14:03:27.123456 2026]": "2026-11-23T13:03:27.123456Z",
    "Nov 23, 2026 2:03:27 PM": "2026-11-23T13:03:27Z",
    "Nov 23, 2026, 2:03:27\u202fPM": "2026-11-23T13:03:27Z",
    "Nov 23, 2026 @ 14:03:27.482": "2026-11-23T13:03:27.482Z",
    "14:03:27 23 Nov 2026": "2026-11-23T13:03:27Z",
    "11/23/2026, 2:03:27 PM": "2026-11-23T13:03:27Z",
    "23/11/2026, 14:03:27": "2026-11-23T13:03:27Z",
    "23-11-2026 14:03": "2026-11-23T13:03:00Z",
    "23.11.2026 kl. 14.03": "2026-11-23T13:03:00Z",
    "23.11.2026 klo 14.03.27": "2026-11-23T13:03:27Z",
    "03.04.2026 14:00": "2026-04-03T12:00:00Z",
    "kl. 14.03 den 23.11.2026": "2026-11-23T13:03:00Z",
    "23. november 2026 kl. 14:03": "2026-11-23T13:03:00Z",
    "23. marraskuuta 2026 klo 14.03": "2026-11-23T13:03:00Z",
    "3. März 2026 um 14:03 Uhr": "2026-03-03T13:03:00Z",
    "14h03m 23 nov 2026": "2026-11-23T13:03:00Z",
    "\u0662\u0660\u0662\u0666-\u0661\u0661-\u0662\u0663 14:03": "2026-11-23T13:03:00Z",
    "2026\u221211\u221223 14:03": "2026-11-23T13:03:00Z",
    '"2026-11-23 14:03"': "2026-11-23T13:03:00Z",
    "today 14:03": "2026-11-23T13:03:00Z",
    "14:03 today": "2026-11-23T13:03:00Z",
    "yesterday 9pm": "2026-11-22T20:00:00Z",
    "yesterday at 9:15 p.m.": "2026-11-22T20:15:00Z",
    "i går kl. 14.03": "2026-11-22T13:03:00Z",
    "igår 21:00": "2026-11-22T20:00:00Z",
    "i dag 14:03": "2026-11-23T13:03:00Z",
    "tänään klo 14.03": "2026-11-23T13:03:00Z",
    "eilen klo 21": "2026-11-22T20:00:00Z",
    "heute um 14:03 Uhr": "2026-11-23T13:03:00Z",
    "gestern 21 Uhr": "2026-11-22T20:00:00Z",
    "monday 14:03": "2026-11-23T13:03:00Z",
    "last monday 14:03": "2026-11-16T13:03:00Z",
    "monday 23:00": "2026-11-16T22:00:00Z",
    "tirsdag kl. 10": "2026-11-17T09:00:00Z",
    "i fredags kl 10": "2026-11-20T09:00:00Z",
    "5 min ago": "2026-11-23T14:55:00Z",
    "5m ago": "2026-11-23T14:55:00Z",
    "1 hour and 5 min ago": "2026-11-23T13:55:00Z",
    "for 5 minutter siden": "2026-11-23T14:55:00Z",
    "för 5 minuter sedan": "2026-11-23T14:55:00Z",
    "5 minuuttia sitten": "2026-11-23T14:55:00Z",
    "vor einer Stunde": "2026-11-23T14:00:00Z",
    "14:03": "2026-11-23T13:03:00Z",
    "14:03 CET": "2026-11-23T13:03:00Z",
}


@pytest.mark.parametrize(("text", "moment"), ASSUMED.items())
def test_text_that_leaves_something_out_is_assumed(text: str, moment: str) -> None:
    when = read(text)
    assert (when.certainty, when.instant) == ("assumed", at(moment))
    assert when.zone_from == "the time as written" or when.zone_from == "the configuration"


def test_assumed_zone_is_named_with_its_source_and_its_offset_of_that_day() -> None:
    when = read("2026-08-23 14:03:27.482")
    assert (when.zone, when.zone_from, when.local) == (
        "Europe/Copenhagen",
        "the configuration",
        "2026-08-23 14:03:27.482 +02:00",
    )


AMBIGUOUS = {
    "03/04/2026 14:00": ("2026-04-03T12:00:00Z", "2026-03-04T13:00:00Z"),
    "03-04-2026 14:00": ("2026-04-03T12:00:00Z", "2026-03-04T13:00:00Z"),
    "2026-07-14 16:18 IST": ("2026-07-14T10:48:00Z", "2026-07-14T15:18:00Z", "2026-07-14T14:18:00Z"),
    "2026-08-14 16:18 CET": ("2026-08-14T15:18:00Z", "2026-08-14T14:18:00Z"),
    "2026-10-25 02:30": ("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
    "2026-10-25T02:30 Europe/Copenhagen": ("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
    "2026-11-23T14:03+02:00[Europe/Copenhagen]": ("2026-11-23T12:03:00Z", "2026-11-23T13:03:00Z"),
    "17:03": ("2026-11-22T16:03:00Z", "2026-11-23T16:03:00Z"),
}


@pytest.mark.parametrize(("text", "readings"), AMBIGUOUS.items())
def test_text_with_several_readings_gives_them_all_and_chooses_none(text: str, readings: tuple[str, ...]) -> None:
    when = read(text)
    assert (when.certainty, when.instant, when.readings) == ("ambiguous", None, tuple(map(at, readings)))
    assert when.notes


def test_day_first_only_decides_which_reading_comes_first() -> None:
    european, american = read("03/04/2026 14:00"), read("03/04/2026 14:00", day_first=False)
    assert european.readings == tuple(reversed(american.readings))
    assert american.certainty == "ambiguous"


def test_same_day_and_month_has_one_reading() -> None:
    assert read("04/04/2026 14:00").certainty == "assumed"


REFUSED = (
    "", "10", "31", "May", "1.2", "20261123", "9999999999", "03-04-05", "03/04/05 14:00", "2026-13-01 10:00",
    "2026-02-30 10:00", "2026-11-23 25:00", "2026-03-29 02:30", "order 5512 failed at 14:03", "garbage text",
    "2026-11-23 14:03 foo", "tomorrow 10:00", "9" * 5000, "May 2026", "2026-11-23 14:03 +99:00", "13pm", "\0",
)  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_text_that_tells_no_moment_is_refused_with_a_reason(text: str) -> None:
    when = read(text)
    assert (when.certainty, when.instant, when.readings) == ("refused", None, ())
    assert when.notes


def test_clock_that_was_skipped_in_spring_is_refused_and_says_so() -> None:
    assert "did not exist" in read("2026-03-29 02:30").notes[0]
    assert read("2026-03-29 02:30", zone="UTC").instant == at("2026-03-29T02:30Z")


@pytest.mark.parametrize(
    ("text", "now", "year"),
    [
        ("Nov 23 14:03:27", "2026-11-23T15:00Z", 2026),
        ("Dec 31 23:59:59", "2027-01-01T00:10Z", 2026),
        ("Jan  1 00:00:01", "2026-12-31T23:30Z", 2027),
        ("Feb 29 14:03:27", "2026-11-23T15:00Z", 2024),
        ("11-23 14:03:27.482", "2026-11-23T15:00Z", 2026),
    ],
)
def test_missing_year_is_the_latest_that_is_not_in_the_future(text: str, now: str, year: int) -> None:
    when = read(text, now=at(now))
    assert when.instant is not None
    assert (when.certainty, when.instant.astimezone(COPENHAGEN).year) == ("assumed", year)
    assert str(year) in when.notes[0]


def test_date_alone_is_the_start_of_the_day_and_says_so() -> None:
    when = read("2026-11-23")
    assert (when.certainty, when.instant) == ("assumed", at("2026-11-22T23:00Z"))
    assert "start of the day" in when.notes[0]


def test_far_past_and_future_are_noted_and_not_refused() -> None:
    assert "more than 400 days ago" in read("2024-01-01T00:00:00Z").notes[-1]
    future = read("2031-01-01T00:00:00Z")
    assert (future.certainty, future.instant) == ("certain", at("2031-01-01T00:00Z"))
    assert "in the future" in future.notes[-1]


def test_wrong_weekday_is_noted() -> None:
    assert "Monday" in read("Tue, 23 Nov 2026 14:03:27 GMT").notes[0]


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=120))
@example("\u3000" * 101)
@example("0001-01-01T00:00:00")
@example("9999-12-31T23:59:59-12:00")
@example("99999w ago")
@example("1e5 1 1")
def test_any_text_gets_an_answer(text: str) -> None:
    when = read(text)
    assert when.written == text
    assert (when.instant is None) == (when.certainty in {"ambiguous", "refused"})
    assert bool(when.readings) == (when.certainty != "refused")


@settings(max_examples=100, deadline=None)
@given(
    moment=st.datetimes(datetime(2010, 1, 1), datetime(2090, 1, 1), timezones=st.timezones()),  # noqa: DTZ001
    blank=st.sampled_from(["T", " "]),
)
def test_moment_with_an_offset_survives_any_zone(moment: datetime, blank: str) -> None:
    if moment.utcoffset() is None or (moment.utcoffset() or timedelta(0)).total_seconds() % 60:
        return
    assert read(moment.isoformat(sep=blank)).instant == moment.astimezone(UTC)


def test_explicit_formats_do_not_wait_for_dateutil() -> None:
    code = (
        "import sys; from datetime import datetime, UTC; from bundler.moments.parse import parse_when;"
        "parse_when('today 14:03', now=datetime.now(UTC), zone=UTC, zone_from='');"
        "sys.exit('dateutil' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
