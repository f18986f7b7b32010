"""Tells what a name means by what stands around it: a pair of name and value, words before it, the object it is in."""

from __future__ import annotations

import re

from bundler.redact.names import Names
from bundler.redact.quoting import OPENING, QUOTE
from bundler.redact.rule import Rule

VALUES = frozenset(b"value val input_value rejectedvalue attemptedvalue".split())
"""In lower case, what a value is called whose name stands beside it."""
QUOTED_VALUES = VALUES | {b"input", b"received"}
"""The same where it stands in quotes; else these are names of variables."""
QUOTED_NEXT = re.compile(rb"[ \t]{0,16}" + OPENING)
_BEFORE_STRING = (b"", b" ", b"\t", b"\n", b":", b"=", b",", b"(", b"[", b"{")
_AFTER_STRING = (b",", b":", b"]", b"}", b")")
_AFTER_FIELD = (b" ", b";", b"|", b"&", b"/", b">")
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
_FIELD_BEFORE = re.compile(
    rb"\b(?i:loc|path|field|property|propertyname|param)" + QUOTE + rb"?[ ]?[:=][ ]?[\[(]?[ \r\n]{0,64}"
    rb"(?:" + QUOTE + rb"[A-Za-z0-9_]{1,40}" + QUOTE + rb",[ \r\n]{0,64}){0,4}"
    rb"(?:" + QUOTE + rb")?([A-Za-z][A-Za-z0-9_.-]{1,60}+)(?:" + QUOTE + rb"|,)[^{}]{0,200}$"
)
_HEADING = re.compile(rb"(?:\A|\n)([A-Za-z][A-Za-z0-9_.]{1,60}+)\r?\n  [^\r\n]{1,200}$")
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
    wide = text[max(0, start - 320) : start]
    before = wide[-140:]
    behind = (_PAIR_BEHIND,) if is_quoted else (_LINE_BEHIND, _ATTRIBUTE_BEHIND)
    pair = next(filter(None, (pattern.match(text, value) for pattern in behind)), None)
    line = None if is_quoted else _KEY_BEFORE.search(before) or _LINE_BEFORE.search(before)
    pair = line or _FIELD_BEFORE.search(wide) or _HEADING.search(wide) or _PAIR.search(before) or pair
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


def ends_string(text: bytes, at: int) -> bool:
    """True when the quote at ``at`` closes the string that the name stands in: ``["password: ", …``."""
    quote = QUOTED_NEXT.match(text, at)
    if quote is None:
        return False
    last = text.rfind(quote[2], max(0, at - 512), at)
    before = text[max(0, last - 64) : max(0, last)]
    inner = before.rstrip(b"\\")
    following = text[last + 1 : last + 2]
    if inner[-1:] == b"=" and following in _AFTER_FIELD:
        return False  # the padding of Base64, and its closing quote
    return (
        last >= 0
        and len(before) - len(inner) == len(quote[1])
        and text.find(b"\n", last, at) < 0
        and inner[-1:] in _BEFORE_STRING
        and following not in _AFTER_STRING
    )
