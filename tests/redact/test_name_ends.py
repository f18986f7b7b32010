"""Names before separators: the quick way to find them in a little text and the thorough one find the same."""

from __future__ import annotations

import random

import pytest

from bundler.providers import load
from bundler.redact.name_ends import NameEnds
from bundler.redact.names import Names
from bundler.redact.rules import RULES

GAPS = ("", "", "", "-", "_", ".", " ", "--", "/")
SEPARATORS = (
    *(":", "=", "=>", ">", "::", '": ', '\\": "', "']=", " : ", "\x1b[0;1m=", ","),
    *(' -> "', "' <- '", '("', "', @\"", '">>, <<"', ",\n", ' "', '" to "', " string = `", "=, \\'"),
    *(")=(", "} = ", '";s:12:"', "';i:", "   | ", "' \u2502", '\\";s:3:\\"'),
)


@pytest.fixture(scope="module")
def words() -> list[str]:
    names = Names(load("vipps-mobilepay"), RULES)
    return sorted(names.wholes() | names.endings())


def test_names_are_letters_and_digits(words: list[str]) -> None:
    assert all(word.isalnum() and word == word.lower() for word in words)


@pytest.mark.parametrize("seed", range(8))
def test_both_ways_find_the_same(words: list[str], seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(seed)
    pieces = []
    for _ in range(4_000):
        word = dice.choice((*words, "order", "time", "reference", "m", "rd", "\u00f8"))
        word = word[dice.randrange(len(word)) if dice.random() < 0.2 else 0 :]
        spelled = "".join(letter + (dice.choice(GAPS) if dice.random() < 0.1 else "") for letter in word)
        pieces += [dice.choice((" ", "\n", "x", '"')), dice.choice((spelled, spelled.upper())), dice.choice(SEPARATORS)]
    text = "".join(pieces).encode()
    quick = list(NameEnds(words).find(text))
    assert list(NameEnds(words).find_before(text, range(len(text) + 1))) == quick
    monkeypatch.setattr("bundler.redact.name_ends._WORTH", 0)
    assert list(NameEnds(words).find(text)) == quick
    assert len(quick) > 1_000


def test_a_name_is_found_by_its_end_and_where_its_value_begins() -> None:
    text = b'{"client_Secret": 1, "note": 2} password=>x'
    found = sorted(NameEnds(["secret", "password"]).find(text))
    assert [(text[:end][-6:], text[value:][:2]) for end, value in found] == [(b"Secret", b" 1"), (b"ssword", b"x")]
