"""Builds the rule for a key whose issuer gave it a shape of its own; the shapes are data in the modules beside."""

from __future__ import annotations

import re

from bundler.redact.rule import Locate, Rank, Rule
from bundler.redact.shapes import ESCAPE_LETTERS, Place, shape

_REACH = 160
_ALPHANUMERIC = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def issued(
    name: str,
    what: str,
    source: str,
    anchors: tuple[bytes, ...],
    pattern: bytes | Locate,
    hits: tuple[str, ...],
    misses: tuple[str, ...],
    *,
    kind: str = "key",
    nearby: tuple[bytes, ...] = (),
) -> Rule:
    """The rule for keys of one issuer: nothing else looks like them, so they are masked wherever they stand."""
    return Rule(
        name=name,
        kind=kind,
        what=what,
        source=source,
        rank=Rank.CERTAIN,
        anchors=anchors,
        nearby=nearby or (_at_word_starts(anchors) if isinstance(pattern, bytes) else ()),
        locate=shape(pattern) if isinstance(pattern, bytes) else pattern,
        certain=True,
        beats_identifiers=True,
        hits=hits,
        misses=misses,
    )


def _at_word_starts(anchors: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return tuple(rb"\b" + anchor.lower().replace(b"\\", b"") for anchor in anchors)


def marked(pattern: bytes, signs: bytes = b"") -> Locate:
    """Where ``pattern`` matches a whole word of letters, digits and ``signs``; the anchor stands within it."""
    compiled = re.compile(pattern)
    letters = _ALPHANUMERIC + signs

    def locate(text: bytes, start: int, end: int) -> Place:
        before = text[max(0, start - _REACH) : start]
        first = start - len(before) + len(before.rstrip(letters))
        if first > 0 and text[first - 1] == 92 and text[first] in ESCAPE_LETTERS:
            first += 1
        found = compiled.match(text, first)
        return found.span() if found is not None and found.end() >= end else None

    return locate


def at_anchor(pattern: bytes) -> Locate:
    """The first group of ``pattern``, which matches at the anchor, whatever stands before it: a part of an address."""
    compiled = re.compile(pattern)

    def locate(text: bytes, start: int, _end: int) -> Place:
        found = compiled.match(text, start)
        return found.span(1) if found is not None else None

    return locate


def beside(word: bytes, pattern: bytes) -> Locate:
    """Where ``pattern`` matches at the anchor, on a line that holds ``word``: its mark is too short to stand alone."""
    name = re.compile(rb"(?i:" + word + rb")")
    locate_shape = shape(pattern)

    def locate(text: bytes, start: int, end: int) -> Place:
        place = locate_shape(text, start, end)
        if place is None:
            return None
        first = max(text.rfind(b"\n", max(0, start - 256), start) + 1, start - 256, 0)
        last = text.find(b"\n", place[1], place[1] + 256)
        return place if name.search(text, first, last if last >= 0 else place[1] + 256) is not None else None

    return locate
