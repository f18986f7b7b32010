"""A stream that several processes search: the same bytes, the same report and the same map as from one alone."""

from __future__ import annotations

import importlib
import io
import os
import signal
from collections.abc import Iterator
from typing import NamedTuple, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bundler.evidence.crew import ForkedCrew
from bundler.evidence.workers import can_fork
from bundler.providers import load
from bundler.redact import RULES, Mark, scrub
from bundler.redact.base64_runs import Run
from bundler.redact.errands import Errands
from bundler.redact.finds import Finds, rules_of
from bundler.redact.masker import Masker
from bundler.redact.placeholders import Placeholders
from bundler.redact.rule import Hit
from bundler.redact.search import Search, search_for
from bundler.redact.sweep import Manner, Sweep
from bundler.redact.vault import Vault
from tests.benchmarks.corpus_lines import Draws
from tests.redact.planted.borders import ShortReads
from tests.redact.planted.corpus import every, seen_elsewhere

pytestmark = pytest.mark.skipif(not can_fork(), reason="this system has no fork that is safe")

VIPPS = load("vipps-mobilepay")
STREAM = importlib.import_module("bundler.redact.stream")
BODY = "MIIBVgIBADANBgkqhkiG9w0BAQEF\n" * 12
KEY = f"-----BEGIN PRIVATE KEY-----\n{BODY}-----END PRIVATE KEY-----\n"
PARTS = [
    "2026-11-23 14:03:11 INFO client_secret=kq7Zr2x9tAvB4mN8sLd0 paymentId=1b0c5c2e-6f0e-4a55-9d0b-3f8e5a7c2d11\n",
    "retry with kq7Zr2x9tAvB4mN8sLd0 and a3E3WnIyeDl0QXZCNG1OOHNMZDA=\n",
    '{"email": "Kari@Example.com", "card": 4111111111111111, "pin": "%C3%B8l"}\r\n',
    "card 4111 1111 1111 1111 kari@example.com +47 912 34 567\n",
    "Zażółć gęślą jaźń – blåbærøl 💳 password: hunter2x\n",
    "seen before: [secret-1] [card-7:last4=1111] [withheld: the rule password failed]\n",
    KEY,
    KEY.replace("\n", "\\n") + "\n",
    "-----BEGIN PRIVATE KEY-----\nMIIBVgIBADANBgkqhkiG9w0BAQEF\n",
    "x" * 700 + " token=kq7Zr2x9tA " + "y" * 500 + "\n",
    "token=" + "a1" * 900 + " amount=24900\n",
    '192.0.2.7 - - [23/Nov/2026:14:03:11 +0100] "GET /?email=ola%40example.com HTTP/1.1" 200\n',
    "plain words\n\n\r\n",
    "no line feed here ",
]


class Outcome(NamedTuple):
    out: bytes
    marks: list[Mark]
    values: int


def run(data: bytes, crew: ForkedCrew | None = None) -> Outcome:
    sink = io.BytesIO()
    marks: list[Mark] = []
    values = scrub(io.BytesIO(data), sink, VIPPS, marks.append, crew=crew)
    return Outcome(sink.getvalue(), marks, values)


def run_with(data: bytes, count: int = 2) -> Outcome:
    with ForkedCrew(count) as crew:
        outcome = run(data, crew)
    assert crew.pids == []
    return outcome


@pytest.fixture
def small_blocks() -> Iterator[None]:
    """A stream of a few kilobytes has as many borders as one of gigabytes."""
    with pytest.MonkeyPatch.context() as patch:
        for name, size in {"BLOCK": 400, "LONGEST_LINE": 400, "OVERLAP": 200, "LOOKBACK": 60}.items():
            patch.setattr(STREAM, name, size)
        patch.setattr("bundler.redact.sweep.Finds", lambda: Finds(2_000))  # room for some
        yield


def planted(size: int, filling: bytes = b"") -> bytes:
    """Every kind of secret in every structure, and the same ones seen elsewhere, again and again, in any order."""
    draws = Draws("planted", "parallel")
    lines = [document.data + b"\n" + filling for document in (*every("a", 12), *seen_elsewhere("a"))]
    parts, total = [], 0
    while total < size:
        parts.append(draws.pick(lines))
        total += len(parts[-1])
    return b"".join(parts)


@pytest.mark.usefixtures("small_blocks")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(PARTS) | st.text(max_size=30), min_size=1, max_size=60), st.integers(2, 3), st.booleans()
)
def test_several_processes_give_what_one_gives(parts: list[str], count: int, is_torn: bool) -> None:
    data = "".join(parts).encode("utf-8", "surrogatepass")
    if is_torn:
        data = data[1::2] + data
    assert run_with(data, count) == run(data)


@pytest.mark.usefixtures("small_blocks")
def test_the_processes_really_do_the_searching(monkeypatch: pytest.MonkeyPatch) -> None:
    data = planted(30_000)
    alone = run(data)
    searched: list[int] = []
    search = search_for(VIPPS)
    real = search.hits

    def hits(text: bytes, failures: list[str] | None = None, unnamed: list[Run] | None = None) -> list[Hit]:
        searched.append(len(text))
        return real(text, failures, unnamed)

    monkeypatch.setattr(search, "hits", hits)
    assert run_with(data) == alone
    assert sum(searched) < len(data) / 4  # the last and the long lines


def test_a_large_stream_is_the_same_from_several_processes() -> None:
    filling = b"2026-11-23T13:02:11.482Z info polling 7c1e still pending\n" * 600
    data = planted(9 * 1024 * 1024, filling)
    assert run_with(data) == run(data)


def test_what_is_found_in_the_last_line_is_masked_in_the_first() -> None:
    early, late = b"nothing but kq7Zr2x9tAvB4mN8sLd0 here\n", b"client_secret=kq7Zr2x9tAvB4mN8sLd0\n"
    data = early + b"line of a log\n" * 900_000 + late
    for outcome in (run(data), run_with(data)):
        assert outcome.out.startswith(b"nothing but [secret-1] here\n")
        assert outcome.out.endswith(b"client_secret=[secret-1]\n")


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("largest", [1, 7, 900])
def test_it_does_not_matter_how_much_a_source_gives_at_a_time(largest: int) -> None:
    data = planted(20_000)
    sink = io.BytesIO()
    with ForkedCrew(2) as crew:
        scrub(cast("io.BytesIO", ShortReads(data, Draws("reads"), largest)), sink, VIPPS, crew=crew)
    assert sink.getvalue() == run(data).out


def test_a_small_stream_makes_no_process() -> None:
    with ForkedCrew(2) as crew:
        run(planted(200_000), crew)
        assert crew.pids == []


class Unlucky(ForkedCrew):
    """One of its processes is ended from outside after so many questions."""

    def __init__(self, question_count: int) -> None:
        super().__init__(2)
        self._left = question_count

    def ask(self, place: int, question: bytes, *, is_urgent: bool) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(self.pids[-1], signal.SIGKILL)
        super().ask(place, question, is_urgent=is_urgent)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("question_count", [1, 5, 13, 14, 40])
def test_a_process_that_is_lost_costs_nothing_but_time(question_count: int) -> None:
    data = planted(30_000)
    with Unlucky(question_count) as crew:
        outcome = run(data, crew)
        assert crew.pids == []
    assert outcome == run(data)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("kind", ["secret", "card", "email"])
def test_where_rules_fail_the_same_lines_are_withheld(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: bytes) -> bool:
        raise RuntimeError("injected")

    broken = Search(VIPPS, [replace(rule, fits=fail, proof=fail) if rule.kind == kind else rule for rule in RULES])
    monkeypatch.setattr("bundler.redact.masker.search_for", lambda _: broken)
    outcome = run_with("".join(PARTS).encode() * 6)
    assert "withheld" in {mark.kind for mark in outcome.marks}
    assert len({mark.kind for mark in outcome.marks}) > 2
    assert outcome == run("".join(PARTS).encode() * 6)


def test_every_rule_that_a_hit_may_name_has_a_number() -> None:
    search = search_for(VIPPS)
    numbered = {id(rule) for rule in rules_of(search)}
    for document in (*every("b", 6), *seen_elsewhere("b")):
        assert all(id(hit.rule) in numbered for hit in search.hits(document.data, []))


class Failing(io.BytesIO):
    """A source that breaks off."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 5_000:
            raise OSError("injected")
        return super().read(size)


@pytest.mark.usefixtures("small_blocks")
def test_nothing_is_written_of_a_source_that_breaks_off() -> None:
    sink = io.BytesIO()
    with ForkedCrew(2) as crew, pytest.raises(OSError, match="injected"):
        scrub(Failing(planted(20_000)), sink, VIPPS, crew=crew)
    assert sink.getvalue() == b""


def swept(texts: list[bytes], vault: Vault, crew: ForkedCrew | None) -> tuple[list[bytes], list[Mark], Vault]:
    placeholders = Placeholders(vault, key=bytes(32), preserves_format=True)
    sweep = Sweep(Manner(VIPPS, placeholders, crew=crew))
    sinks, marks = [io.BytesIO() for _ in texts], list[Mark]()
    for settle in (sweep.settle, lambda: None):
        for text, sink in zip(texts, sinks, strict=True):
            sweep.copy(io.BytesIO(text), sink, marks.append)
            sweep.copy(io.BytesIO(b"a name such as kari@example.com.log"), io.BytesIO(), marks.append)
        settle()
    return [sink.getvalue() for sink in sinks], marks, sweep.vault()


@pytest.mark.usefixtures("small_blocks")
def test_many_texts_with_one_set_of_placeholders_are_the_same_too() -> None:
    texts = [planted(9_000), "".join(PARTS).encode() * 3, b"", planted(4_000)[2_000:], b"short kari@example.com\n"]
    _, _, vault = swept(texts[1:2], Vault(), None)
    with ForkedCrew(2) as crew:
        outcome = swept(texts, vault, crew)
        assert crew.pids != []
    assert outcome == swept(texts, vault, None)


def test_others_begin_once() -> None:
    with ForkedCrew(2) as crew:
        errands = Errands(Masker(VIPPS), crew)
        assert not errands.has_begun
        errands.begin()
        pids = crew.pids
        errands.begin()
        assert crew.pids == pids != []
