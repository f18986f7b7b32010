"""The logs that ``redaction.py`` measures on.

One record in twenty carries a secret or personal value, one what only looks like such a value, one an identifier that
support needs under its name; each record names a payment and carries a trace number. The values are those of
``corpus_lines.py`` and of the planted corpus of the tests, one family as often as another; a value stands in four
records on average. The same size, format and seed give the same bytes on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from tests.benchmarks.corpus_lines import STACK_EVERY, STYLES, WORKERS, Draws, Line, line, message, stack
from tests.benchmarks.redaction_kinds import written_decoy, written_field, written_secret
from tests.redact.planted.keepsakes import protected
from tests.redact.planted.pieces import kept, plain, words
from tests.redact.planted.pieces import secret as secret_piece

EVERY = 20
"""One record in so many carries a secret, one a decoy, one an identifier under its name."""
REPEATS = 4
"""In so many records a value stands, on average."""
START = int(datetime(2026, 3, 11, tzinfo=UTC).timestamp())

_LARGEST_POOL = 1 << 18
_BLOCK = 1 << 14
_SHORT = 8


class Planted(NamedTuple):
    """Something in a record, by its kind; what must not stand in the outcome, or else what has to."""

    kind: str
    needles: tuple[bytes, ...]


class Entry(NamedTuple):
    """A record without its moment and its trace number, with what is planted in it."""

    line: Line
    lines: int
    secrets: tuple[Planted, ...]
    decoys: tuple[Planted, ...]
    identifiers: tuple[Planted, ...]


class Recipe(NamedTuple):
    """All that decides the bytes. With ``addresses`` every record names the address of a client."""

    size: int
    format: str = "pylog"
    seed: int = 7
    addresses: bool = False


def _entry(draws: Draws, number: int, recipe: Recipe) -> Entry:
    style = draws.pick(tuple(STYLES)) if recipe.format == "mixed" else recipe.format
    payment = draws.guid()
    kind, pieces = "", words(message(draws, payment))
    if number % EVERY == 7:
        kind, extra = written_secret(draws)
    elif number % EVERY == 14:
        kind, extra = written_decoy(draws)
    elif number % EVERY == 17:
        made = protected(draws)
        kind, field = made.value[0].tag, plain(written_field(draws, made.name, made.value))
        extra = words(kept(field))
    else:
        extra = words(f"order shop-{draws.below(10**6)}") if len(plain(pieces)) < 80 else ()
    pieces = words(pieces, "; " if extra else "", extra)
    client = ""
    if recipe.addresses:
        client = f"198.{18 + draws.below(2)}.{draws.below(256)}.{draws.below(254) + 1}"
        pieces = words(pieces, " client ", secret_piece(client, "ipv4"))
    trace = stack(draws) if number % STACK_EVERY == 11 else ""
    encode = _ENCODINGS.get(style, str)
    text = plain(pieces)
    built = line(
        draws,
        style,
        encode(text) if style == "logfmt" else text,  # which corpus_lines leaves to its callers
        level="ERROR" if trace else "",
        trace=trace,
        payment=payment,
        worker=draws.below(WORKERS),
    )
    whole = built.head + built.middle + built.tail
    found: list[tuple[str, bytes, bytes]] = []
    before = ""
    for piece in pieces:
        if piece.role == "secret":
            value = encode(piece.text).encode()
            found.append((piece.tag or kind, encode(before[-_SHORT:]).encode(), value))
        before += piece.text
    if style == "access":
        found.append(("ipv4", b"", built.head.partition(b" ")[0]))
    return Entry(
        built,
        built.tail.count(b"\n"),
        tuple(_planted(whole, found)),
        tuple(Planted(kind, (encode(piece.text).encode(),)) for piece in pieces if piece.role == "decoy"),
        (
            Planted("payment-id", (payment.encode(),)),
            *(Planted(kind, (encode(piece.text).encode(),)) for piece in pieces if piece.role == "kept"),
        ),
    )


_ENCODINGS: dict[str, Callable[[str], str]] = {
    "jsonl": lambda text: json.dumps(text)[1:-1],
    "logfmt": lambda text: text.replace("\\", "\\\\").replace('"', '\\"'),
    "access": lambda text: quote(text, safe=""),
}
"""How a format writes the text of a message; all are made sign by sign."""


def _planted(whole: bytes, found: list[tuple[str, bytes, bytes]]) -> Iterator[Planted]:
    """A value of several parts is one planted thing. What stands in the rest of the record anyway is no proof."""
    rest = whole
    for _, before, value in found:
        rest = rest.replace(before + value, before + b"\0")
    needles: dict[str, list[bytes]] = {}
    for kind, before, value in found:
        needles.setdefault(kind, []).extend(each for each in stretches(value, before) if each not in rest)
    for kind, each in needles.items():
        yield Planted(kind, tuple(each))


def stretches(value: bytes, before: bytes) -> list[bytes]:
    """What must not be left of a value: any stretch of half its length; a short one as a whole, in its place."""
    if len(value) < _SHORT:
        return [before + value]
    size = max(6, (len(value) + 1) // 2)
    return [value[at : at + size] for at in range(len(value) - size + 1)]


class Log:
    """A log of a recipe: its bytes, record by record, and what a tool made of them."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        name = ("redaction", recipe.format, recipe.seed, recipe.addresses)
        some = Draws(*name, "length")
        sample = [_entry(some, number, recipe) for number in range(25 * EVERY)]
        mean = sum(len(each.line.head + each.line.middle + each.line.tail) + 39 for each in sample) / len(sample)
        self.records = max(EVERY, round(recipe.size / mean))
        count = min(_LARGEST_POOL, max(25 * EVERY, self.records // REPEATS))
        draws = Draws(*name, "pool")
        self.pool = [_entry(draws, number, recipe) for number in range(count)]
        self._name = name

    def entries(self) -> Iterator[Entry]:
        """The entry of each record, in order."""
        for block in self._blocks():
            yield from map(self.pool.__getitem__, block)

    def _blocks(self) -> Iterator[list[int]]:
        count = len(self.pool)
        for low in range(0, self.records, _BLOCK):
            some = min(_BLOCK, self.records - low)
            drawn = Draws(*self._name, "order", low).take(4 * some)
            yield [int.from_bytes(drawn[at : at + 4], "big") * count >> 32 for at in range(0, 4 * some, 4)]

    def blocks(self) -> Iterator[bytes]:
        """The bytes of the log."""
        low = 0
        for block in self._blocks():
            traces = Draws(*self._name, "traces", low).take(8 * len(block)).hex().encode()
            parts: list[bytes] = []
            for at, chosen in enumerate(block):
                each = self.pool[chosen].line
                moment = (low + at) * 86_400_000 // self.records
                trace = traces[16 * at : 16 * at + 16]
                parts += (each.head, _stamp(each.style, moment), each.middle, trace, each.tail)
            yield b"".join(parts)
            low += len(block)

    def write(self, path: Path) -> None:
        """Write it, whole or not at all."""
        part = path.with_name(f"{path.name}.part")
        with part.open("wb", 1 << 20) as file:
            for block in self.blocks():
                file.write(block)
        part.replace(path)


@cache
def _second(style: str, second: int) -> bytes:
    moment = datetime.fromtimestamp(START + second, UTC)
    return STYLES[style].stamp(moment.year, moment.month, moment.day, f"{moment:%H:%M:%S}").encode()


def _stamp(style: str, millisecond: int) -> bytes:
    fraction = STYLES[style].fraction
    second = _second(style, millisecond // 1000)
    return second + (fraction % (millisecond % 1000)).encode() if fraction else second


def slice_of(path: Path, size: int) -> list[bytes]:
    """The lines at the beginning of a log, about so many bytes of them."""
    with path.open("rb") as file:
        return file.readlines(size)


def fresh_values(path: Path, size: int) -> int:
    """A log in which every twentieth line names somebody new; answers how many."""
    filler = "".join(
        f"2026-03-11 14:00:{second:02},000 INFO shop.poll: worker-3 payment still pending, next look in 250 ms, "
        f"attempt {second % 7} of 9, queue depth {second}\n"
        for second in range(EVERY - 1)
    ).encode()
    count = 0
    with path.open("wb", 1 << 20) as file:
        while file.tell() < size:
            block = [
                b"%s2026-03-11 14:00:30,000 INFO shop.mail: receipt for customer-%d@example.com sent\n" % (filler, each)
                for each in range(count, count + 1000)
            ]
            count += len(block)
            file.write(b"".join(block))
    return count


def long_line(path: Path, size: int, form: str, seed: int) -> None:
    """A log of that size without a line feed, made of one of 16 MiB over and over."""
    text = b"".join(Log(Recipe(min(size, 16 << 20), form, seed)).blocks()).replace(b"\n", b" ")
    with path.open("wb", 1 << 20) as file:
        while file.tell() < size:
            file.write(text)
