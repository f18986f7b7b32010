"""Makes of a regular expression that Python parsed the few kinds of parts by which its ways can be counted."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from re import _constants as sre  # type: ignore[attr-defined]  # the tree that compiling goes by has no public name
from re import _parser  # type: ignore[attr-defined]  # likewise
from typing import Any, NamedTuple

_ALL = (1 << 256) - 1
_LINE_FEED = 1 << 10
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


class PatternProblem(Exception):
    """A pattern that is not taken: ``why``, the end of a sentence that begins with it, and ``hint``; never its text."""

    def __init__(self, why: str, hint: str) -> None:
        super().__init__(why)
        self.why = why
        self.hint = hint


class Letters(NamedTuple):
    """One byte out of a set, which is an integer with a bit for each."""

    allowed: int


class Repeat(NamedTuple):
    """``body`` so many times; without a bound where ``most`` is None."""

    body: Row
    least: int
    most: int | None


class Choice(NamedTuple):
    """One of several, tried from the left to the right."""

    options: tuple[Row, ...]


class Zero(NamedTuple):
    """What takes in nothing: a border, or a look at what stands around."""

    body: Row | None


class Row(NamedTuple):
    """One part after the other."""

    parts: tuple[Part, ...]


Part = Letters | Repeat | Choice | Zero | Row


def parse(text: str) -> tuple[Any, re.Pattern[bytes]]:
    """What Python makes of a pattern: its tree, and the compiled form. Raises ``PatternProblem``."""
    try:
        written = text.encode()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _parser.parse(written, re.MULTILINE), re.compile(written, re.MULTILINE)
    except (re.error, ValueError, OverflowError, RecursionError) as error:
        why = f" ({error.msg})" if isinstance(error, re.error) and error.msg.isascii() and "'" not in error.msg else ""
        raise PatternProblem(f"is no regular expression{why}", "Try it with Python's re module.") from None


def literal_prefix(text: str, anchor: bytes) -> int | None:
    """How many bytes stand before the literal ``anchor`` in what a pattern fits; None where it is not always there."""
    parsed, _ = parse(text)
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


def parts_of(parsed: Any) -> Row:
    """The parts of a parsed pattern; raises ``PatternProblem`` for what cannot be judged."""
    return _Reader(parsed).row(parsed)


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

    def row(self, parsed: Any) -> Row:
        return Row(tuple(self._part(op, argument) for op, argument in parsed))

    def _part(self, op: Any, argument: Any) -> Part:
        if op in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
            return self._letters(op, argument)
        if op in _REPEATS:
            least, most, body = argument
            return Repeat(self.row(body), int(least), None if most is sre.MAXREPEAT else int(most))
        if op is sre.BRANCH:
            return Choice(tuple(self.row(option) for option in argument[1]))
        if op is sre.SUBPATTERN:
            return self.row(argument[-1])
        if op is sre.ATOMIC_GROUP:
            return self.row(argument)
        if op in (sre.ASSERT, sre.ASSERT_NOT):
            return Zero(self.row(argument[1]))
        if op is sre.AT:
            if argument in _WHOLE_TEXT:
                raise PatternProblem("asks for the beginning or the end of the whole text", "Use ^ and $ for a line's.")
            return Zero(None)
        if op in (sre.GROUPREF, sre.GROUPREF_EXISTS):
            raise PatternProblem("refers back to one of its own groups", "Write out what should stand there.")
        raise PatternProblem("holds something that cannot be judged", "Write it in a plainer way.")

    def _letters(self, op: Any, argument: Any) -> Letters:
        if op is sre.ANY:
            return Letters(self._any)
        if op is sre.IN:
            return Letters(self._one_of(argument))
        letters = self._folded(1 << argument)
        return Letters(_ALL & ~letters if op is sre.NOT_LITERAL else letters)

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


def single(row: Row) -> int | None:
    """The set of bytes, where ``row`` is one byte and nothing else."""
    part: Part = row
    while isinstance(part, Row) and len(part.parts) == 1:
        part = part.parts[0]
    return part.allowed if isinstance(part, Letters) else None


def first_of(part: Part, after: int | None) -> int | None:
    """The bytes that ``part`` with what follows can begin with; None where that is open."""
    if isinstance(part, Letters):
        return part.allowed
    if isinstance(part, Zero):
        return after
    if isinstance(part, Row):
        for inner in reversed(part.parts):
            after = first_of(inner, after)
        return after
    options = part.options if isinstance(part, Choice) else (part.body,)
    found = [first_of(option, after) for option in options]
    if isinstance(part, Repeat) and part.least == 0:
        found.append(after)
    joined = 0
    for letters in found:
        if letters is None:
            return None
        joined |= letters
    return joined


def can_fail(part: Part) -> bool:
    """False for what fits every text, if need be by taking in nothing of it."""
    if isinstance(part, Row):
        return any(can_fail(inner) for inner in part.parts)
    if isinstance(part, Choice):
        return all(can_fail(option) for option in part.options)
    return not (isinstance(part, Repeat) and part.least == 0)


def taken_by(part: Part) -> tuple[int, ...]:
    """Sets of which a byte has certainly been taken in after ``part``."""
    if isinstance(part, Letters):
        return (part.allowed,)
    if isinstance(part, Row):
        return tuple(letters for inner in part.parts for letters in taken_by(inner))
    if isinstance(part, Repeat):
        return taken_by(part.body) if part.least else ()
    if isinstance(part, Choice):
        first = first_of(part, None)
        return () if first is None else (first,)
    return ()


def takes_line_feed(part: Part) -> bool:
    if isinstance(part, Letters):
        return bool(part.allowed & _LINE_FEED)
    if isinstance(part, Row):
        return any(takes_line_feed(inner) for inner in part.parts)
    if isinstance(part, Choice):
        return any(takes_line_feed(option) for option in part.options)
    if isinstance(part, Repeat):
        return takes_line_feed(part.body)
    return part.body is not None and takes_line_feed(part.body)
