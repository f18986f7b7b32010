"""Whatever fails, nothing secret leaves: every rule and a part of all functions are made to raise, once."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from bundler.errors import ExitCode
from bundler.logs.recognition import recognise
from bundler.model import Ticket
from bundler.providers import load
from bundler.redact import RULES, Rule, redact
from bundler.redact.masker import Masker
from bundler.redact.search import Search
from tests.redact.planted import faults, scoring
from tests.redact.planted.corpus import every
from tests.redact.planted.faults import Call
from tests.redact.planted.pieces import Document
from tests.redact.planted.run import fresh_seed
from tests.redact.planted.tickets import ticket

VIPPS = load("vipps-mobilepay")
FRESH = fresh_seed()
PARTS = ("locate", "proof", "fits")
BY_NAME = {rule.name: rule for rule in RULES}
CALLABLES = [(rule.name, part) for rule in RULES for part in PARTS if getattr(rule, part) is not None]


class Tripwire:
    """Lets one callable of one rule fail at one of its calls; counts the calls of all of them."""

    def __init__(self) -> None:
        self.chosen: tuple[str, str, int] | None = None
        self.counts: Counter[tuple[str, str]] = Counter()

    def around(self, rule: str, part: str, inner: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            self.counts[rule, part] += 1
            if self.chosen == (rule, part, self.counts[rule, part]):
                raise faults.InjectedError("injected")
            return inner(*arguments)

        return call

    def rule(self, rule: Rule) -> Rule:
        """The same rule with the wire in every part of it."""
        parts = {
            part: self.around(rule.name, part, inner) for part in PARTS if (inner := getattr(rule, part)) is not None
        }
        return replace(rule, **parts)


WIRE = Tripwire()
WIRED = tuple(WIRE.rule(rule) for rule in RULES)


@pytest.fixture(scope="module")
def wired() -> Search:
    """All the rules, each of their parts ready to fail; compiled once."""
    return Search(VIPPS, WIRED)


@lru_cache
def documents() -> tuple[Document, ...]:
    """Some of the planted corpus that is masked without a flaw when nothing fails."""
    few = [document for document in every("faults", 600) if len(document.data) < 3000]
    return tuple(document for document in few if not scoring.through_text(document, VIPPS))


@lru_cache
def ticket_of(rule: Rule) -> Ticket:
    """The documents as an excerpt; every hit of a rule as a body, and bare and under its names as words."""
    hits = [hit.replace("«", "").replace("»", "") for hit in rule.hits]
    named = [f"{name}={hit}" for name in (*rule.keys, *rule.endings)[:2] for hit in hits]
    log = b"".join(document.data for document in documents())
    body = json.dumps({"note": "\n".join(hits), (*rule.keys, *rule.endings, "x")[0]: hits[0] if hits else "123456"})
    return ticket(VIPPS.slug, event="\n".join((*hits, *named)), body=body.encode(), log=log)


def _values() -> Iterator[str]:
    for document in documents():
        yield from (span.plain for span in document.of("secret") if len(span.plain) >= 8)


def _redacted(patch: pytest.MonkeyPatch, search: Search, rule: str, chosen: tuple[str, str, int] | None) -> str:
    patch.setattr("bundler.redact.masker.Search", lambda *_: search)
    WIRE.chosen, WIRE.counts = chosen, Counter()
    try:
        safe, _ = redact(ticket_of(BY_NAME[rule]), VIPPS, rules=WIRED)
    finally:
        WIRE.chosen = None
    return repr(safe)


def test_nothing_planted_is_left_when_nothing_fails(monkeypatch: pytest.MonkeyPatch, wired: Search) -> None:
    safe = _redacted(monkeypatch, wired, RULES[0].name, None)
    assert [value for value in _values() if value in safe] == []
    assert len(list(_values())) > 3


@pytest.mark.parametrize(("rule", "part"), CALLABLES)
def test_a_rule_that_fails_at_any_call_lets_nothing_through(
    monkeypatch: pytest.MonkeyPatch, wired: Search, rule: str, part: str
) -> None:
    """Its first call, its last, and one between, in the first look as well as in the second."""
    _redacted(monkeypatch, wired, rule, None)
    count = WIRE.counts[rule, part]
    assert count or not BY_NAME[rule].hits or part == "fits"
    for number in sorted({1, (count + 1) // 2, count} & set(range(1, count + 1))):
        safe = _redacted(monkeypatch, wired, rule, (rule, part, number))
        assert [value for value in _values() if value in safe] == [], f"call {number} of {count}"
        assert "[withheld: " in safe


def test_the_filter_withholds_the_lines_on_which_a_rule_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here a rule fails on each of its calls, so that no second look can help."""
    import io

    from bundler.redact import scrub

    data = b"card 4111111111111111 of payment 1b0c5c2e\nnext line\n"

    def fail(*_: object) -> bool:
        raise faults.InjectedError("injected")

    monkeypatch.setattr("bundler.redact.proofs.is_card", fail)
    failing = tuple(replace(rule, proof=fail) if rule.kind == "card" and rule.proof else rule for rule in RULES)
    monkeypatch.setattr("bundler.redact.masker.search_for", lambda profile: Search(profile, failing))
    sink = io.BytesIO()
    scrub(io.BytesIO(data), sink, VIPPS)
    assert b"4111" not in sink.getvalue()
    assert sink.getvalue().endswith(b"\nnext line\n")
    assert isinstance(Masker(VIPPS).search, Search)


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Document]]:
    """A folder with a HAR, a log, a curl command and an exchange, and what is hidden in them."""
    folder = tmp_path_factory.mktemp("evidence").resolve()
    return folder, faults.evidence(folder, FRESH)


@pytest.mark.parametrize("seed", ["d3098e77", "f0a5076f"])
def test_the_logs_of_the_evidence_are_taken_for_logs_whatever_the_seed(tmp_path: Path, seed: str) -> None:
    faults.evidence(tmp_path, seed)
    assert recognise(gzip.decompress((tmp_path / "older.log.gz").read_bytes()), "older.log").format is not None


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # a generator that fails while it closes
def test_create_leaks_nothing_when_one_of_its_functions_fails(
    monkeypatch: pytest.MonkeyPatch, evidence: tuple[Path, list[Document]]
) -> None:
    """One function in a hundred, of readers, logs, evidence and every stage; the seed chooses and is told."""
    folder, planted = evidence
    for name in ("HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(folder / "home"))
    faults.made(folder)
    whole = faults.made(folder)
    assert whole.code in (ExitCode.FINE, ExitCode.BLOCKED), f"seed {FRESH}: {whole.said.decode()}"
    known = set(faults.secrets_in(planted, whole))
    wrong: list[tuple[Call, int, dict[str, list[str]]]] = []
    for call in faults.calls(whole.counts, FRESH, 100):
        ending = faults.made(folder, call)
        leaked = {value: places for value, places in faults.secrets_in(planted, ending).items() if value not in known}
        if leaked or ending.code not in set(ExitCode):
            wrong.append((call, ending.code, leaked))
    assert wrong == [], f"seed {FRESH}"
