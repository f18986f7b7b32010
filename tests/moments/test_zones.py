"""Zones are found by the names people use, and the traps among them are told."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest

from bundler.errors import MisuseError
from bundler.moments.zones import find_zone, zone_name


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Copenhagen", ZoneInfo("Europe/Copenhagen")),
        ("europe/copenhagen", ZoneInfo("Europe/Copenhagen")),
        ("America/New York", ZoneInfo("America/New_York")),
        ("CET", ZoneInfo("CET")),
        ("Romance Standard Time", ZoneInfo("Europe/Paris")),
        ("utc", UTC),
        ("Z", UTC),
        ("+01:00", timezone(timedelta(hours=1))),
        ("-0330", timezone(-timedelta(hours=3, minutes=30))),
        ("GMT+1", timezone(timedelta(hours=1))),
    ],
)
def test_zone_is_found(name: str, zone: tzinfo) -> None:
    assert find_zone(name) == zone


def test_unknown_zone_is_a_misuse_with_near_names() -> None:
    with pytest.raises(MisuseError) as caught:
        find_zone("Europe/Copenhagn")
    assert "Europe/Copenhagen" in caught.value.hint


@pytest.mark.parametrize(
    "name", ["", "localtime", "../../etc/passwd", "/etc/localtime", "Mars/Olympus", "+25:00", "x" * 999]
)
def test_what_is_no_zone_is_a_misuse(name: str) -> None:
    with pytest.raises(MisuseError):
        find_zone(name)


def test_abbreviation_with_several_meanings_is_a_misuse() -> None:
    with pytest.raises(MisuseError, match="different places"):
        find_zone("IST")


def test_zone_names_are_those_people_read() -> None:
    assert zone_name(ZoneInfo("Europe/Oslo")) == "Europe/Oslo"
    assert zone_name(UTC) == "UTC"
    assert zone_name(timezone(-timedelta(hours=3, minutes=30))) == "-03:30"
