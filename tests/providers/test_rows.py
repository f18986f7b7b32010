"""Every row of the tables of causes, demands and events tests itself, for every provider: this file only runs them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise, product

import pytest
from msgspec import Struct

from bundler.providers import PROVIDERS, find_texts, load, mentions, related_families
from bundler.providers.causes import Behaviour, MessageText
from bundler.providers.demands import FieldRule, HeaderDemand
from bundler.providers.profile import Profile

PROFILES = [pytest.param(load(slug), id=slug) for slug in PROVIDERS]

TABLES = (
    "bands",
    "texts",
    "behaviours",
    "test_amounts",
    "fields",
    "header_demands",
    "limits",
    "deadlines",
    "events",
    "payloads",
    "mandatory",
)
NAMES = ("name", "field", "code", "value", "first", "seconds")

ORDINARY = (
    "The customer clicked pay and got an error page after a few seconds.",
    "Payment failed with an unexpected error, please help.",
    "We get HTTP 400 when we create a payment for this merchant in test.",
    "Our checkout shows a spinner and then nothing happens.",
    "The user paid with the app, and we saw a timeout in our log at 13:02.",
    "What does this error mean and how can we avoid it?",
    "We send the refund twice because the first answer timed out.",
    "The payment was authorized but the capture still fails with error 6080 in test.",
    "The card callback arrives, we call the acquirer and PATCH, but the PATCH is refused.",
    "The state of the order in our shop is not updated when the user pays.",
    "We call cancel but the amount is still reserved on the card of the customer.",
    "Our webhook endpoint returns 500 since yesterday.",
    "Kunden får en fejl når han betaler med MobilePay i appen.",
    "Betalningen misslyckas med fel 409.",
)
"""What people write of any failure: no behaviour may explain it away."""


def rows(*tables: str) -> list[object]:
    """Every row of the tables with its profile, called by its provider, table, family and name."""
    return [
        pytest.param(load(slug), row, id=f"{slug}-{table}-{number}-{called(row)}")
        for slug in PROVIDERS
        for table in tables
        for number, row in enumerate(getattr(load(slug), table), start=1)
    ]


def called(row: Struct) -> str:
    name = next((str(getattr(row, key)) for key in NAMES if hasattr(row, key)), "")
    return f"{'+'.join(families_of(row)) or 'all'}-{name}"


def families_of(row: Struct) -> tuple[str, ...]:
    family: str | None = getattr(row, "family", None)
    return (family,) if family else tuple(getattr(row, "families", ()))


def operations_of(profile: Profile, family: str) -> set[str]:
    related = related_families(profile, family)
    return {row.name for row in profile.operations if row.family in related}


@pytest.mark.parametrize(("profile", "row"), rows(*TABLES))
def test_row_says_what_to_do_and_where_and_when_it_was_written(profile: Profile, row: Struct) -> None:
    for field in ("title", "remedy", "explanation", "rule", "source", "valid_from"):
        assert getattr(row, field, "x"), field
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}|x", getattr(row, "valid_from", "x"))
    assert re.match(r"https://|$", getattr(row, "link", ""))
    assert set(families_of(row)) <= {family.slug for family in profile.families}
    assert 0 < getattr(row, "confidence", 0.5) < 1


@pytest.mark.parametrize(("profile", "row"), rows("fields", "limits", "header_demands"))
def test_operations_that_a_row_names_exist_in_its_families(profile: Profile, row: Struct) -> None:
    families = families_of(row) or tuple(family.slug for family in profile.families)
    named = set(getattr(row, "operations", ()))
    for family in families:
        if families_of(row):
            assert named <= operations_of(profile, family), family
    assert named <= {operation.name for operation in profile.operations}


@pytest.mark.parametrize("profile", PROFILES)
def test_no_row_stands_twice_in_its_table(profile: Profile) -> None:
    counted = Counter(keys_of(profile))
    assert [key for key, count in counted.items() if count > 1] == []


def keys_of(profile: Profile) -> Iterator[object]:
    for table in ("texts", "behaviours", "mandatory"):
        yield from ((table, row.name) for row in getattr(profile, table))
    for field in profile.fields:
        for operation in field.operations or ("",):
            yield "field", field.family, field.field, field.when, operation
    for limit in profile.limits:
        yield from (("limit", limit.family, operation) for operation in limit.operations)
    for demand in profile.header_demands:
        for case in product(demand.families or ("",), demand.methods or ("",), demand.operations or ("",)):
            yield "header", demand.name.lower(), case
    for amount in profile.test_amounts:
        for step, currency in product(amount.steps or ("",), amount.currencies or ("",)):
            yield "amount", amount.family, amount.value, step, currency
    yield from (("deadline", row.family, row.name, row.environment, row.market) for row in profile.deadlines)
    yield from (("event", row.family, row.kind, row.name) for row in profile.events)
    yield from (("payload", row.family, row.name) for row in profile.payloads)


@pytest.mark.parametrize("profile", PROFILES)
def test_bands_of_a_table_do_not_overlap(profile: Profile) -> None:
    bands = sorted(profile.bands, key=lambda band: (band.family, band.group or "", band.first))
    assert all(band.first <= band.last for band in bands)
    for before, after in pairwise(bands):
        if (before.family, before.group) == (after.family, after.group):
            assert before.last < after.first, after.title


@pytest.mark.parametrize(("profile", "text"), rows("texts"))
def test_text_is_the_first_to_be_found_in_its_samples_and_not_in_its_misses(
    profile: Profile, text: MessageText
) -> None:
    assert text.samples
    assert text.misses
    for family, status in product(text.families or (None,), text.statuses or (400, None)):
        for sample in text.samples:
            found = next(find_texts(profile, family, status, f"  ...{sample.upper()}..."), None)
            assert found is text, (sample, found and found.name)
        for miss in text.misses:
            assert text not in find_texts(profile, family, status, miss), miss


@pytest.mark.parametrize(("profile", "behaviour"), rows("behaviours"))
def test_behaviour_is_what_its_samples_tell_of_and_not_its_misses(profile: Profile, behaviour: Behaviour) -> None:
    assert behaviour.samples
    assert behaviour.misses
    for sample in behaviour.samples:
        assert mentions(behaviour.mentions, sample), sample
    for sentence in (*behaviour.misses, *ORDINARY):
        assert not mentions(behaviour.mentions, sentence), sentence


@pytest.mark.parametrize(("profile", "demand"), rows("header_demands"))
def test_header_demand_accepts_its_samples_and_not_its_misses(profile: Profile, demand: HeaderDemand) -> None:
    limited = bool(demand.pattern or demand.longest)
    assert bool(demand.samples) == bool(demand.misses) == limited
    for sample in demand.samples:
        assert not demand.pattern or re.fullmatch(demand.pattern, sample), sample
        assert demand.longest is None or len(sample) <= demand.longest, sample
    for miss in demand.misses:
        broken = bool(demand.pattern) and not re.fullmatch(demand.pattern, miss)
        assert broken or (demand.longest is not None and len(miss) > demand.longest), miss


@pytest.mark.parametrize(("profile", "field"), rows("fields"))
def test_field_brings_bodies_that_keep_the_rule_and_such_that_break_it(profile: Profile, field: FieldRule) -> None:
    assert field.samples
    assert field.misses
    assert not set(field.samples) & set(field.misses)
    for body in (*field.samples, *field.misses):
        assert isinstance(json.loads(body), dict | list), body
    if field.pattern:
        re.compile(field.pattern)


@pytest.mark.parametrize("profile", PROFILES)
def test_amount_of_an_operation_is_a_path(profile: Profile) -> None:
    paths = [row.amount for row in profile.operations] + [row.amount for row in profile.payloads]
    for path in filter(None, paths):
        assert re.fullmatch(r"(?:\[\]\.)?\w+(?:\[\])?(?:\.\w+(?:\[\])?)*", path), path
