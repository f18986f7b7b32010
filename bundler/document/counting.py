"""Counts placeholders in finished files: which of a ticket's redactions stand in one, and how often."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from bundler.model import Redaction

_BRACKETED = re.compile(rb"\[[a-z][a-z-]{0,60}-[1-9][0-9]{0,8}(?::[^\[\]\s]{0,200})?\]")
_GOES_ON = re.compile(rb"[0-9A-Za-z]|\.[0-9]")


def count_redactions(data: bytes, known: Iterable[Redaction]) -> tuple[Redaction, ...]:
    """Those of a ticket's redactions whose placeholder stands in ``data``, with how often it stands there.

    One pass finds all placeholders in brackets; those that look like values (``192.0.2.1``) are looked for one by one.
    """
    standing = Counter(_BRACKETED.findall(data))
    counted: list[Redaction] = []
    for each in known:
        placeholder = each.placeholder.encode("utf-8", "surrogatepass")
        if placeholder not in standing and _BRACKETED.fullmatch(placeholder) is None:
            standing[placeholder] = _count_alone(data, placeholder)
        if count := standing[placeholder]:
            counted.append(Redaction(kind=each.kind, placeholder=each.placeholder, count=count))
    return tuple(counted)


def _count_alone(data: bytes, written: bytes) -> int:
    """How often ``written`` stands in ``data`` and is no part of a longer word or number."""
    count = 0
    at = data.find(written) if written else -1
    while at >= 0:
        end = at + len(written)
        count += not data[at - 1 : at].isalnum() and _GOES_ON.match(data, end) is None
        at = data.find(written, end)
    return count
