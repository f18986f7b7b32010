"""Shows a text without its escapes, and leads every place in it back to the original."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import accumulate
from typing import Protocol, Self, TypeAlias, TypeVar

from bundler.redact.escape_forms import DEPTH, ESCAPE, SIGNS, find_form, pattern_of, shown, undone

_LINE_FEED = re.compile(rb"\n")
_TRIES = 4
"""So many signs are looked at one by one: where they are rare, ``find`` is many times faster than a pattern."""
_SOFT_LINES = re.compile(rb"^(?:[^\n]*=\r?\n)+[^\n]*", re.MULTILINE)


class Placed(Protocol):
    """Something that was found at a place, such as a record with these two fields."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...

    def _replace(self, *, start: int = ..., end: int = ...) -> Self: ...


Find = TypeVar("Find", bound=Placed)

Region: TypeAlias = tuple[int, int]
"""Where a stretch of a text begins and ends that is read without its escapes."""

Way: TypeAlias = Callable[[bytes], re.Pattern[bytes]]
"""Tells what the escapes of a text are."""


class Unescaped:
    """The words and lines of a text that hold escapes, without these, each in a line of its own."""

    def __init__(self, original: bytes, regions: Mapping[Region, bytes], quote: bytes, way: Way) -> None:
        self.keeps_pluses = way is _any_escape
        """Another view shows blanks where each ``+`` is; names and words of this one are glued together by them."""
        self.text = b"\n".join(regions.values())
        self._original = original
        self._regions = list(regions)
        self._starts = list(accumulate((len(each) + 1 for each in regions.values()), initial=0))
        self._trails: dict[int, _Trail] = {}
        self._quote = quote
        self._way = way

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that ``start`` to ``end`` was made from."""
        return self._origin(start)[0], self._origin(end - 1)[1]

    def _origin(self, place: int) -> tuple[int, int]:
        number = bisect_right(self._starts, place) - 1
        if number not in self._trails:
            self._trails[number] = _Trail(self._original, self._regions[number], self._quote, self._way)
        return self._trails[number].origin(place - self._starts[number])


class _Trail:
    """One region, decoded step by step, to find the way back."""

    def __init__(self, original: bytes, region: Region, quote: bytes, way: Way) -> None:
        self.starts: list[int] = []  # from these offsets of the decoded text on ...
        self.origins: list[int] = []  # ... it was made from these offsets of the original;
        self.widths: list[int] = []  # signs from an escape of this width, or 0 where nothing was changed
        self._size = 0
        at, end = region
        self._end = end
        for found in way(original[at:end]).finditer(original, at, end):
            self._add(found.start() - at, at)
            self._add(len(shown(found, quote)), found.start(), len(found[0]))
            at = found.end()
        self._add(end - at, at)

    def _add(self, size: int, origin: int, width: int = 0) -> None:
        if size:
            self.starts.append(self._size)
            self.origins.append(origin)
            self.widths.append(width)
            self._size += size

    def origin(self, place: int) -> tuple[int, int]:
        if place >= self._size:  # the line feed after it
            return self._end, self._end
        number = bisect_right(self.starts, place) - 1
        start = self.origins[number]
        if self.widths[number]:
            return start, start + self.widths[number]
        start += place - self.starts[number]
        return start, start + 1


def unescape(text: bytes, quote: bytes = b'"') -> list[Unescaped]:
    """What the words and lines of ``text`` that hold escapes read without them, undone once; usually one view, or none.

    That is the word around ``%XX``, which stands where no blanks are, and the whole line around other escapes. An
    escaped ``"`` is shown as ``quote``; another sign keeps it apart from those that end a string in the original.
    Where ``+`` may stand for a blank there are two views, for it may be a plus sign as well.
    """
    regions = _regions(text)
    if not regions:
        return []
    texts = [text[start:end] for start, end in regions]
    decoded = undone(texts, quote)
    ways = (pattern_of, enumerate(decoded.texts)), (_any_escape, decoded.with_pluses.items())
    return [
        Unescaped(text, changed, quote, way)
        for way, each_text in ways
        if (changed := {regions[number]: each for number, each in each_text if each != texts[number]})
    ]


def _any_escape(_: bytes) -> re.Pattern[bytes]:
    return ESCAPE


def find_through_escapes(text: bytes, find: Callable[[bytes], Iterator[Find]], depth: int = DEPTH) -> Iterator[Find]:
    """What ``find`` finds in ``text`` as it is written and behind its escapes, each at its place in ``text``."""
    yield from find(text)
    for view in unescape(text) if depth else ():
        for found in find_through_escapes(view.text, find, depth - 1):
            start, end = view.origin(found.start, found.end)
            yield found._replace(start=start, end=end)


def _regions(text: bytes) -> list[Region]:
    """From the left to the right, without what ends a word or a line."""
    lines: dict[int, int] = {}
    for sign, form in SIGNS:
        if sign in text:
            _add_lines(lines, text, partial(_find, sign, form))
    if b"&" in text:
        _add_lines(lines, text, find_form)
    if b"quoted-printable" in text:
        lines = _with_soft_ends(text, lines)
    if b"%" not in text:
        return sorted(lines.items())
    return sorted([*lines.items(), *_words(text, sorted(lines.items()))])


def _add_lines(lines: dict[int, int], text: bytes, find: Callable[[bytes, int], int]) -> None:
    """Add the start and the end of each line on which something is found, from an offset on."""
    place = find(text, 0)
    end = 0
    while place >= 0:
        start = text.rfind(b"\n", end, place) + 1 or end
        end = text.find(b"\n", place)
        lines[start] = end = end if end >= 0 else len(text)
        place = find(text, end)


def _find(sign: bytes, form: re.Pattern[bytes], text: bytes, start: int) -> int:
    for _ in range(_TRIES):
        start = text.find(sign, start)
        if start < 0 or form.match(text, start) is not None:
            return start
        start += 1
    found = form.search(text, start)
    return found.start() if found is not None else -1


def _with_soft_ends(text: bytes, lines: dict[int, int]) -> dict[int, int]:
    """The lines, and those that go on after a ``=`` at their end as one with the next."""
    joined = dict(lines)
    for found in _SOFT_LINES.finditer(text):
        start, end = found.span()
        for inner in [start, *(start + line.end() for line in _LINE_FEED.finditer(found[0]))]:
            joined.pop(inner, None)
        joined[start] = end
    return joined


def _words(text: bytes, lines: list[tuple[int, int]]) -> Iterator[Region]:
    """The words that hold a ``%`` outside of these lines."""
    number = low = 0
    at = text.find(b"%")
    while at >= 0:
        while number < len(lines) and lines[number][1] < at:
            number += 1
        if number < len(lines) and lines[number][0] <= at:
            low = lines[number][1]
        else:
            start = max(low - 1, text.rfind(b" ", low, at), text.rfind(b"\n", low, at)) + 1
            blank = text.find(b" ", at)
            low = text.find(b"\n", at, blank if blank >= 0 else len(text))
            low = low if low >= 0 else blank if blank >= 0 else len(text)
            yield start, low
        at = text.find(b"%", low)
