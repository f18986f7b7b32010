"""The records of a corpus: which line stands where, and its bytes, some thousand records at once."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import accumulate
from typing import NamedTuple

from tests.benchmarks.corpus_lines import STYLES, Draws, Line, Pool, line, message, stack

END = int(datetime(2026, 3, 12, tzinfo=UTC).timestamp())
ERROR = int(datetime(2026, 3, 11, 14, 37, 22, tzinfo=UTC).timestamp())
NEAR = 240
"""How many seconds before and after the error the target's records lie."""
INDEXES = 1 << 16
"""Two bytes choose a line."""
BLOCK = 8192
"""How many records are put together at once."""

_FREQUENT_EVERY = 200  # about 30,000 in a GiB


class Clock(NamedTuple):
    """Spreads the ``records`` evenly over ``seconds``, the last of which ends at ``END``."""

    records: int
    seconds: int

    @property
    def start(self) -> int:
        """The first second of the log, in seconds of the epoch."""
        return END - self.seconds

    def first(self, second: int) -> int:
        """The first record that is not before this second of the log."""
        return -(-second * self.records // self.seconds)

    def at(self, moment: int) -> int:
        """The same for seconds of the epoch; the nearest record where the log does not cover them."""
        return min(self.records - 1, max(0, self.first(moment - self.start)))


class Plan(NamedTuple):
    """The lines of the pool with the planted ones behind them, and which record is which planted line."""

    lines: list[Line]
    records: list[int]
    planted: list[int]
    ids: list[str]


def plant(name: str, seed: int, found: Pool, clock: Clock, target: str, others: Sequence[str]) -> Plan:
    """Choose the records that name ``target`` (40) and the ``others``, the first of which is the frequent one."""
    entries = found.lines * (INDEXES // len(found.lines))
    draws = Draws(seed, name, "plan")
    styles = list(STYLES) if name == "mixed" else [name]
    taken: dict[int, tuple[int, str]] = {}

    def entry(each: str, trace: str = "") -> int:
        style = "pylog" if trace and len(styles) > 1 else draws.pick(styles)
        level = "ERROR" if trace else "INFO"
        entries.append(line(draws, style, message(draws, each), level=level, trace=trace, payment=each))
        return len(entries) - 1

    def put(record: int, each: str, chosen: int) -> None:
        record %= clock.records
        while record in taken:
            record = (record + 1) % clock.records
        taken[record] = (chosen, each)

    put(clock.at(ERROR), target, entry(target, stack(draws)))
    first, last = clock.at(ERROR - NEAR), clock.at(ERROR + NEAR)
    reach = max(0, 40 - (last - first))  # a small log has too few records in these minutes
    for number in range(31):
        place = first - reach + (last - first + 2 * reach) * number // 31
        put(place + draws.below(max(1, (last - first) // 40)), target, entry(target))
    for number in range(8):
        put(clock.records * number // 8 + draws.below(max(1, clock.records // 32)), target, entry(target))
    for each in others[1:]:
        for _ in range(min(20 + draws.below(40), 3 + clock.records // 500)):
            put(draws.below(clock.records), each, entry(each))
    variants = [entry(others[0]) for _ in range(64)]
    for stretch in range(0, clock.records - _FREQUENT_EVERY + 1, _FREQUENT_EVERY):
        record = stretch + draws.below(_FREQUENT_EVERY)
        if record not in taken:
            taken[record] = (draws.pick(variants), others[0])
    records = sorted(taken)
    return Plan(entries, records, [taken[each][0] for each in records], [taken[each][1] for each in records])


class Records:
    """Puts the records together. ``places`` and ``bounds`` fill while ``blocks`` goes by.

    All work on single records is left to ``map``, slices and ``join``: a GiB has six million of them.
    """

    def __init__(self, name: str, seed: int, clock: Clock, plan: Plan, moments: Sequence[int]) -> None:
        self._name, self._seed, self._clock, self._plan = name, seed, clock, plan
        self._styles = [each.style for each in plan.lines]
        self._heads = [each.head for each in plan.lines]
        self._middles = [each.middle for each in plan.lines]
        self._tails = [each.tail for each in plan.lines]
        widths = {style: len(_stamp(style, END) + _fraction(style, 0)) + 16 for style in STYLES}
        self._lengths = [widths[each.style] + len(each.head + each.middle + each.tail) for each in plan.lines]
        self._used = sorted(set(self._styles))
        self._fractions: dict[int, dict[str, list[bytes]]] = {}
        self.places: dict[str, list[tuple[int, int]]] = {}
        self.bounds = dict.fromkeys(moments, 0)

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """Bytes in the order of time, with the second of the log that they begin at."""
        clock, offset = self._clock, 0
        step = max(1, min(BLOCK * clock.seconds // clock.records, clock.seconds // 64))
        for begin in range(0, clock.seconds, step):
            end = min(begin + step, clock.seconds)
            low, high = clock.first(begin), clock.first(end)
            chosen = self._choose(low, high)
            edges = list(accumulate(map(self._lengths.__getitem__, chosen), initial=offset))
            self._note(begin, end, low, high, edges)
            draws = Draws(self._seed, self._name, "traces", low)
            traces = draws.take(8 * (high - low)).hex().encode()
            parts: list[bytes] = [b""] * (5 * (high - low))
            parts[0::5] = map(self._heads.__getitem__, chosen)
            parts[1::5] = self._stamps(begin, end, chosen)
            parts[2::5] = map(self._middles.__getitem__, chosen)
            parts[3::5] = [traces[each : each + 16] for each in range(0, len(traces), 16)]
            parts[4::5] = map(self._tails.__getitem__, chosen)
            yield begin, b"".join(parts)
            offset = edges[-1]
        for moment in self.bounds:
            if moment >= END:
                self.bounds[moment] = offset

    def _choose(self, low: int, high: int) -> list[int]:
        indexes = array("H", Draws(self._seed, self._name, "lines", low).take(2 * (high - low)))
        if sys.byteorder == "big":
            indexes.byteswap()
        chosen = list(indexes)
        for each in self._planted(low, high):
            chosen[self._plan.records[each] - low] = self._plan.planted[each]
        return chosen

    def _planted(self, low: int, high: int) -> range:
        return range(bisect_left(self._plan.records, low), bisect_left(self._plan.records, high))

    def _note(self, begin: int, end: int, low: int, high: int, edges: list[int]) -> None:
        for each in self._planted(low, high):
            record = self._plan.records[each] - low
            self.places.setdefault(self._plan.ids[each], []).append((edges[record], edges[record + 1]))
        for moment in self.bounds:
            if begin <= moment - self._clock.start < end:
                self.bounds[moment] = edges[self._clock.first(moment - self._clock.start) - low]

    def _stamps(self, begin: int, end: int, chosen: list[int]) -> list[bytes]:
        stamps: list[bytes] = []
        clock = self._clock
        low, high = clock.first(begin), clock.first(end)
        while len(stamps) < high - low:
            done = len(stamps)
            second = (low + done) * clock.seconds // clock.records
            count = clock.first(second + 1) - low - done
            if count not in self._fractions:
                milliseconds = [each * 1000 // count for each in range(count)]
                self._fractions[count] = {
                    style: [_fraction(style, each) for each in milliseconds] for style in self._used
                }
            fractions = self._fractions[count]
            texts = {style: _stamp(style, clock.start + second) for style in self._used}
            if len(texts) == 1:
                ((style, text),) = texts.items()
                stamps += [text + fraction for fraction in fractions[style]]
            else:
                styles = [self._styles[each] for each in chosen[done : done + count]]
                stamps += [texts[style] + fractions[style][each] for each, style in enumerate(styles)]
        return stamps


def _stamp(style: str, second: int) -> bytes:
    moment = datetime.fromtimestamp(second, UTC)
    clock = f"{moment.hour:02}:{moment.minute:02}:{moment.second:02}"
    return STYLES[style].stamp(moment.year, moment.month, moment.day, clock).encode()


def _fraction(style: str, millisecond: int) -> bytes:
    fraction = STYLES[style].fraction
    return (fraction % millisecond).encode() if fraction else b""
