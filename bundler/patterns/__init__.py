"""Reads regular expressions that users wrote, and takes only those whose time grows with the text and no faster.

Python's ``re`` tries one way after the other. A pattern is taken when it can be told from its parts that the ways are
few: a repeat without an upper bound has to be of single characters, what follows has to say where it ends, and what
stands before has to say where it begins; all other repeats are bounded, and their ways multiply to a sane number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from bundler.patterns.parts import (
    Choice,
    Letters,
    Part,
    PatternProblem,
    Repeat,
    Row,
    Zero,
    can_fail,
    first_of,
    parse,
    parts_of,
    single,
    taken_by,
    takes_line_feed,
)

LONGEST = 1_000
MOST_STEPS = 10_000
"""So many steps may be taken from one place of a text, at most."""

_NOMINAL = 64  # steps that a repeat without a bound is counted with: over a whole text they come to its length
_REPEATED_LETTER = re.compile(r"[^\x00-\x7f][*+?{]")
_BRACKETS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_BOUND = "Bound it, as in {1,100}."
_NEEDS_ENDS = 'Say what stands before and after it, such as "[^"]*", or bound it, as in {1,100}.'


class SafePattern(NamedTuple):
    """A pattern for bytes; ``crosses_lines`` when it could take in a line feed, and is to be tried line by line."""

    compiled: re.Pattern[bytes]
    crosses_lines: bool


class _After(NamedTuple):
    """What follows a part: the bytes it has to begin with (None where that is open), whether it can fail, its steps."""

    first: int | None
    can_fail: bool
    steps: int


_END = _After(None, can_fail=False, steps=0)


def read_pattern(text: str) -> SafePattern:
    """The regular expression ``text``, which is tried on UTF-8 one line at a time; raises ``PatternProblem``."""
    if len(text) > LONGEST:
        raise PatternProblem(f"is longer than {LONGEST:,} characters", "Split it into several.")
    if _REPEATED_LETTER.search(text):
        raise PatternProblem("repeats a letter outside ASCII", "Write the repeat out.")
    if any(found[0][0] == "[" and not found[0].isascii() for found in _BRACKETS.finditer(text)):
        raise PatternProblem("has a letter outside ASCII in brackets", "Write (?:æ|ø) instead of [æø].")
    parsed, compiled = parse(text)
    if compiled.flags & re.LOCALE:
        raise PatternProblem("depends on the computer's language", "Leave out (?L).")
    if parsed.getwidth()[0] == 0:
        raise PatternProblem("fits the empty text, and so everywhere", "Let it ask for at least one character.")
    try:
        row = parts_of(parsed)
        steps = _steps(row, _END, (), inside=False)
    except RecursionError:
        raise PatternProblem("is nested too deeply", "Write it in a plainer way.") from None
    if steps > MOST_STEPS:
        raise PatternProblem("can be tried in too many ways on one text", "Use smaller bounds and fewer repeats.")
    return SafePattern(compiled, takes_line_feed(row))


def _steps(part: Part, after: _After, before: tuple[int, ...], *, inside: bool) -> int:
    """How many steps ``part`` and what follows can take from one place; more than ``MOST_STEPS`` is just too many.

    ``before`` holds sets of which a byte was taken in already, ``inside`` is True within a repeat. Raises
    ``PatternProblem`` for a repeat without a bound whose way through a text is not the only one.
    """
    if after.steps > MOST_STEPS:
        return after.steps
    if isinstance(part, Letters):
        return 1 + after.steps
    if isinstance(part, Row):
        return _row_steps(part.parts, after, before, inside=inside)
    if isinstance(part, Zero):
        looked = _steps(part.body, _END._replace(can_fail=True), (), inside=True) if part.body is not None else 1
        return looked + after.steps
    if isinstance(part, Choice):
        ways = [_steps(option, after, before, inside=inside) for option in part.options]
        is_plain = _are_disjoint([first_of(option, after.first) for option in part.options])
        return len(ways) + (max(ways) if is_plain else sum(ways))
    return _repeat_steps(part, after, before, inside=inside)


def _row_steps(parts: Sequence[Part], after: _After, before: tuple[int, ...], *, inside: bool) -> int:
    marks = [before]
    for part in parts[:-1]:
        marks.append((*marks[-1], *taken_by(part)))
    for part, mark in zip(reversed(parts), reversed(marks), strict=False):
        steps = _steps(part, after, mark, inside=inside)
        first = first_of(part, after.first)
        after = _After(first, after.can_fail or can_fail(part), steps)
    return after.steps


def _repeat_steps(part: Repeat, after: _After, before: tuple[int, ...], *, inside: bool) -> int:
    letters = single(part.body)
    own = first_of(part.body, None)
    is_plain = own is not None and after.first is not None and not own & after.first
    if part.most is None:
        if letters is None:
            raise PatternProblem("repeats several characters without a bound", _BOUND)
        if inside:
            raise PatternProblem("has a repeat without a bound inside another repeat or a lookaround", _BOUND)
        is_begun = any(not letters & taken for taken in before)
        if after.can_fail and not (is_plain and is_begun):
            raise PatternProblem("has a repeat without a bound that can be tried in many ways", _NEEDS_ENDS)
        return part.least + _NOMINAL + after.steps
    if letters is not None:
        ways = part.most - part.least + 1
        if ways == 1 or is_plain or not after.can_fail:
            return part.most + ways + after.steps
        return part.most + ways * (1 + after.steps)
    steps = after.steps
    for number in range(part.most, 0, -1):
        first = None if own is None or after.first is None else own | after.first
        follows = after if number == part.most else _After(first, can_fail=True, steps=steps)
        steps = 1 + _steps(part.body, follows, before, inside=inside or part.most > 1)
        if number > part.least and not is_plain:
            steps += after.steps
        if steps > MOST_STEPS:
            break
    return steps


def _are_disjoint(sets: list[int | None]) -> bool:
    joined = 0
    for letters in sets:
        if letters is None or joined & letters:
            return False
        joined |= letters
    return True
