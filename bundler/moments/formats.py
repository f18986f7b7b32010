"""The explicit formats: each either reads the whole text exactly, or says that it is not its kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from bundler.moments.clocks import Clock, find_clock, read_clock
from bundler.moments.dates import ONLY_A_DATE, Dates, Day, find_date
from bundler.moments.when import Reading, Setting
from bundler.moments.words import MONTHS, WEEKDAYS
from bundler.moments.zones import WrittenZone, read_zone

_EPOCH = re.compile(r"(?P<whole>\d{10}|\d{13}|\d{16}|\d{19})(?:\.(?P<part>\d{1,9}))?")
_DOTNET = re.compile(r"\\?/date\((?P<ms>-?\d{1,15})(?:[+-]\d{4})?\)\\?/")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})?")
_YEAR_LAST = re.compile(
    r"(?P<weekday>[a-z]{2,10}),? (?P<month>[a-z]{3,10})\.? (?P<day>\d{1,2}) (?P<clock>\d\d:\d\d:\d\d(?:\.\d{1,9})?)"
    r"(?: (?P<zone>[^ ]{1,32}))? (?P<year>\d{4})"
)
_EPOCH_FIRST, _EPOCH_LAST = datetime(2001, 9, 9, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_START = datetime(1970, 1, 1, tzinfo=UTC)


def read_epoch(text: str, _: Setting) -> Reading | None:
    """Seconds (10 digits), milliseconds (13), microseconds (16) or nanoseconds (19) since 1970, for 2001 to 2100."""
    match = _EPOCH.fullmatch(text)
    if match is None or (match["part"] and len(match["whole"]) > 13):
        return None
    digits = len(match["whole"])
    unit = 10 ** (16 - digits) if digits < 19 else 1
    microseconds = int(match["whole"]) * unit if digits < 19 else int(match["whole"]) // 1000
    if match["part"]:
        microseconds += int(match["part"].ljust(9, "0")) * unit // 10**9
    moment = _START + timedelta(microseconds=microseconds)
    if not _EPOCH_FIRST <= moment < _EPOCH_LAST:
        return Reading(refused="that many seconds since 1970 lie outside the years 2001 to 2100")
    return _universal(moment)


def read_dotnet(text: str, _: Setting) -> Reading | None:
    r"""``/Date(1795442607482+0100)/`` as .NET's JSON has it: milliseconds; the offset is for display only."""
    match = _DOTNET.fullmatch(text)
    return None if match is None else _universal(_START + timedelta(milliseconds=int(match["ms"])))


def read_compact(text: str, _: Setting) -> Reading | None:
    """``20261123140327``, 14 digits, or 17 with milliseconds."""
    match = _COMPACT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    if not 2001 <= year < 2100:
        return None
    return Reading((datetime(year, month, day, hour, minute, second, int(match[7] or 0) * 1000),))  # noqa: DTZ001 - its zone is settled later


def read_year_last(text: str, setting: Setting) -> Reading | None:
    """``Mon Nov 23 14:03:27 2026`` (asctime, Apache) and ``Mon Nov 23 14:03:27 CET 2026`` (``date``, Java)."""
    match = _YEAR_LAST.fullmatch(text)
    if match is None or match["month"] not in MONTHS or match["weekday"] not in WEEKDAYS:
        return None
    zone = read_zone(match["zone"]) if match["zone"] else None
    if match["zone"] and zone is None:
        return None
    rewritten = f"{match['weekday']} {match['month']} {match['day']} {match['year']}"
    dates = find_date(rewritten, _day(setting))
    clock = read_clock(match["clock"])
    return None if dates is None or clock is None else _joined(dates, Clock(clock.since_midnight, zone))


def read_date_first(text: str, setting: Setting) -> Reading | None:
    """A date, then perhaps a clock, then perhaps a zone: ISO 8601, RFC 1123 and 850, CLF, browsers, syslog, …"""
    dates = find_date(text, _day(setting))
    if dates is None:
        return None
    if dates.refused:
        return Reading(refused=dates.refused)
    rest = text[dates.end :]
    if not rest.strip(" ,."):
        return None if dates.needs_clock else _joined(dates, None)
    mark = re.match(r"t|[:_]|,? ?(?:@ |- )?", rest)
    after_t = rest.startswith("t")
    clock = read_clock(rest[mark.end() if mark is not None else 0 :], after_t=after_t)
    return None if clock is None else _joined(dates, clock)


def read_clock_first(text: str, setting: Setting) -> Reading | None:
    """``14:03:27 23 Nov 2026`` (Burp), ``kl. 14.03 den 23.11.2026``."""
    found = find_clock(text)
    if found is None or not found[1]:
        return None
    rest = re.sub(r"^[ ,]*(?:on |den |d\. ?)?", "", found[1])
    dates = find_date(rest + " ", _day(setting))
    if dates is None or dates.refused:
        return Reading(refused=dates.refused) if dates is not None else None
    zone_text = (rest + " ")[dates.end :].strip(" ,")
    zone = read_zone(zone_text) if zone_text else None
    return None if zone_text and zone is None else _joined(dates, Clock(found[0], zone))


FORMATS: tuple[Callable[[str, Setting], Reading | None], ...] = (
    read_epoch,
    read_dotnet,
    read_compact,
    read_year_last,
    read_date_first,
    read_clock_first,
)
"""Asked in this order; the first that knows the text answers."""


def _day(setting: Setting) -> Day:
    return Day(setting.now.astimezone(setting.zone).date(), setting.day_first)


def _universal(moment: datetime) -> Reading:
    return Reading((moment.replace(tzinfo=None),), WrittenZone((UTC,)))


def _joined(dates: Dates, clock: Clock | None) -> Reading:
    if clock is None:
        return Reading(tuple(map(at_midnight, dates.days)), filled_in=True, notes=(*dates.notes, ONLY_A_DATE))
    locals_ = tuple(at_midnight(day) + clock.since_midnight for day in dates.days)
    return Reading(locals_, clock.zone, filled_in=dates.filled_in, notes=dates.notes)


def at_midnight(day: date) -> datetime:
    """The start of ``day``, still without a zone."""
    return datetime.combine(day, time())
