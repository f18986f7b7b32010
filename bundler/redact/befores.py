"""Tells the name of the field that a value stands in, from what is written before it."""

from __future__ import annotations

import re

from bundler.redact.quoting import NAME_BYTES, QUOTE, SETTING_VERB

_BLANKS_AND_QUOTES = b" \t\"'`\\+"
_QUOTED_NAME = QUOTE + rb"([A-Za-z0-9_.-]{1,60}+)" + QUOTE
_KEY = rb"(?i:name|key)"
_PAIR = re.compile(rb"[\"'`]" + _KEY + QUOTE + rb"[ ]?:[ ]?" + _QUOTED_NAME + rb"[ ]?,[^:]{0,8}$")
_NAME_BEHIND = re.compile(
    QUOTE + rb"?[ \t\r\n]{0,32},[ \t\r\n]{0,32}" + QUOTE + _KEY + QUOTE + rb"[ ]{0,4}:[ ]{0,4}" + _QUOTED_NAME
)
_ATTRIBUTE = re.compile(_KEY + rb"=" + _QUOTED_NAME + rb"[^<>\"']{0,40}\bvalue=" + QUOTE + rb"$")
_PART = re.compile(
    rb"name=" + QUOTE + rb"([^\"'`\r\n\\]{1,60})" + QUOTE + rb"[^\r\n]{0,80}\r?\n"
    rb"(?:[A-Za-z-]{1,40}:[^\r\n]{0,80}\r?\n){0,2}\r?\n$"
)
_STRING = rb"(?:<<|[@b])?" + QUOTE
_PAIR_OF_STRINGS = re.compile(
    _STRING
    + rb"[@:]?([A-Za-z][A-Za-z0-9_.-]{1,60}+)"
    + QUOTE
    + rb"(?:>>)?[ ]?,[ \t\r\n]{0,64}\[?(?:"
    + _STRING
    + rb")?$"
)
_SYMBOL = re.compile(rb"[:{]([A-Za-z][A-Za-z0-9_-]{1,60}+),[ \r\n]{0,64}" + _STRING + rb"$")
_STRINGS_BESIDE = re.compile(rb"\"([A-Za-z][A-Za-z0-9_.-]{1,60}+)\\{0,15}\" (?:to |\. )?\\{0,15}\"$")
_KEYWORD = re.compile(rb"[:/]([A-Za-z][A-Za-z0-9_-]{1,60}+) (?:" + QUOTE + rb")?$")
_CELL = re.compile(
    rb"<t[hd][^<>]{0,60}>[ ]?([A-Za-z][A-Za-z0-9_-]{1,60}+)[ ]?</t[hd]>[ \r\n]{0,8}<td[^<>]{0,60}>(?:<code>)?\Z"
    rb"|\|[ ]{1,4}[*`]{0,3}([A-Za-z][A-Za-z0-9_-]{1,60}+)[*`]{0,3}[ ]{1,40}\|[ ]{1,4}`?\Z"
    rb"|[*`]{1,3}([A-Za-z][A-Za-z0-9_-]{1,60}+):?[*`]{1,3}:?[ ]`?\Z"
)
_OPTION = re.compile(rb"(?<![^\s\"'])--([A-Za-z][A-Za-z0-9_-]{1,40}+)[ ]\\{0,3}[\"']?$")
_SHAPES = (
    (b"value=", _ATTRIBUTE),
    (b"\n", _PART),
    (b",", _PAIR_OF_STRINGS),
    (b",", _SYMBOL),
    (b'" ', _STRINGS_BESIDE),
    (b":", _KEYWORD),
    (b"--", _OPTION),
)
"""Each with what stands in it, which is looked for many times faster."""
_COMPOUND = re.compile(rb"(?<![A-Za-z0-9_-])([a-z]{2,20}[A-Z_][A-Za-z_]{1,30}) [\"'`]?$")


def name_behind(after: bytes) -> bytes:
    """The name behind a value, as in ``{"value": "…", "name": "pspReference"}``; ``after`` is without escapes."""
    found = _NAME_BEHIND.match(after)
    return found[1] if found is not None else b""


def name_before(before: bytes) -> bytes:
    """The name of the field that a value behind ``before``, which is without escapes, stands in; or nothing."""
    for sign, shape in _SHAPES:
        if sign in before and (found := shape.search(before)) is not None:
            return found[1]
    if before[-1:] in b">| `" and (cell := _CELL.search(before)) is not None:
        return cell[1] or cell[2] or cell[3]  # a table of HTML or Markdown
    separated = before.rstrip(_BLANKS_AND_QUOTES + b"[<@")
    if separated[-1:] in (b":", b"=", b">", b"("):
        named = separated.removesuffix(b"->").rstrip(_BLANKS_AND_QUOTES + b":=>(")
        name = named[len(named.rstrip(NAME_BYTES)) :]
        if name.lower() in (b"value", b"val"):
            pair = _PAIR.search(named)
            return pair[1] if pair is not None else name
        return SETTING_VERB.sub(b"", name) if separated[-1:] == b"(" else name
    if before[-2:].strip(b"\"'`")[-1:] == b" " and (word := _COMPOUND.search(before)) is not None:
        return word[1]  # "pspReference 677…": no word of prose
    return b""
