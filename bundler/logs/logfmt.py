"""Reads lines of logfmt: keys with values, ``level=info msg="a text"``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

_LOOK = 8192
"""How much of a line is read, in bytes."""


@cache
def _pair() -> re.Pattern[bytes]:
    return re.compile(rb'([A-Za-z_@][\w.@/-]{0,64})=("(?:[^"\\]|\\.)*"|\x27(?:[^\x27\\]|\\.)*\x27(?= |\Z)|[^ "]*) ?')


def pairs(line: bytes) -> Iterator[tuple[str, bytes]]:
    """Keys with their values, without quotes, in the order of the line up to what is no pair."""
    line = line[:_LOOK].rstrip()
    position, match_pair = 0, _pair().match
    while (match := match_pair(line, position)) is not None:
        yield match[1].decode(), match[2].strip(b"\"'")
        position = match.end()


def read(line: bytes) -> dict[str, bytes] | None:
    """The first value of each key; None for a line with fewer than two keys, which is none of logfmt."""
    keys: dict[str, bytes] = {}
    for key, value in pairs(line):
        keys.setdefault(key, value)
    return keys if len(keys) > 1 else None
