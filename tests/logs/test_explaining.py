"""Every format explains itself."""

from __future__ import annotations

import pytest

from bundler.logs.catalogue import FORMATS
from bundler.logs.explaining import explain_format


@pytest.mark.parametrize("name", [*FORMATS.names, "plain"])
def test_every_format_explains_itself(name: str) -> None:
    told = explain_format(name.upper())
    assert told is not None
    assert told.title.startswith(f"{name}: ")
    assert all(len(line) < 400 for line in told.text.splitlines())
    assert told.text.endswith(".")
    assert "Written by" in told.text or name == "plain"
    assert explain_format("no such format") is None


def test_an_explanation_says_how_time_zone_and_level_are_read() -> None:
    told = {name: getattr(explain_format(name), "text", "") for name in ("iis", "syslog-3164", "access", "pino", "cri")}
    assert "in UTC: the format says so" in told["iis"]
    assert "Where the year is missing" in told["syslog-3164"]
    assert "5xx is an error" in told["access"]
    assert "under the key time" in told["pino"]
    assert "stays with its record" in told["cri"]
