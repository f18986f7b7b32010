"""How many identifiers are found where they stand: ``python tests/benchmarks/identifiers.py``.

Every identifier of every operation of the provider is written into URL, header and body of a failing call, which is
recorded as a HAR, curl with its answer or raw HTTP, and into logs of seven styles among the records of other payments.
It is found when the ticket has it with its name, its value and its place. A fact with a value that was not planted
under its name, and without a rival, is a wrong id marked certain. Ends with 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it also runs as a program, by its path

from bundler.providers import load
from tests.benchmarks import command_line
from tests.benchmarks.identifier_plants import Outcome, look, plants

SHARE = 0.98
"""The goal: so much of what was planted is found right."""


def parser() -> argparse.ArgumentParser:
    """The options."""
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("--seed", type=int, help="the same seed plants the same ids (default: a new one)")
    told.add_argument("--every", type=int, default=1, help="only one case in so many")
    told.add_argument("--misses", type=int, default=25, help="how many of the misses are listed")
    told.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the files of each case there")
    return told


def main() -> int:
    told = parser().parse_args()
    seed = secrets.randbelow(10**6) if told.seed is None else told.seed
    made = list(islice(plants(load("vipps-mobilepay"), seed), 0, None, told.every))
    print(f"seed {seed}: {len(made)} identifiers planted", flush=True)
    with command_line.scratch() as scratch:
        folder = told.keep or Path(scratch)
        began = time.perf_counter()
        outcomes = [look(each, folder / f"{each.number:05}") for each in made]
        print(f"looked for in {time.perf_counter() - began:.1f} s\n")
    return _report(outcomes, told.misses)


def _report(outcomes: Sequence[Outcome], shown: int) -> int:
    for by in ("place", "form", "family"):
        whole, found = Counter[str](), Counter[str]()
        for outcome in outcomes:
            key = getattr(outcome.plant, by)
            whole[key] += 1
            found[key] += outcome.found
        print(f"{by:<20}{'planted':>8}{'found':>8}")
        for key in sorted(whole):
            print(f"{key:<20}{whole[key]:>8}{found[key] / whole[key]:>8.3f}")
        print()
    missed = [outcome for outcome in outcomes if not outcome.found or outcome.wrong]
    print(f"{len(missed)} misses:")
    for outcome in missed[:shown]:
        plant = outcome.plant
        print(f"  {plant.number:05} {plant.family} {plant.name} {plant.place} {plant.form}: {outcome.remark}")
    share = sum(outcome.found for outcome in outcomes) / len(outcomes)
    wrong = sum(bool(outcome.wrong) for outcome in outcomes)
    print(
        f"\nfound with name, value and place {share:.4f}   goal >= {SHARE}   {'kept' if share >= SHARE else 'MISSED'}"
    )
    print(f"wrong ids marked certain {wrong:>13}   goal 0   {'MISSED' if wrong else 'kept'}")
    return 1 if wrong or share < SHARE else 0


if __name__ == "__main__":
    sys.exit(main())
