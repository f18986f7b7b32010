"""Doubles adversarial texts and prints how the time of redaction grows: ``python -m tests.benchmarks.growth``.

What is linear takes twice the time for twice the text. The time is that of the processor, the least of several runs at
each size; the larger size is chosen so that a run takes at least a tenth of a second. Exit code 1 when one of them
grows more than 2.2 times after all repetitions.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Callable

from bundler.providers import load
from bundler.redact import mask_text, scrub
from tests.redact.planted.adversaries import ADVERSARIES

LIMIT = 2.2
TOO_LONG = 1.0
"""Seconds: what takes so long already is not doubled any more."""
VIPPS = load("vipps-mobilepay")


def _by_filter(text: str) -> None:
    scrub(io.BytesIO(text.encode()), io.BytesIO(), VIPPS)


def _by_text(text: str) -> None:
    mask_text(text, VIPPS)


_WAYS: dict[str, Callable[[str], None]] = {"text": _by_text, "scrub": _by_filter}


def seconds(work: Callable[[str], None], text: str, repetitions: int) -> float:
    """The least time of the processor of several runs."""
    least = float("inf")
    for _ in range(repetitions):
        start = time.process_time()
        work(text)
        least = min(least, time.process_time() - start)
    return least


def ratio(
    work: Callable[[str], None], make: Callable[[int], str], size: int, repetitions: int
) -> tuple[int, float, float]:
    """The smaller size, its time, and how many times as long twice the size takes."""
    while size < 2**22 and seconds(work, make(size), 1) < 0.05:
        size *= 2
    if (short := seconds(work, make(size), 1)) > TOO_LONG:
        return size, short, float("nan")
    small, large, best = make(size), make(2 * size), float("inf")
    for _ in range(3):  # a noisy machine may spoil a measurement, never better it for both sizes alike
        short = seconds(work, small, repetitions)
        best = min(best, seconds(work, large, repetitions) / short)
        if best <= LIMIT:
            break
    return size, short, best


def main() -> int:
    """A row for each text and way, the worst last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="only texts whose name holds this")
    parser.add_argument("--way", choices=tuple(_WAYS), action="append", help="only this one of them; repeatable")
    parser.add_argument("--size", type=int, default=2**12, help="the least size to begin with")
    parser.add_argument("--repetitions", type=int, default=3, help="runs at each size; the least counts")
    options = parser.parse_args()
    rows: list[tuple[float, str]] = []
    for way in options.way or _WAYS:
        for name, make in ADVERSARIES.items():
            if options.only in name:
                size, spent, grown = ratio(_WAYS[way], make, options.size, options.repetitions)
                rows.append((grown, f"{grown:6.2f}  {size / spent / 1e6:8.2f} MB/s  {size:9,} bytes  {way:6} {name}"))
                print(rows[-1][1], flush=True)
    too_much = sorted(row for row in rows if not row[0] <= LIMIT)
    print(f"\n{len(rows)} texts, {len(too_much)} above {LIMIT}:")
    for _, row in too_much:
        print(row)
    return 1 if too_much else 0


if __name__ == "__main__":
    sys.exit(main())
