"""The labelled tickets are the same for a seed, cover what they claim, and a small set of them keeps the goals."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from bundler.checks import CHECKS
from bundler.providers import load
from tests.benchmarks import diagnosis_times
from tests.benchmarks.diagnosis import COUNT, FAMILIES, PRECISION, RECALL, parser
from tests.benchmarks.diagnosis_calls import CALLS
from tests.benchmarks.diagnosis_foreign import OURS
from tests.benchmarks.diagnosis_forms import FORMS
from tests.benchmarks.diagnosis_labels import LabelledTicket
from tests.benchmarks.diagnosis_logs import STYLES, WRAPPERS_OF
from tests.benchmarks.diagnosis_score import Verdict, judge, misses, score
from tests.benchmarks.diagnosis_tickets import ROUND, tickets

VIPPS = load("vipps-mobilepay")
SEED = 2026


@cache
def whole_set() -> tuple[LabelledTicket, ...]:
    return tuple(tickets(VIPPS, SEED, parser().get_default("count")))


def test_a_seed_decides_every_byte() -> None:
    assert tickets(VIPPS, SEED, 2 * ROUND) == list(whole_set()[: 2 * ROUND])
    assert tickets(VIPPS, SEED + 1, ROUND) != list(whole_set()[:ROUND])


def test_the_set_is_as_large_and_as_broad_as_it_claims() -> None:
    made = whole_set()
    assert len(made) >= COUNT
    families = {each.story.family for each in made if each.story.kind != "other provider"}
    assert len(families) >= FAMILIES
    assert families <= set(CALLS)
    assert {each.form for each in made} >= {*FORMS, *(style for style in STYLES if style in WRAPPERS_OF)}


def test_the_calls_are_those_of_apis_that_the_profile_knows() -> None:
    assert set(CALLS) <= {family.slug for family in VIPPS.families}


def test_every_ticket_has_a_label_and_evidence() -> None:
    for each in whole_set():
        label = each.story.label
        assert not label.required or label.causes, each.name
        assert all(cause.code or cause.findings or cause.words or cause.not_by for cause in label.causes), each.name
        assert each.files, each.name


def test_a_cause_is_right_only_when_it_is_the_planted_one() -> None:
    planted = next(each for each in whole_set() if each.story.kind == "code")
    right = planted.story.label.causes[0]
    assert right.code is not None
    group, code = right.code
    finding = {"code": "RSP001", "confidence": 0.97, "who": "code", "message": "", "advice": ""}
    named = finding | {"provider_code": {"code": code, "group": group}}
    other = finding | {"provider_code": {"code": f"{code}0", "group": group}}
    assert score([Verdict(planted, named)]).precision == 1
    assert score([Verdict(planted, other)]).precision == 0
    assert score([Verdict(planted, None)]).recall == 0
    foreign = next(each for each in whole_set() if each.story.kind == "foreign" and not each.story.label.causes)
    assert score([Verdict(foreign, named)]).foreign_confident == 1
    assert score([Verdict(foreign, named | {"confidence": 0.6})]).foreign_confident == 0
    assert score([Verdict(foreign, named | {"confidence": 0.6})]).precision == 0
    alone = next(each for each in whole_set() if each.story.kind == "foreign" and each.form == "body")
    assert score([Verdict(alone, named, provider="klarna")]).foreign_confident == 0
    assert score([Verdict(alone, named, provider=OURS)]).foreign_confident == 1


def test_a_small_set_keeps_the_goals(tmp_path: Path) -> None:
    verdicts = [judge(each, tmp_path / str(each.number)) for each in whole_set()[:ROUND]]
    found, told = score(verdicts), [f"{each.ticket.name}: {each.said}" for each in misses(verdicts)]
    assert found.foreign_confident == 0, told
    assert found.precision >= PRECISION, told
    assert found.recall >= RECALL, told


def test_the_ticket_of_the_times_has_so_many_calls_and_one_that_failed() -> None:
    made = diagnosis_times.ticket(diagnosis_times.CALLS)
    assert len(made.exchanges) == diagnosis_times.CALLS
    assert made.failing_exchange is made.exchanges[-1]
    assert CHECKS


@pytest.mark.parametrize("program", ["diagnosis", "identifiers"])
@pytest.mark.parametrize("way", ["path", "name"])
def test_it_runs_by_its_path_and_by_its_name(program: str, way: str) -> None:
    command = [f"tests/benchmarks/{program}.py"] if way == "path" else ["-m", f"tests.benchmarks.{program}"]
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, *command, "--help"], capture_output=True, text=True, cwd=root, check=True)
    assert "--seed" in done.stdout
