"""The present moment, and the zone of times that name none; touches clock, environment and the system's zone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from bundler.config import Settings
from bundler.errors import MisuseError


def present_moment(environ: Mapping[str, str] = os.environ) -> datetime:
    """Now, in UTC; ``SOURCE_DATE_EPOCH`` where that is set (reproducible-builds.org/specs/source-date-epoch)."""
    fixed = environ.get("SOURCE_DATE_EPOCH", "")
    if not fixed:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(fixed), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise MisuseError(
            "SOURCE_DATE_EPOCH is not a number of seconds.", "Unset it, or give seconds since 1970."
        ) from error


def zone_of(settings: Settings, typed: str = "") -> tuple[tzinfo, str]:
    """The zone for times that name none, and where it comes from: typed, configured, else this computer's."""
    from bundler.moments.zones import find_zone

    if typed:
        return find_zone(typed), "--tz"
    if settings.time_zone:
        # it goes into the ticket: the file's name tells enough, its folder is nobody's business
        return find_zone(settings.time_zone), Path(settings.origins.get("time_zone", "the configuration")).name
    if (name := _system_zone_name()) is not None:
        return find_zone(name), "this computer's zone"
    # Windows tells no zone by name; its present offset is right but for dates across a clock change
    offset = datetime.now(UTC).astimezone().tzinfo
    return offset or UTC, "this computer's present offset from UTC"


def _system_zone_name() -> str | None:
    """The computer's zone by name, so that daylight saving is right for every date; None when it has none."""
    name = os.environ.get("TZ", "").lstrip(":")
    if not name:
        try:
            target = os.path.realpath("/etc/localtime")
        except OSError:
            return None
        name = target.rpartition("/zoneinfo/")[2] if "/zoneinfo/" in target else ""
    if not name:
        return None
    from bundler.moments.zones import find_zone

    try:
        find_zone(name)
    except MisuseError:
        return None
    return name
