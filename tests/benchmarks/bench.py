"""What the rows of ``logs.py`` share: the program, the corpora, the full scan, and the line of a table."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import measuring
from tests.benchmarks.corpus import Truth, read_truth, write
from tests.benchmarks.measuring import Command, Failed, Pair
from tests.benchmarks.peers import Peers

STANDARD: Mapping[str, str] = {"TICKET_BUNDLER_FAST": "0"}
VARIANTS: dict[str, Mapping[str, str]] = {"fast": {}, "standard": STANDARD}
_EXTRA = "import hyperscan, isal"

Ranges = Sequence[tuple[int, int]]


def installed_variants(program: str) -> dict[str, Mapping[str, str]]:
    """Those of ``VARIANTS`` that the installation of ``program`` has."""
    python = Path(program).with_name("python")
    has_extra = not subprocess.run([python, "-c", _EXTRA], capture_output=True, check=False).returncode
    return {name: VARIANTS[name] for name in VARIANTS if has_extra or name == "standard"}


class Result(NamedTuple):
    """One line of the table; ``kept`` is None where there is no goal or nothing could be measured."""

    row: str
    ours: str
    peer: str
    theirs: str
    ratio: str
    goal: str
    kept: bool | None
    remark: str = ""


class Bench:
    """What all rows share: the program, the corpora, and where things are written."""

    def __init__(self, told: argparse.Namespace, scratch: Path) -> None:
        self.program = str(told.program.absolute())
        self.folder: Path = told.folder.absolute()
        self.big: int = told.size
        self.small: int = told.size // 8
        self.seed: int = told.seed
        self.runs: int = told.runs
        self.scratch = scratch
        self.peers = Peers(scratch, told.timecat)
        home = scratch / "home"
        home.mkdir()
        self.base = measuring.environment(home)
        self.variants = installed_variants(self.program)

    def corpus(self, name: str, size: int, **packing: int | str) -> tuple[Path, Truth]:
        """The folder of a corpus, which is made when it is not there yet."""
        corpus, folder = measuring.corpus_of(size, self.seed, **packing), self.folder / name
        truth = read_truth(folder, corpus)
        if truth is None:
            print(f"making the corpus {name} …", file=sys.stderr)
            folder.mkdir(parents=True, exist_ok=True)
            truth = write(folder, corpus)
        return folder, truth

    def plain(self, size: int) -> tuple[Path, Truth]:
        """One plain log of that size."""
        folder, truth = self.corpus("big" if size == self.big else "small", size)
        return folder / "app.log", truth

    def logs(self, *arguments: str, variant: Mapping[str, str] = STANDARD) -> Command:
        """Our command, writing where ``-o`` says."""
        output = self.scratch / "ours.out"
        return Command((self.program, "logs", *arguments, "-o", str(output)), output, environment=variant)

    def verify(self, command: Command, source: Path, ranges: Ranges) -> None:
        """Run it once and compare its answer with the full scan."""
        measuring.run(command, self.base)
        if not measuring.same_bytes(command.output, source, ranges):
            size = command.output.stat().st_size if command.output.exists() else 0
            wanted = sum(end - start for start, end in ranges)
            raise Failed(f"its bytes differ from the full scan: {size:,} instead of {wanted:,}")

    def contest(self, row: str, ours: Command, peer: str, theirs: Command, goal: float | None, wanted: int) -> Result:
        """Our verified command and a peer in turns. ``wanted`` is how many bytes the full scan found."""
        if self.peers.missing(peer):
            return Result(row, "", peer, "", "", limit(goal), None, "not installed: does not count")
        measuring.run(theirs, self.base)
        if theirs.redirected and theirs.output.stat().st_size < wanted // 2:
            return Result(row, "", peer, "", "", limit(goal), None, "the peer found too little: does not count")
        return compared(row, peer, measuring.in_turns(ours, theirs, self.base, self.runs), goal)


@cache
def scanned(log: Path, wanted: tuple[str, ...]) -> Ranges:
    """What a look at every byte finds."""
    return measuring.scan(log, [each.encode() for each in wanted])


def compared(row: str, peer: str, pair: Pair, goal: float | None) -> Result:
    """The line of a pair; ``goal`` is the ratio that it must not pass."""
    kept = None if goal is None else pair.ratio <= goal
    ours, theirs, ratio = milliseconds(pair.ours), milliseconds(pair.theirs), f"{pair.ratio:.4f}"
    return Result(row, ours, peer, theirs, ratio, limit(goal), kept, f"{pair.turns} turns")


def milliseconds(seconds: float) -> str:
    """For the table."""
    return f"{seconds * 1000:.0f} ms"


def limit(goal: float | None) -> str:
    """A ratio that is not to be passed, for the table."""
    return "" if goal is None else f"<= {goal:.4g}"
