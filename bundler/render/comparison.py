"""A text as it leaves beside the same text with the real values: rows of pieces whose masked spots are known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from bundler.amounts import plural
from bundler.model import Redaction
from bundler.redact import Vault
from bundler.redact.vault import PLACEHOLDER, standing_alone
from bundler.render.text import decoded, inline

WHOLE_LIMIT = 2_000
"""A text of so many lines is shown whole where nothing else is asked for; of a longer one only what is near a spot."""
MOST_ROWS = 5_000

_WITHHELD = r"\[withheld: [a-z0-9 -]{1,120}\]"
_LONGEST_PLAIN = 2_000
_LONGEST_VALUE = 3_000


class Piece(Struct, frozen=True):
    """A stretch of a line, fit to be shown. ``kind`` is set for what was masked, ``real`` where its value is known."""

    text: str
    kind: str = ""
    real: str | None = None

    @property
    def before(self) -> str:
        """What stood here, as far as we know."""
        return self.text if self.real is None else self.real


class Row(Struct, frozen=True):
    """One line, counted from 1, in pieces; or, with ``gap``, so many lines that are not shown."""

    number: int
    pieces: tuple[Piece, ...] = ()
    gap: int = 0

    @property
    def is_masked(self) -> bool:
        return any(piece.kind for piece in self.pieces)

    @property
    def before(self) -> str:
        return "".join(piece.before for piece in self.pieces)

    @property
    def after(self) -> str:
        return "".join(piece.text for piece in self.pieces)


class Compared(Struct, frozen=True):
    """One file: its rows, how many spots in it were masked, and how many lines at its end are not shown."""

    name: str
    rows: tuple[Row, ...]
    spot_count: int
    left_out: int = 0


class Spots:
    """Where something was masked in the texts of a ticket, and, with its private map, what."""

    def __init__(self, redactions: Iterable[Redaction], vault: Vault | None = None) -> None:
        self._kinds = {each.placeholder: each.kind for each in redactions if each.placeholder}
        self._values = {each.placeholder: each.value for each in vault.entries if each.value} if vault else {}
        stand_ins = sorted((each for each in self._kinds if not each.startswith("[")), key=len, reverse=True)
        patterns = [PLACEHOLDER.pattern.decode(), _WITHHELD]
        patterns += [standing_alone(stand_ins).pattern] if stand_ins else []
        self._pattern = re.compile("|".join(f"(?:{pattern})" for pattern in patterns))

    def pieces(self, line: str) -> Iterator[Piece]:
        """``line`` cut at every masked spot; what merely looks like a placeholder is text."""
        at = 0
        for found in self._pattern.finditer(line):
            written = found[0]
            kind = self._kinds.get(written, "withheld" if written.startswith("[withheld: ") else "")
            if not kind:
                continue
            if found.start() > at:
                yield Piece(_plain(line[at : found.start()]))
            value = self._values.get(written)
            yield Piece(inline(written), kind, None if value is None else inline(value, _LONGEST_VALUE))
            at = found.end()
        if at < len(line):
            yield Piece(_plain(line[at:]))


def compare(name: str, data: bytes, spots: Spots, *, context: int | None = None) -> Compared:
    """The lines of a file: those with masked spots and ``context`` lines around each; None for all of them.

    All of them become three around each in a file of more than ``WHOLE_LIMIT`` lines.
    """
    lines = decoded(data).split("\n")
    if lines and not lines[-1]:
        lines.pop()
    if context is None and len(lines) > WHOLE_LIMIT:
        context = 3
    rows = [Row(number, tuple(spots.pieces(line.removesuffix("\r")))) for number, line in enumerate(lines, start=1)]
    rows = _said_once(rows)
    count = sum(bool(piece.kind) for row in rows for piece in row.pieces)
    chosen = rows if context is None else list(_near_spots(rows, context))
    left_out = sum(row.gap or 1 for row in chosen[MOST_ROWS:])
    return Compared(name, tuple(chosen[:MOST_ROWS]), count, left_out)


def _said_once(rows: Sequence[Row]) -> list[Row]:
    """A value of several lines has its placeholder on each of them; its real value is told on the first."""
    told: list[Row] = []
    before: frozenset[str] = frozenset()
    for row in rows:
        long = frozenset(piece.text for piece in row.pieces if piece.real and "\\n" in piece.real)
        repeated = long & before
        pieces = tuple(replace(piece, real="⋮") if piece.text in repeated else piece for piece in row.pieces)
        told.append(replace(row, pieces=pieces) if repeated else row)
        before = long
    return told


def _near_spots(rows: Sequence[Row], context: int) -> Iterator[Row]:
    shown = {
        near
        for place, row in enumerate(rows)
        if row.is_masked
        for near in range(max(0, place - context), min(len(rows), place + context + 1))
    }
    if not shown:
        return
    gap = 0
    for place, row in enumerate(rows):
        if place not in shown:
            gap += 1
            continue
        if gap:
            yield Row(0, gap=gap)
        gap = 0
        yield row
    if gap:
        yield Row(0, gap=gap)


def _plain(text: str) -> str:
    """Text from outside on one line, nothing in it hidden; of a very long stretch its beginning and its end."""
    text = text.replace("\t", "    ")
    if len(text) <= _LONGEST_PLAIN:
        return inline(text, _LONGEST_PLAIN)
    half = _LONGEST_PLAIN // 2
    left_out = len(text) - 2 * half
    return f"{inline(text[:half], half)} … {plural(left_out, 'character')} … {inline(text[-half:], half)}"
