"""Takes a JSON array apart that stands on one line, so that each of its elements stands on a line of its own.

No byte is moved or lost but the array's brackets and the commas between its elements: line ends stand in their place.
So an element lies where it lay, and what follows here reads it like any line of JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bundler.logs.arrays import BLANK, MARK, Array, looks
from bundler.logs.keyed import read_elements

NOTE = "its JSON array stood on one line; here each element has a line of its own, and lines are counted so"
"""What to tell of a log that was taken apart."""

_CLOSE, _ARRAY_END, _COMMA, _FEED = b"]}", ord("]"), ord(","), ord("\n")
_HELD = 4096
"""What stands between two elements, and the key before an array, are no longer than this."""
_TRIES = 4
"""Where so many places that look like the border of two elements are within one, a block is walked through."""


def on_lines(blocks: Iterable[bytes], array: Array) -> Iterator[bytes]:
    """The same blocks, as many bytes, with each element of the array on a line of its own.

    So are those of further arrays alike behind it. Where what follows is no JSON it stays as it is, and so does all
    behind that. Takes time in proportion to the length.
    """
    parting = _Parting(array)
    for block in blocks:
        if done := parting.feed(block):
            yield done
    if parting.held:
        yield parting.held


class _Parting:
    """Where in the nesting of brackets we are; an element or a text in it may go on over many blocks."""

    def __init__(self, array: Array) -> None:
        self.held = b""
        """What was not handed out yet: it is judged by what follows."""
        self._array = array
        self._level = array.depth + 1
        self._depth = 0
        self._is_open = False  # within the array
        self._is_in_text = self._is_escaped = False
        self._is_lost = False
        self._looks = looks()

    def feed(self, block: bytes) -> bytes:
        """What can be handed out now."""
        if self._is_lost:
            block, self.held = self.held + block, b""
            return block
        data = self.held + block
        out = bytearray(data)
        place = self._walk(data, self._end_of_text(data), out)
        if len(data) - place > _HELD or self._is_in_text:
            self._pass_over(data, place)
            place = len(data)
        self.held = data[place:]
        del out[place:]
        return bytes(out)

    def _end_of_text(self, data: bytes) -> int:
        """Where what stands outside of texts goes on; the end of ``data`` where the text goes on."""
        if not self._is_in_text:
            return 0
        place = _after(self._looks.inside(data, 1 if self._is_escaped else 0))
        self._is_escaped = data[place : place + 1] == b"\\"
        self._is_in_text = data[place : place + 1] != b'"'
        return len(data) if self._is_in_text else place + 1

    def _pass_over(self, data: bytes, place: int) -> None:
        """There is no bracket from ``place`` on: it may be within a text that ends."""
        place = _after(self._looks.plain(data, place))
        if place < len(data):
            self._is_in_text = True
            self._is_escaped = _after(self._looks.inside(data, place + 1)) < len(data)

    def _walk(self, data: bytes, place: int, out: bytearray) -> int:
        """From bracket to bracket; returns where what stands behind the last one begins."""
        is_tried = False
        while True:
            if self._is_open and self._depth == self._level and not is_tried:
                place, is_tried = self._leap(data, place, out), True
            found = self._looks.to_bracket(data, place)
            if found is None or self._is_lost:
                return place
            at = found.end() - 1
            self._turn(data, place, at, out)
            place = at + 1

    def _turn(self, data: bytes, place: int, at: int, out: bytearray) -> None:
        if data[at] in _CLOSE:
            self._depth -= 1
            if self._is_open and self._depth < self._level and data[at] == _ARRAY_END:
                self._is_open, out[at] = False, _FEED
            self._is_lost = self._depth < 0
            return
        if self._depth == self._level and self._is_open:
            _part(data, place, at, out)
        elif self._depth == self._level - 1 and data[at : at + 1] == b"[" and self._is_the_array(data, place, at):
            self._is_open, out[at] = True, _FEED
        elif not self._depth and data[place:at].strip(BLANK + MARK):
            self._is_lost = True
        self._depth += 1

    def _is_the_array(self, data: bytes, place: int, at: int) -> bool:
        if not self._array.key:
            return not data[place:at].strip(BLANK + MARK)
        key = self._looks.key(data, place, at)
        return key is not None and key[1] == self._array.key

    def _leap(self, data: bytes, place: int, out: bytearray) -> int:
        """Behind as many whole elements as can be had at once; ``place`` where none can, which a walk will tell."""
        start = data.find(b"{", place)
        if start < 0 or data[place:start].strip(BLANK) not in (b"", b","):
            return place
        end = len(data)
        for _ in range(_TRIES):
            end = data.rfind(self._array.border, start, end)
            if end < 0:
                return place
            if (sizes := read_elements(data[start : end + 1])) is not None:
                break
        else:
            return place
        borders = [(place, start)]
        behind = start + sizes[0]
        for size in sizes[1:]:
            start = data.index(b"{", behind)
            if start - behind != 1 and data[behind:start].strip(BLANK) != b",":
                return place  # there are elements that are no objects
            borders.append((behind, start))
            behind = start + size
        for behind, start in borders:
            _part(data, behind, start, out)
        return end + 1


def _part(data: bytes, end: int, start: int, out: bytearray) -> None:
    """Put a line end between an element that ends at ``end`` and the next, unless there is one."""
    if start - end == 1:
        if data[end] == _COMMA:
            out[end] = _FEED
    elif (between := data[end:start]).strip(BLANK) == b",":
        out[end:start] = between.replace(b",", b" ") if b"\n" in between else b" " * (start - end - 1) + b"\n"


def _after(found: re.Match[bytes] | None) -> int:
    return found.end() if found is not None else 0
