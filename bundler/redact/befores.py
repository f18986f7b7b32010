"""Tells the name of the field that a value stands in, from what is written before it."""

from __future__ import annotations

import re

_NAME_BYTES = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-" + bytes(range(128, 256))
_BLANKS_AND_QUOTES = b" \t\"'`\\+"
_PAIR = re.compile(
    rb"[\"'`](?i:name|key)\\{0,15}[\"'`][ ]?:[ ]?\\{0,15}[\"'`]([A-Za-z0-9_.-]{1,60}+)\\{0,15}[\"'`][ ]?,[^:]{0,8}$"
)
_NAME_BEHIND = re.compile(
    rb"\\{0,15}[\"'`]?[ \t\r\n]{0,32},[ \t\r\n]{0,32}\\{0,15}[\"'`](?i:name|key)\\{0,15}[\"'`][ ]{0,4}:[ ]{0,4}"
    rb"\\{0,15}[\"'`]([A-Za-z0-9_.-]{1,60}+)\\{0,15}[\"'`]"
)
_ATTRIBUTE = re.compile(
    rb"(?i:name|key)=\\{0,15}[\"'`]([A-Za-z0-9_.-]{1,60}+)\\{0,15}[\"'`][^<>\"']{0,40}\bvalue=\\{0,15}[\"'`]$"
)
_PART = re.compile(
    rb"name=\\{0,15}[\"'`]([^\"'`\r\n\\]{1,60})\\{0,15}[\"'`][^\r\n]{0,80}\r?\n"
    rb"(?:[A-Za-z-]{1,40}:[^\r\n]{0,80}\r?\n){0,2}\r?\n$"
)
_TUPLE = re.compile(rb"[(\[]b?\\{0,15}[\"'`]([A-Za-z][A-Za-z0-9_-]{2,40}+)\\{0,15}[\"'`], ?b?\\{0,15}[\"'`]?$")
_CELL = re.compile(
    rb"<t[hd][^<>]{0,60}>[ ]?([A-Za-z][A-Za-z0-9_-]{1,60}+)[ ]?</t[hd]>[ \r\n]{0,8}<td[^<>]{0,60}>(?:<code>)?\Z"
    rb"|\|[ ]{1,4}[*`]{0,3}([A-Za-z][A-Za-z0-9_-]{1,60}+)[*`]{0,3}[ ]{1,40}\|[ ]{1,4}`?\Z"
    rb"|[*`]{1,3}([A-Za-z][A-Za-z0-9_-]{1,60}+):?[*`]{1,3}:?[ ]`?\Z"
)
_OPTION = re.compile(rb"(?<![^\s\"'])--([A-Za-z][A-Za-z0-9_-]{1,40}+)[ ]\\{0,3}[\"']?$")
_SHAPES = ((b"value=", _ATTRIBUTE), (b"\n", _PART), (b",", _TUPLE), (b"--", _OPTION))
"""Each with what stands in it, which is looked for many times faster."""
_COMPOUND = re.compile(rb"(?<![A-Za-z0-9_-])([a-z]{2,20}[A-Z_][A-Za-z_]{1,30}) $")


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
    separated = before.rstrip(_BLANKS_AND_QUOTES + b"[")
    if separated[-1:] in (b":", b"=", b">"):
        named = separated.rstrip(_BLANKS_AND_QUOTES + b":=>")
        name = named[len(named.rstrip(_NAME_BYTES)) :]
        if name.lower() in (b"value", b"val"):
            pair = _PAIR.search(named)
            return pair[1] if pair is not None else name
        return name
    if before[-1:] == b" " and (word := _COMPOUND.search(before)) is not None:
        return word[1]  # "pspReference 677…": no word of prose
    return b""
