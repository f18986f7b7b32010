"""Looks for many known values in a text at once, in the forms in which they may be written elsewhere."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from itertools import compress
from typing import Literal, NamedTuple

from bundler.redact.escapes import DEPTH, unescape
from bundler.redact.proofs import looks_random
from bundler.redact.vault import base64_forms

_FEW = 48
_CROWDED = 16
_CHUNK = 4096
_MOST = 50_000
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
_DIGITS = re.compile(rb"0000000+")
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
        return len(value) >= 7
    return len(value) >= 6 and (
        kind not in _RANDOM_ONLY or (looks_random(value) and (kind != "cookie" or len(value) >= 8))
    )


class _Windows:
    """Forms that are found by one of their windows of ``width`` bytes.

    The text is read in windows that stand ``width`` bytes apart; wherever a form of at least ``shortest`` bytes begins,
    one of its own windows is among them. So the time for a text does not grow with the number of forms.
    """

    def __init__(self, width: int, code: Literal["I", "Q"]) -> None:
        self.shortest = 2 * width - 1
        self._width = width
        self._code: Literal["I", "Q"] = code
        self._forms: list[_Form] = []
        self._probes: dict[int, dict[tuple[int, int], dict[bytes, _Form]]] = {}

    def add(self, form: _Form) -> None:
        """Find this form from now on, by one of its windows for each way in which it may lie."""
        self._forms.append(form)
        size, width = len(form.written), self._width
        for offset in range(width):
            place = offset
            bucket = self._bucket(form.written, place)
            while len(bucket) > _CROWDED and place + 2 * width <= size:
                place += width
                bucket = self._bucket(form.written, place)
            bucket.setdefault((place, size), {})[form.written] = form

    def _bucket(self, written: bytes, place: int) -> dict[tuple[int, int], dict[bytes, _Form]]:
        probe = int.from_bytes(written[place : place + self._width], sys.byteorder)
        return self._probes.setdefault(probe, {})

    def find(self, text: bytes) -> Iterator[Occurrence]:
        """Every place in ``text`` where a form stands."""
        if len(self._forms) <= _FEW:
            for form in self._forms:
                yield from _occurrences(text, form)
            return
        probes = self._probes
        view = memoryview(text)[: len(text) // self._width * self._width].cast(self._code)
        for first in range(0, len(view), _CHUNK):
            windows = view[first : first + _CHUNK]
            if probes.keys().isdisjoint(windows):
                continue
            for index in compress(range(first, first + len(windows)), map(probes.__contains__, windows)):
                for (place, size), forms in probes[view[index]].items():
                    start = index * self._width - place
                    known = forms.get(text[start : start + size]) if start >= 0 else None
                    if known is not None:
                        yield from _placed(text, start, known)


class Needles:
    """Known values, to be found in texts: as they are, JSON-escaped, and within Base64; through escapes as well.

    Holds the first 50,000 values, and the first 2,000 in Base64 too: memory stays bounded on a stream without end.
    """

    def __init__(self) -> None:
        self._short: list[_Form] = []
        self._middle = _Windows(4, "I")
        self._long = _Windows(8, "Q")
        self._numbers: dict[bytes, _Form] = {}
        self._known: set[bytes] = set()

    def add(self, value: bytes, written: bytes, kind: str) -> None:
        """Look for this value from now on, where it is worth it; ``written`` is how it was first seen."""
        if value in self._known or len(self._known) >= _MOST or not is_worth_searching(kind, value):
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
        elif len(form.written) >= self._long.shortest:
            self._long.add(form)
        elif len(form.written) >= self._middle.shortest:
            self._middle.add(form)
        else:
            self._short.append(form)

    def find(self, text: bytes) -> Iterator[Occurrence]:
        """Where a known value stands in ``text``; may overlap."""
        if self._known:
            yield from self._through_escapes(text, DEPTH)

    def _through_escapes(self, text: bytes, depth: int) -> Iterator[Occurrence]:
        for form in self._short:
            yield from _occurrences(text, form)
        yield from self._middle.find(text)
        yield from self._long.find(text)
        if self._numbers:
            yield from self._find_numbers(text)
        view = unescape(text) if depth else None
        if view is not None:
            for found in self._through_escapes(view.text, depth - 1):
                start, end = view.origin(found.start, found.end)
                yield found._replace(start=start, end=end)

    def _find_numbers(self, text: bytes) -> Iterator[Occurrence]:
        """Numbers that stand alone: as long a row of digits as the value, no more."""
        for run in _DIGITS.finditer(text.translate(_ZEROS)):
            form = self._numbers.get(text[run.start() : run.end()])
            if form is not None and _has_borders(text, *run.span()):
                yield Occurrence(run.start(), run.end(), form.value, False)


def _occurrences(text: bytes, form: _Form) -> Iterator[Occurrence]:
    at = text.find(form.written)
    while at >= 0:
        end = at + len(form.written)
        for found in _placed(text, at, form):
            yield found
            end = max(end, found.end)
        at = text.find(form.written, end)


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
