"""Stamps of log lines: each kind has a pattern and an exact, quick parser (dateutil is two hundred times slower)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from typing import NamedTuple

from bundler.logs.months import HALF, NAME, is_afternoon, month_of

_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}
_MONTH = f"(?:{'|'.join(_MONTHS)})"
_BLANK = "(?: |\u202f)"  # Java 20 and browsers put a narrow no-break space before AM and PM
_WEEKDAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_FIRST, _EPOCH_LAST = 1_420_000_000, 2_080_000_000  # 2015 to 2035: other numbers are not moments
_EPOCH_DIGITS = r"(?:14[2-9]|1[5-9]\d|20[0-7])\d{7}"


class Partial(NamedTuple):
    """A stamp without a year (``year`` is 0), or without any date (``month`` and ``day`` are 0 too)."""

    month: int
    day: int
    hour: int
    minute: int
    second: int
    microsecond: int


Stamp = datetime | Partial


class Start(NamedTuple):
    """A line that opens a record: its stamp if it has one, and whether nothing but a log would be written like it."""

    stamp: Stamp | None
    sure: bool


def _iso(text: str) -> datetime:
    # fromisoformat takes comma fractions, Z and +0100; not a blank or a name before the offset
    if text[-1] == "C":
        text = text.removesuffix("UTC").rstrip() + "Z"
    elif text[-6:-5] == " ":
        text = text[:-6] + text[-5:]
    elif text[-7:-6] == " " and len(text) > 20:
        text = text[:-7] + text[-6:]
    return datetime.fromisoformat(text)


def _compact(text: str) -> datetime:
    # 20261123T140327.482Z, or 20261123-14:03:27.482
    day, clock = text[:8], text[9:]
    return _iso(f"{day}T{clock}" if ":" not in clock[:6] else f"{day[:4]}-{day[4:6]}-{day[6:]}T{clock}")


def _slashed(text: str) -> datetime:
    return datetime.fromisoformat(text.replace(" - ", " ").replace("/", "-"))


def _named_zone(text: str) -> datetime:
    # 2026-11-23 14:03:27.482 CET, as PostgreSQL has it; an abbreviation of several zones counts as none
    local, _, zone = text.rpartition(" ")
    if zone[0] in "+-":  # tzdata has no letters for many zones
        return datetime.fromisoformat(local + zone)
    return _in_zone(datetime.fromisoformat(local), zone)


def _php(text: str) -> datetime:
    # 23-Nov-2026 14:03:27 Europe/Copenhagen, where PHP-FPM itself names no zone
    local = _tomcat(text)
    return _in_zone(local, text[21:]) if len(text) > 21 and text[20] == " " else local


def _in_zone(local: datetime, name: str) -> datetime:
    zone = _zone(name)
    return local if zone is None else local.replace(tzinfo=zone)


@lru_cache(64)
def _zone(name: str) -> tzinfo | None:
    from bundler.errors import MisuseError
    from bundler.moments.zones import find_zone

    try:
        return find_zone(name)
    except MisuseError:
        return None


def _padded(text: str) -> datetime:
    # 2026-11-23  9:03:27 and 261123  9:03:27, as MariaDB has it
    day, _, clock = text.partition(" ")
    return datetime.fromisoformat(f"{day if '-' in day else f'20{day}'}T{clock.strip():0>8}")


def _clf(text: str) -> datetime:
    # 23/Nov/2026:14:03:27 +0100
    return datetime.fromisoformat(f"{text[7:11]}-{_MONTHS[text[3:6]]:02}-{text[:2]}T{text[12:20]}{text[21:]}")


def _asctime(text: str) -> datetime:
    # Mon Nov 23 14:03:27.123456 2026, and Mon Nov 23 14:03:27 CET 2026, as date has it
    clock, _, zone = text[11:-5].partition(" ")
    local = datetime.fromisoformat(f"{text[-4:]}-{_MONTHS[text[4:7]]:02}-{int(text[8:10]):02} {clock}")
    return _in_zone(local, zone) if zone else local


def _syslog(text: str) -> Partial:
    fraction = int(text[16:].ljust(6, "0")) if len(text) > 16 else 0  # journalctl -o short-precise
    return Partial(_MONTHS[text[:3]], int(text[4:6]), int(text[7:9]), int(text[10:12]), int(text[13:15]), fraction)


def _month_day(text: str) -> Partial:
    # 11-23 14:03:27.482, and 1123 14:03:27.482123, as klog has it
    day, _, clock = text.partition(" ")
    return Partial(int(day[:2]), int(day[-2:]), *_clock_parts(clock))


def _clock(text: str) -> Partial:
    return Partial(0, 0, *_clock_parts(text))


def _day_first(text: str) -> datetime:
    # 23.11.2026, 14:03:27
    first, second, year, clock = _numeric(text)
    return _joined(year, second, first, clock)


def _month_first(text: str) -> datetime:
    # 11/23/2026, 2:03:27 PM
    first, second, year, clock = _numeric(text)
    return _joined(year, first, second, clock)


def _numeric(text: str) -> tuple[int, int, int, str]:
    day, _, clock = text.replace(" klo", "").partition(" ")
    first, second, year = day.rstrip(",").replace("/", ".").replace("-", ".").split(".")
    return int(first), int(second), int(year), clock


def _columns(text: str) -> datetime:
    # 2026-11-23 and 13:03:27 as columns of a table in either order, with others between them
    columns = text.split()
    day, clock = (columns[0], columns[-1]) if columns[0][4:5] == "-" else (columns[-1], columns[0])
    return datetime.fromisoformat(f"{day} {clock}")


def _java(text: str) -> datetime:
    # Nov 23, 2026 2:03:27 PM, as java.util.logging writes it; nov. 23, 2026 2:03:27 EM in Sweden
    # Nov 23, 2026 @ 14:03:27.482, as Kibana does
    month, _, rest = text.partition(" ")
    day, _, rest = rest.partition(", ")
    clock, _, half = rest[4:].lstrip(", @").replace("\u202f", " ").partition(" ")
    half = f" {'P' if is_afternoon(half) else 'A'}M" if half else ""
    return _joined(int(rest[:4]), month_of(month), int(day), clock + half)


def _tomcat(text: str) -> datetime:
    # 23-Nov-2026 14:03:27.482, and 23/Nov/2026:14:03:27.482, as HAProxy says when it accepted a connection
    return _joined(int(text[7:11]), _MONTHS[text[3:6]], int(text[:2]), text[12:])


def _day_month(text: str) -> datetime:
    # 23 Nov 2026 14:03:27,482, and Mon, 23 Nov 2026 14:03:27 +0100, as mails have it
    day, month, year, clock, *zone = text.removeprefix(text[:5] if text[3:5] == ", " else "").split(" ")
    local = _joined(int(year), _MONTHS[month], int(day), clock)
    return _in_zone(local, zone[0]) if zone else local


def _joined(year: int, month: int, day: int, clock: str) -> datetime:
    return datetime(year, month, day, *_clock_parts(clock))  # noqa: DTZ001 - whoever knows the log settles the zone


@cache
def _clock_time() -> re.Pattern[str]:
    return re.compile(r"(\d{1,2})[:.](\d\d)[:.](\d\d)(?:[.,](\d{1,9}))?(?:\s([AP])M)?")


def _clock_parts(text: str) -> tuple[int, int, int, int]:
    match = _clock_time().match(text)
    if match is None:
        raise ValueError(text)
    hour, minute, second, fraction, half = match.groups()
    hours = int(hour) if half is None else int(hour) % 12 + (12 if half in "Pp" else 0)
    return hours, int(minute), int(second), int((fraction or "0")[:6].ljust(6, "0"))


def _epoch(text: str) -> datetime:
    whole, _, part = text.partition(".")
    digits = len(whole)
    unit = {10: 1_000_000, 13: 1000, 16: 1}.get(digits, 0)
    microseconds = int(whole) * unit if unit else int(whole) // 1000
    if part and digits == 10:
        microseconds += int(part[:6].ljust(6, "0"))
    if not _EPOCH_FIRST <= microseconds // 1_000_000 < _EPOCH_LAST:
        raise ValueError(text)
    return _EPOCH + timedelta(microseconds=microseconds)


class Kind(NamedTuple):
    """How a stamp looks, and what reads it. ``read`` raises ``ValueError`` for a day that no calendar has."""

    pattern: str
    read: Callable[[str], Stamp]
    shapes: tuple[bytes, ...]
    """One of these stands in every such stamp once all its digits are zeros."""


_TIME = r"\d\d:\d\d:\d\d"
_DAY = r"\d{4}-\d\d-\d\d"
_BETWEEN = r"[ \t](?:[^\s\"]{1,2000}[ \t]){0,40}?"
_DAY_AND_TIME = (b"0000-00-00 00:00:00", b"0000-00-00T00:00:00")
KINDS: Mapping[str, Kind] = {
    "iso": Kind(rf"\d{{4}}-\d\d-\d\d[T ]{_TIME}(?:[.,]\d{{1,9}})?(?:Z| ?UTC| ?[+-]\d\d:?\d\d)?", _iso, _DAY_AND_TIME),
    "comma": Kind(rf"\d{{4}}-\d\d-\d\d {_TIME},\d{{3}}", datetime.fromisoformat, (b"0000-00-00 00:00:00,000",)),
    "named-zone": Kind(
        rf"\d{{4}}-\d\d-\d\d {_TIME}(?:\.\d{{1,6}})? (?:[A-Z]{{3,5}}|[+-]\d\d(?:\d\d)?)", _named_zone, _DAY_AND_TIME[:1]
    ),
    "compact": Kind(
        r"20\d\d[01]\d[0-3]\d(?:T\d{6}|[T -]\d\d:\d\d:\d\d)(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?",
        _compact,
        (b"00000000T000000", b"00000000T00:00:00", b"00000000 00:00:00", b"00000000-00:00:00"),
    ),
    "slashed": Kind(rf"\d{{4}}/\d\d/\d\d(?: - |[ -]){_TIME}(?:\.\d{{1,9}})?", _slashed, (b"0000/00/00",)),
    "clf": Kind(rf"\d\d/{_MONTH}/\d{{4}}:{_TIME} [+-]\d{{4}}", _clf, (b"/0000:00:00:00 ",)),
    "accepted": Kind(rf"\d\d/{_MONTH}/\d{{4}}:{_TIME}\.\d{{3}}", _tomcat, (b"/0000:00:00:00.000",)),
    "asctime": Kind(
        rf"{_WEEKDAY} {_MONTH} [ \d]\d {_TIME}(?:\.\d{{1,9}})?(?: (?:[A-Z]{{3,5}}|[+-]\d{{2,4}}))? \d{{4}}",
        _asctime,
        (b" 00:00:00",),
    ),
    "syslog": Kind(rf"{_MONTH} [ \d]\d {_TIME}(?:\.\d{{1,6}})?", _syslog, (b"0 00:00:00",)),
    "logcat": Kind(rf"\d\d-\d\d {_TIME}\.\d{{3}}", _month_day, (b"00-00 00:00:00.000",)),
    "klog": Kind(rf"\d{{4}} {_TIME}\.\d{{6}}", _month_day, (b"0000 00:00:00.000000",)),
    "padded": Kind(rf"(?:{_DAY}|\d{{6}}) [ \d]\d:\d\d:\d\d", _padded, (b"00 00:00:00", b"00  0:00:00")),
    "clock": Kind(rf"{_TIME}(?:[.,]\d{{1,9}})?", _clock, (b"00:00:00",)),
    "day-first": Kind(
        r"(?:[0-3]\d[./-][01]\d[./-]|[0-3]?\d\.[01]?\d\.)\d{4}(?:,| klo)? \d{1,2}[:.]\d\d[:.]\d\d(?:[.,]\d{1,9})?"
        rf"(?!\d|{_BLANK}[AP]M)",
        _day_first,
        (b"/0000", b".0000", b"-0000"),
    ),
    "month-first": Kind(
        rf"[01]?\d/[0-3]?\d/\d{{4}},? \d{{1,2}}:\d\d:\d\d(?:[.,]\d{{1,9}})?(?:{_BLANK}[AP]M)?",
        _month_first,
        (b"/0000",),
    ),
    "java": Kind(
        rf"{NAME} \d{{1,2}}, \d{{4}}(?:,? \d{{1,2}}:\d\d:\d\d{_BLANK}{HALF}| @ {_TIME}(?:\.\d{{1,9}})?)",
        _java,
        (b", 0000",),
    ),
    "tomcat": Kind(rf"\d\d-{_MONTH}-\d{{4}} {_TIME}(?:\.\d{{1,9}})?", _tomcat, (b"-0000 00:00:00",)),
    "day-month": Kind(
        rf"(?:{_WEEKDAY}, )?\d{{1,2}} {_MONTH} \d{{4}} {_TIME}(?:[.,]\d{{1,9}})?"
        r"(?: (?:UTC|[A-Z]{2,4}T|[+-]\d{4})\b)?",
        _day_month,
        (b" 0000 00:00:00",),
    ),
    "php": Kind(
        rf"\d\d-{_MONTH}-\d{{4}} {_TIME}(?:\.\d{{1,6}})?(?: [A-Za-z][\w+-]{{1,30}}(?:/[\w+-]{{1,30}}){{0,2}})?",
        _php,
        (b"-0000 00:00:00",),
    ),
    "epoch": Kind(rf"{_EPOCH_DIGITS}(?:\.\d{{1,9}}|(?:\d{{3}}){{1,3}}(?!\d))", _epoch, (b"0000000000",)),
    "seconds": Kind(rf"{_EPOCH_DIGITS}(?!\d)", _epoch, (b"0000000000",)),
    "columns": Kind(
        rf"{_DAY}{_BETWEEN}{_TIME}(?:\.\d{{1,6}})?|{_TIME}(?:\.\d{{1,6}})?{_BETWEEN}{_DAY}",
        _columns,
        (b"0000-00-00",),
    ),
    "minutes": Kind(
        r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?:Z|[+-]\d\d:?\d\d)?",
        datetime.fromisoformat,
        (b"0000-00-00 00:00", b"0000-00-00T00:00"),
    ),
    "micros": Kind(r"\d{16}(?!\d)", _epoch, (b"0000000000000000",)),
}


def read_stamp(kind: str, text: bytes) -> Stamp | None:
    """The stamp of that kind; None for a day or an hour that does not exist."""
    try:
        if kind == "comma" or (kind == "iso" and text.rfind(b" ") < 11 and text[-1] != _C):
            return datetime.fromisoformat(text.decode())
        return KINDS[kind].read(text.decode())
    except (ValueError, IndexError, KeyError, OverflowError):
        return None


_C = ord("C")
