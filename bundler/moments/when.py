"""From what a text says (date, clock, perhaps a zone) to a moment, with all that keeps it from being sure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

from msgspec import Struct

from bundler.moments.zones import WrittenZone, zone_name

FUTURE = timedelta(days=1)
PAST = timedelta(days=400)
"""Beyond these a moment is still a moment, and the user is told."""

Certainty = Literal["certain", "assumed", "ambiguous", "refused"]


class When(Struct, frozen=True):
    """A time as it was written, and what it means.

    ``instant`` is in UTC, and None unless there is exactly one reading. ``local`` shows the moment in ``zone`` with
    its offset. ``certain``: the text names its zone. ``assumed``: something was filled in (zone, year, day); the notes
    and ``zone_from`` say what. ``ambiguous``: ``readings`` holds them all, in UTC, the likelier first. ``refused``: the
    notes say why.
    """

    written: str
    instant: datetime | None = None
    local: str = ""
    zone: str = ""
    zone_from: str = ""
    certainty: Certainty = "refused"
    readings: tuple[datetime, ...] = ()
    notes: tuple[str, ...] = ()


class Reading(Struct, frozen=True):
    """What a text says: dates and clocks without a zone (several if it can be read so), and the zone it names, if any.

    ``refused`` holds the reason when the text is understood well enough to know that it tells no moment.
    """

    locals: tuple[datetime, ...] = ()
    zone: WrittenZone | None = None
    moment: datetime | None = None
    """Set instead of ``locals`` where no zone matters: ``now``, ``5 min ago``."""
    filled_in: bool = False
    notes: tuple[str, ...] = ()
    refused: str = ""


class Setting(Struct, frozen=True):
    """What surrounds a text: the present moment, and the zone to assume with the reason for it."""

    now: datetime
    zone: tzinfo
    zone_from: str
    day_first: bool = True


def settle(written: str, reading: Reading, setting: Setting) -> When:
    """The ``When`` of a reading. Raises ``ValueError`` or ``OverflowError`` for what no calendar holds."""
    if reading.refused:
        return When(written, notes=(*reading.notes, reading.refused))
    if reading.moment is not None:
        return _when(written, {reading.moment.astimezone(UTC): setting.zone}, reading, setting, reading.notes)
    zones, notes = _zones(reading, setting)
    found: dict[datetime, tzinfo] = {}
    for local in reading.locals:
        for zone in zones:
            for instant in instants(local, zone):
                found.setdefault(instant, zone)
    if not found:
        why = (
            f"{_clock(reading.locals[0])} did not exist that day in {zone_name(zones[0])}: the clocks were put forward"
        )
        return When(written, zone=zone_name(zones[0]), notes=(*notes, why))
    if len(found) > len(reading.locals) * len(zones):
        notes = (*notes, f"that hour came twice in {zone_name(zones[0])}: the clocks were put back")
    if reading.zone is not None and reading.zone.place is not None:
        notes = (*notes, *_join_place(reading, reading.zone.place, found))
    return _when(written, found, reading, setting, notes)


def _join_place(reading: Reading, place: tzinfo, found: dict[datetime, tzinfo]) -> tuple[str, ...]:
    """Add what a zone name beside an offset says; if the two disagree, that is told (RFC 9557, section 3.4)."""
    by_place = instants(reading.locals[0], place)
    agreed = [instant for instant in found if instant in by_place]
    if agreed:
        found[agreed[0]] = place
        return ()
    found.update(dict.fromkeys(by_place, place))
    return (f"the offset is not the one of {zone_name(place)} at that time",)


def _zones(reading: Reading, setting: Setting) -> tuple[tuple[tzinfo, ...], tuple[str, ...]]:
    if reading.zone is None:
        return (setting.zone,), reading.notes
    notes = (*reading.notes, *reading.zone.notes)
    label = reading.zone.abbreviation.upper()
    if any(reading.zone.suspect(setting.zone, local) for local in reading.locals):
        note = f"{label} is not in force in {zone_name(setting.zone)} at that time of the year"
        return (*reading.zone.choices, setting.zone), (*notes, note)
    if len(reading.zone.choices) > 1 and label:
        meanings = ", ".join(map(zone_name, reading.zone.choices))
        return reading.zone.choices, (*notes, f"{label} means different zones in different places: {meanings}")
    return reading.zone.choices, notes


def _when(
    written: str, found: dict[datetime, tzinfo], reading: Reading, setting: Setting, notes: tuple[str, ...]
) -> When:
    zone_from = "the time as written" if reading.zone is not None else setting.zone_from
    local = " or ".join(dict.fromkeys(shown(instant, zone) for instant, zone in found.items()))
    zones = " or ".join(dict.fromkeys(map(zone_name, found.values())))
    if len(found) > 1:
        return When(written, None, local, zones, zone_from, "ambiguous", tuple(found), notes)
    instant = next(iter(found))
    certain = (reading.zone is not None or reading.moment is not None) and not reading.filled_in
    if instant > setting.now + FUTURE:
        notes = (*notes, "that is more than a day in the future")
    elif instant < setting.now - PAST:
        notes = (*notes, "that is more than 400 days ago")
    return When(written, instant, local, zones, zone_from, "certain" if certain else "assumed", (instant,), notes)


def instants(local: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """Every moment, in UTC, at which clocks in ``zone`` showed ``local``: none in a gap, two in a repeated hour."""
    moments = dict.fromkeys(local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return tuple(moment for moment in moments if moment.astimezone(zone).replace(tzinfo=None, fold=0) == local)


def shown(instant: datetime, zone: tzinfo) -> str:
    """``instant`` on the clocks of ``zone``: ``2026-11-23 14:03:27.482 +01:00``."""
    local = instant.astimezone(zone)
    offset = "UTC" if zone is UTC else local.isoformat()[-6:]
    return f"{local.date().isoformat()} {_clock(local)} {offset}"


def _clock(local: datetime) -> str:
    precision = "seconds" if not local.microsecond else "microseconds" if local.microsecond % 1000 else "milliseconds"
    return local.time().isoformat(timespec=precision)
