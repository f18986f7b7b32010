"""What in a text is inert: placeholders and our own notices, in which nothing is looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bundler.redact.vault import PLACEHOLDER

Span = tuple[int, int]
_INERT = re.compile(PLACEHOLDER.pattern + rb"|\[withheld: [a-z0-9 -]{1,120}\]")


def inert_spans(text: bytes) -> list[Span]:
    """Where placeholders and notices stand, from the left to the right."""
    return [found.span() for found in _INERT.finditer(text)] if b"[" in text else []


def blanked(text: bytes, spans: Iterable[Span]) -> bytes:
    """The text with zeros in place of these stretches of it."""
    rest = bytearray(text)
    for start, end in spans:
        rest[start:end] = bytes(end - start)
    return bytes(rest)
