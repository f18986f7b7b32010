"""Dates written with digits or month names, in the table of shapes that people and programs use."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from msgspec import Struct

from bundler.moments.words import MONTHS, WEEKDAYS

TWO_DIGITS = "the year has two digits, so the order of day, month and year cannot be known: write it as 2026-11-23"
ONLY_A_DATE = "no time of day was written: the start of the day is assumed"


class Dates(Struct, frozen=True):
    """The days a text may mean (two for ``03/04/2026``), or why it means none; ``end`` is where the date stops."""

    days: tuple[date, ...]
    end: int
    filled_in: bool = False
    needs_clock: bool = False
    notes: tuple[str, ...] = ()
    refused: str = ""


class Day(Struct, frozen=True):
    """What the reading of a date depends on besides its text."""

    today: date
    day_first: bool


_WEEKDAY = r"(?:(?P<weekday>[a-z]{2,12})\.?,? )?"
_SHAPES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Day], Dates | None]], ...]


def find_date(text: str, day: Day) -> Dates | None:
    """The date at the start of ``text`` (folded); None when no shape fits or no calendar has that day."""
    for pattern, read in _SHAPES:
        match = pattern.match(text)
        if match is not None:
            try:
                dates = read(match, day)
            except (ValueError, OverflowError):
                continue
            if dates is not None:
                return dates
    return None


def nearest_past(month: int, day: int, today: date) -> date | None:
    """The latest such day that is no later than tomorrow (29 February may be years ago)."""
    for year in range(today.year + 1, today.year - 9, -1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= today + timedelta(days=1):
            return found
    return None


def _year_first(match: re.Match[str], _: Day) -> Dates:
    return Dates((date(int(match["year"]), int(match["month"]), int(match["day"])),), match.end())


def _week(match: re.Match[str], _: Day) -> Dates:
    return Dates((date.fromisocalendar(int(match["year"]), int(match["week"]), int(match["day"])),), match.end())


def _dotted(match: re.Match[str], day: Day) -> Dates:
    year = _full_year(match["year"], day.today)
    return Dates((date(year, int(match["month"]), int(match["day"])),), match.end(), filled_in=len(match["year"]) == 2)


def _numeric(match: re.Match[str], day: Day) -> Dates | None:
    """``03/04/2026``: day first in Europe, month first in America; a part beyond 12 decides."""
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    orders = ((second, first), (first, second)) if day.day_first else ((first, second), (second, first))
    days = []
    for month, day_of_month in orders:
        try:
            days.append(date(year, month, day_of_month))
        except ValueError:
            continue
    days = list(dict.fromkeys(days))
    notes = ("day and month cannot be told apart",) if len(days) > 1 else ()
    return Dates(tuple(days), match.end(), notes=notes) if days else None


def _two_digits(match: re.Match[str], _: Day) -> Dates:
    return Dates((), match.end(), refused=TWO_DIGITS)


def _named(match: re.Match[str], day: Day) -> Dates | None:
    month = MONTHS.get(match["month"])
    if month is None:
        return None
    year = _full_year(match["year"], day.today)
    return _with_weekday(match, Dates((date(year, month, int(match["day"])),), match.end()))


def _without_year(match: re.Match[str], day: Day) -> Dates | None:
    month = MONTHS.get(match["month"])
    return None if month is None else _yearless(match, month, day)


def _android(match: re.Match[str], day: Day) -> Dates | None:
    return _yearless(match, int(match["month"]), day)


def _yearless(match: re.Match[str], month: int, day: Day) -> Dates | None:
    found = nearest_past(month, int(match["day"]), day.today)
    if found is None:
        return None
    note = f"no year was written: {found.year} is assumed"
    dates = Dates((found,), match.end(), filled_in=True, needs_clock=True, notes=(note,))
    return _with_weekday(match, dates)


def _with_weekday(match: re.Match[str], dates: Dates) -> Dates | None:
    weekday = match.groupdict().get("weekday")
    if not weekday:
        return dates
    if weekday not in WEEKDAYS:
        return None
    if WEEKDAYS[weekday] == dates.days[0].weekday():
        return dates
    note = f"{dates.days[0].isoformat()} is a {dates.days[0]:%A}, not the weekday that was written"
    return Dates(dates.days, dates.end, dates.filled_in, dates.needs_clock, (*dates.notes, note))


def _full_year(text: str, today: date) -> int:
    """RFC 9110, section 5.6.7: a two-digit year more than 50 years ahead is the last one with those digits."""
    year = int(text)
    if len(text) > 2:
        return year
    year += today.year // 100 * 100
    return year - 100 if year > today.year + 50 else year


_END = r"(?![\d./-])"
_SHAPES = (
    (re.compile(r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})" + _END), _year_first),
    (re.compile(r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?=t)"), _year_first),
    (re.compile(r"(?P<year>\d{4})-?w(?P<week>\d\d)-?(?P<day>\d)" + _END), _week),
    (re.compile(r"(?P<day>\d{1,2})\. ?(?P<month>\d{1,2})\. ?(?P<year>\d{4}|\d\d)\.?" + _END), _dotted),
    (re.compile(r"(?P<first>\d{1,2})(?P<mark>[-/])(?P<second>\d{1,2})(?P=mark)(?P<year>\d{4})" + _END), _numeric),
    (re.compile(r"\d{1,2}(?P<mark>[-/])\d{1,2}(?P=mark)\d\d" + _END), _two_digits),
    (re.compile(r"(?P<day>\d\d)/(?P<month>[a-z]{3})/(?P<year>\d{4})(?=:)"), _named),
    (
        re.compile(
            _WEEKDAY
            + r"(?:den )?(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?(?:-| (?:of )?)"
            + r"(?P<month>[a-z]{3,12})\.?,?[ -](?P<year>\d{4}|\d\d)(?![\d:.])"
        ),
        _named,
    ),
    (
        re.compile(
            _WEEKDAY + r"(?P<month>[a-z]{3,12})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>\d{4})(?![\d:.])"
        ),
        _named,
    ),
    (re.compile(r"(?P<year>\d{4})[ -](?P<month>[a-z]{3,12})[ -](?P<day>\d{1,2})" + _END), _named),
    (re.compile(_WEEKDAY + r"(?P<month>[a-z]{3,12})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,?(?= )"), _without_year),
    (
        re.compile(_WEEKDAY + r"(?:den )?(?P<day>\d{1,2})(?:st|nd|rd|th|\.)? (?P<month>[a-z]{3,12})\.?,?(?= )"),
        _without_year,
    ),
    (re.compile(r"(?P<month>\d\d)-(?P<day>\d\d)(?= \d\d:\d\d:\d\d\.\d{3}$)"), _android),
)
