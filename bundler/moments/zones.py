"""Zones as people and machines write them: names, offsets with the sign as written, abbreviations and their traps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from bundler.errors import MisuseError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_MINUTES_EAST = (
    (0, "z utc ut gmt wet"),
    (60, "cet mez west"),
    (120, "cest mesz eet"),
    (180, "eest msk"),
    (-240, "edt"),
    (-300, "est cdt"),
    (-360, "mdt"),
    (-420, "mst pdt"),
    (-480, "pst"),
    (540, "jst kst"),
    (600, "aest"),
    (660, "aedt"),
)
FIXED: Mapping[str, int] = {word: minutes for minutes, words in _MINUTES_EAST for word in words.split()}
"""Abbreviations with one meaning, in minutes east of Greenwich; the American ones as in RFC 5322, section 4.3."""

SEVERAL: Mapping[str, tuple[int, ...]] = {
    "ist": (330, 60, 120),  # India, Ireland in summer, Israel
    "bst": (60, 360),  # Britain in summer, Bangladesh
    "cst": (-360, 480, -300),  # Central America, China, Cuba
    "ast": (-240, 180),  # Atlantic, Arabia
}
"""Abbreviations that mean different zones in different places."""

_UNIVERSAL = frozenset(("z", "utc", "ut", "gmt"))

WINDOWS: Mapping[str, str] = {
    "romance standard time": "Europe/Paris",
    "w. europe standard time": "Europe/Berlin",
    "central europe standard time": "Europe/Budapest",
    "central european standard time": "Europe/Warsaw",
    "fle standard time": "Europe/Kyiv",
    "gmt standard time": "Europe/London",
    "greenwich standard time": "Atlantic/Reykjavik",
    "e. europe standard time": "Europe/Chisinau",
    "gtb standard time": "Europe/Bucharest",
    "russian standard time": "Europe/Moscow",
    "eastern standard time": "America/New_York",
    "central standard time": "America/Chicago",
    "pacific standard time": "America/Los_Angeles",
    "india standard time": "Asia/Kolkata",
}
"""Zone names of Windows (``tzutil /g``) that Nordic integrators meet; from the Unicode CLDR's windowsZones table."""

# ``re`` compiles each of these when it is first needed, and keeps it
_SIGNED = (
    r"(?P<universal>(?:utc|gmt|ut) ?)?(?P<sign>[+-])"
    r"(?:(?P<hours>\d{1,2})(?::(?P<minutes>\d\d))?|(?P<hours4>\d\d)(?P<minutes4>\d\d))"
)
_PLACE = r"[A-Z][A-Za-z]+(?:/[A-Z][A-Za-z0-9_+-]*){1,2}"
_GO_CLOCK = r" m=[+-][\d.]+$"
_TRAILING = r"^(?P<before>[^()\[\]]*)(?P<mark>[(\[])(?P<inside>[^()\[\]]*)[)\]]$"
_LIMIT = timedelta(hours=15)


class WrittenZone(NamedTuple):
    """A zone found in a text: one choice, or several where the abbreviation has several meanings."""

    choices: tuple[tzinfo, ...]
    abbreviation: str = ""
    place: tzinfo | None = None
    """A named zone written beside an offset, as in ``+01:00[Europe/Copenhagen]``."""
    notes: tuple[str, ...] = ()

    def suspect(self, zone: tzinfo, local: datetime) -> bool:
        """True when the label is one that ``zone`` uses, but not at this time of the year ("CET" in August)."""
        if not self.abbreviation or self.abbreviation in _UNIVERSAL or len(self.choices) != 1:
            return False
        year = [local.replace(month=month, day=1, tzinfo=zone) for month in (1, 7)]
        names = {(moment.tzname() or "").lower() for moment in year}
        return self.abbreviation in names and (local.replace(tzinfo=zone).tzname() or "").lower() != self.abbreviation


def read_zone(text: str) -> WrittenZone | None:
    """The zone that the whole of ``text`` names (``+01:00``, ``GMT+0100 (…)``, ``CET``, ``[Europe/Copenhagen]``).

    None when it names none. The sign of ``GMT+0100`` is taken as written (browsers), never as POSIX has it.
    """
    text = re.sub(_GO_CLOCK, "", text.lower()).strip()
    text = text.removesuffix(" time").removesuffix(" tid").strip()
    if trailing := re.match(_TRAILING, text):
        before, inside = trailing["before"].strip(), trailing["inside"].strip()
        if trailing["mark"] == "(" and before and inside not in FIXED and inside not in SEVERAL:
            return _single(before)  # browsers put a display name there, in the user's language
        return _read_pair(before, inside)
    before, _, after = text.partition(" ")
    if after and before[:1] in "+-" and _signed(before) is not None:
        return _read_pair(before, after)
    return _single(text)


def _read_pair(before: str, inside: str) -> WrittenZone | None:
    """An offset with a name behind it; the offset decides, the name is compared with it by whoever knows the date."""
    first, second = _single(before), _single(inside)
    if first is None:
        return second if not before else None
    if second is None or len(first.choices) > 1:
        return first
    if _key_of(second.choices[0]):
        return WrittenZone(first.choices, place=second.choices[0])
    if first.choices[0] not in second.choices:
        note = f"{inside.upper()} is not {zone_name(first.choices[0])}: the offset counts"
        return WrittenZone(first.choices, notes=(note,))
    return first


def _single(text: str) -> WrittenZone | None:
    if (offset := _signed(text)) is not None:
        return WrittenZone((offset,))
    if text in FIXED:
        return WrittenZone((_fixed(FIXED[text]),), text)
    if text in SEVERAL:
        return WrittenZone(tuple(map(_fixed, SEVERAL[text])), text)
    named = _named(text)
    return WrittenZone((named,)) if named is not None else None


def _signed(text: str) -> tzinfo | None:
    match = re.fullmatch(_SIGNED, text)
    if match is None:
        return None
    hours, minutes = int(match["hours"] or match["hours4"]), int(match["minutes"] or match["minutes4"] or 0)
    offset = timedelta(hours=hours, minutes=minutes)
    if minutes > 59 or offset > _LIMIT:
        return None
    return _fixed(int(offset.total_seconds() // 60) * (-1 if match["sign"] == "-" else 1))


def _fixed(minutes: int) -> tzinfo:
    return timezone(timedelta(minutes=minutes)) if minutes else UTC


@cache
def _names() -> Mapping[str, str]:
    from zoneinfo import available_timezones

    # "localtime" is whatever the machine is set to: no name of a place
    return {name.lower(): name for name in available_timezones() if name not in {"localtime", "Factory"}}


def _named(text: str) -> ZoneInfo | None:
    """A zone by its name in the IANA database. Names without a slash are left to the tables above."""
    name = WINDOWS.get(text) or (_names().get(text.replace(" ", "_")) if "/" in text else None)
    return _zone(name) if name is not None else None


def _zone(name: str) -> ZoneInfo:
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def _key_of(zone: tzinfo) -> str:
    """The name that ``zone`` has in the IANA database, as only a ``ZoneInfo`` tells it."""
    return getattr(zone, "key", "")


def find_zone(name: str) -> tzinfo:
    """The zone a user names in a setting: ``Europe/Copenhagen``, ``CET`` (with summer time), ``UTC``, ``+01:00``.

    Raises ``MisuseError`` with the nearest names for one that does not exist, or that means several zones.
    """
    text = name.strip().lower()
    if text.removeprefix("etc/") in _UNIVERSAL:
        return UTC
    if re.fullmatch(_PLACE, name.strip()) and (place := _spelled_right(name.strip())) is not None:
        return place
    if text in SEVERAL:
        meanings = ", ".join(zone_name(_fixed(minutes)) for minutes in SEVERAL[text])
        raise MisuseError(
            f"The zone {text.upper()} means different things in different places ({meanings}).",
            "Name a place, such as Europe/Copenhagen, or an offset, such as +01:00.",
        )
    known = _names().get(text.replace(" ", "_"))
    if known is not None:
        return _zone(known)
    written = _single(text)
    if written is None:
        raise MisuseError(f"There is no time zone {name.strip()[:60]!r}.", _nearest(text))
    return written.choices[0]


def _spelled_right(name: str) -> ZoneInfo | None:
    """The zone of exactly that name, without going through the names of all zones."""
    try:
        return _zone(name)
    except (KeyError, ValueError, OSError):
        return None


def _nearest(text: str) -> str:
    from difflib import get_close_matches

    wanted = text.replace(" ", "_").rpartition("/")[2]
    longest_first = sorted(_names().values(), key=lambda name: -len(name))
    cities = {name.rpartition("/")[2].lower(): name for name in longest_first}
    names = [cities[city] for city in get_close_matches(wanted[:60], cities, n=3, cutoff=0.6)]
    if not names:
        return "Write it as Region/City, such as Europe/Copenhagen, or as an offset, such as +01:00."
    return f"Did you mean {' or '.join(names)}?"


def zone_name(zone: tzinfo) -> str:
    """How people read ``zone``: ``Europe/Copenhagen``, ``UTC``, ``+01:00``."""
    if key := _key_of(zone):
        return key
    offset = zone.utcoffset(None)
    if offset is None:
        return str(zone)
    if not offset:
        return "UTC"
    minutes = int(abs(offset).total_seconds() // 60)
    return f"{'-' if offset < timedelta(0) else '+'}{minutes // 60:02}:{minutes % 60:02}"
