"""What the rules found in a text, as bytes: to be handed over, and kept for the time when the same text comes again."""

from __future__ import annotations

import zlib
from typing import NamedTuple

import msgspec

from bundler.redact.base64_runs import Run
from bundler.redact.rule import Hit, Rank, Rule
from bundler.redact.search import Search

_ROOM = 8 * 1024 * 1024
_RANKS = {int(rank): rank for rank in Rank}
_Row = tuple[int, int, int, int, bytes | None, bytes, bool]
_Rows = tuple[list[_Row], list[tuple[int, int, bytes]]]


class Found(NamedTuple):
    """What a search gave: the hits, and Base64 of text in which no rule finds anything."""

    hits: list[Hit]
    unnamed: list[Run]


class Coding:
    """Hits of one search as bytes; whoever has the same search reads the same hits."""

    def __init__(self, search: Search) -> None:
        self._rules = rules_of(search)
        self._numbers = {id(rule): number for number, rule in enumerate(self._rules)}

    def encode(self, text: bytes, found: Found) -> bytes:
        """What was found in ``text``."""
        rows = [self._row(text, hit) for hit in found.hits]
        return msgspec.msgpack.encode((rows, [(run.start, run.end, run.plain) for run in found.unnamed]))

    def _row(self, text: bytes, hit: Hit) -> _Row:
        value = hit.value if hit.value != text[hit.start : hit.end] else None
        return hit.start, hit.end, self._numbers[id(hit.rule)], int(hit.rank), value, hit.quote, hit.spreads

    def decode(self, text: bytes, found: bytes) -> Found:
        """What was found in the same ``text``."""
        rules = self._rules
        rows, runs = msgspec.msgpack.decode(found, type=_Rows)
        hits = [
            Hit(start, end, rules[rule], _RANKS[rank], text[start:end] if value is None else value, quote, spreads)
            for start, end, rule, rank, value, quote, spreads in rows
        ]
        return Found(hits, [Run(start, end, plain, is_packed=False) for start, end, plain in runs])


class Finds:
    """Bytes for each of many texts, while there is room for them: some 150 kB for 64 MiB of an ordinary log.

    Texts are told apart by their size and 64 bits, by a key of the process (PEP 456).
    """

    def __init__(self, room: int = _ROOM) -> None:
        self._room = room
        self._found: dict[tuple[int, int], bytes] = {}

    def get(self, text: bytes) -> bytes | None:
        """What was put down for this text."""
        found = self._found.get((hash(text), len(text)))
        return zlib.decompress(found) if found is not None else None

    def put(self, text: bytes, found: bytes) -> None:
        """Keep this for a text, where there is room."""
        packed = zlib.compress(found, 1)
        if len(packed) <= self._room:
            self._room -= len(packed)
            self._found[hash(text), len(text)] = packed


def find_in(search: Search, text: bytes) -> Found:
    """What a search gives for a text; raises ``RuleFailure`` when a rule does."""
    unnamed: list[Run] = []
    return Found(search.hits(text, None, unnamed), unnamed)


def rules_of(search: Search) -> tuple[Rule, ...]:
    """Every rule that a hit of this search may name, in an order that is the same everywhere."""
    return (*search.rules, *search.names.rules())
