"""Patterns of users: what is taken runs in time that grows with the text; what could blow up is refused in words."""

from __future__ import annotations

import pytest

from bundler.patterns import LONGEST, read_pattern
from bundler.patterns.parts import PatternProblem, literal_prefix

TAKEN = (
    r"CUS-\d+",
    r"CUS-[0-9]{6,10}",
    r"order [A-Z]{2}\d{4}(?:-\d{2})?",
    r'"[^"]*"',
    r'"name":\s*"[^"]*"',
    r"(?i)bluebird",
    r"(?:alpha|beta|gamma)-\w{1,20}",
    r"\bAB\d{3}\b",
    r"Blåbær",
    r"(?<=id=)[0-9]{4}",
    r"(?:ab){2,8}c",
)
BLOW_UP = (
    r"(a+)+$",
    r"(a|a)*b",
    r"(a*)*b",
    r"([a-zA-Z]+)*x",
    r"(.*a){20}",
    r"(?:a|aa)+b",
    r"(x+x+)+y",
    r"\w*\w*\w*=",
    r"[a-z]+@corp",
    r"(?:a{1,50}){1,50}b",
    r"(?:(?:a?){30}){30}b",
    r"a{0,200}a{0,200}a{0,200}b",
    r"(?=a*b)c",
)


@pytest.mark.parametrize("text", TAKEN)
def test_a_pattern_that_says_where_it_begins_and_ends_is_taken(text: str) -> None:
    assert read_pattern(text).compiled.pattern == text.encode()


@pytest.mark.parametrize("text", BLOW_UP)
def test_a_pattern_that_can_be_tried_in_many_ways_is_refused(text: str) -> None:
    with pytest.raises(PatternProblem) as refused:
        read_pattern(text)
    assert refused.value.hint
    assert text not in refused.value.why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("(", "is no regular expression"),
        ("x*", "fits the empty text"),
        ("", "fits the empty text"),
        ("a|", "fits the empty text"),
        (r"(?P<n>a)(?P=n)", "refers back"),
        (r"\Aab", "whole text"),
        (r"(?L)abc", "computer's language"),
        ("[æø]{2}", "outside ASCII in brackets"),
        ("ø+", "repeats a letter outside ASCII"),
        ("a" * (LONGEST + 1), "longer than"),
        ("(" * 400 + "a" + ")" * 400, "nested too deeply"),
    ],
)
def test_a_pattern_that_cannot_mean_what_is_meant_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(PatternProblem, match=why):
        read_pattern(text)


def test_what_is_wrong_is_told_without_the_pattern_itself() -> None:
    with pytest.raises(PatternProblem) as refused:
        read_pattern("bluebird(")
    assert "bluebird" not in refused.value.why + refused.value.hint


def test_a_pattern_that_could_take_in_a_line_feed_is_tried_line_by_line() -> None:
    assert read_pattern(r'"[^"]*"').crosses_lines
    assert not read_pattern(r"CUS-\d+").crosses_lines


def test_the_anchor_of_a_pattern_is_found_behind_parts_of_a_fixed_length() -> None:
    assert literal_prefix(r"CUS-[0-9]+", b"CUS-") == 0
    assert literal_prefix(r"[A-Z]{2}-CUS-[0-9]+", b"CUS-") == 3
    assert literal_prefix(r"[A-Z]+-CUS-[0-9]+", b"CUS-") is None
    assert literal_prefix(r"(?:CUS-|XUS-)[0-9]+", b"CUS-") is None
