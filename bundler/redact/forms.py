"""The forms in which a known value may be written, and the ways to look for many of them in a text at once."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from bundler.redact.skeletons import skeleton
from bundler.redact.windows import Windows

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_=-"
_WORD = re.compile(rb"[A-Za-z0-9\x80-\xff]")
_ESCAPE_END = re.compile(rb"(?:\\[nrtbf]|%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4})$")
_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)
_MORE_ZEROS = re.compile(rb"0++")


class Occurrence(NamedTuple):
    """A place where a known value stands. ``is_encoded`` when the stretch is Base64 that holds it."""

    start: int
    end: int
    value: bytes
    is_encoded: bool


class Form(NamedTuple):
    """One way in which ``value`` may be written; where it ``needs_border``, only as a whole word."""

    written: bytes
    value: bytes
    is_encoded: bool
    needs_border: bool


class _Numbers:
    """Forms of digits alone, of which each is found where it stands alone: as long a row of digits, no more."""

    def __init__(self) -> None:
        self._forms: dict[bytes, Form] = {}
        self._shortest = b""

    def add(self, form: Form) -> None:
        self._forms[form.written] = form
        self._shortest = b"0" * min(len(self._shortest) or len(form.written), len(form.written))

    def find(self, text: bytes) -> Iterator[Occurrence]:
        if not self._forms:
            return
        zeros, shortest = text.translate(_ZEROS), self._shortest
        start = zeros.find(shortest)
        while start >= 0:
            end = start + len(shortest)
            if (more := _MORE_ZEROS.match(zeros, end)) is not None:
                end = more.end()
            form = self._forms.get(text[start:end])
            if form is not None:
                yield from placed(text, start, form)
            start = zeros.find(shortest, end)


class AnyText:
    """Forms of any length, looked for byte by byte."""

    def __init__(self) -> None:
        self._numbers = _Numbers()
        self._short: dict[bytes, list[Form]] = {}  # by how they read in lower case: a name has a form in capitals
        self._middle: Windows[Form] = Windows("I", 4)
        self._long: Windows[Form] = Windows("Q", 8)

    def add(self, form: Form) -> None:
        """Look for this form from now on."""
        size = len(form.written)
        if form.written.isdigit():
            self._numbers.add(form)
        elif size >= self._long.shortest:
            self._long.add(form.written, form)
        elif size >= self._middle.shortest:
            self._middle.add(form.written, form)
        else:
            self._short.setdefault(form.written.lower(), []).append(form)

    def find(self, text: bytes) -> Iterator[Occurrence]:
        """Where the forms stand in ``text``; may overlap, in no order."""
        yield from self._numbers.find(text)
        lowered = text.lower() if self._short else b""
        for written, forms in self._short.items():
            at = lowered.find(written)
            while at >= 0:
                for form in forms:
                    if text.startswith(form.written, at):
                        yield from placed(text, at, form)
                at = lowered.find(written, at + 1)
        for windows in (self._middle, self._long):
            for start, form in windows.find(text):
                yield from placed(text, start, form)


class ManyLines:
    """The same for texts of many lines: most forms are looked for in the skeletons of lines, which are few in a log."""

    def __init__(self) -> None:
        self._in_skeletons: Windows[Form] = Windows("I", 4)
        self._others = AnyText()

    def add(self, form: Form) -> None:
        """Look for this form from now on."""
        left = skeleton(form.written)
        if b"\n" in left or len(left) < self._in_skeletons.shortest:
            self._others.add(form)
        else:
            self._in_skeletons.add(left, form)

    def find(self, text: bytes) -> Iterator[Occurrence]:
        """Where the forms stand in ``text``; may overlap, in no order."""
        yield from self._others.find(text)
        skeletons = skeleton(text).split(b"\n")
        distinct = list(set(skeletons))
        starts = list(accumulate((len(each) + 1 for each in distinct), initial=0))
        forms: dict[bytes, set[Form]] = {}
        for start, form in self._in_skeletons.find(b"\n".join(distinct)):
            forms.setdefault(distinct[bisect_right(starts, start) - 1], set()).add(form)
        if not forms:
            return
        end = -1
        for line, each in zip(text.split(b"\n"), skeletons, strict=True):
            start, end = end + 1, end + 1 + len(line)
            for form in forms.get(each, ()):
                yield from _occurrences(text, start, end, form)


def _occurrences(text: bytes, at: int, limit: int, form: Form) -> Iterator[Occurrence]:
    at = text.find(form.written, at, limit)
    while at >= 0:
        yield from placed(text, at, form)
        at = text.find(form.written, at + 1, limit)


def placed(text: bytes, start: int, form: Form) -> Iterator[Occurrence]:
    """The occurrence at ``start``, unless it is a part of a longer word; for Base64 all of it that holds the value.

    A number stands alone: as long a row of digits, no more.
    """
    end = start + len(form.written)
    is_number = form.written.isdigit()
    if form.is_encoded:
        yield Occurrence(*_whole_base64(text, start, end), form.value, True)
    elif is_number and text[max(0, start - 1) : start].isdigit():
        return
    elif not (is_number or form.needs_border) or _has_borders(text, start, end):
        yield Occurrence(start, end, form.value, False)


def _whole_base64(text: bytes, start: int, end: int) -> tuple[int, int]:
    before = text[max(0, start - 4096) : start]
    after = text[end : end + 4096]
    return start - len(before) + len(before.rstrip(_BASE64)), end + len(after) - len(after.lstrip(_BASE64))


def _has_borders(text: bytes, start: int, end: int) -> bool:
    """True when no word or number goes on before ``start`` or after ``end``; the letter of an escape is no word."""
    goes_before = start > 0 and _WORD.match(text, start) is not None and _WORD.match(text, start - 1) is not None
    if goes_before and _ESCAPE_END.search(text[max(0, start - 6) : start]) is None:
        return False
    return not (_WORD.match(text, end - 1) and _WORD.match(text, end))
