"""Planted identifiers are the same for a seed and stand in every form; a part of them is found as the goal wants."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from bundler.providers import load
from tests.benchmarks.diagnosis_logs import STYLES
from tests.benchmarks.identifier_plants import look, plants
from tests.benchmarks.identifiers import SHARE

VIPPS = load("vipps-mobilepay")
SEED = 2026


def test_identifiers_are_planted_the_same_for_a_seed_and_in_every_form() -> None:
    made = list(plants(VIPPS, SEED))
    assert made[:300] == list(islice(plants(VIPPS, SEED), 300))
    assert {each.form for each in made} == {"har", "curl", "raw", *STYLES}
    assert {each.place for each in made} == {"path", "query", "header", "request body", "response body", "log"}
    with_paths = {row.family for row in VIPPS.operations if row.direction == "outgoing"}
    assert {each.family for each in made} == with_paths


def test_some_of_the_planted_identifiers_are_found_and_none_is_wrong(tmp_path: Path) -> None:
    chosen = islice(plants(VIPPS, SEED), 0, None, 40)
    outcomes = [look(each, tmp_path / str(each.number)) for each in chosen]
    missed = [f"{each.plant.name} in {each.plant.place}: {each.remark}" for each in outcomes if not each.found]
    assert len(missed) <= (1 - SHARE) * len(outcomes) + 1, missed
    assert [each.wrong for each in outcomes if each.wrong] == []
