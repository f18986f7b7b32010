"""Rows of desks test themselves: their samples lead to them, their misses do not."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bundler.checks import run
from bundler.model import Finding, SafeTicket
from bundler.providers import PROVIDERS, load
from bundler.providers.desks import Desk
from bundler.providers.profile import Profile
from tests.checks.makers import INITIATE, NOW, call, failing, ticket
from tests.checks.samples_desks import PAYOUT, words

DESKS = [
    pytest.param(load(slug), desk, id=f"{slug}-{desk.name}")
    for slug in PROVIDERS
    for desk in load(slug).desks
    if desk.because
]


def named(of: SafeTicket, profile: Profile | None = None) -> Finding | None:
    findings = run(of, profile or load("vipps-mobilepay"), now=NOW).findings
    return next((finding for finding in findings if finding.code == "CFG020"), None)


@pytest.mark.parametrize(("profile", "desk"), DESKS)
def test_samples_of_a_desk_lead_to_it_and_misses_to_no_desk(profile: Profile, desk: Desk) -> None:
    assert desk.samples
    assert desk.misses
    for sample in desk.samples:
        found = named(words(sample), profile)
        assert found is not None, sample
        assert found.message.startswith(desk.title), sample
    for miss in desk.misses:
        assert named(words(miss), profile) is None, miss


@pytest.mark.parametrize(("profile", "desk"), DESKS)
def test_a_desk_says_what_it_helps_with_where_it_is_and_what_it_asks(profile: Profile, desk: Desk) -> None:
    assert desk.helps_with
    assert desk.source
    assert desk.asks
    assert not desk.because.endswith(".")
    assert not desk.page or desk.page.startswith("https://")
    assert desk.address or desk.page or desk.name == "merchants-of-a-psp"


def test_names_of_desks_are_unique_and_the_first_is_developer_support() -> None:
    desks = load("vipps-mobilepay").desks
    assert len({desk.name for desk in desks}) == len(desks)
    assert not desks[0].because
    assert "last four" in desks[0].masking
    assert all(word in desks[0].subject for word in ("case number", "One problem is one mail"))


def test_another_desk_is_the_cause_only_where_no_call_failed() -> None:
    checked = run(words(PAYOUT), load("vipps-mobilepay"), now=NOW)
    assert checked.cause is not None
    assert (checked.cause.code, checked.cause.who, checked.cause.confidence) == ("CFG020", "other-desk", 0.6)
    found = named(failing(call(INITIATE, 200), event=PAYOUT))
    assert found is not None
    assert found.confidence is None


def test_the_kind_of_ticket_names_its_desk() -> None:
    found = named(ticket(kind="onboarding", event="As agreed by telephone"))
    assert found is not None
    assert found.message.startswith("Partner")
    assert found.confidence is None
    assert named(ticket(kind="question", event="May I reuse a reference?")) is None


def test_who_asks_for_the_operational_list_as_such_is_sent_nowhere_else() -> None:
    wish = "Please add ops@example.com to the mailing list for incidents"
    assert named(words(wish)) is not None
    assert named(replace(words(wish), kind="operations-list")) is None


@pytest.mark.parametrize("text", ["VSD-123456 again", "Case no. 123456", "case: 1234567", "Sag 123456 er ikke løst"])
def test_a_case_that_is_open_is_recognised(text: str) -> None:
    findings = run(words(text), load("vipps-mobilepay"), now=NOW).findings
    (found,) = [finding for finding in findings if finding.code == "CFG021"]
    assert "123456" in found.message
    assert "subject" in found.advice


def test_a_summary_in_the_providers_words_names_no_desk() -> None:
    assert named(failing(call(INITIATE), summary=PAYOUT)) is None
