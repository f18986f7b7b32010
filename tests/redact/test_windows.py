"""Thousands of literals in a text: each is found wherever it stands, whatever the others are."""

from __future__ import annotations

import random
from typing import Literal

import pytest

from bundler.redact.windows import Windows

Width = tuple[Literal["I", "Q"], int]
WIDTHS: list[Width] = [("I", 4), ("I", 2), ("Q", 8), ("Q", 4)]


def naive(text: bytes, literals: list[bytes]) -> list[tuple[int, bytes]]:
    """Every place of every literal, one after the other."""
    places = []
    for literal in set(literals):
        at = text.find(literal)
        while at >= 0:
            places.append((at, literal))
            at = text.find(literal, at + 1)
    return sorted(places)


def built(width: Width, literals: list[bytes]) -> Windows[bytes]:
    windows: Windows[bytes] = Windows(*width)
    for literal in dict.fromkeys(literals):
        windows.add(literal, literal)
    return windows


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("alphabet", [b"ab", b"abcdefgh", bytes(range(256))])
@pytest.mark.parametrize("count", [3, 60])
def test_every_place_is_found_once(width: Width, alphabet: bytes, count: int) -> None:
    dice = random.Random(count)
    for _ in range(60):
        shortest = built(width, []).shortest
        stem = bytes(dice.choices(alphabet, k=shortest))
        literals = [
            dice.choice((b"", stem)) + bytes(dice.choices(alphabet, k=shortest + dice.randrange(30)))
            for _ in range(count)
        ]
        pieces = [dice.choice((dice.choice(literals), bytes(dice.choices(alphabet, k=9)))) for _ in range(80)]
        text = b"".join(pieces)
        assert sorted(built(width, literals).find(text)) == naive(text, literals)


@pytest.mark.parametrize("width", WIDTHS)
def test_literals_that_begin_each_other_are_all_found(width: Width) -> None:
    whole = b"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzaG9wIn0"
    literals = [whole[:size] for size in range(15, len(whole))]
    literals += [whole[:size] + b"!" for size in range(15, len(whole))]  # each shares a longer beginning with the text
    text = b"x " + whole + b" " + whole[:20] + b"! " + whole[:30] + b"? " + whole[:17]
    assert sorted(built(width, literals).find(text)) == naive(text, literals)


@pytest.mark.parametrize("width", WIDTHS)
def test_as_many_as_there_may_be_are_found(width: Width) -> None:
    dice = random.Random(9)
    literals = [b"%032x" % dice.getrandbits(128) for _ in range(30_000)]
    windows = built(width, literals)
    chosen = dice.sample(literals, 200)
    text = b"".join(b"%*s%s" % (dice.randrange(20), b"", each) for each in chosen)
    assert sorted(windows.find(text)) == naive(text, chosen)


def test_every_meaning_of_a_literal_is_told() -> None:
    windows: Windows[str] = Windows("Q", 8)
    for number in range(20):
        windows.add(b"the same literal", f"first {number}")
        windows.add(b"another literal %d" % number, "other")
    found = [meaning for _, meaning in windows.find(b"so: the same literal")]
    assert found == [f"first {number}" for number in range(20)]
