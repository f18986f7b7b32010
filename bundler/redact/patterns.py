"""Reads regular expressions that users wrote, and takes only those whose time grows with the text and no faster.

Python's ``re`` tries one way after the other. A pattern is taken when it can be told from its parts that the ways are
few: a repeat without an upper bound has to be of single characters, what follows has to say where it ends, and what
stands before has to say where it begins; all other repeats are bounded, and their ways multiply to a sane number.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

LONGEST = 1_000
MOST_STEPS = 10_000
"""So many steps may be taken from one place of a text, at most."""

_ALL = (1 << 256) - 1
_LINE_FEED = 1 << 10
_NOMINAL = 64  # steps that a repeat without a bound is counted with: over a whole text they come to its length
_DIGITS = sum(1 << byte for byte in b"0123456789")
_BLANKS = sum(1 << byte for byte in b" \t\n\r\f\v")
_WORD = sum(1 << byte for byte in range(128) if chr(byte).isalnum() or byte == 95)
_CATEGORIES = {
    sre.CATEGORY_DIGIT: _DIGITS,
    sre.CATEGORY_NOT_DIGIT: _ALL & ~_DIGITS,
    sre.CATEGORY_SPACE: _BLANKS,
    sre.CATEGORY_NOT_SPACE: _ALL & ~_BLANKS,
    sre.CATEGORY_WORD: _WORD,
    sre.CATEGORY_NOT_WORD: _ALL & ~_WORD,
}
_WHOLE_TEXT = (sre.AT_BEGINNING_STRING, sre.AT_END_STRING)
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
_REPEATED_LETTER = re.compile(r"[^\x00-\x7f][*+?{]")
_BRACKETS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_BOUND = "Bound it, as in {1,100}."
_NEEDS_ENDS = 'Say what stands before and after it, such as "[^"]*", or bound it, as in {1,100}.'


class PatternProblem(Exception):
    """A pattern that is not taken: ``why``, the end of a sentence that begins with it, and ``hint``; never its text."""

    def __init__(self, why: str, hint: str) -> None:
        super().__init__(why)
        self.why = why
        self.hint = hint


class SafePattern(NamedTuple):
    """A pattern for bytes; ``crosses_lines`` when it could take in a line feed, and is to be tried line by line."""

    compiled: re.Pattern[bytes]
    crosses_lines: bool


class _Letters(NamedTuple):
    """One byte out of a set, which is an integer with a bit for each."""

    allowed: int


class _Repeat(NamedTuple):
    body: _Row
    least: int
    most: int | None


class _Choice(NamedTuple):
    options: tuple[_Row, ...]


class _Zero(NamedTuple):
    """What takes in nothing: a border, or a look at what stands around."""

    body: _Row | None


class _Row(NamedTuple):
    parts: tuple[_Part, ...]


_Part = _Letters | _Repeat | _Choice | _Zero | _Row


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
    parsed, compiled = _parsed(text)
    if compiled.flags & re.LOCALE:
        raise PatternProblem("depends on the computer's language", "Leave out (?L).")
    if parsed.getwidth()[0] == 0:
        raise PatternProblem("fits the empty text, and so everywhere", "Let it ask for at least one character.")
    try:
        row = _Reader(parsed).row(parsed)
        steps = _steps(row, _END, (), inside=False)
    except RecursionError:
        raise PatternProblem("is nested too deeply", "Write it in a plainer way.") from None
    if steps > MOST_STEPS:
        raise PatternProblem("can be tried in too many ways on one text", "Use smaller bounds and fewer repeats.")
    return SafePattern(compiled, _takes_line_feed(row))


def literal_prefix(text: str, anchor: bytes) -> int | None:
    """How many bytes stand before the literal ``anchor`` in what a pattern fits; None where it is not always there."""
    parsed, _ = _parsed(text)
    items = list(parsed)
    wanted = [(sre.LITERAL, byte) for byte in anchor]
    before = 0
    for at in range(len(items)):
        if items[at : at + len(wanted)] == wanted:
            return before
        least, most = parsed[at : at + 1].getwidth()
        if least != most:
            return None
        before += least
    return None


def _parsed(text: str) -> tuple[Any, re.Pattern[bytes]]:
    try:
        written = text.encode()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _parser.parse(written, re.MULTILINE), re.compile(written, re.MULTILINE)
    except (re.error, ValueError, OverflowError, RecursionError) as error:
        why = f" ({error.msg})" if isinstance(error, re.error) and error.msg.isascii() and "'" not in error.msg else ""
        raise PatternProblem(f"is no regular expression{why}", "Try it with Python's re module.") from None


def _has_flag(parsed: Any, flag: int) -> bool:
    """True when a flag is set anywhere in it."""
    if parsed.state.flags & flag:
        return True
    pending = [parsed]
    while pending:
        for op, argument in pending.pop():
            if op is sre.SUBPATTERN and argument[1] & flag:
                return True
            pending += _inner(op, argument)
    return False


def _inner(op: Any, argument: Any) -> Iterable[Any]:
    if op is sre.BRANCH:
        return list(argument[1])
    if op in (sre.SUBPATTERN, sre.ASSERT, sre.ASSERT_NOT) or op in _REPEATS:
        return [argument[-1]]
    return [argument] if op is sre.ATOMIC_GROUP else []


class _Reader:
    """Makes of what Python parsed the few kinds of parts that the judgement needs."""

    def __init__(self, parsed: Any) -> None:
        self._ignores_case = _has_flag(parsed, re.IGNORECASE)
        self._any = _ALL if _has_flag(parsed, re.DOTALL) else _ALL & ~_LINE_FEED

    def row(self, parsed: Any) -> _Row:
        return _Row(tuple(self._part(op, argument) for op, argument in parsed))

    def _part(self, op: Any, argument: Any) -> _Part:
        if op in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
            return self._letters(op, argument)
        if op in _REPEATS:
            least, most, body = argument
            return _Repeat(self.row(body), int(least), None if most is sre.MAXREPEAT else int(most))
        if op is sre.BRANCH:
            return _Choice(tuple(self.row(option) for option in argument[1]))
        if op is sre.SUBPATTERN:
            return self.row(argument[-1])
        if op is sre.ATOMIC_GROUP:
            return self.row(argument)
        if op in (sre.ASSERT, sre.ASSERT_NOT):
            return _Zero(self.row(argument[1]))
        if op is sre.AT:
            if argument in _WHOLE_TEXT:
                raise PatternProblem("asks for the beginning or the end of the whole text", "Use ^ and $ for a line's.")
            return _Zero(None)
        if op in (sre.GROUPREF, sre.GROUPREF_EXISTS):
            raise PatternProblem("refers back to one of its own groups", "Write out what should stand there.")
        raise PatternProblem("holds something that cannot be judged", "Write it in a plainer way.")

    def _letters(self, op: Any, argument: Any) -> _Letters:
        if op is sre.ANY:
            return _Letters(self._any)
        if op is sre.IN:
            return _Letters(self._one_of(argument))
        letters = self._folded(1 << argument)
        return _Letters(_ALL & ~letters if op is sre.NOT_LITERAL else letters)

    def _one_of(self, members: Any) -> int:
        letters, is_negated = 0, False
        for op, argument in members:
            if op is sre.NEGATE:
                is_negated = True
            elif op is sre.CATEGORY:
                letters |= _CATEGORIES[argument]
            else:
                low, high = argument if op is sre.RANGE else (argument, argument)
                letters |= (1 << (high + 1)) - (1 << low)
        letters = self._folded(letters)
        return _ALL & ~letters if is_negated else letters

    def _folded(self, letters: int) -> int:
        if not self._ignores_case:
            return letters
        capitals = letters >> 65 & (1 << 26) - 1
        small = letters >> 97 & (1 << 26) - 1
        return letters | capitals << 97 | small << 65


def _steps(part: _Part, after: _After, before: tuple[int, ...], *, inside: bool) -> int:
    """How many steps ``part`` and what follows can take from one place; more than ``MOST_STEPS`` is just too many.

    ``before`` holds sets of which a byte was taken in already, ``inside`` is True within a repeat. Raises
    ``PatternProblem`` for a repeat without a bound whose way through a text is not the only one.
    """
    if after.steps > MOST_STEPS:
        return after.steps
    if isinstance(part, _Letters):
        return 1 + after.steps
    if isinstance(part, _Row):
        return _row_steps(part.parts, after, before, inside=inside)
    if isinstance(part, _Zero):
        looked = _steps(part.body, _END._replace(can_fail=True), (), inside=True) if part.body is not None else 1
        return looked + after.steps
    if isinstance(part, _Choice):
        ways = [_steps(option, after, before, inside=inside) for option in part.options]
        is_plain = _are_disjoint([_first(option, after.first) for option in part.options])
        return len(ways) + (max(ways) if is_plain else sum(ways))
    return _repeat_steps(part, after, before, inside=inside)


def _row_steps(parts: Sequence[_Part], after: _After, before: tuple[int, ...], *, inside: bool) -> int:
    marks = [before]
    for part in parts[:-1]:
        marks.append((*marks[-1], *_taken(part)))
    for part, mark in zip(reversed(parts), reversed(marks), strict=False):
        steps = _steps(part, after, mark, inside=inside)
        first = _first(part, after.first)
        after = _After(first, after.can_fail or _can_fail(part), steps)
    return after.steps


def _repeat_steps(part: _Repeat, after: _After, before: tuple[int, ...], *, inside: bool) -> int:
    letters = _single(part.body)
    own = _first(part.body, None)
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


def _single(row: _Row) -> int | None:
    """The set of bytes, where ``row`` is one byte and nothing else."""
    part: _Part = row
    while isinstance(part, _Row) and len(part.parts) == 1:
        part = part.parts[0]
    return part.allowed if isinstance(part, _Letters) else None


def _first(part: _Part, after: int | None) -> int | None:
    """The bytes that ``part`` with what follows can begin with; None where that is open."""
    if isinstance(part, _Letters):
        return part.allowed
    if isinstance(part, _Zero):
        return after
    if isinstance(part, _Row):
        for inner in reversed(part.parts):
            after = _first(inner, after)
        return after
    options = part.options if isinstance(part, _Choice) else (part.body,)
    found = [_first(option, after) for option in options]
    if isinstance(part, _Repeat) and part.least == 0:
        found.append(after)
    joined = 0
    for letters in found:
        if letters is None:
            return None
        joined |= letters
    return joined


def _are_disjoint(sets: list[int | None]) -> bool:
    joined = 0
    for letters in sets:
        if letters is None or joined & letters:
            return False
        joined |= letters
    return True


def _can_fail(part: _Part) -> bool:
    """False for what fits every text, if need be by taking in nothing of it."""
    if isinstance(part, _Row):
        return any(_can_fail(inner) for inner in part.parts)
    if isinstance(part, _Choice):
        return all(_can_fail(option) for option in part.options)
    return not (isinstance(part, _Repeat) and part.least == 0)


def _taken(part: _Part) -> tuple[int, ...]:
    """Sets of which a byte has certainly been taken in after ``part``."""
    if isinstance(part, _Letters):
        return (part.allowed,)
    if isinstance(part, _Row):
        return tuple(letters for inner in part.parts for letters in _taken(inner))
    if isinstance(part, _Repeat):
        return _taken(part.body) if part.least else ()
    if isinstance(part, _Choice):
        first = _first(part, None)
        return () if first is None else (first,)
    return ()


def _takes_line_feed(part: _Part) -> bool:
    if isinstance(part, _Letters):
        return bool(part.allowed & _LINE_FEED)
    if isinstance(part, _Row):
        return any(_takes_line_feed(inner) for inner in part.parts)
    if isinstance(part, _Choice):
        return any(_takes_line_feed(option) for option in part.options)
    if isinstance(part, _Repeat):
        return _takes_line_feed(part.body)
    return part.body is not None and _takes_line_feed(part.body)
