"""Tells by their names which files are one log that was rotated, and which of them is older."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import NamedTuple

_PACKED = (".gz", ".bz2", ".xz", ".lzma", ".zst", ".zstd", ".z")
_DATE = r"(?:19|20)\d\d(?:(?P<sep>[-_.]?)(?:0[1-9]|1[0-2])(?P=sep)(?:0[1-9]|[12]\d|3[01])|[-_.](?:0[1-9]|1[0-2])(?!\d))"


class RotatedSet(NamedTuple):
    """Files that are one log, the oldest first.

    ``is_certain`` is False where programs do not agree on what the names mean (a number before the ending counts up
    with one and down with another, or names two workers): then the first stamps of the members have to tell.
    """

    stem: str
    members: tuple[str, ...]
    is_certain: bool = True


def day_in(name: str) -> date | None:
    """The day in the name of a file that a program begins anew each day."""
    found = _dated(_unpacked(name.rpartition("/")[2]))
    try:
        return datetime.strptime(str(found.order[1]), "%Y%m%d").date() if found is not None else None  # noqa: DTZ007 - a day has no zone
    except ValueError:  # the name of a month, or of a week
        return None


class _Mark(NamedTuple):
    """What a name says of its age: a larger ``order`` is younger."""

    stem: str
    order: tuple[int, ...]
    kind: str


def rotated_sets(names: Sequence[str]) -> list[RotatedSet]:
    """The sets in the order in which their first members come; a name that belongs to no other is a set of one.

    Known are the ways of logrotate (numbers, ``dateext``), log4j, logback, Python, Serilog, NLog, winston, Tomcat,
    IIS, PostgreSQL, the container runtimes and Go's lumberjack, packed or not. Files of different folders are never
    one log.
    """
    marks = {name: _mark(name) for name in names}
    sets: dict[str, list[str]] = {}
    for name, mark in marks.items():
        sets.setdefault(mark.stem, []).append(name)
    return [_ordered(stem, members, marks) for stem, members in sets.items()]


def _ordered(stem: str, members: list[str], marks: dict[str, _Mark]) -> RotatedSet:
    if len(members) == 1:
        return RotatedSet(stem, tuple(members))
    ordered = sorted(members, key=lambda name: (marks[name].order, name))
    kinds = {marks[name].kind for name in members} - {"current"}
    orders = {marks[name].order[:_DATE_PARTS] for name in members}
    # which of two files of one day is older is told by an index, and that counts up or down
    return RotatedSet(stem, tuple(ordered), len(kinds) <= 1 and "index" not in kinds and len(orders) == len(members))


_DATED, _NUMBERED, _CURRENT = 0, 1, 2
_DATE_PARTS = 2


def _mark(name: str) -> _Mark:
    folder, slash, base = name.rpartition("/")
    base = _unpacked(base)
    found = _dated(base) or _numbered(base) or _Mark(base, (_CURRENT,), "current")
    return found._replace(stem=f"{folder}{slash}{found.stem}")


def _unpacked(base: str) -> str:
    ending = next((ending for ending in _PACKED if base.lower().endswith(ending)), "")
    return base[: -len(ending)] if ending and base != ending else base


def _dated(base: str) -> _Mark | None:
    """``app.log-20261123``, ``app.2026-11-23.0.log``, ``app-2026-11-23.log.1``: a date, perhaps a time, an index."""
    found = _patterns()["date"].fullmatch(base) or _patterns()["iis"].fullmatch(base)
    if found is None:
        return None
    stem = found["stem"].rstrip("._-") + (found["ending"] or "")
    date = int("".join(filter(str.isdigit, found["date"])).ljust(8, "0"))
    rest = [int(number) for number in re.findall(r"\d+", found["rest"] + (found["index"] or ""))]
    return _Mark(stem, (_DATED, date, *rest), "date")


def _numbered(base: str) -> _Mark | None:
    """``app.log.2`` and ``app.log.old`` grow older as they count up; ``app.1.log`` and ``app_001.log`` may not."""
    patterns = _patterns()
    if found := patterns["number"].fullmatch(base):
        return _Mark(found["stem"], (_NUMBERED, -int(found["number"] or 1)), "number")
    if found := patterns["padded"].fullmatch(base):
        return _Mark(found["stem"] + found["ending"], (_NUMBERED, int(found["number"])), "index")
    if found := patterns["index"].fullmatch(base):
        return _Mark(found["stem"] + found["ending"], (_NUMBERED, -int(found["number"])), "index")
    return None


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    ending = r"(?P<ending>\.[A-Za-z][A-Za-z0-9]{0,9})"
    texts = {
        "date": rf"(?P<stem>.{{0,200}}?)(?<!\d)(?P<date>{_DATE})(?P<rest>(?:[T_.-]?\d{{1,10}}){{0,4}})"
        rf"(?:{ending}(?P<index>\.\d{{1,4}})?)?",
        "iis": rf"(?P<stem>u_(?:ex|in|nc))(?P<date>\d{{6}})(?P<rest>\d{{0,2}}){ending}(?P<index>\.\d{{1,4}})?",
        # the last part of the stem has a letter: 192.0.2.1 is a host
        "number": r"(?P<stem>(?:.{0,200}\.)?[^.]*[A-Za-z][^.]*)\.(?:(?P<number>\d{1,4})|old)",
        "padded": rf"(?P<stem>.{{1,200}}?)[._-](?P<number>0\d{{2,5}}){ending}",
        "index": rf"(?P<stem>.{{0,200}}[A-Za-z][^.]{{0,60}})\.(?P<number>\d{{1,4}}){ending}",
    }
    return {name: re.compile(text, re.IGNORECASE) for name, text in texts.items()}
