"""Checks of time and state, each on its samples."""

from __future__ import annotations

import pytest

from bundler.checks import behaviours, deadlines, rates, reuse, states, webhooks
from bundler.model import SafeTicket
from tests.checks.samples_behaviours import SAMPLES_OF_BEHAVIOURS
from tests.checks.samples_deadlines import SAMPLES_OF_DEADLINES
from tests.checks.samples_states import SAMPLES_OF_STATES
from tests.checks.stories import view

CHECKS = (*states.CHECKS, *reuse.CHECKS, *deadlines.CHECKS, *rates.CHECKS, *behaviours.CHECKS, *webhooks.CHECKS)
SAMPLES = SAMPLES_OF_STATES | SAMPLES_OF_DEADLINES | SAMPLES_OF_BEHAVIOURS


def codes(of: SafeTicket) -> list[str]:
    return [finding.code for check in CHECKS for finding in check.judge(view(of))]


@pytest.mark.parametrize("code", SAMPLES)
def test_a_check_trips_where_it_should_and_only_there(code: str) -> None:
    trips, does_not = SAMPLES[code]
    assert code in codes(trips)
    assert code not in codes(does_not)
