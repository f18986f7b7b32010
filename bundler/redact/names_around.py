"""Tells what a name means by what stands around it: a pair of name and value, words before it, the object it is in."""

from __future__ import annotations

import re

from bundler.redact.names import Names
from bundler.redact.quoting import QUOTE
from bundler.redact.rule import Rule

_WORD_BEFORE = re.compile(rb"([A-Za-z0-9_\x80-\xff-]{1,30})[ ]$")
_PAIR = re.compile(rb"[\"'`]([^\"'`<>]{1,60}?)" + QUOTE + rb"(?:[ ]?,[ ]?" + QUOTE + rb"|[^<>\"'`]{0,40}[ ])$")
_PAIR_BEHIND = re.compile(
    rb"[ \t]{0,8}(?:" + QUOTE + rb"[^\"'`\r\n]{0,4096}+[\"'`]|[0-9.]{1,32}+)[ \t\r\n]{0,64}+,"
    rb"[ \t\r\n]{0,64}+"
    + QUOTE
    + rb"(?i:name|key)"
    + QUOTE
    + rb"[ \t]{0,8}:[ \t]{0,8}"
    + QUOTE
    + rb"([A-Za-z][A-Za-z0-9_. -]{1,60}+)"
    + QUOTE
)
_KEY_BEFORE = re.compile(rb"\b(?i:name|key)[ ]?[:=][ ]?([A-Za-z][A-Za-z0-9_.-]{1,60}),?[ ]$")
_NAME_LINE = rb"(?i:name|key)[ \t]{0,16}[:=][ \t]{1,16}[\"']?([A-Za-z][A-Za-z0-9_.-]{1,60})[\"']?,?[ \t]{0,8}"
_LINE_BEFORE = re.compile(_NAME_LINE + rb"\r?\n[ \t]{1,60}$")
_LINE_BEHIND = re.compile(rb"[^\r\n]{1,4096}+\r?\n[ \t]{1,60}" + _NAME_LINE + rb"\r?(?:\n|\Z)")
_ATTRIBUTE_BEHIND = re.compile(
    QUOTE
    + rb"[^\"'`\r\n<>]{0,4096}+[\"'`][^<>\r\n]{0,80}? (?i:name|key)="
    + QUOTE
    + rb"([A-Za-z][A-Za-z0-9_.-]{1,60}+)[\"'`]"
)
_NEXT_IN_QUERY = re.compile(rb"[^&\s\"'`<>]{1,4096}+&[\w.\[\]-]{1,40}=")


def name_in_pair(text: bytes, start: int, value: int, *, is_quoted: bool) -> bytes | None:
    """The name that goes with ``value`` at ``start``, whose own value begins at ``value``; before it, or behind."""
    before = text[max(0, start - 140) : start]
    behind = (_PAIR_BEHIND,) if is_quoted else (_LINE_BEHIND, _ATTRIBUTE_BEHIND)
    pair = next(filter(None, (pattern.match(text, value) for pattern in behind)), None)
    if not is_quoted:
        pair = _KEY_BEFORE.search(before) or _LINE_BEFORE.search(before) or _PAIR.search(before) or pair
    else:
        pair = _PAIR.search(before) or pair
    return pair[1] if pair is not None else None


def rule_with_words_before(text: bytes, names: Names, written: bytes, start: int) -> Rule | None:
    """``Card number:`` and ``social security number:``, names that hold blanks."""
    for _ in range(2):
        before = _WORD_BEFORE.search(text[max(0, start - 32) : start])
        if before is None:
            break
        written, start = before[1] + written, start - len(before[0])
        meaning = names.meaning(written)
        if isinstance(meaning, Rule):
            return meaning
    return None


def stands_in_query(text: bytes, start: int, value: int) -> bool:
    """True for a name at ``start`` whose ``value`` is one of the parameters of a query or a form, or stands alone."""
    return text[max(0, start - 1) : start] in (b"?", b"&", b"#", b"") or _NEXT_IN_QUERY.match(text, value) is not None
