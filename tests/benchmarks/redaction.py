"""What ``scrub`` claims about speed, recall and memory: ``python tests/benchmarks/redaction.py``.

The installed program beside its peers, in turns, on the same bytes: each as a whole process, each scored on what it
wrote. The log is made by ``redaction_corpus.py``; the peers come from ``redaction_peers.py``, which installs them into
a folder of the cache (``--peers``). Slow peers get the beginning of the log and are compared by the MB, and the time
that they take for a single line is taken off; ours and the fast ones are timed from start to end. Rows are measured
with the extra ``[fast]`` and without it, in one process and in two. Wants a quiet machine, and 3 GB of disk for the
rows on memory. Ends with 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it also runs as a program, by its path

from tests.benchmarks import measuring
from tests.benchmarks.bench import EXTRA, STANDARD
from tests.benchmarks.corpus import parse_size
from tests.benchmarks.corpus_lines import FORMATS
from tests.benchmarks.measuring import Command, Failed
from tests.benchmarks.redaction_corpus import EVERY, Log, Recipe, Score, family_of, fresh_values, slice_of
from tests.benchmarks.redaction_peers import PEERS, NotInstalledError, Peer, claims, find

VARIANTS = ("fast 1", "fast 2", "standard 1", "standard 2")
"""With the extra and with the standard library alone, in one process and in two."""
MEMORY = 80_000_000
SMALL = 4 << 20
GIB = 1 << 30
SLOW_ROUNDS = 3
PATIENCE = 600
"""Seconds that any single run is waited for."""


class Goal(NamedTuple):
    """A time that ours must not pass, as a part of the peer's time for as many bytes. ``variants`` it is asked of."""

    peer: str
    variants: tuple[str, ...]
    limit: float
    said: str


GOALS = (
    Goal("rg", ("fast 2",), 0.9, "<= 0.9 x its time"),
    Goal("sed", ("standard 1", "standard 2"), 1 / 3, ">= 3 x faster"),
    Goal("sos", ("standard 1", "standard 2", "fast 1", "fast 2"), 1 / 40, ">= 40 x faster, at higher recall"),
    Goal("presidio", ("standard 1", "standard 2", "fast 1", "fast 2"), 1 / 500, ">= 500 x faster, at higher recall"),
    Goal("depii", ("standard 1", "standard 2", "fast 1", "fast 2"), 1 / 200, ">= 200 x faster, at higher recall"),
)
CORE = ("standard 1", 50.0)
"""MB/s of one core with the standard library alone."""
ADDRESS = 25.0
"""MB/s of one core with an address on every line."""


class Contestant(NamedTuple):
    """A tool with its command; ``start`` is the same on a single line where that is to be taken off."""

    name: str
    command: Command
    outcome: Callable[[Command], Path]
    source: Path
    claims: Callable[[str], bool]
    start: Command | None = None
    note: str = ""


class Measured(NamedTuple):
    """How one tool did: its seconds, turn by turn, for so many bytes, and its score."""

    name: str
    size: int
    seconds: list[float]
    busy: list[float]
    """Seconds of the processors, all processes together: what a noisy machine spoils least."""
    score: Score
    recall: float
    recall_claimed: float
    note: str

    @property
    def rate(self) -> float:
        """MB/s at the median."""
        return self.size / statistics.median(self.seconds) / 1e6


class Bench:
    """What all rows share."""

    def __init__(self, told: argparse.Namespace, scratch: Path) -> None:
        self.program = str(told.program.absolute())
        self.size: int = told.size
        self.format: str = told.format
        self.seed: int = told.seed
        self.rounds: int = told.rounds
        self.scratch = scratch
        self.folder: Path = told.folder.absolute()
        self.folder.mkdir(parents=True, exist_ok=True)
        home = scratch / "home"
        home.mkdir()
        self.base = measuring.environment(home)
        self.variants = {
            name: variant for name, variant in _variants(self.program).items() if name in (told.variant or VARIANTS)
        }
        # compiled once, as pip leaves a program, wherever this one was installed from
        self._compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(scratch / "compiled")}
        told.peers.mkdir(parents=True, exist_ok=True)
        self.peers: dict[str, Peer] = {}
        self.absent: dict[str, str] = {}
        for name in told.peer or PEERS:
            try:
                self.peers[name] = find(name, told.peers.absolute())
            except NotInstalledError as why:
                self.absent[name] = str(why)
        self.results: dict[str, Any] = {}
        self.missed = 0

    def judge(self, label: str, shown: str, goal: str, *, is_met: bool) -> None:
        """Print a goal with its verdict."""
        self.missed += not is_met
        print(f"  {label:<40}{shown:>38}   goal {goal}: {'met' if is_met else 'MISSED'}", flush=True)
        self.results.setdefault("goals", []).append(
            {"what": label, "measured": shown, "goal": goal, "met": bool(is_met)}
        )

    @cache  # noqa: B019 - one bench lives as long as the program
    def log(self, recipe: Recipe) -> tuple[Log, Path]:
        """The log of a recipe, made when it is not there yet."""
        log = Log(recipe)
        path = self.scratch / f"{'-'.join(map(str, recipe))}.log"
        log.write(path)
        return log, path

    def ours(self, name: str, source: Path) -> Contestant:
        """``scrub`` as a user runs it."""
        environment, options = self.variants[name]
        output = self._place(name) / "out"
        command = (self.program, "scrub", "-q", *options, str(source), "-o", str(output))
        return Contestant(
            f"ours {name}",
            Command(command, output, environment={**environment, **self._compiled}),
            _itself,
            source,
            _all,
        )

    def peer(self, name: str, source: Path) -> Contestant:
        """A peer, on the part of the log that it can be expected to get through."""
        peer = self.peers[name]
        place = self._place(name)
        part, start = source, None
        if peer.share is not None:
            part = place / "app.log"
            part.write_bytes(b"".join(slice_of(source, peer.share)))
        if peer.is_less_start:
            alone = self._place(f"{name}-start")
            first = alone / "app.log"
            first.write_bytes(b"".join(slice_of(source, 1)))
            start = peer.command(first, alone)
        return Contestant(name, peer.command(part, place), peer.outcome, part, peer.claims, start, peer.note)

    def _place(self, name: str) -> Path:
        place = self.scratch / name.replace(" ", "-")
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        return place

    def contest(self, log: Log, contestants: Sequence[Contestant], rounds: int) -> dict[str, Measured]:
        """Run all of them in turns; the first outcome of each is scored."""
        seconds: dict[str, list[tuple[float, float]]] = {}
        scores: dict[str, Score] = {}
        for each in contestants:
            if each.claims is _all:
                self._warm_up(each)
        for number in range(rounds):
            turn = number % max(1, len(contestants))
            for each in (*contestants[turn:], *contestants[:turn]):
                if each.name in self.absent or (each.start and number >= SLOW_ROUNDS):
                    continue
                try:
                    wall, busy = self._seconds(each.command)
                    for least in (self._seconds(each.start),) if each.start else ():
                        wall, busy = max(wall - least[0], 1e-6), max(busy - least[1], 1e-6)
                except Failed as failure:
                    self.absent[each.name] = str(failure)[-300:]
                    continue
                seconds.setdefault(each.name, []).append((wall, busy))
                if each.name not in scores:
                    with each.source.open("rb") as source, each.outcome(each.command).open("rb") as outcome:
                        scores[each.name] = log.score(source, outcome)
        return {
            each.name: Measured(
                each.name,
                each.source.stat().st_size,
                [wall for wall, _ in seconds[each.name]],
                [busy for _, busy in seconds[each.name]],
                scores[each.name],
                scores[each.name].recall(),
                scores[each.name].recall(each.claims),
                each.note,
            )
            for each in contestants
            if each.name in scores
        }

    def _warm_up(self, each: Contestant) -> None:
        """Run it on a single line, so that nothing has to be compiled any more."""
        line = self.scratch / "line.log"
        line.write_bytes(b"".join(slice_of(each.source, 1)))
        arguments = tuple(str(line) if part == str(each.source) else part for part in each.command.arguments)
        measuring.run(each.command._replace(arguments=arguments), self.base)

    def _seconds(self, command: Command) -> tuple[float, float]:
        """Of the clock and of the processors."""
        patient = ("timeout", "--signal=KILL", str(PATIENCE), *command.arguments)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = measuring.run(command._replace(arguments=patient), self.base).seconds
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _itself(command: Command) -> Path:
    return command.output


def _all(_: str) -> bool:
    return True


def _variants(program: str) -> dict[str, tuple[Mapping[str, str], tuple[str, ...]]]:
    """With the extra and without, on one core and on two, as far as this installation has them."""
    python = Path(program).with_name("python")
    has_extra = not subprocess.run([python, "-c", EXTRA], capture_output=True, check=False).returncode
    told = subprocess.run([program, "scrub", "--help"], capture_output=True, text=True, check=False).stdout
    jobs = (1, 2) if "--jobs" in told else (1,)
    found: dict[str, tuple[Mapping[str, str], tuple[str, ...]]] = {}
    for name, environment in (("fast", {}), ("standard", STANDARD)):
        for count in jobs if has_extra or name == "standard" else ():
            found[f"{name} {count}"] = environment, ("--jobs", str(count)) if len(jobs) > 1 else ()
    return found


def speed(bench: Bench) -> None:
    """Time, recall and decoys of all tools, side by side."""
    log, path = bench.log(Recipe(bench.size, bench.format, bench.seed))
    contestants = [
        *(bench.ours(name, path) for name in bench.variants),
        *(bench.peer(name, path) for name in bench.peers),
    ]
    found = bench.contest(log, contestants, bench.rounds)
    _show_contest(bench, f"{bench.format}, a secret in one record of {EVERY}", found)
    _show_families(found)
    print()
    for goal in GOALS:
        _judge_pace(bench, goal, found)
    name, rate = CORE
    if core := found.get(f"ours {name}"):
        best = core.size / min(core.seconds) / 1e6
        shown = f"{core.rate:.1f} MB/s, best {best:.1f}, {core.size / min(core.busy) / 1e6:.1f} of cpu"
        bench.judge(f"{name}: one core", shown, f">= {rate:g} MB/s", is_met=core.rate >= rate)
    for each in (each for each in found.values() if each.name.startswith("ours")):
        _judge_score(bench, each)


def _judge_pace(bench: Bench, goal: Goal, found: Mapping[str, Measured]) -> None:
    theirs = found.get(goal.peer)
    for name in goal.variants:
        ours = found.get(f"ours {name}")
        if ours is None or theirs is None:
            print(f"  {f'{name} against {goal.peer}':<40}{'not measured':>38}   goal {goal.said}", flush=True)
            continue
        ratio, busy = _ratio(ours, theirs), min(ours.busy) / ours.size * theirs.size / min(theirs.busy)
        is_better = "recall" not in goal.said or ours.recall > theirs.recall
        if goal.limit > 0.5:
            shown = f"{ratio:.2f} x its time, {busy:.2f} of cpu"
        else:
            shown = f"{1 / ratio:,.1f} x faster, {1 / busy:,.1f} of cpu"
        bench.judge(f"{name} against {goal.peer}", shown, goal.said, is_met=ratio <= goal.limit and is_better)


def _judge_score(bench: Bench, each: Measured) -> None:
    score = each.score
    kept = (score.decoys_kept + score.identifiers_kept) / max(1, score.decoys + score.identifiers)
    is_met = each.recall == 1 and kept == 1
    bench.judge(f"{each.name}: recall, kept", f"{each.recall:.4f}, {kept:.5f}", "1.000, 1.000", is_met=is_met)


def _ratio(ours: Measured, theirs: Measured) -> float:
    """Ours as a part of theirs, for as many bytes: the median of their turns."""
    each = zip(ours.seconds, theirs.seconds, strict=False)  # the slow ones have fewer
    return statistics.median(one / ours.size * theirs.size / other for one, other in each)


def _show_contest(bench: Bench, title: str, found: Mapping[str, Measured]) -> None:
    first = next(iter(found.values()), None)
    if first is None:
        return
    print(f"\n{title}: {first.size / 1e6:.1f} MB, load {os.getloadavg()[0]:.1f}")
    print(
        f"  {'tool':<18}{'MB':>7}{'least s':>9}{'median s':>10}{'cpu s':>8}{'MB/s':>8}{'x ' + first.name:>15}"
        f"{'secrets':>9}{'recall':>8}{'claimed':>9}{'decoys':>8}{'ids':>8}{'clean changed':>15}"
    )
    for each in found.values():
        score = each.score
        slower = 1 / _ratio(first, each)
        print(
            f"  {each.name:<18}{each.size / 1e6:>7.2f}{min(each.seconds):>9.2f}"
            f"{statistics.median(each.seconds):>10.2f}{min(each.busy):>8.2f}{each.rate:>8.2f}{slower:>15.2f}{score.planted.total():>9,}{each.recall:>8.3f}"
            f"{each.recall_claimed:>9.3f}{_share(score.decoys_kept, score.decoys):>8}"
            f"{_share(score.identifiers_kept, score.identifiers):>8}{_share(score.clean_changed, score.clean):>15}"
            f"  {each.note}",
            flush=True,
        )
    for name, why in bench.absent.items():
        print(f"  {name:<18} left out: {why}")
    bench.results.setdefault("contests", []).append({"title": title, "tools": [_told(each) for each in found.values()]})


def _told(each: Measured) -> dict[str, Any]:
    score = each.score
    return {
        "tool": each.name,
        "bytes": each.size,
        "seconds": each.seconds,
        "processor_seconds": each.busy,
        "mb_per_second": each.rate,
        "recall": each.recall,
        "recall_claimed": each.recall_claimed,
        "recall_by_family": score.by_family(),
        "missed": dict(score.missed()),
        "decoys": [score.decoys_kept, score.decoys],
        "identifiers": [score.identifiers_kept, score.identifiers],
        "clean_changed": [score.clean_changed, score.clean],
    }


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def _show_families(found: Mapping[str, Measured]) -> None:
    """Recall by family; of our own variants one, for the bytes are the same."""
    ours = [name for name in found if name.startswith("ours")]
    shown = [each for each in found.values() if each.name not in ours[1:]]
    print(f"\n  {'recall':<26}" + "".join(f"{each.name.partition(' ')[0]:>15}" for each in shown))
    rates = [each.score.by_family() for each in shown]
    for family in rates[0] if rates else ():
        cells = []
        for each, rate in zip(shown, rates, strict=True):
            is_claimed = any(_is_claimed(each, kind) for kind in each.score.planted if family_of(kind) == family)
            text = f"{rate[family]:.3f}" if family in rate else "-"
            cells.append(f"{text if is_claimed else f'({text})':>15}")
        print(f"  {family:<26}" + "".join(cells))
    print("  in brackets what a tool does not claim to know", flush=True)
    if ours and (missed := found[ours[0]].score.missed()):
        print("  ours left: " + ", ".join(f"{count} {kind}" for kind, count in missed.most_common()), flush=True)


def _is_claimed(each: Measured, kind: str) -> bool:
    return each.name.startswith("ours") or claims(each.name, kind)


def formats(bench: Bench) -> None:
    """Recall and decoys in all formats, of a few MB each; the time of so short a log is mostly the start."""
    for name in FORMATS:
        log, path = bench.log(Recipe(min(SMALL, bench.size), name, bench.seed + 1))
        contestants = [
            *(bench.ours(each, path) for each in bench.variants if each.endswith(" 1")),
            *(bench.peer(each, path) for each in ("rg", "sed") if each in bench.peers),
        ]
        found = bench.contest(log, contestants, 1)
        _show_contest(bench, name, found)
        for each in (each for each in found.values() if each.name.startswith("ours")):
            _judge_score(bench, each._replace(name=f"{each.name}, {name}"))
            if missed := each.score.missed():
                print("  left: " + ", ".join(f"{count} {kind}" for kind, count in missed.most_common()), flush=True)
        path.unlink()


def addresses(bench: Bench) -> None:
    """The address of a client in every record, in plain lines and in an access log."""
    for recipe in (
        Recipe(bench.size, "pylog", bench.seed, addresses=True),
        Recipe(bench.size, "access", bench.seed),
    ):
        log, path = bench.log(recipe)
        contestants = [
            *(bench.ours(each, path) for each in bench.variants),
            *(bench.peer(each, path) for each in ("rg", "sed") if each in bench.peers),
        ]
        found = bench.contest(log, contestants, bench.rounds)
        _show_contest(bench, f"an address on every line, {recipe.format}", found)
        for name in ("fast 1", "standard 1"):
            if each := found.get(f"ours {name}"):
                shown = f"{each.rate:.1f} MB/s, {each.size / min(each.busy) / 1e6:.1f} of cpu"
                what = f"{name}: an address a line, {recipe.format}"
                bench.judge(what, shown, f">= {ADDRESS:g} MB/s a core", is_met=each.rate >= ADDRESS)
        path.unlink()


def memory(bench: Bench) -> None:
    """The most private memory of any one process, whatever the input."""
    print(f"\nmemory of a process, load {os.getloadavg()[0]:.1f}")
    for label, make in (
        ("64 MiB", lambda path: Log(Recipe(64 << 20, bench.format, bench.seed)).write(path)),
        ("1 GiB", lambda path: Log(Recipe(GIB, bench.format, bench.seed)).write(path)),
        ("1 GiB, somebody new in every 20th line", lambda path: fresh_values(path, GIB)),
        ("a line of 1 GiB", lambda path: _long_line(bench, path)),
    ):
        source = bench.folder / "memory.log"
        make(source)
        for name in bench.variants:
            each = bench.ours(name, source)
            # on the disk: what lies in a memory file system is memory too, but nobody's own
            output = bench.folder / "memory.out"
            arguments = tuple(
                str(output) if part == str(each.command.output) else part for part in each.command.arguments
            )
            try:
                peaks = _peaks(each.command._replace(arguments=arguments, output=output), bench.base)
            except Failed as failure:
                bench.judge(f"{name}, {label}", str(failure)[:200], f"<= {MEMORY / 1e6:g} MB", is_met=False)
                continue
            shown = " + ".join(f"{peak / 1e6:.1f}" for peak in peaks)
            is_met = max(peaks) <= MEMORY
            bench.judge(f"{name}, {label}", f"{shown} MB", f"<= {MEMORY / 1e6:g} MB a process", is_met=is_met)
            output.unlink(missing_ok=True)
        source.unlink()


def _long_line(bench: Bench, path: Path) -> None:
    log = Log(Recipe(16 << 20, bench.format, bench.seed))
    text = b"".join(log.blocks()).replace(b"\n", b" ")
    with path.open("wb", 1 << 20) as file:
        for _ in range(GIB // len(text)):
            file.write(text)


def _peaks(command: Command, base: Mapping[str, str]) -> list[int]:
    """The most private memory of each process, in bytes, the largest first."""
    command.output.unlink(missing_ok=True)
    peaks: dict[int, int] = {}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command.arguments,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env={**base, **command.environment},
            start_new_session=True,
        )
        while process.poll() is None:
            for pid in measuring._family(process.pid):
                peaks[pid] = max(peaks.get(pid, 0), measuring._private(pid))
            time.sleep(0.01)
        if process.returncode not in command.fine:
            said.seek(0)
            raise Failed(f"ended with {process.returncode}: {said.read()[-200:].decode('utf-8', 'replace')}")
    return sorted(peaks.values(), reverse=True)


def leaks(bench: Bench) -> None:
    """The last look at a bundle of 10 MB; see ``leaks.py``."""
    from tests.benchmarks import leaks as looking

    ticket = looking.make(2_000_000)
    print(f"\nleak check of a bundle of {ticket.size / 1e6:.1f} MB, in this process, load {os.getloadavg()[0]:.1f}")
    for name, vault in (("by shape", None), ("and by the values of the map", ticket.vault)):
        spent, wall, count = looking.measure(ticket, vault, bench.rounds, with_mail=False)
        shown = f"{spent:.3f} s ({wall:.3f} s of wall)"
        bench.judge(f"leak check, {name}", shown, "<= 0.3 s, 0 found", is_met=spent <= 0.3 and not count)


ROWS: dict[str, Callable[[Bench], None]] = {
    "speed": speed,
    "formats": formats,
    "addresses": addresses,
    "memory": memory,
    "leaks": leaks,
}


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ticket-bundler-peers"


def main() -> int:
    memory_folder = Path("/dev/shm")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--program", type=Path, default=Path(sys.executable).with_name("ticket-bundler"))
    parser.add_argument("--rows", default=",".join(ROWS), help="of " + ", ".join(ROWS))
    parser.add_argument("--size", type=parse_size, default="64MiB", help="of the log")
    parser.add_argument("--format", choices=FORMATS, default="pylog")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rounds", type=int, default=5, help=f"turns; the slow peers take {SLOW_ROUNDS} at most")
    parser.add_argument("--peer", action="append", choices=PEERS, help="only this one; repeatable")
    parser.add_argument("--variant", action="append", choices=VARIANTS, help="of ours only this one; repeatable")
    parser.add_argument("--peers", type=Path, default=_cache(), help="where the peers are installed")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "ticket-bundler-redaction")
    parser.add_argument("--json", type=Path, help="write all of it there too")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=memory_folder if memory_folder.is_dir() else None) as scratch:
        bench = Bench(told, Path(scratch))
        versions = {name: peer.version for name, peer in bench.peers.items()}
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; ours: {', '.join(bench.variants)}")
        print("peers: " + ", ".join(f"{name} {version}" for name, version in versions.items()))
        for name, why in bench.absent.items():
            print(f"left out: {name}: {why}")
        if not any(name.endswith(" 2") for name in bench.variants):
            print("this scrub has no --jobs: no row on two cores")
        bench.results |= {"when": datetime.now(UTC).isoformat(), "cores": os.cpu_count(), "peers": versions}
        for row in told.rows.split(","):
            ROWS[row](bench)
        print(f"\n{bench.missed} goals missed; load {os.getloadavg()[0]:.1f}")
        bench.results |= {"left_out": bench.absent, "load_at_end": os.getloadavg()}
    if told.json:
        told.json.write_text(json.dumps(bench.results, indent=2), "utf-8")
    return 1 if bench.missed else 0


if __name__ == "__main__":
    sys.exit(main())
