"""Finds the ids that stand beside a payment's own in its log records, and lead to records that do not name it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bundler.logs.mentions import spellings

MOST = 8
"""So many further ids are followed at most, those that stand in most of the records first."""
TOO_COMMON = 2_000
"""An id that stands in more records than this names something larger than one payment, and is not followed."""
_LOOKED_AT = 8 * 1024 * 1024
_SHORTEST = 6

_NAME = (
    r"[A-Za-z_.-]{0,20}?(?:correlation|trace|request|req|order|transaction|txn|operation|message|idempotency|context"
    r"|process|attempt|reference|reservation|charge|capture|refund|checkout|agreement)[_.-]?(?:id|no|number|ref|key)"
    r"|trace(?:parent)?|reference|instance"
)
_VALUE = r"[A-Za-z0-9][A-Za-z0-9._:@/-]{4,126}[A-Za-z0-9]"
_NAMED = re.compile(rf"(?i)(?<![A-Za-z0-9])({_NAME})\\?[\"']?[\]>]?\s?[:=]\s?\\?[\"'\[]?({_VALUE})".encode())
_BRACKETED = re.compile(rb"[\[( ]((?:req|trace|corr|cid|rid|tx)[-_][0-9A-Za-z-]{5,64})[\]), ]")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")  # W3C Trace Context, section 3.2
_DIGIT = re.compile("[1-9]")  # zeros alone are the trace id of no trace (W3C Trace Context, section 3.2.2.3)
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]|\d\d:\d\d:\d\d|\d+(?:\.\d+)+$")


class Beside(NamedTuple):
    """An id seen beside the payment's: what it was called, its value, and in how many of the records."""

    name: str
    value: str
    record_count: int


def find_beside(records: Iterable[bytes], known: Sequence[str], excluded: Sequence[str] = ()) -> tuple[Beside, ...]:
    """Correlation, trace, request and order ids in the records, by their names; never one that is known or excluded.

    At most ``MOST``. The first 8 MiB of records are looked at. An id that stands there in upper and in lower case
    comes in both, unless it is hexadecimal: those are searched for in either.
    """
    left_out = {_folded(text) for text in (*known, *excluded)}
    counts: Counter[str] = Counter()
    names: dict[str, dict[str, str]] = {}
    size = 0
    for record in records:
        size += len(record)
        if size > _LOOKED_AT:
            break
        for key in {_folded(value): None for value in _values(record, names)}:
            if key not in left_out:
                counts[key] += 1
    found: list[Beside] = []
    for key, count in counts.most_common(MOST):
        written = list(names[key].items())
        forms = written[:1] if spellings(0, written[0][0]).others else written
        found += (Beside(name, value, count) for value, name in forms)
    return tuple(found[:MOST])


def _values(record: bytes, names: dict[str, dict[str, str]]) -> Iterable[str]:
    found = [(match[1], match[2]) for match in _NAMED.finditer(record)]
    found += [(b"", match[1]) for match in _BRACKETED.finditer(record)]
    for name, raw in found:
        value = raw.decode("ascii", "replace")
        if (parent := _TRACEPARENT.fullmatch(value)) is not None:
            value = parent[1]
        if len(value) < _SHORTEST or not _DIGIT.search(value) or _STAMP.match(value):
            continue
        names.setdefault(_folded(value), {}).setdefault(value, name.decode("ascii", "replace"))
        yield value


def _folded(text: str) -> str:
    """Two spellings of one id are one."""
    return text.replace("-", "").lower()
