"""Looks for many literals at once with Python's own ``re``: for the rarest byte of each, at the speed of memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

_COMMON_FIRST = (
    b"e0 t1a2i3-o4n5s6r7c8d9:l.p/u\"m=f,gbhyvwk_TI;%(&)+j[]z{}xD'EqSOPNAERCMLGFUWBKVHXYJQZ@#$!?*<>|\\~^`\n\r\t"
)
_COMMONNESS = {byte: rank for rank, byte in enumerate(_COMMON_FIRST)}
"""How common a byte is in the logs of services, the commonest first; only speed hangs on it."""


class Place(NamedTuple, Generic[T]):
    """Where a literal stands, and what was to be looked for under it."""

    start: int
    end: int
    meaning: T


class _Group(NamedTuple, Generic[T]):
    pattern: re.Pattern[bytes]
    members: tuple[tuple[bytes, int, T], ...]  # the literal, where in it the rare byte stands, its meaning


class Literals(Generic[T]):
    """Literals with their meanings, grouped by their rarest byte: one pass over a text for each such byte."""

    def __init__(self, meanings: Mapping[bytes, T]) -> None:
        groups: dict[int, list[tuple[bytes, int, T]]] = {}
        for literal, meaning in sorted(meanings.items()):
            at = min(range(len(literal)), key=lambda index: (-_COMMONNESS.get(literal[index], 999), index))
            groups.setdefault(literal[at], []).append((literal, at, meaning))
        self._groups = [_Group(_pattern(byte, members), tuple(members)) for byte, members in sorted(groups.items())]

    def find(self, text: bytes) -> Iterator[Place[T]]:
        """Every place of every literal; those of one literal come from the left to the right."""
        for pattern, members in self._groups:
            for found in pattern.finditer(text):
                place = found.start()
                for literal, at, meaning in members:
                    if place >= at and text.startswith(literal, place - at):
                        yield Place(place - at, place - at + len(literal), meaning)


def _pattern(byte: int, members: Iterable[tuple[bytes, int, object]]) -> re.Pattern[bytes]:
    """The rare byte first, which ``re`` looks for as fast as it can; only there it looks at what is around."""
    around = {
        (b"(?<=" + re.escape(literal[: at + 1]) + b")" if at else b"")
        + (b"(?=" + re.escape(literal[at + 1 :]) + b")" if literal[at + 1 :] else b"")
        for literal, at, _ in members
    }
    return re.compile(re.escape(bytes((byte,))) + b"(?:" + b"|".join(sorted(around)) + b")", re.DOTALL)


def any_of(words: Iterable[bytes], gap: bytes = b"") -> bytes:
    """A pattern for any of ``words``, with ``gap`` between two letters; it tries each first letter once."""
    tree: dict[bytes, list[bytes]] = {}
    ends_here = False
    for word in sorted(set(words)):
        if word:
            tree.setdefault(word[:1], []).append(word[1:])
        else:
            ends_here = True
    branches = [re.escape(first) + (gap if any(rest) else b"") + any_of(rest, gap) for first, rest in tree.items()]
    if not branches:
        return b""
    joined = branches[0] if len(branches) == 1 and not ends_here else b"(?:" + b"|".join(branches) + b")"
    return joined + b"?" if ends_here else joined
