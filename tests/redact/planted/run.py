# ruff: noqa: T201 - a program that prints
"""Runs the planted corpora over many seeds and prints what was missed.

``python -m tests.redact.planted.run --seeds 20``
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from bundler.providers import load
from bundler.providers.profile import Profile
from tests.redact.planted import scoring
from tests.redact.planted.borders import borders
from tests.redact.planted.corpus import every, seen_elsewhere
from tests.redact.planted.messages import MESSAGES, message
from tests.redact.planted.pieces import Document
from tests.redact.planted.regressions import regressions
from tests.redact.planted.scoring import Miss

GAPS = Path(__file__).with_name("gaps.txt")
SEEDS = ("1", "8c41")
"""The seeds that every run of the suite plays."""

Judge = Callable[[Document, Profile], list[Miss]]
_JUDGES: dict[str, Judge] = {
    "scrub": scoring.through_filter,
    "text": scoring.through_text,
    "ticket": scoring.through_ticket,
}


class Score:
    """How many secrets, decoys and identifiers there were, and which went wrong."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.misses: list[Miss] = []

    def add(self, document: Document, misses: list[Miss]) -> None:
        """One document more."""
        self.counts["documents"] += 1
        self.counts.update(span.role for span in document.spans)
        self.misses += misses

    def __str__(self) -> str:
        wrong = Counter(miss.what for miss in self.misses)
        rates = [
            f"{name} {1 - wrong[what] / max(1, self.counts[role]):.5f} ({wrong[what]} of {self.counts[role]} wrong)"
            for name, what, role in (
                ("recall", "leak", "secret"),
                ("decoys kept", "decoy", "decoy"),
                ("protected", "protected", "kept"),
            )
        ]
        return f"{self.counts['documents']} documents: {', '.join(rates)}"


def gaps() -> frozenset[tuple[str, str]]:
    """Shapes in structures (either may be ``*``) of which we know that they are not masked yet; see ``gaps.txt``."""
    rows = (line.split("#")[0].split() for line in GAPS.read_text(encoding="utf-8").splitlines())
    return frozenset((row[0], row[1]) for row in rows if row)


def fresh_seed() -> str:
    """A new one in each run.

    Always the same where runs have to be alike, and while there are known gaps, whose like a new one would find.
    """
    return "7d02" if gaps() or os.environ.get("CI") else secrets.token_hex(4)


def is_known(miss: Miss, known: frozenset[tuple[str, str]]) -> bool:
    """True for a miss that ``gaps.txt`` owns up to."""
    structure = miss.document.split("/")[2]
    tag = miss.tag.split(" ")[0]
    return not known.isdisjoint(((tag, structure), (tag, "*"), ("*", structure)))


def is_gap(document: Document, known: frozenset[tuple[str, str]]) -> bool:
    """True for a document that ``gaps.txt`` gives up."""
    _, shape, structure, *_ = document.name.split("/")
    return not known.isdisjoint(((shape, structure), (shape, "*"), ("*", structure)))


def documents(seed: object, share: int = 1) -> Iterator[Document]:
    """All documents of a seed that stand in one text."""
    yield from every(seed, share)
    yield from seen_elsewhere(seed)
    for kind in MESSAGES:
        for number in range(max(1, 12 // share)):
            yield message(seed, kind, number)


def run(seeds: list[str], judges: list[str], share: int, profile: Profile, only: str = "") -> Score:
    """The score over all seeds."""
    score = Score()
    for seed in seeds:
        for document in documents(seed, share):
            if only in document.name:
                for judge in judges:
                    score.add(document, _JUDGES[judge](document, profile))
    return score


def main() -> int:
    """Print every kind of miss with its first example, then the score."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, help="how many fresh seeds")
    parser.add_argument("--seed", action="append", default=[], help="this seed instead; may be given several times")
    parser.add_argument("--share", type=int, default=1, help="one document in so many")
    parser.add_argument("--judge", action="append", choices=tuple(_JUDGES), help="default: scrub and text")
    parser.add_argument("--profile", default="vipps-mobilepay", help="of which provider")
    parser.add_argument("--only", default="", help="only documents whose name holds this")
    parser.add_argument("--strict", action="store_true", help="count the known gaps too")
    parser.add_argument("--borders", action="store_true", help="long streams too, ten times slower")
    parser.add_argument("--print-gaps", action="store_true", help="the rows for gaps.txt, nothing else")
    parser.add_argument("--all", action="store_true", help="print every miss")
    options = parser.parse_args()
    seeds = options.seed or [secrets.token_hex(4) for _ in range(options.seeds)]
    start = time.process_time()
    score = run(seeds, options.judge or ["scrub", "text"], options.share, load(options.profile), options.only)
    if options.borders:
        for seed in seeds:
            for is_one_line in (False, True):
                for document in borders(seed, is_one_line=is_one_line):
                    score.add(document, scoring.by_place(document, load(options.profile)))
    known = frozenset[tuple[str, str]]() if options.strict else gaps()
    forgiven = [miss for miss in score.misses if is_known(miss, known)]
    score.misses = [miss for miss in score.misses if not is_known(miss, known)]
    if options.print_gaps:
        for document in regressions():
            score.add(document, [miss for judge in _JUDGES.values() for miss in judge(document, load(options.profile))])
        for tag, structure in sorted({(miss.tag.split(" ")[0], miss.document.split("/")[2]) for miss in score.misses}):
            print(tag, structure)
        return 0
    shown: Counter[tuple[str, str, str]] = Counter()
    for miss in score.misses:
        key = (miss.what, miss.tag.split(" ")[0], miss.document.split("/")[2])
        shown[key] += 1
        if options.all or shown[key] == 1:
            print(miss)
    for (what, tag, structure), count in sorted(shown.items()):
        print(f"{count:5} {what:9} {tag:24} {structure}")
    print(
        f"seeds {' '.join(seeds)}\n{score}; {len(forgiven)} in known gaps; {time.process_time() - start:.1f} s of CPU"
    )
    return 1 if score.misses else 0


if __name__ == "__main__":
    sys.exit(main())
