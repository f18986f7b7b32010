"""What no explicit format knew, by dateutil: asked last, never about zones, and believed only where it guesses nothing.

dateutil reads ``GMT+0100`` with the sign reversed, drops names of zones it does not know, and fills what is missing
from the present day; so the zone is cut off first, two different defaults must give the same date, and both orders of
day and month are tried.
"""

from __future__ import annotations

import re
import warnings
from datetime import datetime

from bundler.moments.dates import ONLY_A_DATE
from bundler.moments.when import Reading, Setting
from bundler.moments.zones import WrittenZone, read_zone

_ZONE = re.compile(r"(?<=[\d m]) ?(?P<zone>(?:gmt|utc)?[+-]\d{1,2}(?::?\d\d)?|z|[a-z]{2,5}|[a-z]+/[a-z_/]+)$")
_DEFAULTS = (datetime(2003, 1, 2), datetime(2012, 10, 20, 17, 41))  # noqa: DTZ001 - only compared with each other
_WORTH_A_TRY = re.compile(r"(?=.*\d)(?=.*[^\d])")


def read_loosely(text: str, setting: Setting) -> Reading | None:
    """The reading of ``text`` when dateutil finds a whole date in it without guessing; else None."""
    zone: WrittenZone | None = None
    if (match := _ZONE.search(text)) is not None and match["zone"] not in {"am", "pm"}:
        zone = read_zone(match["zone"])
        if zone is not None:
            text = text[: match.start()].rstrip()
    if not _WORTH_A_TRY.match(text):
        return None
    orders = (setting.day_first, not setting.day_first)
    found = [_parse(text, day_first) for day_first in orders]
    dates = tuple(dict.fromkeys(moment for moment, _ in filter(None, found)))
    if not dates or None in found:
        return None
    has_clock = all(clock for _, clock in filter(None, found))
    notes = ("day and month cannot be told apart",) if len(dates) > 1 else ()
    return Reading(dates, zone, filled_in=not has_clock, notes=notes if has_clock else (*notes, ONLY_A_DATE))


def _parse(text: str, day_first: bool) -> tuple[datetime, bool] | None:
    """The moment without a zone, and whether its time of day was written."""
    from dateutil import parser

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            one, two = (parser.parse(text, default=default, dayfirst=day_first) for default in _DEFAULTS)
        except (ValueError, OverflowError, TypeError, Warning):
            return None
    if one.tzinfo is not None or two.tzinfo is not None or one.date() != two.date():
        return None
    has_clock = one.time() == two.time()
    return (one if has_clock else one.replace(hour=0, minute=0, second=0, microsecond=0)), has_clock
