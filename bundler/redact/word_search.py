"""Finds the words of a user in a text: in any case, escaped, within Base64, as a part of other words."""

from __future__ import annotations

import base64
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bundler.redact.base64_runs import find_runs
from bundler.redact.escapes import find_through_escapes
from bundler.redact.inert import blanked, inert_spans
from bundler.redact.vault import base64_forms
from bundler.redact.words import Pattern, Word, Words, stands_out

_FEW = 12
_MOST_ENCODED = 2_000
_HEXADECIMAL = frozenset(b"0123456789abcdef")
_HASH = 16
_SHORT = 8
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-"
_DIGIT_AFTER = re.compile(rb"\.?[0-9]")
_DIGIT_BEFORE = re.compile(rb"[0-9]\.?\Z")
_REACH = 4096
_CERTAIN = 7
"""Base64 of this length tells a word wherever it stands; a shorter one has to stand alone."""
_LINE = re.compile(rb"[^\n]+")


class Found(NamedTuple):
    """Where a word stands: offsets, the word as it was given (or what a pattern found), and who asked for it.

    ``is_encoded`` when the stretch is Base64 that holds it.
    """

    start: int
    end: int
    value: bytes
    source: Word | Pattern
    is_encoded: bool = False


class WordSearch:
    """One user's words, to be found in many texts.

    What is in ``kept`` stays whole, and so do ``ids`` where a word stands in one of them by chance.
    """

    def __init__(self, words: Words, kept: Iterable[str] = (), ids: Iterable[str] = ()) -> None:
        self._patterns = words.patterns
        folded: dict[bytes, Word] = {}
        encoded: dict[bytes, Word] = {}
        for number, word in enumerate(words.masked):
            for form in _forms(word.text):
                folded.setdefault(form, word)
            if number < _MOST_ENCODED:
                for form in _encoded_forms(word.text):
                    encoded.setdefault(form, word)
        self._folded = _Forms(folded)
        self._encoded = _Forms(encoded)
        self._guards = _guards(words, kept, ids)

    def find(self, text: bytes) -> list[Found]:
        """Every place of every word in ``text`` that is not ours (a placeholder, a notice); places may overlap."""
        if ours := inert_spans(text):
            text = blanked(text, ours)
        return list(find_through_escapes(text, self._as_written))

    def _as_written(self, text: bytes) -> Iterator[Found]:
        yield from self._plain(text)
        yield from self._within_base64(text)

    def _plain(self, text: bytes) -> Iterator[Found]:
        lowered = text.lower()
        for start, form, word in self._folded.find(lowered):
            end = start + len(form)
            if not (_goes_on(lowered, start, end) or self._is_guarded(lowered, start, form)):
                yield Found(start, end, word.text.encode(), word)
        for pattern in self._patterns:
            for start, end in _matches(pattern, text):
                yield Found(start, end, text[start:end], pattern)

    def _within_base64(self, text: bytes) -> Iterator[Found]:
        for at, form, word in self._encoded.find(text):
            before, after = text[max(0, at - _REACH) : at], text[at + len(form) : at + len(form) + _REACH]
            start = at - len(before) + len(before.rstrip(_BASE64))
            end = at + len(form) + len(after) - len(after.lstrip(_BASE64))
            if len(form) >= _CERTAIN or end - start == len(form):
                end += len(text[end : end + 2]) - len(text[end : end + 2].lstrip(b"="))
                yield Found(start, end, text[start:end], word, is_encoded=True)
        for run in find_runs(text):
            inner = next(find_through_escapes(run.plain, self._as_written), None)
            if inner is not None:
                yield Found(run.start, run.end, text[run.start : run.end], inner.source, is_encoded=True)

    def _is_guarded(self, lowered: bytes, start: int, form: bytes) -> bool:
        for guard, offset in self._guards.get(form, ()):
            if start >= offset and lowered.startswith(guard, start - offset):
                return True
        return False


def _guards(words: Words, kept: Iterable[str], ids: Iterable[str]) -> dict[bytes, list[tuple[bytes, int]]]:
    """For each form that stands in something that stays: that text, and how far into it the form stands."""
    guards: dict[bytes, list[tuple[bytes, int]]] = {}
    texts = {text: True for text in ids if text} | {text: False for text in kept if text}
    for word in words.masked:
        for text, by_chance_only in texts.items():
            if by_chance_only and stands_out(word.text, text):
                continue
            lowered = text.encode("utf-8", "surrogatepass").lower()
            for form in _forms(word.text):
                at = lowered.find(form)
                while at >= 0:
                    guards.setdefault(form, []).append((lowered, at))
                    at = lowered.find(form, at + 1)
    return guards


def _goes_on(lowered: bytes, start: int, end: int) -> bool:
    """True for digits within more digits, and for what can be read in a long hexadecimal number by chance."""
    form = lowered[start:end]
    if form.isdigit():
        return (
            _DIGIT_AFTER.match(lowered, end) is not None
            or _DIGIT_BEFORE.search(lowered[max(0, start - 2) : start]) is not None
        )
    if len(form) >= _SHORT or not _HEXADECIMAL.issuperset(form):
        return False
    while start > 0 and (lowered[start - 1] in _HEXADECIMAL or lowered[start - 1] == 45) and end - start < _HASH:
        start -= 1
    while end < len(lowered) and (lowered[end] in _HEXADECIMAL or lowered[end] == 45) and end - start < _HASH:
        end += 1
    run = lowered[start:end]
    return len(run) >= _HASH and any(48 <= byte <= 57 for byte in run)


def _matches(pattern: Pattern, text: bytes) -> Iterator[tuple[int, int]]:
    """Where the pattern fits, one line at a time, in whole characters."""
    compiled = pattern.safe.compiled
    if pattern.safe.crosses_lines:
        spans = (
            (line.start() + found.start(), line.start() + found.end())
            for line in _LINE.finditer(text)
            for found in compiled.finditer(line[0])
        )
    else:
        spans = (found.span() for found in compiled.finditer(text))
    for start, end in spans:
        while start and text[start] & 0xC0 == 0x80:
            start -= 1
        while end < len(text) and text[end] & 0xC0 == 0x80:
            end += 1
        yield start, end


def _cases(text: str) -> set[str]:
    composed = {text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)}
    return {form for each in composed for form in (each, each.lower(), each.upper(), each.title(), each.casefold())}


def _forms(text: str) -> set[bytes]:
    """How a text may be written, in the lower case of ASCII: JSON-escaped, with ``+`` for blanks, in Latin-1.

    UTF-8 that was taken for Latin-1 is also what ``repr`` of Python's ``bytes`` reads like without its escapes.
    """
    forms: set[bytes] = set()
    for written in _cases(text):
        escaped = json.dumps(written)[1:-1]
        forms |= {written.encode("utf-8", "surrogatepass"), escaped.encode(), escaped.replace("\\", "\\\\").encode()}
        forms.add(json.dumps(written, ensure_ascii=False)[1:-1].encode("utf-8", "surrogatepass"))
        if not written.isascii():
            forms |= {_one_byte(written), written.encode("utf-8", "surrogatepass").decode("latin-1").encode()}
    forms |= {form.replace(b" ", blank) for form in forms if b" " in form for blank in (b"+", b"\xc2\xa0")}
    return {form.lower() for form in forms if len(form) >= 3}


def _one_byte(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return b""


def _encoded_forms(text: str) -> set[bytes]:
    """What Base64 holds that encodes a text, in the cases that people write."""
    forms: set[bytes] = set()
    for written in _cases(text):
        value = written.encode("utf-8", "surrogatepass")
        forms.add(base64.b64encode(value).rstrip(b"="))
        forms.add(base64.urlsafe_b64encode(value).rstrip(b"="))
        forms |= base64_forms(value)
    return forms


class _Forms:
    """Many literals with their words: a few are looked for one by one, more by their first three bytes at once."""

    def __init__(self, forms: dict[bytes, Word]) -> None:
        self._forms = forms if len(forms) <= _FEW else {}
        self._buckets: dict[bytes, list[int]] = {}
        self._all = forms
        self._starts: re.Pattern[bytes] | None = None
        if len(forms) > _FEW:
            for form in forms:
                sizes = self._buckets.setdefault(form[:3], [])
                if len(form) not in sizes:
                    sizes.append(len(form))
            self._starts = re.compile(_starts(self._buckets), re.DOTALL)

    def find(self, text: bytes) -> Iterator[tuple[int, bytes, Word]]:
        """Every place of every literal."""
        for form, word in self._forms.items():
            at = text.find(form)
            while at >= 0:
                yield at, form, word
                at = text.find(form, at + 1)
        if self._starts is None:
            return
        for found in self._starts.finditer(text):
            at = found.start()
            for size in self._buckets[text[at : at + 3]]:
                word_found = self._all.get(text[at : at + size])
                if word_found is not None:
                    yield at, text[at : at + size], word_found


def _starts(prefixes: Iterable[bytes]) -> bytes:
    """A pattern for the first of three bytes, which takes in one byte alone: places may overlap."""
    tree: dict[int, dict[int, set[int]]] = {}
    for first, second, third in sorted(prefixes):
        tree.setdefault(first, {}).setdefault(second, set()).add(third)
    branches = []
    for first, rest in tree.items():
        inner = b"|".join(_byte(second) + _any_of(thirds) for second, thirds in rest.items())
        branches.append(_byte(first) + b"(?=" + inner + b")")
    return b"|".join(branches)


def _byte(value: int) -> bytes:
    return re.escape(bytes((value,)))


def _any_of(values: set[int]) -> bytes:
    return b"[" + b"".join(b"\\x%02x" % value for value in sorted(values)) + b"]"
