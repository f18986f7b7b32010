"""Planted identifiers are the same for a seed and stand in every form."""

from __future__ import annotations

from itertools import islice

from bundler.providers import load
from tests.benchmarks.diagnosis_logs import STYLES
from tests.benchmarks.identifier_plants import plants

VIPPS = load("vipps-mobilepay")
SEED = 2026


def test_identifiers_are_planted_the_same_for_a_seed_and_in_every_form() -> None:
    made = list(plants(VIPPS, SEED))
    assert made[:300] == list(islice(plants(VIPPS, SEED), 300))
    assert {each.form for each in made} == {"har", "curl", "raw", *STYLES}
    assert {each.place for each in made} == {"path", "query", "header", "request body", "response body", "log"}
    with_paths = {row.family for row in VIPPS.operations if row.direction == "outgoing"}
    assert {each.family for each in made} == with_paths
