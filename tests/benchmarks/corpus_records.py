"""The records of a corpus: which line stands where, and its bytes, some thousand records at once."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import accumulate
from typing import NamedTuple

from tests.benchmarks.corpus_lines import RECORDS, STYLES, WAITING, WORKERS, Draws, Line, Pool, line, message, stack

END = int(datetime(2026, 3, 12, tzinfo=UTC).timestamp())
ERROR = int(datetime(2026, 3, 11, 14, 37, 22, tzinfo=UTC).timestamp())
NEAR = 240
"""How many seconds before and after the error the target's records lie."""
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
    """The lines of the pool with the planted ones behind them, and which record is which planted line.

    ``traces`` are the trace numbers of the planted records, ``payments`` those of the pool.
    """

    lines: list[Line]
    records: list[int]
    planted: list[int]
    ids: list[str]
    traces: list[bytes]
    payments: list[list[range]]


def plant(name: str, seed: int, found: Pool, clock: Clock, target: str, others: Sequence[str]) -> Plan:
    """Choose the records that name ``target`` (40) and the ``others``, the first of which is the frequent one."""
    entries = list(found.lines)
    draws = Draws(seed, name, "plan")
    styles = list(STYLES) if name == "mixed" else [name]
    taken: dict[int, tuple[int, str]] = {}

    def entry(each: str, trace: str = "") -> int:
        style = "pylog" if trace and len(styles) > 1 else draws.pick(styles)
        level = "ERROR" if trace else "INFO"
        said, worker = message(draws, each), draws.below(WORKERS)
        entries.append(line(draws, style, said, level=level, trace=trace, payment=each, worker=worker))
        return len(entries) - 1

    def put(record: int, each: str, chosen: int) -> None:
        if len(taken) == clock.records:  # a very small log has no room for all
            return
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
    ids = [taken[each][1] for each in records]
    traces = _traces(Draws(seed, name, "plan", "traces"), ids)
    return Plan(entries, records, [taken[each][0] for each in records], ids, traces, found.payments)


def _traces(draws: Draws, ids: Sequence[str]) -> list[bytes]:
    """Trace numbers for records that name these ids: as many of an id as a request leaves have the same."""
    found: list[bytes] = []
    open_requests: dict[str, tuple[int, bytes]] = {}
    for each in ids:
        left, trace = open_requests.get(each, (0, b""))
        if not left:
            left, trace = draws.pick(RECORDS), draws.take(8).hex().encode()
        open_requests[each] = (left - 1, trace)
        found.append(trace)
    return found


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
        # a random byte says whose turn it is
        self._following = [self._work(worker).__next__ for worker in range(WORKERS)] * (256 // WORKERS)
        self.places: dict[str, list[tuple[int, int]]] = {}
        self.bounds = dict.fromkeys(moments, 0)

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """Bytes in the order of time, with the second of the log that they begin at."""
        clock, offset = self._clock, 0
        step = max(1, min(BLOCK * clock.seconds // clock.records, clock.seconds // 64))
        for begin in range(0, clock.seconds, step):
            end = min(begin + step, clock.seconds)
            low, high = clock.first(begin), clock.first(end)
            chosen, traces = self._choose(low, high)
            edges = list(accumulate(map(self._lengths.__getitem__, chosen), initial=offset))
            self._note(begin, end, low, high, edges)
            parts: list[bytes] = [b""] * (5 * (high - low))
            parts[0::5] = map(self._heads.__getitem__, chosen)
            parts[1::5] = self._stamps(begin, end, chosen)
            parts[2::5] = map(self._middles.__getitem__, chosen)
            parts[3::5] = traces
            parts[4::5] = map(self._tails.__getitem__, chosen)
            yield begin, b"".join(parts)
            offset = edges[-1]
        for moment in self.bounds:
            if moment >= END:
                self.bounds[moment] = offset

    def _choose(self, low: int, high: int) -> tuple[list[int], list[bytes]]:
        """The lines of some records and their trace numbers."""
        workers = Draws(self._seed, self._name, "workers", low).take(high - low)
        following = self._following
        records = [following[each]() for each in workers]
        chosen, traces = [line for line, _ in records], [trace for _, trace in records]
        for each in self._planted(low, high):
            record = self._plan.records[each] - low
            chosen[record], traces[record] = self._plan.planted[each], self._plan.traces[each]
        return chosen, traces

    def _work(self, worker: int) -> Iterator[tuple[int, bytes]]:
        """What one worker writes: request after request of the payments that wait, each line with its trace number."""
        draws = Draws(self._seed, self._name, "worker", worker)
        payments = self._plan.payments
        waiting: deque[Iterator[range]] = deque()
        while True:
            while len(waiting) < WAITING:
                waiting.append(iter(payments[int.from_bytes(draws.take(2), "big") * len(payments) >> 16]))
            requests = waiting.popleft()
            if (request := next(requests, None)) is not None:
                trace = draws.take(8).hex().encode()
                for each in request:
                    yield each, trace
                waiting.append(requests)

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
