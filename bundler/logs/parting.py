"""Finds identifiers also where a container runtime wrote a long line in parts, and one part ends amid an identifier."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bundler.logs.mentions import LONGEST, OVERLAP, Finder
from bundler.logs.scanning import Buffer
from bundler.logs.starts import expanded
from bundler.logs.types import LogFormat

if TYPE_CHECKING:
    from bundler.logs.automaton import Place

PART = 4096
"""Shorter lines are not looked at: the shortest part that a runtime writes, conmon, has 8 KiB, others have 16."""


def mentions_in(data: Buffer, start: int, end: int, fmt: LogFormat, finder: Finder) -> list[Place]:
    """``finder.mentions`` of a log of that format, with those that begin in an unfinished line and end in the next.

    ``data`` holds whole records, as far as they go on behind ``end``.
    """
    found = finder.mentions(data, start, end)
    if not finder or not fmt.unfinished or "part" not in expanded(fmt.unfinished).groupindex:
        return found
    parted = [place for feed in _long_lines(data, start, end) for place in _parted(data, feed, fmt, finder)]
    return sorted([*found, *parted]) if parted else found


def _long_lines(data: Buffer, start: int, end: int) -> Iterator[int]:
    """The ends of the lines of at least ``PART`` bytes that end from ``start`` to before ``end``."""
    position = max(start - PART, 0)
    while position < end:
        feed = data.rfind(b"\n", position, min(end, position + PART))
        if feed < 0:
            feed = data.find(b"\n", position, end)
            if feed < 0:
                return
            yield feed
        position = feed + 1


def _parted(data: Buffer, feed: int, fmt: LogFormat, finder: Finder) -> Iterator[Place]:
    """The mentions across the line end at ``feed``, if that is one within a line that was written in parts."""
    lines = expanded(fmt.unfinished).match(data, data.rfind(b"\n", 0, feed) + 1)
    if lines is None:
        return
    edge, following = lines.end("part"), lines.start("next")
    head = data[max(lines.start("part"), edge - OVERLAP) : edge]
    joined = head + data[following : following + LONGEST + 1]
    for first, last, number in finder.mentions(joined, 0, len(head)):
        if last > len(head):
            yield edge - len(head) + first, following + last - len(head), number
