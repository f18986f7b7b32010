"""Tells whether what stands at an anchor is a whole word or number; looks at a bounded stretch around it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial

from bundler.redact.quoting import LINE_BREAK
from bundler.redact.rule import Locate

Place = tuple[int, int] | None

_ALPHANUMERIC = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
ESCAPE_LETTERS = frozenset(b"nrtbf")

_GOES_ON = re.compile(rb"=" + LINE_BREAK + rb"[0-9]")
"""A soft line break of quoted-printable within a number."""
_SOFT_BREAK = rb"=(?:\r|\\{1,15}r)?(?:\n|\\{1,15}n)\Z"
_BREAK_IN_NUMBER = re.compile(rb"[0-9]" + _SOFT_BREAK)
SOFT_BREAK_AT_END = re.compile(_SOFT_BREAK)
_LETTERS_GO_ON = re.compile(rb"=" + LINE_BREAK + rb"([A-Za-z]{1,8}+)")
_PRINTABLE_REACH = 16_384


def goes_on_from_before(text: bytes, start: int, *, is_number: bool = False) -> bool:
    """True behind a soft line break (within a number) in quoted-printable: the view without it sees all of it."""
    pattern = _BREAK_IN_NUMBER if is_number else SOFT_BREAK_AT_END
    return pattern.search(text[max(0, start - 40) : start]) is not None and _is_in_printable(text, start)


def letters_behind_soft_break(text: bytes, end: int) -> bytes:
    """The letters that a word goes on with behind a soft line break in quoted-printable; usually none."""
    if text[end : end + 1] != b"=" or (more := _LETTERS_GO_ON.match(text, end)) is None:
        return b""
    return more[1] if _is_in_printable(text, end) else b""


def _is_in_printable(text: bytes, place: int) -> bool:
    return text.rfind(b"quoted-printable", max(0, place - _PRINTABLE_REACH), place) >= 0


def opens(text: bytes, start: int) -> bool:
    """True when nothing that belongs to a longer word, number or escape stands right before ``start``."""
    if start == 0 or text[start - 1] not in _ALPHANUMERIC:
        return start == 0 or text[start - 1] != 37  # "%20": the view without escapes sees it better
    return start > 1 and text[start - 1] in ESCAPE_LETTERS and text[start - 2] == 92


def closes(text: bytes, end: int) -> bool:
    """True when nothing that belongs to a longer word or number stands at ``end``."""
    return end >= len(text) or text[end] not in _ALPHANUMERIC


def stands_alone(text: bytes, start: int, end: int) -> bool:
    """True for a number that is not a part of a UUID, a hash, a decimal fraction or a dashed identifier.

    What a file's name has around it (``id_…``, ``….png``) is no part of the number.
    """
    if not (_is_underscore(text, start - 1) or opens(text, start)):
        return False
    if not (_is_underscore(text, end) or closes(text, end)):
        return False
    if start > 1 and text[start - 1] in b"\nn" and goes_on_from_before(text, start, is_number=True):
        return False
    if start > 1 and text[start - 1] in b"-." and text[start - 2] in _ALPHANUMERIC:
        return False
    following = text[end : end + 2]
    if following[:1] == b".":
        return not following[1:].isdigit()
    if following[:1] == b"=" and _GOES_ON.match(text, end) is not None:
        return False
    return not (following[:1] == b"-" and following[1] in _ALPHANUMERIC) if len(following) > 1 else True


def _is_underscore(text: bytes, at: int) -> bool:
    return text[at : at + 1] == b"_" if at >= 0 else False


def when_used(pattern: bytes) -> Callable[[], re.Pattern[bytes]]:
    """``pattern``, compiled once somebody asks for it: of most rules a run never sees an anchor."""
    return cache(partial(re.compile, pattern))


def shape(pattern: bytes, back: int = 0) -> Locate:
    """Where ``pattern`` matches ``back`` bytes before the anchor, not within a word: its first group, or all of it."""
    compiled = when_used(pattern)

    def locate(text: bytes, start: int, _end: int) -> Place:
        first = start - back
        if first < 0 or not opens(text, first) or (found := compiled().match(text, first)) is None:
            return None
        return found.span(1) if found.re.groups else found.span()

    return locate
