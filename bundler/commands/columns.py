"""Before and after in the terminal: side by side where it is wide, one below the other where it is not."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

import click

from bundler.amounts import plural
from bundler.render.comparison import Compared, Row

SIDE_BY_SIDE_FROM = 100
"""A terminal of so many columns shows two texts beside each other."""

_NUMBER = 6
_BREAKS = frozenset(" ,;&}>")
Run = tuple[str, str]
"""A stretch of text and its colour, which is empty for none."""


def side_by_side(file: Compared, width: int, *, is_coloured: bool) -> Iterator[str]:
    """The rows of one file in two columns that fill ``width`` together: with the real values, and as it leaves."""
    room = (width - _NUMBER - 6) // 2
    for row in file.rows:
        if row.gap:
            yield _gap(row, is_coloured)
            continue
        left, right = flow(_runs(row, before=True), room), flow(_runs(row, before=False), room)
        for place, (one, other) in enumerate(zip_longest(left, right, fillvalue=())):
            number = str(row.number) if not place else ""
            yield (
                f"{number:>{_NUMBER}} │ {_painted(one, is_coloured)}{_padding(one, room)} │ "
                f"{_painted(other, is_coloured)}"
            ).rstrip()


def one_below_the_other(file: Compared, width: int, *, is_coloured: bool) -> Iterator[str]:
    """The rows of one file, each masked one twice: ``-`` with the real values, ``+`` as it leaves; 0 wraps nothing."""
    for row in file.rows:
        if row.gap:
            yield _gap(row, is_coloured)
        elif not row.is_masked:
            yield from _stacked(row, str(row.number), " ", width, is_coloured, before=False)
        else:
            if row.before != row.after:
                yield from _stacked(row, str(row.number), "-", width, is_coloured, before=True)
            number = "" if row.before != row.after else str(row.number)
            yield from _stacked(row, number, "+", width, is_coloured, before=False)


def _stacked(row: Row, number: str, sign: str, width: int, is_coloured: bool, *, before: bool) -> Iterator[str]:
    runs = _runs(row, before=before)
    lines = flow(runs, width - _NUMBER - 3) if width else [runs]
    for place, line in enumerate(lines):
        start = f"{number:>{_NUMBER}} {sign} " if not place else f"{'':>{_NUMBER}}   "
        yield f"{start}{_painted(line, is_coloured)}".rstrip()


def _runs(row: Row, *, before: bool) -> list[Run]:
    colour = "red" if before else "green"
    return [(piece.before if before else piece.text, colour if piece.kind else "") for piece in row.pieces]


def flow(runs: Sequence[Run], room: int) -> list[list[Run]]:
    """The runs as lines of at most ``room`` columns, broken behind a blank or a comma where one is near the end."""
    text = "".join(part for part, _ in runs)
    lines, start = [], 0
    for end in _ends(text, max(room, 8)):
        lines.append(_slice(runs, start, end))
        start = end
    return lines or [[]]


def _ends(text: str, room: int) -> Iterator[int]:
    """Where each line ends: offsets into ``text``."""
    start = column = good = 0
    for place, sign in enumerate(text):
        columns = _columns(sign)
        if column + columns > room:
            end = good if good > start and cell_count(text[start:good]) * 5 >= room * 3 else place
            yield end
            column = cell_count(text[end:place])
            start = good = end
        column += columns
        if sign in _BREAKS:
            good = place + 1
    if start < len(text):
        yield len(text)


def _slice(runs: Iterable[Run], start: int, end: int) -> list[Run]:
    cut, at = [], 0
    for text, colour in runs:
        part = text[max(0, start - at) : max(0, end - at)]
        if part:
            cut.append((part, colour))
        at += len(text)
    return cut


def cell_count(text: str) -> int:
    """How many columns of a terminal ``text`` takes: two for wide letters (UAX 11), none for marks that combine."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(sign: str) -> int:
    if sign.isascii():
        return 1
    if unicodedata.combining(sign) or unicodedata.category(sign) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _padding(runs: Iterable[Run], room: int) -> str:
    return " " * (room - sum(cell_count(text) for text, _ in runs))


def _painted(runs: Iterable[Run], is_coloured: bool) -> str:
    if not is_coloured:
        return "".join(text for text, _ in runs)
    return "".join(click.style(text, fg=colour) if colour else text for text, colour in runs)


def _gap(row: Row, is_coloured: bool) -> str:
    text = f"{'':>{_NUMBER}} ⋮ {plural(row.gap, 'line')} without anything masked"
    return click.style(text, dim=True) if is_coloured else text
