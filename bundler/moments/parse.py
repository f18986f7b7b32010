"""Reads one written time: explicit formats first, then phrases, and dateutil last."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

from bundler.moments.formats import FORMATS
from bundler.moments.normal import LENGTH_LIMIT, fold, normalised
from bundler.moments.phrases import PHRASES
from bundler.moments.when import Reading, Setting, When, settle

_BARE = re.compile(r"[\d.,]+|[a-z]+")


def parse_when(text: str, *, now: datetime, zone: tzinfo, zone_from: str, day_first: bool = True) -> When:
    """What ``text`` means as a moment; never raises.

    ``now`` is the present moment (with a zone). ``zone`` is assumed where the text names none, and ``zone_from`` says
    in words where that zone comes from. ``day_first`` decides which reading of ``03/04/2026`` is given first; it never
    decides between them.
    """
    if len(text) > LENGTH_LIMIT:
        return When(text, notes=(f"longer than {LENGTH_LIMIT} characters",))
    setting = Setting(now, zone, zone_from, day_first)
    try:
        return settle(text, _read(fold(normalised(text)), setting), setting)
    except OverflowError:
        return When(text, notes=("that lies outside the years 1 to 9999",))
    except ValueError:
        return When(text, notes=("no calendar has that date",))


def _read(text: str, setting: Setting) -> Reading:
    if not text:
        return Reading(refused="nothing was written")
    for read in (*FORMATS, *PHRASES):
        reading = read(text, setting)
        if reading is not None:
            return reading
    if _BARE.fullmatch(text):
        return Reading(refused="a bare number or word is no time")

    from bundler.moments.loose import read_loosely

    return read_loosely(text, setting) or Reading(refused="no date and time of the calendar stand in it")
