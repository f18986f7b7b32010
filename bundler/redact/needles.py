"""Looks for many known values in a text at once, in the forms in which they may be written elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from bundler import fast
from bundler.redact.escapes import find_through_escapes
from bundler.redact.fast_forms import ScannedForms
from bundler.redact.forms import AnyText, Form, ManyLines, Occurrence
from bundler.redact.proofs import looks_random
from bundler.redact.respelling import respelled
from bundler.redact.skeletons import LONG_LINES
from bundler.redact.vault import base64_forms

LIMIT = 50_000
"""So many values are looked for: memory stays bounded on a stream without end."""
_MOST_VARIED = 2_000
"""So many are also looked for in Base64 and, where they name somebody or a street, in other spellings."""
_UNAMBIGUOUS = 12
_IN_PLACE_ONLY = frozenset(("birth-date", "cvv", "ip"))
CREDENTIALS = frozenset(("secret", "token", "key", "basic", "signature", "cookie", "personal"))
_RANDOM_ONLY = frozenset(("token", "cookie", "key", "signature", "device", "personal"))
_COMMON_WORDS = """
password passwd secret token bearer basic string required expired invalid missing unknown undefined default example
testing development production sandbox customer merchant payment reference account username description test tester
testesen user name none null true false admin root guest vipps mobilepay denmark norway finland sweden string number
object array value data info debug error warning status created reserved captured cancelled refunded incident
question feature onboarding operations-list blocker provider other-desk certain assumed ambiguous
"""
_COMMON = frozenset(_COMMON_WORDS.encode().split())
_PLAIN = re.compile(rb"[!#-.0-\[\]-~]*+")
_LARGE = 64 * 1024
_WORTH = 1000
"""So many bytes of large texts have to be searched for each form before it pays to compile them."""
_DAY = re.compile(rb"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
"""A day as stamps write it: found once where a secret was to be, it would mask the time of every record."""
_NORDIC = re.compile(rb"(?:47|45)([0-9]{8})|46([0-9]{7,9})|358([0-9]{5,10})")


def is_worth_searching(kind: str, value: bytes) -> bool:
    """True for a value that no ordinary text holds by chance."""
    if kind in _IN_PLACE_ONLY or value.lower() in _COMMON:
        return False
    if kind in ("name", "address"):
        text = value.decode("utf-8", "replace")
        return len(text) >= 3 and len(value) >= 4 and not text.isdigit() and not text.islower()
    if value.isdigit():
        return len(value) >= 7 and not (kind in CREDENTIALS and _DAY.fullmatch(value))
    return len(value) >= 6 and (
        kind not in _RANDOM_ONLY or (looks_random(value) and (kind != "cookie" or len(value) >= 8))
    )


class _Search(Protocol):
    def add(self, form: Form) -> None: ...

    def find(self, text: bytes) -> Iterator[Occurrence]: ...


class _Follower:
    """A search that takes in new forms only once somebody searches with it."""

    def __init__(self, search: _Search, forms: Sequence[Form]) -> None:
        self._search = search
        self._forms = forms
        self._count = 0

    def find(self, text: bytes) -> Iterator[Occurrence]:
        for form in self._forms[self._count :]:
            self._search.add(form)
        self._count = len(self._forms)
        return self._search.find(text)


class Needles:
    """Known values, to be found in texts: as they are, JSON-escaped, and within Base64; through escapes as well.

    Names of people and streets are found in capitals and without their Nordic letters too. Holds the first 50,000
    values, and the first 2,000 in these other forms: memory stays bounded on a stream without end.
    """

    def __init__(self) -> None:
        self._count = 0  # of the values
        self._forms: list[Form] = []
        self._numbers: set[bytes] = set()
        self._any = _Follower(AnyText(), self._forms)
        self._lines = _Follower(ManyLines(), self._forms)
        self._scan: _Follower | None = None
        self._searched = 0  # in large texts, or going to be

    def expect(self, size: int) -> None:
        """So many bytes of large texts are going to be searched."""
        self._searched += size

    def add(self, value: bytes, written: bytes, kind: str) -> None:
        """Look for this value from now on, where it is worth it; ``written`` is how it was first seen.

        The same value is given once.
        """
        if self._count >= LIMIT or not is_worth_searching(kind, value):
            return
        self._count += 1
        plain = {value} if written == b"+" + value else {value, written, *_escaped(written)}
        if kind == "phone" and (national := _NORDIC.fullmatch(value)) is not None:
            plain.add(next(group for group in national.groups() if group))
        if kind == "private-key":
            plain |= {line for line in re.split(rb"[\r\n]+|\\n|\\r", value) if len(line) >= 20}
        if kind in ("name", "address") and self._count <= _MOST_VARIED:
            plain |= respelled(value)
        for form in sorted(plain):
            if len(form) >= 4:
                self._add(Form(form, value, False, len(form) < _UNAMBIGUOUS))
        # Base64 of ASCII text is decoded and searched (``base64_runs``); credentials may be too short for that
        is_decoded = kind not in CREDENTIALS and value.isascii()
        if not is_decoded and 6 <= len(value) <= 4096 and self._count <= _MOST_VARIED:
            for form in sorted(base64_forms(value)):
                self._add(Form(form, value, True, False))

    def _add(self, form: Form) -> None:
        if form.written.isdigit():
            if form.written in self._numbers:
                return
            self._numbers.add(form.written)
        self._forms.append(form)

    def find(self, text: bytes) -> Iterator[Occurrence]:
        """Where a known value stands in ``text``; may overlap, in no order."""
        if self._count:
            yield from find_through_escapes(text, self._as_written)

    def _as_written(self, text: bytes) -> Iterator[Occurrence]:
        if len(text) < _LARGE:
            return self._any.find(text)
        self._searched += len(text)
        if self._scan is None and self._searched > _WORTH * len(self._forms):
            hyperscan = fast.module("hyperscan")
            if hyperscan is not None:
                self._scan = _Follower(ScannedForms(hyperscan), self._forms)
                self._lines = _Follower(ManyLines(), self._forms)  # what it knows takes room
        if self._scan is not None:
            return self._scan.find(text)
        return self._any.find(text) if len(text) > LONG_LINES * (text.count(b"\n") + 1) else self._lines.find(text)


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
