"""Reads the time of day, and the zone behind it: ``14:03:27,482 +0100``, ``9pm``, ``kl. 14.03``, ``21 Uhr CET``."""

from __future__ import annotations

import re
from datetime import timedelta

from msgspec import Struct

from bundler.moments.words import CLOCK_PREFIXES, CLOCK_SUFFIXES
from bundler.moments.zones import WrittenZone, read_zone

_PREFIX = re.compile(rf"(?:{'|'.join(map(re.escape, CLOCK_PREFIXES))})(?= |\d) ?")
_SUFFIX = re.compile(rf" ?(?:{'|'.join(map(re.escape, CLOCK_SUFFIXES))})(?![a-z])")
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,:](?P<fraction>\d{1,12}))?)?(?!\d)"
)
_BASIC = re.compile(r"(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?:[.,](?P<fraction>\d{1,12}))?(?!\d)")
_HOUR = re.compile(r"(?P<hour>\d{1,2})(?P<minute>)(?P<second>)(?P<fraction>)(?!\d)")
_HALF = re.compile(r" ?(?P<half>[ap])\.?m\b\.?")


class Clock(Struct, frozen=True):
    """A time of day as a distance from midnight (24:00:00 is one whole day), and the zone written behind it."""

    since_midnight: timedelta
    zone: WrittenZone | None = None


def read_clock(text: str, *, after_t: bool = False) -> Clock | None:
    """The clock that the whole of ``text`` (folded) shows; None when it shows none.

    A lone hour counts only with ``kl.``, ``Uhr``, ``pm`` or the like. ``after_t``: what follows the T of ISO 8601,
    where the colons may be missing. Seconds may be 60 (RFC 3339, section 5.7) and the hour 24 at midnight (ISO 8601).
    """
    found = find_clock(text, after_t=after_t)
    if found is None:
        return None
    since_midnight, rest = found
    rest = rest.strip(" ,")
    if not rest:
        return Clock(since_midnight)
    zone = read_zone(rest)
    return None if zone is None else Clock(since_midnight, zone)


def find_clock(text: str, *, after_t: bool = False) -> tuple[timedelta, str] | None:
    """The time of day at the start of ``text``, and the text behind it."""
    prefix = _PREFIX.match(text)
    start = prefix.end() if prefix is not None else 0
    match = _CLOCK.match(text, start) or (_BASIC.match(text, start) if after_t else None)
    lone = match is None
    match = match or _HOUR.match(text, start)
    if match is None:
        return None
    half = _HALF.match(text, match.end())
    suffix = _SUFFIX.match(text, match.end())
    if lone and prefix is None and half is None and suffix is None:
        return None
    since_midnight = _since_midnight(match, half["half"] if half is not None else "")
    end = (half or suffix or match).end()
    return None if since_midnight is None else (since_midnight, text[end:])


def _since_midnight(match: re.Match[str], half: str) -> timedelta | None:
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    microsecond = int((match["fraction"] or "0")[:6].ljust(6, "0"))
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    if minute > 59 or second > 60 or hour > 24 or (hour == 24 and (minute or second or microsecond)):
        return None
    return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=microsecond)
