"""What in a text is inert: placeholders and our own notices, in which nothing is looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bundler.redact.vault import KINDS, PLACEHOLDER

Span = tuple[int, int]
_INERT = re.compile(PLACEHOLDER.pattern + rb"|\[withheld: [a-z0-9 -]{1,120}\]")
_ELLIPSIS = rb"(?:\xe2\x80\xa6|=E2=80=A6|\\u2026)"
_KINDS = b"|".join(kind.encode() for kind in sorted(KINDS))
_BEGINNINGS = sorted({kind[:size].encode() for kind in KINDS for size in range(1, len(kind) + 1)}, reverse=True)
STANDING = re.compile(
    PLACEHOLDER.pattern
    + rb"|\[(?:%s)-[1-9][0-9]{0,8}(?:(?::[A-Za-z0-9=,.:+/_-]*)?%s|(?![0-9A-Za-z]))" % (_KINDS, _ELLIPSIS)
    + rb"|\[(?:%s)-?%s" % (b"|".join(_BEGINNINGS), _ELLIPSIS)
)
"""A placeholder, or what is left of one where our own words quote the beginning of a long text."""


def inert_spans(text: bytes) -> list[Span]:
    """Where placeholders and notices stand, from the left to the right."""
    return [found.span() for found in _INERT.finditer(text)] if b"[" in text else []


def blanked(text: bytes, spans: Iterable[Span]) -> bytes:
    """The text with zeros in place of these stretches of it."""
    rest = bytearray(text)
    for start, end in spans:
        rest[start:end] = bytes(end - start)
    return bytes(rest)
