"""Looks for many known values in a text at once, in the forms in which they may be written elsewhere."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from bundler.redact.escapes import find_through_escapes
from bundler.redact.proofs import looks_random
from bundler.redact.skeletons import LONG_LINES, skeleton
from bundler.redact.vault import base64_forms
from bundler.redact.windows import Windows

LIMIT = 50_000
"""So many values are looked for: memory stays bounded on a stream without end."""
_MOST_ENCODED = 2_000
_UNAMBIGUOUS = 12
_IN_PLACE_ONLY = frozenset(("birth-date", "cvv", "ip"))
_CREDENTIALS = frozenset(("secret", "token", "key", "basic", "signature", "cookie", "personal"))
_RANDOM_ONLY = frozenset(("token", "cookie", "key", "signature", "device", "personal"))
_COMMON_WORDS = """
password passwd secret token bearer basic string required expired invalid missing unknown undefined default example
testing development production sandbox customer merchant payment reference account username description test tester
testesen user name none null true false admin root guest vipps mobilepay denmark norway finland sweden string number
object array value data info debug error warning status created reserved captured cancelled refunded incident
question feature onboarding operations-list blocker provider other-desk certain assumed ambiguous
"""
_COMMON = frozenset(_COMMON_WORDS.encode().split())
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_=-"
_WORD = re.compile(rb"[A-Za-z0-9\x80-\xff]")
_ESCAPE_END = re.compile(rb"(?:\\[nrtbf]|%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4})$")
_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)
_MORE_ZEROS = re.compile(rb"0++")
_PLAIN = re.compile(rb"[!#-.0-\[\]-~]*+")
_LARGE = 64 * 1024
_DAY = re.compile(rb"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
"""A day as stamps write it: found once where a secret was to be, it would mask the time of every record."""
_NORDIC = re.compile(rb"(?:47|45)([0-9]{8})|46([0-9]{7,9})|358([0-9]{5,10})")


class Occurrence(NamedTuple):
    """A place where a known value stands. ``is_encoded`` when the stretch is Base64 that holds it."""

    start: int
    end: int
    value: bytes
    is_encoded: bool


class _Form(NamedTuple):
    written: bytes
    value: bytes
    is_encoded: bool
    needs_border: bool


def is_worth_searching(kind: str, value: bytes) -> bool:
    """True for a value that no ordinary text holds by chance."""
    if kind in _IN_PLACE_ONLY or value.lower() in _COMMON:
        return False
    if kind in ("name", "address"):
        text = value.decode("utf-8", "replace")
        return len(text) >= 3 and len(value) >= 4 and not text.isdigit() and not text.islower()
    if value.isdigit():
        return len(value) >= 7 and not (kind in _CREDENTIALS and _DAY.fullmatch(value))
    return len(value) >= 6 and (
        kind not in _RANDOM_ONLY or (looks_random(value) and (kind != "cookie" or len(value) >= 8))
    )


class _Searcher:
    """Forms of any length but plain numbers, looked for byte by byte in the whole text."""

    def __init__(self) -> None:
        self._short: list[_Form] = []
        self._middle: Windows[_Form] = Windows(4, "I")
        self._long: Windows[_Form] = Windows(8, "Q")

    def add(self, form: _Form) -> None:
        size = len(form.written)
        if size >= self._long.shortest:
            self._long.add(form.written, form)
        elif size >= self._middle.shortest:
            self._middle.add(form.written, form)
        else:
            self._short.append(form)

    def find(self, text: bytes) -> Iterator[Occurrence]:
        for form in self._short:
            yield from _occurrences(text, 0, len(text), form)
        for windows in (self._middle, self._long):
            for start, form in windows.find(text):
                yield from _placed(text, start, form)


class _LineSearcher:
    """Forms with letters beyond f, looked for in the skeletons of lines first: the same in most lines of a log."""

    def __init__(self) -> None:
        self._in_skeletons: Windows[_Form] = Windows(4, "I")

    def takes(self, form: _Form) -> bool:
        """True for a form of which enough is left in a skeleton, on one line."""
        return b"\n" not in form.written and len(skeleton(form.written)) >= self._in_skeletons.shortest

    def add(self, form: _Form) -> None:
        self._in_skeletons.add(skeleton(form.written), form)

    def find(self, text: bytes) -> Iterator[Occurrence]:
        skeletons = skeleton(text).split(b"\n")
        distinct = list(set(skeletons))
        starts = list(accumulate((len(each) + 1 for each in distinct), initial=0))
        forms: dict[bytes, set[_Form]] = {}
        for start, form in self._in_skeletons.find(b"\n".join(distinct)):
            forms.setdefault(distinct[bisect_right(starts, start) - 1], set()).add(form)
        if not forms:
            return
        end = -1
        for line, each in zip(text.split(b"\n"), skeletons, strict=True):
            start, end = end + 1, end + 1 + len(line)
            for form in forms.get(each, ()):
                yield from _occurrences(text, start, end, form)


class Needles:
    """Known values, to be found in texts: as they are, JSON-escaped, and within Base64; through escapes as well.

    Holds the first 50,000 values, and the first 2,000 in Base64 too: memory stays bounded on a stream without end.
    """

    def __init__(self) -> None:
        self._forms: list[_Form] = []
        self._numbers: dict[bytes, _Form] = {}
        self._known: set[bytes] = set()
        self._for_small = _Searcher()
        self._for_large = _Searcher()
        self._for_lines = _LineSearcher()
        self._small_count = self._large_count = 0  # so many of the forms are in the searchers

    def add(self, value: bytes, written: bytes, kind: str) -> None:
        """Look for this value from now on, where it is worth it; ``written`` is how it was first seen."""
        if value in self._known or len(self._known) >= LIMIT or not is_worth_searching(kind, value):
            return
        self._known.add(value)
        plain = {value} if written == b"+" + value else {value, written, *_escaped(written)}
        if kind == "phone" and (national := _NORDIC.fullmatch(value)) is not None:
            plain.add(next(group for group in national.groups() if group))
        if kind == "private-key":
            plain |= {line for line in re.split(rb"[\r\n]+|\\n|\\r", value) if len(line) >= 20}
        for form in sorted(plain):
            if len(form) >= 4:
                self._add(_Form(form, value, False, len(form) < _UNAMBIGUOUS))
        if kind in _CREDENTIALS and 6 <= len(value) <= 4096 and len(self._known) <= _MOST_ENCODED:
            for form in sorted(base64_forms(value)):
                self._add(_Form(form, value, True, False))

    def _add(self, form: _Form) -> None:
        if form.written.isdigit():
            self._numbers[form.written] = form
        else:
            self._forms.append(form)

    def find(self, text: bytes) -> Iterator[Occurrence]:
        """Where a known value stands in ``text``; may overlap."""
        if self._known:
            yield from find_through_escapes(text, self._as_written)

    def _as_written(self, text: bytes) -> Iterator[Occurrence]:
        if len(text) < _LARGE or len(text) > LONG_LINES * (text.count(b"\n") + 1):
            for form in self._forms[self._small_count :]:
                self._for_small.add(form)
            self._small_count = len(self._forms)
            yield from self._for_small.find(text)
        else:
            for form in self._forms[self._large_count :]:
                (self._for_lines if self._for_lines.takes(form) else self._for_large).add(form)
            self._large_count = len(self._forms)
            yield from self._for_lines.find(text)
            yield from self._for_large.find(text)
        if self._numbers:
            yield from self._find_numbers(text)

    def _find_numbers(self, text: bytes) -> Iterator[Occurrence]:
        """Numbers that stand alone: as long a row of digits as the value, no more."""
        zeros = text.translate(_ZEROS)
        shortest = b"0" * min(map(len, self._numbers))
        start = zeros.find(shortest)
        while start >= 0:
            end = start + len(shortest)
            if (more := _MORE_ZEROS.match(zeros, end)) is not None:
                end = more.end()
            form = self._numbers.get(text[start:end])
            if form is not None and _has_borders(text, start, end):
                yield Occurrence(start, end, form.value, False)
            start = zeros.find(shortest, end)


def _occurrences(text: bytes, at: int, limit: int, form: _Form) -> Iterator[Occurrence]:
    at = text.find(form.written, at, limit)
    while at >= 0:
        end = at + len(form.written)
        for found in _placed(text, at, form):
            yield found
            end = max(end, found.end)
        at = text.find(form.written, end, limit)


def _placed(text: bytes, start: int, form: _Form) -> Iterator[Occurrence]:
    """The occurrence at ``start``, unless it is a part of a longer word; for Base64 all of it that holds the value."""
    end = start + len(form.written)
    if form.is_encoded:
        yield Occurrence(*_whole_base64(text, start, end), form.value, True)
    elif not form.needs_border or _has_borders(text, start, end):
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


def _escaped(value: bytes) -> Iterator[bytes]:
    """JSON-escaped, in a form with ``+`` for blanks, and in the older one-byte alphabet, where these differ."""
    if _PLAIN.fullmatch(value):
        return
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return
    yield json.dumps(text)[1:-1].encode()
    yield json.dumps(text, ensure_ascii=False)[1:-1].encode()
    if " " in text:
        yield value.replace(b" ", b"+")
    if not text.isascii():
        try:
            yield text.encode("latin-1")
        except UnicodeEncodeError:
            return
