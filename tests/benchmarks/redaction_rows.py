"""The rows of ``redaction.py``: what is run, and which goals are asked of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import measuring
from tests.benchmarks.corpus_lines import FORMATS
from tests.benchmarks.measuring import Failed
from tests.benchmarks.redaction_bench import VARIANTS, Bench, Measured, patient, ratio
from tests.benchmarks.redaction_corpus import EVERY, Log, Recipe, fresh_values, long_line
from tests.benchmarks.redaction_tables import show_contest, show_families, show_left

MEMORY = 80e6
"""Bytes of a process, whatever the input."""
LONG_PATIENCE = 7200
"""Seconds that a run on a large input is waited for."""
SMALL = 64 << 20
FEW = 4 << 20
CORE = ("standard 1", 50.0)
"""MB/s of one core with the standard library alone."""
ADDRESS = 25.0
"""MB/s of one core with an address on every line."""
LEAK_CHECK = 0.3
"""Seconds for a bundle of 10 MB."""


class Goal(NamedTuple):
    """A time that ours must not pass, as a part of the peer's time for as many bytes. ``variants`` it is asked of."""

    peer: str
    variants: tuple[str, ...]
    limit: float
    is_at_higher_recall: bool = False

    @property
    def is_of_its_time(self) -> bool:
        """True where it is set as a part of the peer's time, not as so many times faster."""
        return self.limit > 0.5

    @property
    def said(self) -> str:
        """The goal in words."""
        said = f"<= {self.limit:g} x its time" if self.is_of_its_time else f">= {1 / self.limit:g} x faster"
        return f"{said}, at higher recall" if self.is_at_higher_recall else said

    def told(self, part: float, busy: float) -> str:
        """Parts of the peer's time, by the clock and by the processors, as the goal is set."""
        if self.is_of_its_time:
            return f"{part:.2f} x its time, {busy:.2f} of cpu"
        return f"{1 / part:,.2f} x faster, {1 / busy:,.2f} of cpu"


GOALS = (
    Goal("rg", ("fast 2",), 0.9),
    Goal("sed", ("standard 1", "standard 2"), 1 / 3),
    Goal("sos", VARIANTS, 1 / 40, is_at_higher_recall=True),
    Goal("presidio", VARIANTS, 1 / 500, is_at_higher_recall=True),
    Goal("depii", VARIANTS, 1 / 200, is_at_higher_recall=True),
)


def speed(bench: Bench) -> None:
    """Time, recall and decoys of all tools side by side, on a log with a secret in one record of twenty."""
    log, path = bench.log(Recipe(bench.size, bench.format, bench.seed))
    contestants = [*(bench.ours(name, path) for name in bench.variants), *bench.peers(path)]
    found = bench.contest(log, contestants, bench.rounds)
    show_contest(bench, f"{bench.format}, a secret in one record of {EVERY}", found)
    show_families(found)
    ours = [each for each in found.values() if each.tool.is_ours]
    for each in ours[:1]:
        show_left(each)
    print()
    for goal in GOALS:
        _judge_pace(bench, goal, found)
    name, rate = CORE
    if core := found.get(f"ours {name}"):
        shown = f"{core.rate:.1f} MB/s, best {core.size / min(core.seconds) / 1e6:.1f}, {core.busy_rate:.1f} of cpu"
        bench.judge(f"{name}: one core", shown, f">= {rate:g} MB/s", is_met=core.rate >= rate)
    for each in ours:
        _judge_score(bench, each, each.name)
    if len(ours) > 1:
        texts = {each.tool.outcome(each.tool.command).read_bytes() for each in ours}
        shown = "the same bytes" if len(texts) == 1 else f"{len(texts)} different texts"
        bench.judge("all of ours", shown, "the same bytes", is_met=len(texts) == 1)
    path.unlink()


def _judge_pace(bench: Bench, goal: Goal, found: Mapping[str, Measured]) -> None:
    theirs = found.get(goal.peer)
    for name in goal.variants:
        label, ours = f"{name} against {goal.peer}", found.get(f"ours {name}")
        if ours is None or theirs is None:
            print(f"  {label:<44}{'not measured':>44}   goal {goal.said}", flush=True)
            continue
        part, busy = ratio(ours, theirs), theirs.busy_rate / ours.busy_rate
        is_met, shown = part <= goal.limit, goal.told(part, busy)
        if goal.is_at_higher_recall:
            is_met = is_met and ours.recall > theirs.recall
            shown = f"{shown}, {ours.recall:.3f} to {theirs.recall:.3f}"
        bench.judge(label, shown, goal.said, is_met=is_met)


def _judge_score(bench: Bench, each: Measured, label: str) -> None:
    score = each.score
    kept = (score.decoys_kept + score.identifiers_kept) / max(1, score.decoys + score.identifiers)
    is_met = each.recall == 1 and kept == 1
    bench.judge(f"{label}: recall, kept", f"{each.recall:.4f}, {kept:.5f}", "1.000, 1.000", is_met=is_met)


def formats(bench: Bench) -> None:
    """Recall and decoys in every format, ours in one process beside rg and sed, on a few MB each."""
    for name in FORMATS:
        log, path = bench.log(Recipe(min(FEW, bench.size), name, bench.seed + 1))
        ours = (bench.ours(each, path) for each in bench.variants if each.endswith(" 1"))
        found = bench.contest(log, [*ours, *bench.peers(path, "rg", "sed")], 1)
        show_contest(bench, f"{name}, where the time is mostly that of the start", found)
        for each in found.values():
            if each.tool.is_ours:
                _judge_score(bench, each, f"{each.name}, {name}")
                show_left(each)
        path.unlink()


def addresses(bench: Bench) -> None:
    """The address of a client in every record, in plain lines and in an access log, beside rg and sed."""
    for recipe in (
        Recipe(bench.size, "pylog", bench.seed, addresses=True),
        Recipe(bench.size, "access", bench.seed),
    ):
        log, path = bench.log(recipe)
        ours = (bench.ours(each, path) for each in bench.variants)
        found = bench.contest(log, [*ours, *bench.peers(path, "rg", "sed")], bench.rounds)
        show_contest(bench, f"an address on every line, {recipe.format}", found)
        for name in ("fast 1", "standard 1"):
            if each := found.get(f"ours {name}"):
                shown = f"{each.rate:.1f} MB/s, {each.busy_rate:.1f} of cpu"
                what = f"{name}: an address a line, {recipe.format}"
                bench.judge(what, shown, f">= {ADDRESS:g} MB/s a core", is_met=each.rate >= ADDRESS)
        path.unlink()


def memory(bench: Bench) -> None:
    """The most private memory of any one process: a small and a large log, ever new values, a single line."""
    large = _in_words(bench.large)
    print(f"\nmemory of a process, load {os.getloadavg()[0]:.1f}")
    inputs: tuple[tuple[str, Callable[[Path], object]], ...] = (
        (_in_words(SMALL), lambda path: Log(Recipe(SMALL, bench.format, bench.seed)).write(path)),
        (large, lambda path: Log(Recipe(bench.large, bench.format, bench.seed)).write(path)),
        (f"{large}, somebody new in every {EVERY}th line", lambda path: fresh_values(path, bench.large)),
        (f"a line of {_in_words(bench.line)}", lambda path: long_line(path, bench.line, bench.format, bench.seed)),
    )
    # on the disk: what lies in a memory file system is memory too, but nobody's own
    source, output = bench.folder / "memory.log", bench.folder / "memory.out"
    for label, make in inputs:
        make(source)
        for name in bench.variants:
            command = patient(bench.ours(name, source, output).command, LONG_PATIENCE)
            is_met = False
            try:
                ran = measuring.run(command, bench.base, watched=True)
                shown = " + ".join(f"{peak / 1e6:.1f}" for peak in ran.peaks if peak > 1e6)
                shown, is_met = f"{shown} MB in {ran.seconds:.0f} s", max(ran.peaks) <= MEMORY
            except Failed as failure:
                shown = str(failure)[-200:]
            bench.judge(f"{name}, {label}", shown, f"<= {MEMORY / 1e6:g} MB a process", is_met=is_met)
            output.unlink(missing_ok=True)
        source.unlink()


def _in_words(size: int) -> str:
    return f"{size / 2**30:g} GiB" if size >= 2**30 else f"{size / 2**20:g} MiB"


def leaks(bench: Bench) -> None:
    """The last look at a bundle of 10 MB, in this process; see leaks.py."""
    from tests.benchmarks import leaks as looking  # only this row needs the program in this very Python

    ticket = looking.make(2_000_000)
    print(f"\nleak check of a bundle of {ticket.size / 1e6:.1f} MB, in this process, load {os.getloadavg()[0]:.1f}")
    for name, vault in (("by shape", None), ("and by the values of the map", ticket.vault)):
        spent, wall, count = looking.measure(ticket, vault, bench.rounds, with_mail=False)
        shown = f"{spent:.3f} s of cpu, {wall:.3f} s of wall, {count} found"
        is_met = spent <= LEAK_CHECK and not count
        bench.judge(f"leak check, {name}", shown, f"<= {LEAK_CHECK:g} s of cpu, 0 found", is_met=is_met)


ROWS: dict[str, Callable[[Bench], None]] = {
    "speed": speed,
    "formats": formats,
    "addresses": addresses,
    "memory": memory,
    "leaks": leaks,
}
"""Their docstrings are what ``--help`` says of them."""
