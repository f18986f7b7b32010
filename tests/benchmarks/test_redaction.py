"""The log of the redaction benchmark is the same for a seed, and what is scored on it is counted rightly."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from bundler.logs.catalogue import find_format
from bundler.logs.recognition import recognise
from tests.benchmarks.corpus import CATALOGUED
from tests.benchmarks.corpus_lines import FORMATS, Draws
from tests.benchmarks.measuring import Command
from tests.benchmarks.redaction import parser
from tests.benchmarks.redaction_bench import Bench, Contestant
from tests.benchmarks.redaction_corpus import EVERY, Log, Recipe, stretches
from tests.benchmarks.redaction_kinds import FAMILIES, family_of, written_secret
from tests.benchmarks.redaction_peers import PEERS, RULES, NotInstalledError, claims, find
from tests.benchmarks.redaction_rows import GOALS, ROWS
from tests.benchmarks.redaction_score import score
from tests.redact.planted.shapes import SHAPES

SIZE = 128 * 1024


@cache
def made(name: str, seed: int = 7) -> tuple[Log, bytes]:
    log = Log(Recipe(SIZE, name, seed))
    return log, b"".join(log.blocks())


def lines(data: bytes) -> list[bytes]:
    return data.splitlines(keepends=True)


def test_a_seed_decides_every_byte(tmp_path: Path) -> None:
    log, data = made("pylog")
    again = Log(log.recipe)
    again.write(tmp_path / "app.log")
    assert hashlib.sha256((tmp_path / "app.log").read_bytes()).digest() == hashlib.sha256(data).digest()
    assert made("pylog", 8)[1] != data


@pytest.mark.parametrize("name", FORMATS)
def test_the_program_reads_it(name: str) -> None:
    log, data = made(name)
    assert abs(len(data) - SIZE) < SIZE // 8
    assert data.count(b"\n") == sum(entry.lines for entry in log.entries())
    if name != "mixed":
        assert recognise(data[:65536], "corpus").format == find_format(CATALOGUED[name])


@pytest.mark.parametrize("name", FORMATS)
def test_a_tool_that_copies_finds_nothing_and_keeps_all(name: str) -> None:
    log, data = made(name)
    found = score(log, lines(data), lines(data))
    assert found.recall() == 0
    assert (found.decoys_kept, found.identifiers_kept) == (found.decoys, found.identifiers)
    assert found.decoys > 0
    assert found.clean_changed == 0
    assert (found.clean > 0) == (name != "access")  # where every record names an address


def test_a_tool_that_deletes_everything_finds_all_and_keeps_nothing() -> None:
    log, data = made("pylog")
    for nothing in ([], [b"\n"] * data.count(b"\n")):
        found = score(log, lines(data), nothing)
        assert found.recall() == 1
        assert (found.decoys_kept, found.identifiers_kept) == (0, 0)
        assert found.clean_changed == found.clean


def test_one_record_in_twenty_carries_a_secret() -> None:
    log, _ = made("pylog")
    carrying = sum(bool(entry.secrets) for entry in log.entries())
    assert log.records // (EVERY * 2) < carrying < log.records // (EVERY // 2)
    addressed = Log(Recipe(SIZE, "pylog", addresses=True))
    assert all(any(each.kind == "ipv4" for each in entry.secrets) for entry in addressed.entries())


def test_a_tool_that_drops_lines_is_scored_by_the_trace_numbers() -> None:
    log, data = made("jsonl")
    whole = lines(data)
    entries = list(log.entries())
    at = next(number for number, entry in enumerate(entries) if entry.secrets)
    without = whole[:at] + whole[at + 1 :]  # each record of this format is one line
    found = score(log, whole, without)
    assert sum(found.gone.values()) == len(entries[at].secrets)
    assert found.identifiers_kept == found.identifiers - len(entries[at].identifiers)


def test_half_a_value_that_is_left_is_no_find() -> None:
    assert all(len(each) == 8 for each in stretches(b"0123456789abcdef", b"pan="))
    assert not any(each in b"[card-1 **** cdef]" for each in stretches(b"0123456789abcdef", b"pan="))
    assert any(each in b"pan=012345678[x]" for each in stretches(b"0123456789abcdef", b"pan="))
    assert stretches(b"123", b"cvv=") == [b"cvv=123"]


def test_every_kind_has_a_family_and_every_family_is_planted() -> None:
    assert {family_of(shape.name) for shape in SHAPES} == set(FAMILIES)
    draws = Draws("test")
    assert {family_of(written_secret(draws)[0]) for _ in range(400)} == set(FAMILIES)


def test_every_peer_says_what_it_claims_to_know() -> None:
    kinds = {shape.name for shape in SHAPES}
    for name in PEERS:
        assert 0 < sum(claims(name, kind) for kind in kinds) < len(kinds)


@pytest.mark.parametrize("name", ["rg", "sed"])
def test_the_patterns_given_to_a_peer_work(name: str, tmp_path: Path) -> None:
    try:
        peer = find(name, tmp_path)
    except NotInstalledError as why:
        pytest.skip(str(why))
    log = tmp_path / "app.log"
    log.write_text("card 4111 1111 1111 1111 for kari@example.com, password=abc+d/e; 192.0.2.7 paid 12.50\n", "utf-8")
    told = peer.command(log, tmp_path)
    done = subprocess.run(told.arguments, capture_output=True, text=True, check=True)
    assert done.stdout == "card [x] for [x], [x]; [x] paid 12.50\n"
    assert len(RULES) == 13


@pytest.mark.parametrize("program", [["tests/benchmarks/redaction.py"], ["-m", "tests.benchmarks.redaction"]])
def test_it_runs_by_its_path_and_by_its_name(program: list[str]) -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, *program, "--help"], capture_output=True, text=True, cwd=root, check=True)
    assert all(f"\n  {name} " in done.stdout for name in ROWS)
    wrong = subprocess.run([sys.executable, *program, "--rows", "nothing"], capture_output=True, cwd=root, check=False)
    assert wrong.returncode == 2
    assert b"there is no row 'nothing'" in wrong.stderr


def test_every_option_says_what_it_is() -> None:
    assert [action.dest for action in parser()._actions if not action.help] == []


def test_one_of_ours_that_fails_misses_a_goal(tmp_path: Path) -> None:
    told = parser().parse_args(["--folder", str(tmp_path / "disk"), "--peers", str(tmp_path / "peers")])
    bench = Bench(told, tmp_path)
    log, path = bench.log(Recipe(4096))
    broken = Contestant(
        "ours standard 1", Command(("false",), tmp_path / "out"), lambda done: done.output, path, bool, is_ours=True
    )
    assert bench.contest(log, [broken], 2) == {}
    assert bench.missed == 1
    assert bench.results["goals"][0]["met"] is False


def test_the_goals_read_as_they_were_set() -> None:
    assert [goal.said for goal in GOALS] == [
        "<= 0.9 x its time",
        ">= 3 x faster",
        ">= 40 x faster, at higher recall",
        ">= 500 x faster, at higher recall",
        ">= 200 x faster, at higher recall",
    ]
