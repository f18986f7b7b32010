"""The benchmark of changed bytes reaches every byte of what it changes, and counts what is missed."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from tests.benchmarks.mutations import Subject, changes, measure, subjects

COUNT = 240
FILES = ["exchanges/01-POST-payments.http", "exchanges/02-PATCH-authorizationattempts.http"]
FILES += ["logs/01-payment-service.log", "pictures/01-app-error.png", "ticket.json", "MANIFEST.json"]
ATTACHED = {f"body of {name.replace('/', '-')}" for name in FILES} | {"body of text/plain", "body of text/html"}
REGIONS = {
    "bundle": {f"data of {name}" for name in [*FILES, "report.html", "report.md", "privacy.md"]}
    | {"heads of members", "directory", "end"},
    "draft": ATTACHED | {"headers", "boundaries", "heads of parts"},
    "sent mail": ATTACHED | {"headers", "boundaries", "heads of parts"},
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Subject]:
    return {subject.name: subject for subject in subjects(tmp_path_factory.mktemp("made"))}


def test_the_same_files_each_time(made: dict[str, Subject], tmp_path: Path) -> None:
    assert [subject.data for subject in subjects(tmp_path)] == [subject.data for subject in made.values()]


@pytest.mark.parametrize("name", REGIONS)
def test_every_byte_is_in_one_region_and_every_region_gets_its_share(made: dict[str, Subject], name: str) -> None:
    subject = made[name]
    assert subject.regions.keys() == REGIONS[name]
    spans = sorted((span.start, span.stop) for group in subject.regions.values() for span in group)
    assert (spans[0][0], spans[-1][1]) == (0, len(subject.data))
    assert all(end == start for (_, end), (start, _) in pairwise(spans))
    shares = Counter(change.region for change in changes(subject.regions, COUNT, 1))
    assert shares.keys() == subject.regions.keys()
    assert max(shares.values()) - min(shares.values()) <= 1


def test_every_change_is_one_of_one_byte(made: dict[str, Subject]) -> None:
    data = made["bundle"].data
    for change in changes(made["bundle"].regions, COUNT, 1):
        changed = change.of(data)
        assert len(changed) - len(data) == {"other": 0, "left out": -1, "added": 1}[change.way]
        assert changed[: change.at] == data[: change.at]
        assert changed[change.at + (change.way != "left out") :] == data[change.at + (change.way != "added") :]
        assert changed != data


@pytest.mark.parametrize("name", REGIONS)
def test_a_few_changes_are_all_seen(made: dict[str, Subject], name: str) -> None:
    assert made[name].findings(made[name].data) == ()
    assert measure(made[name], COUNT, 5, each=False) == 0


def _blind(data: bytes) -> tuple[()]:
    return ()


def test_what_nobody_looks_at_is_missed(made: dict[str, Subject], capsys: pytest.CaptureFixture[str]) -> None:
    assert measure(made["bundle"]._replace(findings=_blind), COUNT, 5, each=False) == COUNT
    assert "20 unseen: end" in capsys.readouterr().out
