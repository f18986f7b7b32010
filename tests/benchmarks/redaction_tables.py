"""What ``redaction.py`` prints of a contest, and keeps of it for other programs."""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Mapping
from typing import Any

from tests.benchmarks.redaction_bench import Bench, Measured, ratio
from tests.benchmarks.redaction_kinds import family_of

_LEGEND = """
x: its time as so many times that of the first; recall: of all that was planted; claimed: of what it says it knows;
decoys, ids: the share that was kept; clean changed: the share of the records without a secret that were changed"""


def show_contest(bench: Bench, title: str, found: Mapping[str, Measured]) -> None:
    """A line for each tool: time, and what became of what was planted."""
    first = next(iter(found.values()), None)
    if first is None:
        return
    if not bench.results["contests"]:
        print(_LEGEND)
    print(f"\n{title}: {first.size / 1e6:.1f} MB, load {os.getloadavg()[0]:.1f}")
    print(
        f"  {'tool':<18}{'MB':>7}{'least s':>9}{'median s':>10}{'cpu s':>8}{'MB/s':>8}{'x ' + first.name:>19}"
        f"{'secrets':>9}{'recall':>8}{'claimed':>9}{'decoys':>8}{'ids':>8}{'clean changed':>15}"
    )
    for each in found.values():
        score = each.score
        print(
            f"  {each.name:<18}{each.size / 1e6:>7.2f}{min(each.seconds):>9.2f}{statistics.median(each.seconds):>10.2f}"
            f"{min(each.busy):>8.2f}{each.rate:>8.2f}{1 / ratio(first, each):>19.2f}{score.planted.total():>9,}"
            f"{each.recall:>8.3f}{score.recall(each.tool.claims):>9.3f}{_share(score.decoys_kept, score.decoys):>8}"
            f"{_share(score.identifiers_kept, score.identifiers):>8}{_share(score.clean_changed, score.clean):>15}"
            f"  {each.tool.note}"
        )
    sys.stdout.flush()
    bench.results["contests"].append({"title": title, "tools": [_kept(each) for each in found.values()]})


def _kept(each: Measured) -> dict[str, Any]:
    score = each.score
    return {
        "tool": each.name,
        "bytes": each.size,
        "seconds": each.seconds,
        "processor_seconds": each.busy,
        "mb_per_second": each.rate,
        "recall": each.recall,
        "recall_claimed": score.recall(each.tool.claims),
        "recall_by_family": score.by_family(),
        "missed": dict(score.missed()),
        "decoys": [score.decoys_kept, score.decoys],
        "identifiers": [score.identifiers_kept, score.identifiers],
        "clean_changed": [score.clean_changed, score.clean],
    }


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def show_families(found: Mapping[str, Measured]) -> None:
    """Recall by family; of our own variants the first alone, for all write the same bytes."""
    ours = [each for each in found.values() if each.tool.is_ours][:1]
    shown = [*ours, *(each for each in found.values() if not each.tool.is_ours)]
    print(f"\n  {'recall':<26}" + "".join(f"{each.name:>15}" for each in shown))
    rates = [each.score.by_family() for each in shown]
    for family in rates[0] if rates else ():
        cells = []
        for each, rate in zip(shown, rates, strict=True):
            is_claimed = any(each.tool.claims(kind) for kind in each.score.planted if family_of(kind) == family)
            text = f"{rate[family]:.3f}" if family in rate else "-"
            cells.append(f"{text if is_claimed else f'({text})':>15}")
        print(f"  {family:<26}" + "".join(cells))
    print("  in brackets what a tool does not claim to know", flush=True)


def show_left(each: Measured) -> None:
    """Of which kinds it left something, if any."""
    if missed := each.score.missed():
        print(
            f"  {each.name} left: " + ", ".join(f"{count} {kind}" for kind, count in missed.most_common()), flush=True
        )
