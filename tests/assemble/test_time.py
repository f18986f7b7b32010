"""The time of the error is told in UTC, whatever zone it was written in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from bundler.assemble.calls import Calls
from bundler.assemble.facts import with_time
from bundler.model import Exchange, Facts, Request
from bundler.providers import load


def test_the_start_of_a_call_that_was_recorded_in_another_zone_is_told_in_utc() -> None:
    started = datetime(2026, 11, 23, 14, 2, 11, tzinfo=timezone(timedelta(hours=1)))
    call = Exchange("trace.har", 1, Request("POST", "https://api.vipps.no/epayment/v1/payments"), None, started=started)
    calls = Calls(load("vipps-mobilepay"), assumed_provider="", exchanges=(call,), failing=0)
    told = with_time(Facts(), calls, None, UTC, "this computer's zone", started).occurred_at
    assert told is not None
    assert told.value.isoformat() == "2026-11-23T13:02:11+00:00"
