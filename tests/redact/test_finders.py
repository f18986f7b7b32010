"""The two finders see the same: with the extra ``[fast]`` and without."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundler import fast
from bundler.providers import load
from bundler.redact import RULES
from bundler.redact.fast_finder import FastFinder
from bundler.redact.finder import StandardFinder
from bundler.redact.names import Names
from bundler.redact.rule import Hit
from bundler.redact.search import Search
from tests.redact.planted.corpus import every

VIPPS = load("vipps-mobilepay")
SIGNS = st.sampled_from([*(chr(code) for code in range(32, 127)), "é", "\u00a0", "\n", "\x1b[33m", "\u2011"])
HITS = [hit.replace("«", "").replace("»", "") for rule in RULES for hit in rule.hits]
TEXTS = st.lists(st.sampled_from(HITS) | st.from_regex(r"[0-9 .:+-]{4,30}") | SIGNS, max_size=30).map("".join)


NOTHING = b"2026-03-11 10:00:00 INFO nothing to be seen here\n" * 110_000


@lru_cache
def standard() -> StandardFinder:
    """A finder that has searched enough to choose the lines that it reads."""
    names = Names(VIPPS, RULES)
    finder = StandardFinder(RULES, names.wholes(), names.endings())
    assert list(finder.shapes(NOTHING)) == []
    return finder


@lru_cache
def with_the_extra() -> FastFinder:
    """A finder that has also searched enough for its anchors to be compiled."""
    if fast.module("hyperscan") is None:
        pytest.fail("the extra [fast] is not installed")
    names = Names(VIPPS, RULES)
    finder = FastFinder(RULES, names.wholes(), names.endings())
    assert list(finder.shapes(NOTHING)) == []
    assert finder._scans is not None
    return finder


def seen(finder: StandardFinder, data: bytes) -> list[tuple[str, int, int]]:
    """What the rules locate by what the finder found."""
    located: set[tuple[str, int, int]] = set()
    for start, end, rules in finder.shapes(data):
        for rule in rules:
            place = rule.locate(data, start, end) if rule.locate is not None else None
            located |= {(rule.name, *place)} if place is not None else set()
    return sorted(located)


@lru_cache
def search_with(finder: StandardFinder) -> Search:
    return Search(VIPPS, RULES, finder)


def found(finder: StandardFinder, data: bytes) -> list[Hit]:
    return search_with(finder).hits(data, [])


def test_both_finders_see_the_same_in_the_planted_corpus() -> None:
    data = b"\n".join(document.data for document in every("finders", 6))
    assert len(data) > 250_000
    assert seen(with_the_extra(), data) == seen(standard(), data)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_both_finders_see_the_same_in_any_text(text: str) -> None:
    data = text.encode()
    assert seen(with_the_extra(), data) == seen(standard(), data)
    assert found(with_the_extra(), data) == found(standard(), data)


def test_the_same_is_masked_with_the_extra_and_without() -> None:
    data = b"\n".join(document.data for document in every("masked", 3))
    hits = found(standard(), data)
    assert found(with_the_extra(), data) == hits
    assert len(hits) > 1000


@pytest.mark.parametrize("finder", [standard, with_the_extra])
@pytest.mark.parametrize("sign", [b"-", b":", b"7"])
def test_a_long_row_of_the_same_sign_is_one_candidate(finder: Callable[[], StandardFinder], sign: bytes) -> None:
    data = b"x " + sign * 5_000 + b" y"
    assert 0 < len(list(finder().shapes(data))) < 50
