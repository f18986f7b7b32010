"""How long the program takes to start: ``python tests/benchmarks/start.py``, with the interpreter it is installed in.

Whole processes, as a user waits for them: an empty Python, ``--help``, ``--version`` and ``demo`` into a fresh folder,
taken in turns so that a busy minute hits all of them. Prints the medians beside the goals and names the heavy modules
that ``--help`` or ``--version`` import before anybody needs them. Ends with 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

HEAVY = ("jinja2", "PIL", "mss", "dateutil", "rich")
EMPTY = ("-c", "pass")


class Goal(NamedTuple):
    """What one command may take: so many times an empty Python (None: no such goal), and so many seconds."""

    arguments: tuple[str, ...]
    ratio: float | None
    seconds: float


GOALS = {
    "--help": Goal(("-m", "bundler", "--help"), 6.0, 0.120),
    "--version": Goal(("-m", "bundler", "--version"), 6.0, 0.120),
    "demo": Goal(("-m", "bundler", "demo", "-o"), None, 1.0),
}


def seconds_of(arguments: tuple[str, ...]) -> float:
    """Wall time of one whole process; ends the benchmark when the command fails."""
    started = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], capture_output=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stderr.decode(errors='replace')}")
    return seconds


def measure(run_count: int) -> dict[str, float]:
    """Median seconds of each command, after one round that only warms up."""
    times: dict[str, list[float]] = {name: [] for name in ("empty", *GOALS)}
    with tempfile.TemporaryDirectory() as folder:
        for run in range(run_count + 1):
            for name, taken in times.items():
                arguments = GOALS[name].arguments if name in GOALS else EMPTY
                if name == "demo":
                    fresh = Path(folder) / str(run)
                    fresh.mkdir()
                    arguments = (*arguments, str(fresh))
                seconds = seconds_of(arguments)
                if run:
                    taken.append(seconds)
    return {name: statistics.median(taken) for name, taken in times.items()}


def heavy_imports(arguments: tuple[str, ...]) -> list[str]:
    """Which of ``HEAVY`` a command imports, by Python's own account (``-X importtime``)."""
    done = subprocess.run([sys.executable, "-X", "importtime", *arguments], capture_output=True, text=True, check=True)
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    return [name for name in HEAVY if name in imported]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=15, help="rounds to take the median of (at least 15)")
    medians = measure(max(15, parser.parse_args().runs))
    missed = 0
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'command':<18}{'median':>9}{'ratio':>8}   goal")
    print(f"{'python -c pass':<18}{medians['empty'] * 1000:>6.0f} ms{1:>8.1f}")
    for name, goal in GOALS.items():
        ratio = medians[name] / medians["empty"]
        kept = medians[name] <= goal.seconds and (goal.ratio is None or ratio <= goal.ratio)
        missed += not kept
        wanted = f"<= {goal.seconds * 1000:.0f} ms" + (f" and <= {goal.ratio:.0f}x" if goal.ratio else "")
        print(f"{name:<18}{medians[name] * 1000:>6.0f} ms{ratio:>8.1f}   {wanted}: {'kept' if kept else 'MISSED'}")
    for name in ("--help", "--version"):
        heavy = heavy_imports(GOALS[name].arguments)
        missed += bool(heavy)
        print(f"{name} imports of {', '.join(HEAVY)}: {', '.join(heavy) + '  MISSED' if heavy else 'none'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
