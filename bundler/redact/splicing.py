"""Writes a text without its hits: what stands for each value in its place, and the report of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from bundler.redact.placeholders import Placeholders
from bundler.redact.pseudonyms import fitted
from bundler.redact.rule import Hit
from bundler.redact.stretches import by_line
from bundler.redact.vault import canonical


class Change(NamedTuple):
    """One replacement that was made: offsets in the text before, kind, and what stands there now."""

    start: int
    end: int
    kind: str
    placeholder: bytes


def spliced(text: bytes, hits: Iterable[Hit], placeholders: Placeholders, changes: list[Change] | None = None) -> bytes:
    """``text`` with each hit replaced by its placeholder, line by line; what was done is added to ``changes``."""
    pieces: list[bytes] = []
    at = 0
    find, given = placeholders.find, placeholders.given
    for hit in hits:
        secret = find(canonical(hit.value))
        if secret is None:
            secret = placeholders.learn(hit.value, hit.rule.kind, hit.rank, spreads=False)
        for start, end in by_line(text, hit.start, hit.end):
            start, written = fitted(text, start, given(secret).placeholder.encode(), hit.quote)
            pieces += (text[at:start], written)
            at = end
            if changes is not None:
                changes.append(Change(start, end, secret.kind, written))
    pieces.append(text[at:])
    return b"".join(pieces)
