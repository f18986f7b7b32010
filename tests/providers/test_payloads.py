"""Bodies of webhooks and callbacks: each row knows its own samples, and no other row could be taken for it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from bundler.providers import PROVIDERS, load, related_families
from bundler.providers.error_bodies import follow
from bundler.providers.profile import Payload, Profile

PAYLOADS = [
    pytest.param(load(slug), row, id=f"{slug}-{row.family}-{row.name}")
    for slug in PROVIDERS
    for row in load(slug).payloads
]


def first_of(sample: str) -> Any:
    """The body, or the first of its entries where several come at once."""
    value = json.loads(sample)
    return value[0] if isinstance(value, list) else value


def at(value: Any, path: str) -> Any:
    return next(iter(follow(value, path.removeprefix("[]."))), None)


def fits(row: Payload, value: Any) -> bool:
    return all(at(value, path) is not None for path in row.needs)


@pytest.mark.parametrize(("profile", "row"), PAYLOADS)
def test_a_sample_is_taken_for_nothing_else(profile: Profile, row: Payload) -> None:
    assert row.needs
    assert row.samples
    for sample in row.samples:
        value = first_of(sample)
        assert fits(row, value), sample
        rivals = [other for other in profile.payloads if other is not row and fits(other, value)]
        assert [other.name for other in rivals if len(other.needs) >= len(row.needs)] == [], sample


@pytest.mark.parametrize(("profile", "row"), PAYLOADS)
def test_event_time_and_amount_stand_where_the_row_says(profile: Profile, row: Payload) -> None:
    related = related_families(profile, row.family)
    known = {event.name for event in profile.events if event.family in related and event.kind != "state"}
    values = [first_of(sample) for sample in row.samples]
    for value in values:
        assert not row.event or at(value, row.event) in known
        moment = at(value, row.occurred) if row.occurred else None
        assert moment is None or datetime.fromisoformat(moment).tzinfo is not None
    for path in filter(None, (row.event, row.occurred, row.amount)):
        assert any(at(value, path) is not None for value in values), path
