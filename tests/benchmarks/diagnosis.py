"""How often the named cause is right: ``python tests/benchmarks/diagnosis.py``.

Some hundred labelled tickets are made anew at each run (``--seed`` repeats one), from the documented codes, texts and
rules of a dozen APIs and more, with errors of other providers among them. What was planted is the label. Each is
written down as people have it, as a recording, curl with its output, raw HTTP, a saved body or a log, and goes through
what ``check --json`` does; a share of them through the installed program. Ends with 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import secrets
import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it also runs as a program, by its path

from bundler.providers import load
from tests.benchmarks import command_line, diagnosis_times
from tests.benchmarks.diagnosis_labels import LabelledTicket
from tests.benchmarks.diagnosis_score import Score, Verdict, arguments, grouped, judge, misses, run_command, score
from tests.benchmarks.diagnosis_tickets import tickets

PRECISION, RECALL, FAMILIES, COUNT = 0.95, 0.80, 12, 400
"""The goals, and the least number of APIs and tickets that they are about."""


def parser() -> argparse.ArgumentParser:
    """The options."""
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("--seed", type=int, help="the same seed gives the same tickets (default: a new one)")
    told.add_argument("--count", type=int, default=528, help="how many tickets (default: 528)")
    told.add_argument("--by-command", type=int, default=24, help="so many of them through the program as well")
    told.add_argument("--misses", type=int, default=25, help="how many of the misses are listed")
    told.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the files of each ticket there")
    told.add_argument("--only", type=int, metavar="NUMBER", help="this ticket alone, with all that is said of it")
    told.add_argument("--kind", default="", help="only tickets of this kind")
    told.add_argument("--no-times", action="store_true", help="leave the times out")
    told.add_argument(
        "--program",
        type=Path,
        default=Path(sys.executable).with_name("ticket-bundler"),
        help="the installed ticket-bundler (default: the one beside this Python)",
    )
    return told


def main() -> int:
    told = parser().parse_args()
    seed = secrets.randbelow(10**6) if told.seed is None else told.seed
    made = [each for each in tickets(load("vipps-mobilepay"), seed, told.count) if told.kind in each.story.kind]
    if told.only:
        return _show(made[told.only - 1], told.keep or Path(f"ticket-{seed}-{told.only}"))
    families = {each.story.family for each in made if each.story.kind not in {"foreign", "other provider"}}
    print(f"seed {seed}: {len(made)} tickets of {len(families)} APIs", flush=True)
    with command_line.scratch() as scratch:
        folder = told.keep or Path(scratch)
        began = time.perf_counter()
        verdicts = [judge(each, folder / f"{each.number:04}") for each in made]
        print(f"judged in {time.perf_counter() - began:.1f} s\n")
        missed = _report(verdicts, told.misses)
        missed += _by_command(verdicts, told, folder)
    missed += 0 if told.no_times else diagnosis_times.report()
    print(f"\n{missed} goals missed")
    return 1 if missed else 0


def _show(ticket: LabelledTicket, folder: Path) -> int:
    verdict = judge(ticket, folder)
    print(ticket.name, *ticket.story.label.causes, sep="\n  right: ")
    print(f"  said: {verdict.said}\n\nticket-bundler {shlex.join(arguments(ticket, folder))}")
    return 0


def _report(verdicts: Sequence[Verdict], shown: int) -> int:
    for by in ("kind", "family", "form"):
        print(f"{by:<18}{'tickets':>8}{'named':>7}{'precision':>11}{'recall':>8}{'who':>7}")
        for name, group in grouped(verdicts, by).items():
            found = score(group)
            print(
                f"{name:<18}{len(group):>8}{found.named:>7}{found.precision:>11.3f}{found.recall:>8.3f}{found.who_right:>7.3f}"
            )
        print()
    wrong = misses(verdicts)
    print(f"{len(wrong)} misses, the surest first:")
    for verdict in wrong[:shown]:
        print(f"  {verdict.ticket.name}\n      {verdict.said[:200]}")
    return _goals(score(verdicts))


def _goals(found: Score) -> int:
    rows = (
        ("precision of the named cause", f"{found.precision:.3f}", f">= {PRECISION}", found.precision >= PRECISION),
        ("recall", f"{found.recall:.3f}", f">= {RECALL}", found.recall >= RECALL),
        ("confident on another's body", str(found.foreign_confident), "0", not found.foreign_confident),
    )
    print(f"\n{found.named} named, {found.right} right; {found.labelled} have a cause, {found.found} of them found; ")
    print(f"who acts first is right in {found.who_right:.3f}; {found.foreign} bodies of other providers\n")
    for name, value, goal, kept in rows:
        print(f"{name:<32}{value:>8}   goal {goal:<8}{'kept' if kept else 'MISSED'}")
    return sum(not kept for *_, kept in rows)


def _by_command(verdicts: Sequence[Verdict], told: argparse.Namespace, folder: Path) -> int:
    """The program itself says the same as its function, of tickets spread over the set."""
    step = max(1, len(verdicts) // told.by_command) if told.by_command else 0
    chosen = verdicts[::step][: told.by_command] if step else []
    differing = 0
    for verdict in chosen:
        again = run_command(told.program, verdict.ticket, folder / f"{verdict.ticket.number:04}-command")
        if (again.cause, bool(again.refused)) != (verdict.cause, bool(verdict.refused)):
            differing += 1
            print(f"  by command, {verdict.ticket.name}: {again.said[:160]}")
    print(f"\n{'the command says the same':<32}{len(chosen) - differing:>4}/{len(chosen)}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
