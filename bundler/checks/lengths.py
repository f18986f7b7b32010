"""Writes lengths of time as people say them."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from math import isfinite

_UNITS = ((86_400, "days"), (3_600, "h"), (60, "min"), (1, "s"))


def span(length: float | timedelta) -> str:
    """``0.4 s``, ``27 s``, ``90 s``, ``2 min 30 s``, ``15 days``: a length in seconds, in two units at most."""
    seconds = length.total_seconds() if isinstance(length, timedelta) else length
    if not isfinite(seconds):
        return "a time without end"
    for (size, unit), (smaller, small) in pairwise(_UNITS):
        if seconds >= 2 * size:
            count, rest = divmod(int(seconds), size)
            more = rest // smaller
            return f"{count} {unit} {more} {small}" if more else f"{count} {unit}"
    return f"{seconds:.0f} s" if seconds >= 10 or seconds == int(seconds) else f"{seconds:.1f} s"
