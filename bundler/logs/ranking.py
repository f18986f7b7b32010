"""Decides which records stay when a budget cannot hold them all, and how several logs share one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from heapq import heappop, heappush, heappushpop
from math import log10

from bundler.amounts import plural
from bundler.logs.folding import shapes
from bundler.logs.levels import SEVERE
from bundler.logs.records import Record
from bundler.model import Omission

STEPS = (1.0, 10.0, 60.0, 600.0)
"""Seconds from the error at which a record moves one step away from it."""
MENTION = 100.0
SEVERE_STEPS = 1.5
WARNING_STEPS = 0.75
REPEAT_STEPS = 0.4
OFTEN = 10
"""A record after this many of its shape counts as one of many alike when it is cut."""

_SHAPES_KNOWN = 4096
_BATCH = 64
"""So many records are weighed at a time, or fewer where they are large."""
_BATCH_PART = 32
_SMALLEST = 16  # bytes of an average record, below which what Python adds to each would be more than the budget


def usefulness(*, mentioned: bool, distance: float | None, level: str | None, alike: int = 1) -> float:
    """How much a record tells about the error; the least useful are cut first.

    ::

        100                     when it mentions one of the ids, which outweighs all else
        + 5 - steps             of distance: 0 at the error, 1 a second away, 2 at ten, 3 at a minute, 4 at ten
                                minutes, towards 5 beyond that; even in between
        + 1.5 or 0.75           for an error and worse, or a warning: as if it were that many steps nearer
        - 0.4 * log10(alike)    when it is the ``alike``-th record of its shape: the first of them tells the most

    ``distance`` is in seconds, None where the moment of the error or of the record is not known.
    """
    score = MENTION if mentioned else 0.0
    if distance is not None:
        score += len(STEPS) + 1 - _steps(distance)
    if level is not None:
        score += _level_worth(level)
    return score - REPEAT_STEPS * log10(alike) if alike > 1 else score


def _level_worth(level: str | None) -> float:
    return SEVERE_STEPS if level in SEVERE else WARNING_STEPS if level == "warning" else 0.0


def _steps(distance: float) -> float:
    start = 0.0
    for number, end in enumerate(STEPS):
        if distance < end:
            return number + (distance - start) / (end - start)
        start = end
    return len(STEPS) + 1 - start / distance


_Offered = tuple[Record, "datetime | None", "str | None", int]
"""A record, its moment and level, and its size."""

_Entry = tuple[float, int, int, int, Record]


class Choice:
    """Keeps the most useful of the records it is offered, and never more than the budget while they go by.

    ``middle`` is the moment of the error. Of equally useful records the first stay. As long as everything fits,
    nothing is weighed. ``level_of`` is asked where ``offer`` is told no level, and only when the answer matters.
    ``size_of`` tells how many bytes of the budget a record's bytes take.
    """

    def __init__(
        self,
        middle: datetime | None,
        budget: int,
        level_of: Callable[[Record], str | None] | None = None,
        size_of: Callable[[bytes], int] = len,
    ) -> None:
        self._middle = middle
        self._budget = budget
        self._level_of = level_of
        self._size_of = size_of
        self._most = max(1000, budget // _SMALLEST)
        self._waiting: list[_Offered] = []
        self._batch: list[_Offered] = []
        self._batch_room = budget // _BATCH_PART
        self._heap: list[_Entry] = []
        self._weighing = False
        self._alike: dict[bytes, int] = {}
        self._room = budget
        self._count = 0
        self._dropped = Counter[tuple[bool, bool]]()
        self._too_many = False
        self._larger = Counter[bool]()  # records that would not fit if they were the only ones

    def offer(self, record: Record, moment: datetime | None, level: str | None = None) -> None:
        """Take the record, or cut it or others for it. ``moment`` is its own or that of the record before it."""
        size = self._size_of(record.data)
        if size > self._budget:  # else it would push out all others before it goes itself
            self._larger[record.mentioned] += 1
            return
        offered = (record, moment, level, size)
        if not self._weighing:
            if size <= self._room and len(self._waiting) < self._most:
                self._waiting.append(offered)
                self._room -= size
                return
            self._weighing = True
            self._room = self._budget
            for start in range(0, len(self._waiting), _BATCH):
                self._weigh(self._waiting[start : start + _BATCH])
            self._waiting.clear()
        self._batch.append(offered)
        self._batch_room -= size
        if self._batch_room < 0 or len(self._batch) >= _BATCH:
            self._weigh_batch()

    def leave(self, record: Record) -> None:
        """Count the record among those that were cut, without a look at how useful it is."""
        self._dropped[record.mentioned, False] += 1

    def _weigh_batch(self) -> None:
        batch, self._batch, self._batch_room = self._batch, [], self._budget // _BATCH_PART
        self._weigh(batch)

    def _weigh(self, batch: Sequence[_Offered]) -> None:
        heap, middle = self._heap, self._middle
        forms: list[bytes] = []
        for place, (record, moment, level, size) in enumerate(batch):
            self._count += 1
            distance = None
            if middle is not None and moment is not None:
                distance = abs((moment - middle).total_seconds())
            score = usefulness(mentioned=record.mentioned, distance=distance, level=level)
            level_of = self._level_of if level is None else None
            is_over = size > self._room or len(heap) >= self._most
            if is_over:
                self._too_many = self._too_many or size <= self._room
                if heap and score + (SEVERE_STEPS if level_of is not None else 0.0) <= heap[0][0]:
                    # it would be the first to go whatever its level, and even if it were the first of its shape
                    self._dropped[record.mentioned, False] += 1
                    continue
            if level_of is not None:
                score += _level_worth(level_of(record))
            forms = forms or shapes([each[0].data for each in batch])
            alike = self._count_alike(forms[place])
            entry = (score - REPEAT_STEPS * log10(alike), -self._count, alike, size, record)
            self._room -= size
            if not is_over:
                heappush(heap, entry)
                continue
            self._cut(heappushpop(heap, entry))
            while self._room < 0:
                self._cut(heappop(heap))

    def _cut(self, entry: _Entry) -> None:
        _, _, alike, size, record = entry
        self._room += size
        self._dropped[record.mentioned, alike > OFTEN] += 1

    def _count_alike(self, form: bytes) -> int:
        alike = self._alike.get(form, 0) + 1
        if alike == 1 and len(self._alike) >= _SHAPES_KNOWN:
            self._alike.clear()
        self._alike[form] = alike
        return alike

    def finish(self) -> list[Record]:
        """What was kept, in the order offered."""
        if not self._weighing:
            return [each[0] for each in self._waiting]
        self._weigh_batch()
        return [entry[-1] for entry in sorted(self._heap, key=lambda entry: -entry[1])]

    def omitted(self) -> tuple[Omission, ...]:
        """All that was cut, and why; for after ``finish``."""
        over = f"over the limit of {plural(self._budget, 'byte')}"
        if self._too_many:
            over += f" or {self._most:,} records"
        far = "farthest from the error" if self._middle is not None else "the last of the log"
        why = {
            (False, False): f"{over}, {far}",
            (False, True): f"{over}, each after {OFTEN} or more like it; {far}",
            (True, False): f"{over}, although they mention an id; {far}",
            (True, True): f"{over}, although they mention an id, each after {OFTEN} or more like it; {far}",
        }
        found = [Omission(self._dropped[kind], text) for kind, text in why.items()]
        larger = f"each of them larger than the limit of {plural(self._budget, 'byte')}"
        found.append(Omission(self._larger[False], larger))
        found.append(Omission(self._larger[True], f"{larger}, although they mention an id"))
        return tuple(omission for omission in found if omission.records)


def share(total: int, sizes: Sequence[int]) -> tuple[int, ...]:
    """How much of ``total`` each of several logs may take: small ones all they have, the rest in equal parts."""
    parts = [0] * len(sizes)
    left = max(0, total)
    for done, place in enumerate(sorted(range(len(sizes)), key=lambda place: sizes[place])):
        parts[place] = min(max(0, sizes[place]), left // (len(sizes) - done))
        left -= parts[place]
    return tuple(parts)
