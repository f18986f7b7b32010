"""Which records of a ticket's logs a mail keeps when it has no room for all of them."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import accumulate, chain

from msgspec.structs import replace

from bundler.model import Excerpt, Omission

WINDOW = timedelta(seconds=5)
"""A record so near to the error is always kept."""
ENDS = 20
"""So many records at the head and at the tail of a log tell where it begins and ends."""

_WHY = "left out of the mail for its size"
_FAR = 1e12  # in seconds; no two records of a ticket are so far apart


class LogRecords:
    """The records of one log by what they are worth to a mail; ``moment`` is that of the error, if it is known.

    ``window`` holds the places of those that are never left out: within five seconds of the error, and the records
    that name the payment next to it, before and after. Where no moment is known, the last that names the payment
    stands for the error.
    """

    def __init__(self, excerpt: Excerpt, moment: datetime | None) -> None:
        self.excerpt = excerpt
        lengths = [len(line) for line in excerpt.data.splitlines(keepends=True)]
        ends = [0, *accumulate(lengths)]
        lines = chain((0,), accumulate(span.line_count for span in excerpt.spans))
        self._starts = array("Q", (ends[min(line, len(lengths))] for line in lines))
        self._distances = _distances(excerpt, moment)
        self.window = frozenset(self._window())

    def size(self, place: int) -> int:
        """Bytes of the record at ``place``, counted from 0."""
        return self._starts[place + 1] - self._starts[place]

    @property
    def window_size(self) -> int:
        return sum(map(self.size, self.window))

    def ranks(self) -> Iterator[float]:
        """Of every record how early it is to be kept, the least number first; below 0 for those in the window.

        First those that name the payment, then head and tail, then the rest; of each the nearest to the error.
        """
        count = len(self.excerpt.spans)
        for place, span in enumerate(self.excerpt.spans):
            is_end = place < ENDS or place >= count - ENDS
            kind = 0 if span.mentions else 1 if is_end else 2
            yield -1.0 if place in self.window else kind * _FAR + abs(self._distances[place])

    def part(self, places: Sequence[int]) -> Excerpt:
        """The excerpt with the records at ``places``, in their order, and what it leaves out with how many bytes."""
        excerpt, starts = self.excerpt, self._starts
        if len(places) == len(excerpt.spans):
            return excerpt
        data = b"".join(excerpt.data[starts[place] : starts[place + 1]] for place in places)
        spans = tuple(excerpt.spans[place] for place in places)
        moments = [span.moment for span in spans if span.moment is not None]
        omission = Omission(len(excerpt.spans) - len(spans), _WHY, len(excerpt.data) - len(data))
        return replace(
            excerpt,
            data=data,
            spans=spans,
            omitted=(*excerpt.omitted, omission),
            first=min(moments, default=None),
            last=max(moments, default=None),
            hits=sum(span.mentions for span in spans),
        )

    def _window(self) -> Iterator[int]:
        spans = self.excerpt.spans
        before, after = -1, -1
        for place, distance in enumerate(self._distances):
            if abs(distance) <= WINDOW.total_seconds():
                yield place
            if not spans[place].mentions:
                continue
            if distance <= 0 and (before < 0 or distance >= self._distances[before]):
                before = place
            if distance > 0 and (after < 0 or distance < self._distances[after]):
                after = place
        yield from (place for place in (before, after) if place >= 0)


def _distances(excerpt: Excerpt, moment: datetime | None) -> array[float]:
    """How far each record is from the error: seconds, or records and lines where time tells nothing; below 0 before it.

    A record without a moment has that of the one before it, as when the log was cut.
    """
    spans = excerpt.spans
    known = next((span.moment for span in spans if span.moment is not None), None)
    if moment is None or known is None:
        middle = max((place for place, span in enumerate(spans) if span.mentions), default=-1)
        far = WINDOW.total_seconds() + 1
        offsets = (place - middle for place in range(len(spans)))
        return array("d", (offset + (far if offset > 0 else -far if offset else 0.0) for offset in offsets))
    distances = array("d")
    for span in spans:
        known = span.moment or known
        distances.append((known - moment).total_seconds())
    return distances
