"""Every check has a ticket that trips it and one that does not, and explains itself; none minds an odd ticket."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bundler import checks
from bundler.checks import CHECKS, explain, run
from bundler.model import Finding, SafeTicket
from bundler.providers import load
from tests.build import empty_ticket, hostile_ticket, safe_ticket
from tests.checks.makers import NOW
from tests.checks.samples import SAMPLES as GENERAL
from tests.checks.samples_answers import SAMPLES_OF_ANSWERS
from tests.checks.samples_behaviours import SAMPLES_OF_BEHAVIOURS
from tests.checks.samples_deadlines import SAMPLES_OF_DEADLINES
from tests.checks.samples_desks import SAMPLES_OF_DESKS
from tests.checks.samples_environments import SAMPLES_OF_ENVIRONMENTS
from tests.checks.samples_requests import SAMPLES_OF_REQUESTS
from tests.checks.samples_states import SAMPLES_OF_STATES
from tests.checks.samples_tokens import SAMPLES_OF_TOKENS

SAMPLES = (
    GENERAL
    | SAMPLES_OF_ANSWERS
    | SAMPLES_OF_BEHAVIOURS
    | SAMPLES_OF_DEADLINES
    | SAMPLES_OF_DESKS
    | SAMPLES_OF_STATES
    | SAMPLES_OF_ENVIRONMENTS
    | SAMPLES_OF_REQUESTS
    | SAMPLES_OF_TOKENS
)


def codes(of: SafeTicket) -> list[str]:
    return [finding.code for finding in run(of, load("vipps-mobilepay"), now=NOW).findings]


@pytest.mark.parametrize("code", [check.code for check in CHECKS])
def test_a_check_trips_where_it_should_and_only_there(code: str) -> None:
    trips, does_not = SAMPLES[code]
    assert code in codes(trips)
    assert code not in codes(does_not)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_a_check_explains_itself(check: checks.Check) -> None:
    assert re.fullmatch(r"(?:REQ|RSP|IDS|LOG|TIM|PRV|PIC|CFG)\d{3}", check.code)
    assert check.title.endswith(".")
    assert len(check.text) > 40
    assert explain(check.code.lower()) is check


def test_codes_are_unique() -> None:
    assert len({check.code for check in CHECKS}) == len(CHECKS)


@pytest.mark.parametrize("make", [safe_ticket, empty_ticket, hostile_ticket])
@pytest.mark.parametrize("provider", ["vipps-mobilepay", "generic"])
def test_every_ticket_can_be_checked(make: Any, provider: str) -> None:
    made = make()
    said = run(made, load(provider), now=NOW).findings[len(made.findings) :]
    assert all(finding.message and "\n" not in finding.message for finding in said)


def test_the_late_patch_is_the_cause_and_says_by_how_much() -> None:
    checked = run(SAMPLES["TIM010"][0], load("vipps-mobilepay"), now=NOW)
    assert checked.cause is not None
    assert checked.cause.code == "TIM010"
    assert "27 s" in checked.cause.message
    assert {origin.source for origin in checked.cause.origins} == {"service.log", "trace.har"}


def test_a_documented_code_is_surer_than_a_status() -> None:
    checked = run(SAMPLES["RSP001"][0], load("vipps-mobilepay"), now=NOW)
    assert checked.cause is not None
    assert checked.cause.provider_code is not None
    assert checked.cause.provider_code.code == "2040"
    assert checked.cause.who == "code"


def test_nothing_unsure_is_ever_the_cause() -> None:
    unsure = Finding(code="RSP001", severity="warning", message="perhaps", confidence=0.49)
    assert checks.find_cause([unsure]) is None
