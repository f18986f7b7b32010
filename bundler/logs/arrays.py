"""Knows a log that is a JSON array of records: whether all of it stands on one line, and how it opens otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, cached_property
from typing import NamedTuple

LOOK = 64 * 1024
"""How much of the start of a log tells whether it is such an array, in bytes."""

_Look = Callable[..., "re.Match[bytes] | None"]
MARK = b"\xef\xbb\xbf"
BLANK = b" \t\r\n"
_BEGINS = (b"[", b"{", b"\n", b"\r", b" ", b"\t", b"\xef")
"""The first bytes that may be those of an array, or of an object with one."""
_INNER = rb'[^"\\]*+(?:\\.[^"\\]*+)*+'
_PLAIN = rb'[^"\[\]{}]*+(?:"' + _INNER + rb'"[^"\[\]{}]*+)*+'
_STAMPING = ("json-lines", "opensearch")
"""The formats whose names for times tell that the elements of an array are records."""
_DEEPEST = 2
"""An array of records stands no more keys deep in the outermost object."""
OPEN = b"[{"
_BEFORE = (b"[{", b"[ {", b"[\n{", b"[\r\n{")
"""One of these stands in front of the first element."""
_OPENING = rb'(?:\xef\xbb\xbf)?\s*(?:\{\s*"[^"\\\n]{1,128}"\s*:\s*){0,2}\[?\s*'


class _Looks:
    """The patterns that look into JSON, each made when it is first needed: most logs need none."""

    @cached_property
    def to_bracket(self) -> _Look:
        """Up to the next bracket outside of texts, and behind it."""
        return re.compile(_PLAIN + rb"[\[\]{}]", re.DOTALL).match

    @cached_property
    def plain(self) -> _Look:
        return re.compile(_PLAIN, re.DOTALL).match

    @cached_property
    def inside(self) -> _Look:
        """Up to the end of a text from within it."""
        return re.compile(_INNER, re.DOTALL).match

    @cached_property
    def key(self) -> _Look:
        return re.compile(rb'("' + _INNER + rb'")[ \t\r\n]*:[ \t\r\n]*\Z', re.DOTALL).search

    @cached_property
    def border(self) -> _Look:
        return re.compile(rb'\}\s{0,16},\s{0,16}\{(?:\s{0,16}"[^"\\\n]{1,100}")?').match

    @cached_property
    def opening(self) -> _Look:
        return re.compile(_OPENING).fullmatch

    @cached_property
    def opening_lines(self) -> _Look:
        return re.compile(_OPENING + rb"(?<=\n)[ \t]*(?=\{)").match


@cache
def looks() -> _Looks:
    return _Looks()


class Array(NamedTuple):
    """An array of records: the whole of a log, or the value of a key in its outermost object or in one within that."""

    depth: int
    """How many objects it stands in."""
    key: bytes
    """With its quotes; empty where the array is the whole."""
    border: bytes
    """How its first element ends and the second begins, a key included: most others do so too."""


def opens_array(data: bytes, following: bytes = b"{") -> bool:
    """Whether that only opens an array of records, alone or in an object, or is blank, and an object follows it."""
    is_short = len(data) <= 256 and following.lstrip(BLANK)[:1] == b"{"
    return is_short and looks().opening(data) is not None


def behind_opening(record: bytes) -> bytes | None:
    """The first record of an array without the lines that open the array; None where none stand before it."""
    found = looks().opening_lines(record, 0, 512) if record[:1] in _BEGINS else None
    return None if found is None else record[found.end() :].lstrip(b" \t")


def find_array(head: bytes) -> Array | None:
    """The array that a log is which begins with ``head``, in UTF-8; None for any other log.

    It has two elements or more, and the first is not a line of its own. In an object the elements have times, and the
    object has none: else it is a record itself.
    """
    if not may_be_array(head) or not any(before in head for before in _BEFORE):
        return None
    place, depth = len(MARK) if head.startswith(MARK) else 0, 0
    start = place
    while (found := looks().to_bracket(head, place, LOOK)) is not None:
        at = found.end() - 1
        if depth == 0 and head[place:at].strip(BLANK):
            return None
        if head[at : at + 1] == b"[" and depth <= _DEEPEST:
            key = looks().key(head, place, at) if depth else None
            if depth == 1 and key is None:
                return None
            array = _array_of(head, at, depth, key[1] if key is not None else b"") if key or not depth else None
            if array is not None and (key is None or _is_wrapper(head, start, key.start(), depth)):
                return array
            if not depth:
                return None
        depth += 1 if head[at] in OPEN else -1
        if depth <= 0:
            return None
        place = at + 1
    return None


def may_be_array(head: bytes) -> bool:
    """False for nearly all logs, at once."""
    return head[:1] in _BEGINS and head[:64].removeprefix(MARK).lstrip(BLANK)[:1] in (b"[", b"{")


def _array_of(head: bytes, at: int, depth: int, key: bytes) -> Array | None:
    begin = at + 1 + len(head[at + 1 : at + 64]) - len(head[at + 1 : at + 64].lstrip(BLANK))
    end = _end_of(head, begin) if head[begin : begin + 1] == b"{" else None
    border = looks().border(head, end - 1) if end is not None else None
    if end is None or border is None or b"\n" in head[begin:end]:
        return None
    if b"\n" in border[0] and (not key or b"\n" in head[at:begin]):
        return None  # each stands on a line of its own
    from bundler.logs.keyed import read_elements

    if read_elements(head[begin:end]) is None or (key and not _has_time(head[begin:end])):
        return None
    return Array(depth, key, border[0])


def _is_wrapper(head: bytes, start: int, place: int, depth: int) -> bool:
    """Whether the object from ``start`` has no time of its own; where it ends behind ``head``, none up to ``place``.

    One with an array further in is the only one: of several each would be a record.
    """
    start += len(head[start:]) - len(head[start:].lstrip(BLANK))
    end = _end_of(head, start)
    if depth > 1 and end is not None and head[end:].strip(BLANK):
        return False
    whole = head[start:end] if end is not None else head[start:place].rstrip(BLANK + b",") + b"}" * depth
    return not _has_time(whole)


def _has_time(data: bytes) -> bool:
    from bundler.logs.catalogue import find_format
    from bundler.logs.keyed import keyed_start

    starts = (keyed_start(fmt, data) for fmt in map(find_format, _STAMPING) if fmt is not None)
    return any(start is not None and start.stamp is not None for start in starts)


def _end_of(head: bytes, start: int) -> int | None:
    """The end of the value that a bracket at ``start`` opens; None where that is not in ``head``."""
    place, depth = start, 0
    while (found := looks().to_bracket(head, place)) is not None:
        place = found.end()
        depth += 1 if head[place - 1] in OPEN else -1
        if depth <= 0:
            return place
    return None
