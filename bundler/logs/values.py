"""Stamps that are the value of a key: as most programs write them, whatever the format."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache

from bundler.logs.stamps import KINDS, Stamp, read_stamp

_NOT_VALUES = frozenset(
    ("comma", "clock", "logcat", "klog", "day-first", "month-first", "php", "micros", "seconds", "columns", "padded")
)
_DATED = tuple(name for name in KINDS if name not in _NOT_VALUES)


@cache
def _whole() -> tuple[tuple[str, re.Pattern[bytes]], ...]:
    return tuple((name, re.compile(KINDS[name].pattern.encode())) for name in _DATED)


@cache
def _decimal() -> re.Pattern[bytes]:
    return re.compile(rb"\d{10}\.\d{1,9}|\d{13}\.\d{1,9}")


def read_value(text: bytes) -> Stamp | None:
    """The stamp that the whole value of a key is: a text of any kind, or a number of seconds (or less) since 1970."""
    if len(text) > 64:
        return None
    if text.isdigit():
        return read_stamp("epoch", text) if len(text) in {10, 13, 16, 19} else None
    try:
        return datetime.fromisoformat(text.decode("ascii")) if len(text) > 13 and text[4:5] == b"-" else _any(text)
    except ValueError:
        return _any(text)


def _any(text: bytes) -> Stamp | None:
    if _decimal().fullmatch(text):
        return read_stamp("epoch", text)
    for kind, pattern in _whole():
        if pattern.fullmatch(text):
            return read_stamp(kind, text)
    return None
