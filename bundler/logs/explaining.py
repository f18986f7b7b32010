"""Says in words what is known of a log format: who writes it, how a record looks, how its time and level are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from bundler.logs.catalogue import PLAIN, find_format, samples_of
from bundler.logs.types import LogFormat

_KIND = re.compile("<([a-z-]+)>")
_EXAMPLE_LINES, _EXAMPLE_WIDTH = 4, 160
_LOOKS = {
    "iso": "2026-11-23T14:03:27.482+01:00",
    "comma": "2026-11-23 14:03:27,482",
    "named-zone": "2026-11-23 14:03:27.482 CET",
    "slashed": "2026/11/23 14:03:27",
    "clf": "23/Nov/2026:14:03:27 +0100",
    "accepted": "23/Nov/2026:14:03:27.482",
    "asctime": "Mon Nov 23 14:03:27 2026",
    "syslog": "Nov 23 14:03:27",
    "logcat": "11-23 14:03:27.482",
    "klog": "1123 14:03:27.482123",
    "clock": "14:03:27.482",
    "day-first": "23.11.2026 14:03:27",
    "month-first": "11/23/2026 2:03:27 PM",
    "java": "Nov 23, 2026 2:03:27 PM",
    "day-month": "23 Nov 2026 14:03:27,482",
    "tomcat": "23-Nov-2026 14:03:27.482",
    "php": "23-Nov-2026 14:03:27 Europe/Copenhagen",
    "epoch": "1795442607.482",
    "micros": "1795442607482123",
}
"""How a stamp of each kind looks."""
_ZONED = frozenset(("iso", "named-zone", "clf", "php"))
_UNIVERSAL = frozenset(("epoch", "micros"))
_YEARLESS = frozenset(("syslog", "logcat", "klog"))


class Explanation(NamedTuple):
    """What the program says of a log format."""

    title: str
    text: str
    link: str


def explain_format(name: str) -> Explanation | None:
    """What is known of the format of that name; None for a name nobody has."""
    fmt = find_format(name.lower())
    if fmt is None:
        return None
    return Explanation(f"{fmt.name}: {fmt.title}", "\n".join(_sentences(fmt)), fmt.docs)


def _sentences(fmt: LogFormat) -> Iterator[str]:
    if fmt.writers:
        yield f"Written by {_listed(fmt.writers, 'and')}."
    samples = samples_of(fmt.name)
    if samples:
        yield "A record looks like this:"
        yield from _example(samples[0].text)
    if fmt.name == PLAIN.name:
        yield f"{fmt.note[:1].upper()}{fmt.note[1:]}."
        return
    yield from _time(fmt)
    yield _level(fmt)
    if fmt.follows or fmt.wraps:
        yield "A trace stays with its record, although each of its lines is written like a record of its own."
    if fmt.note:
        yield f"{fmt.note[:1].upper()}{fmt.note[1:]}."
    yield f"A file is taken to be it with `--as {fmt.name}`."


def _example(text: str) -> Iterator[str]:
    lines = text.strip("\n").splitlines()
    for line in lines[:_EXAMPLE_LINES]:
        yield f"    {line if len(line) <= _EXAMPLE_WIDTH else line[: _EXAMPLE_WIDTH - 1] + '…'}".expandtabs(4)
    if len(lines) > _EXAMPLE_LINES:
        yield "    …"


def _time(fmt: LogFormat) -> Iterator[str]:
    kinds = list(dict.fromkeys(kind for pattern in fmt.patterns for kind in _KIND.findall(pattern) if kind in _LOOKS))
    if fmt.kind != "text":
        yield f"Its time stands under the key {_listed(fmt.time_keys, 'or')}."
    elif kinds:
        yield f"Its time is written as in {_listed([_LOOKS[kind] for kind in kinds], 'or')}."
    else:
        yield "It carries no times."
        return
    if fmt.zone:
        yield f"A time that names no zone is in {fmt.zone}: the format says so."
    elif kinds and _UNIVERSAL.issuperset(kinds):
        yield "It counts from 1970 in UTC, so that no zone is missing."
    elif kinds and _ZONED.isdisjoint(kinds):
        yield "It names no zone: it is the one given with --tz, else that of this machine."
    else:
        yield "Its zone is read from the line; where that names none, it is that given with --tz, else this machine's."
    if not _YEARLESS.isdisjoint(kinds):
        yield "Where the year is missing, it is the latest that fits."
    if "clock" in kinds:
        yield "Where the date is missing, it is the latest that fits."


def _level(fmt: LogFormat) -> str:
    groups = {group for pattern in fmt.patterns for group in ("level", "status", "pri") if f"(?P<{group}>" in pattern}
    told = []
    if fmt.level_keys:
        told.append(f"from the key {_listed(fmt.level_keys, 'or')}")
    if "level" in groups:
        told.append("from the word or letter for it in the line")
    if "status" in groups:
        told.append("from the HTTP status (5xx is an error, 4xx a warning)")
    if "pri" in groups:
        told.append("from the priority in angle brackets")
    if fmt.wraps:
        told.append("from the line that it wraps, by that line's own format")
    if not told:
        return "It names no level: words such as ERROR in the text are taken for it."
    return f"Its level is read {_listed(told, 'or')}."


def _listed(words: tuple[str, ...] | list[str], joint: str) -> str:
    return f" {joint} ".join(filter(None, (", ".join(words[:-1]), words[-1])))
