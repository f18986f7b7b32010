"""Some lines of a text as a text of their own, and the way back to where they stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate


class Lines:
    """Some of the lines of a text, joined, and the way back to where they stand in it."""

    def __init__(self, text: bytes, starts: list[int] | None = None, origins: list[int] | None = None) -> None:
        self.text = text
        self._starts = starts
        self._origins = origins

    def origin(self, offset: int) -> int:
        """Where the byte at ``offset`` stands in the whole text."""
        if self._starts is None or self._origins is None:
            return offset
        number = bisect_right(self._starts, offset) - 1
        return self._origins[number] + offset - self._starts[number]


def lines_around(text: bytes, places: Iterable[int]) -> Lines:
    """The lines of ``text`` that the byte before one of ``places`` stands on."""
    origins: list[int] = []
    lines: list[bytes] = []
    end = -1
    for place in sorted(places):
        if place <= end:
            continue
        start = text.rfind(b"\n", 0, place - 1) + 1
        end = text.find(b"\n", place - 1)
        end = end if end >= 0 else len(text)
        origins.append(start)
        lines.append(text[start:end])
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    return Lines(b"\n".join(lines), starts[:-1], origins)
