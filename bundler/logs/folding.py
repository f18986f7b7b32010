"""Folds records that repeat each other into the first of them and a line that counts the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import repeat

from msgspec import Struct

from bundler.logs.catalogue import PLAIN
from bundler.logs.levels import SEVERE, level
from bundler.logs.merging import Placed
from bundler.logs.starts import bare

LEAST = 3
"""Fewer repeats than this stay as they are: a line that counts two says less than the two."""
SHAPES = 3
"""How many shapes may take turns and still be folded: a loop often writes two or three lines a round."""

_LOOKED_AT = 512
_COMPARED = 4096
_LINES = 20
_NEVER = SEVERE | {"warning"}

# From a digit to the end of the word, and on over what joins the digits of dates, addresses and amounts. A quoted word
# counts as a value only where prose quotes it: in JSON and key=value lines quotes hold the message and the level.
_DIGITS = rb"[0-9.:,-]*(?<=[0-9])[\w-]*"
_VALUE = re.compile(rb"[0-9]" + _DIGITS)
_VALUE_OR_QUOTED = re.compile(rb"[0-9\"'](?:(?<=[0-9])" + _DIGITS + rb"|(?<=[a-z] .)[^\"'\s]{1,64}[\"'](?![\w:=]))")
_WORDS = repeat(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-")
_BRACE = 0x7B


class Fold(Struct, frozen=True):
    """Records that were left out because they are like the one before them: how many, their time and their size."""

    source: str
    count: int
    first: datetime | None
    last: datetime | None
    lines: int
    size: int
    sample_shape: bytes

    def text(self) -> str:
        """One line for people, without its end."""
        return f"… {self.count:,} more like the record above{_span(self.first, self.last)} …"


def shape(data: bytes, limit: int = _LOOKED_AT) -> bytes:
    """What stays the same when a program writes its first line again: ``#`` stands for every word that holds a digit.

    Stamps, numbers, ids and addresses are such words; a word quoted in prose goes too. Levels and all other words stay.
    Only the first ``limit`` bytes are looked at.
    """
    end = data.find(b"\n", 0, limit)
    line = data[: end + 1] if end >= 0 else data[:limit] + b"\n"
    if b"\x1b" in line:
        line = bare(line)
    pieces = (_VALUE if line[0] == _BRACE else _VALUE_OR_QUOTED).split(line)
    return b"#".join(map(bytes.rstrip, pieces, _WORDS))[:-1]  # what is left of a word before its first digit goes too


def shapes(records: Sequence[bytes], limit: int = _LOOKED_AT) -> list[bytes]:
    """The ``shape`` of each; of a hundred at once in half the time."""
    lines = [data[:limit].partition(b"\n")[0] for data in records]
    opened = {line[:1] == b"{" for line in lines}
    whole = b"\n".join((*lines, b""))
    if len(opened) != 1 or b"\x1b" in whole:
        return [shape(data, limit) for data in records]
    has_quotes = b'"' in whole or b"'" in whole
    pieces = (_VALUE if opened.pop() or not has_quotes else _VALUE_OR_QUOTED).split(whole)
    return b"#".join(map(bytes.rstrip, pieces, _WORDS)).split(b"\n")[:-1]


def _plain_level(placed: Placed) -> str | None:
    return level(PLAIN, placed.record.data)


def fold(
    records: Iterable[Placed], *, least: int = LEAST, level_of: Callable[[Placed], str | None] = _plain_level
) -> Iterator[Placed | Fold]:
    """Yield the records; where ``least`` or more repeat an earlier one, a ``Fold`` after that one stands for them.

    Records repeat each other when they come from one source and have the same level, number of lines and shape. They
    need not be neighbours: up to ``SHAPES`` shapes may take turns. A record that mentions an id, or of level warning
    and above, or that was cut, is never folded, and what is on both sides of it is not folded together. ``level_of``
    is asked for likely repeats only; it is quickest when it knows each source's format. Holds a few records.
    """
    passage = _Passage(least)
    for placed in records:
        record = placed.record
        if record.mentioned or record.cut_size:
            yield from passage.end()
            yield placed
            continue
        key = (placed.source, _likeness(record.data))
        run = passage.runs.get(key)
        if run is not None:
            found = level_of(placed)
            if found in _NEVER:
                yield from passage.end()
                yield placed
                continue
            if not run.repeats:
                run.level = level_of(run.first)
            if run.level == found:
                passage.repeat(run, placed)
                continue
        if run is not None or len(passage.runs) == SHAPES:
            yield from passage.end()
        passage.begin(key, placed)
    yield from passage.end()


class _Run:
    """The first record of a shape, and what is known of its repeats."""

    def __init__(self, first: Placed) -> None:
        self.first = first
        self.level: str | None = None  # found out with the first repeat: most records have none
        self.repeats = 0
        self._lines = 0
        self._size = 0
        self._moments: tuple[datetime, datetime] | None = None

    def add(self, placed: Placed) -> None:
        self.repeats += 1
        self._lines += placed.record.line_count
        self._size += len(placed.record.data)
        if (moment := placed.moment) is not None:
            earliest, latest = self._moments or (moment, moment)
            self._moments = min(earliest, moment), max(latest, moment)

    def folded(self) -> Fold:
        first, last = self._moments or (None, None)
        sample = shape(self.first.record.data)
        return Fold(self.first.source, self.repeats, first, last, self._lines, self._size, sample)


class _Passage:
    """A stretch of records with no more than a few shapes, and those of its records that are not folded yet."""

    def __init__(self, least: int) -> None:
        self.runs: dict[tuple[str, bytes], _Run] = {}
        self._least = max(1, least)
        self._held: list[tuple[Placed, _Run]] = []

    def begin(self, key: tuple[str, bytes], placed: Placed) -> None:
        self.runs[key] = run = _Run(placed)
        self._held.append((placed, run))

    def repeat(self, run: _Run, placed: Placed) -> None:
        run.add(placed)
        if run.repeats < self._least:
            self._held.append((placed, run))
        elif run.repeats == self._least:
            self._held = [held for held in self._held if held[1] is not run or held[0] is run.first]

    def end(self) -> Iterator[Placed | Fold]:
        """What is left of the stretch, in the order it came in, each fold after the record it is like."""
        for placed, run in self._held:
            yield placed
            if placed is run.first and run.repeats >= self._least:
                yield run.folded()
        self.runs.clear()
        self._held.clear()


def _likeness(data: bytes) -> bytes:
    end = data.find(b"\n")
    if end < 0 or end == len(data) - 1:
        return shape(data, _COMPARED)
    lines = data[:_COMPARED].split(b"\n", _LINES)[:_LINES]
    return b"\n".join([*map(shape, lines), b"%d" % data.count(b"\n")])


def _span(first: datetime | None, last: datetime | None) -> str:
    if first is None or last is None:
        return ""
    if first == last:
        return f", {_clock(first)} UTC"
    if first.date() == last.date():
        return f", {_clock(first)} to {_clock(last)} UTC"
    return f", {first.date()} {_clock(first)} to {last.date()} {_clock(last)} UTC"


def _clock(moment: datetime) -> str:
    return moment.time().isoformat("milliseconds")
