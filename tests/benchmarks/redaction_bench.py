"""What the rows of ``redaction.py`` share: our variants and the peers, a contest between them, and the goals."""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks import measuring
from tests.benchmarks.bench import VARIANTS as ENGINES
from tests.benchmarks.bench import installed_variants
from tests.benchmarks.measuring import Command, Failed
from tests.benchmarks.redaction_corpus import Log, Recipe, slice_of
from tests.benchmarks.redaction_peers import PEERS, NotInstalledError, Peer, find
from tests.benchmarks.redaction_score import Score, score

VARIANTS = tuple(f"{engine} {processes}" for engine in ENGINES for processes in (1, 2))
"""With the extra and with the standard library alone, in one process and in two."""
SLOW_ROUNDS = 3
PATIENCE = 600
"""Seconds that a run is waited for."""


class Contestant(NamedTuple):
    """A tool with its command; ``start`` is the same on a single line where that is to be taken off."""

    name: str
    command: Command
    outcome: Callable[[Command], Path]
    source: Path
    claims: Callable[[str], bool]
    is_ours: bool = False
    start: Command | None = None
    note: str = ""


class Measured(NamedTuple):
    """How one tool did: its seconds, turn by turn, for so many bytes, and its score."""

    tool: Contestant
    size: int
    seconds: list[float]
    busy: list[float]
    """Seconds of the processors, all processes together: what a noisy machine spoils least."""
    score: Score

    @property
    def name(self) -> str:
        """The tool's."""
        return self.tool.name

    @property
    def rate(self) -> float:
        """MB/s at the median."""
        return self.size / statistics.median(self.seconds) / 1e6

    @property
    def busy_rate(self) -> float:
        """MB a second of the processors, at best."""
        return self.size / min(self.busy) / 1e6

    @property
    def recall(self) -> float:
        """Of everything that was planted."""
        return self.score.recall()


def ratio(ours: Measured, theirs: Measured) -> float:
    """Ours as a part of theirs, for as many bytes: the median of their turns."""
    each = zip(ours.seconds, theirs.seconds, strict=False)  # the slow ones have fewer
    return statistics.median(one / ours.size * theirs.size / other for one, other in each)


class Bench:
    """The program, the peers, the logs, and what came out."""

    def __init__(self, told: argparse.Namespace, scratch: Path) -> None:
        self.program = str(told.program.absolute())
        self.size: int = told.size
        self.large: int = told.large
        self.line: int = told.line
        self.format: str = told.format
        self.seed: int = told.seed
        self.rounds: int = told.rounds
        self.scratch = scratch
        self.folder: Path = told.folder.absolute()
        self.folder.mkdir(parents=True, exist_ok=True)
        home = scratch / "home"
        home.mkdir()
        # compiled once, as pip leaves a program, wherever this one was installed from
        compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(scratch / "compiled")}
        self.base = measuring.environment(home)
        self._environments = {
            engine: {**environment, **compiled} for engine, environment in installed_variants(self.program).items()
        }
        self.variants = [name for name in told.variant or VARIANTS if name.split()[0] in self._environments]
        self._wanted: Sequence[str] = told.peer or PEERS
        self._peer_folder: Path = told.peers.absolute()
        self._peers: dict[str, Peer | None] = {}
        self.results: dict[str, Any] = {"goals": [], "contests": [], "peers": {}, "left_out": {}}
        self.missed = 0

    def judge(self, label: str, shown: str, goal: str, *, is_met: bool) -> None:
        """Print a goal with its verdict."""
        self.missed += not is_met
        print(f"  {label:<44}{shown:>44}   goal {goal}: {'met' if is_met else 'MISSED'}", flush=True)
        self.results["goals"].append({"what": label, "measured": shown, "goal": goal, "met": is_met})

    def log(self, recipe: Recipe) -> tuple[Log, Path]:
        """The log of a recipe, written."""
        log = Log(recipe)
        path = self.scratch / f"{'-'.join(map(str, recipe))}.log"
        log.write(path)
        return log, path

    def ours(self, name: str, source: Path, output: Path | None = None) -> Contestant:
        """``scrub`` as a user runs it."""
        engine, processes = name.split()
        output = output or self._place(name) / "out"
        command = (self.program, "scrub", "-q", "--jobs", processes, str(source), "-o", str(output))
        run = Command(command, output, environment=self._environments[engine])
        return Contestant(f"ours {name}", run, lambda done: done.output, source, lambda _: True, is_ours=True)

    def peers(self, source: Path, *names: str) -> Iterator[Contestant]:
        """Those of these peers (or of all) that are wanted and can be had, on as much as they get through."""
        for name in names or PEERS:
            if name in self._wanted and (peer := self._peer(name)):
                yield self._contestant(peer, source)

    def _peer(self, name: str) -> Peer | None:
        """Looked for, and installed, when it is first needed."""
        if name not in self._peers:
            self._peer_folder.mkdir(parents=True, exist_ok=True)
            try:
                peer = find(name, self._peer_folder)
                self._peers[name] = peer
                self.results["peers"][name] = peer.version
                print(f"peer: {name} {peer.version}", flush=True)
            except NotInstalledError as why:
                self._peers[name] = None
                self._leave_out(name, str(why))
        return self._peers[name]

    def _leave_out(self, name: str, why: str) -> None:
        print(f"left out: {name}: {why}", flush=True)
        self.results["left_out"][name] = why

    def _contestant(self, peer: Peer, source: Path) -> Contestant:
        place = self._place(peer.name)
        part, start = source, None
        if peer.share is not None:
            part = place / "app.log"
            part.write_bytes(b"".join(slice_of(source, peer.share)))
        if peer.is_less_start:
            alone = self._place(f"{peer.name}-start")
            first = alone / "app.log"
            first.write_bytes(b"".join(slice_of(source, 1)))
            start = peer.command(first, alone)
        command = peer.command(part, place)
        return Contestant(peer.name, command, peer.outcome, part, peer.claims, start=start, note=peer.note)

    def _place(self, name: str) -> Path:
        place = self.scratch / name.replace(" ", "-")
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        return place

    def contest(self, log: Log, contestants: Sequence[Contestant], rounds: int) -> dict[str, Measured]:
        """Run all of them in turns; the first outcome of each is scored. One of ours that fails misses a goal."""
        measured: dict[str, Measured] = {}
        running = list(contestants)
        for number in range(rounds):
            turn = number % (len(running) or 1)
            for each in (*running[turn:], *running[:turn]):
                if each.start and number >= SLOW_ROUNDS:
                    continue
                try:
                    self._take_turn(each, log, measured)
                except Failed as failure:
                    running.remove(each)
                    measured.pop(each.name, None)
                    self._leave_out(each.name, str(failure)[-300:])
                    if each.is_ours:
                        self.judge(each.name, "failed", "does its work", is_met=False)
        return {each.name: measured[each.name] for each in running}

    def _take_turn(self, each: Contestant, log: Log, measured: dict[str, Measured]) -> None:
        if each.name not in measured and each.is_ours:
            self._warm_up(each)
        wall, busy = self._seconds(each.command)
        if each.start:
            least = self._seconds(each.start)
            wall, busy = max(wall - least[0], 1e-6), max(busy - least[1], 1e-6)
        if each.name not in measured:
            with each.source.open("rb") as source, each.outcome(each.command).open("rb") as outcome:
                found = score(log, source, outcome)
            measured[each.name] = Measured(each, each.source.stat().st_size, [], [], found)
        measured[each.name].seconds.append(wall)
        measured[each.name].busy.append(busy)

    def _warm_up(self, each: Contestant) -> None:
        """Run it on a single line, so that nothing has to be compiled any more."""
        line = self.scratch / "line.log"
        line.write_bytes(b"".join(slice_of(each.source, 1)))
        arguments = tuple(str(line) if part == str(each.source) else part for part in each.command.arguments)
        measuring.run(each.command._replace(arguments=arguments), self.base)

    def _seconds(self, command: Command) -> tuple[float, float]:
        """Of the clock and of the processors."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = measuring.run(patient(command), self.base).seconds
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def patient(command: Command, seconds: int = PATIENCE) -> Command:
    """The same, ended when it takes longer than anybody waits."""
    return command._replace(arguments=("timeout", "--signal=KILL", str(seconds), *command.arguments))
