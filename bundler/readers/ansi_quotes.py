"""Decodes ``$'…'``, the quoting that bash shares with C strings (bash reference manual, 3.1.2.4)."""

from __future__ import annotations

import re

_MARK = re.compile(r"['\\]")
_ESCAPE = re.compile(
    r"\\(?:(?P<octal>[0-7]{1,3})|x(?P<byte>[0-9A-Fa-f]{1,2})|u(?P<short>[0-9A-Fa-f]{1,4})|U(?P<long>[0-9A-Fa-f]{1,8})"
    r"|c(?P<control>.)|(?P<letter>.))",
    re.DOTALL,
)
_LETTERS = dict(zip("abeEfnrtv\\'\"?", "\a\b\x1b\x1b\f\n\r\t\v\\'\"?", strict=True))


def read_ansi_quoted(text: str, start: int) -> tuple[str, int]:
    """What the quotes say whose content begins at ``start``, and the position of the closing quote.

    The position is the end of the text where there is none. Escapes may write single bytes, so bytes are collected
    first and read as UTF-8 then; what is no UTF-8 comes back as surrogate escapes.
    """
    pieces: list[bytes] = []
    position = start
    while True:
        mark = _MARK.search(text, position)
        stop = mark.start() if mark else len(text)
        pieces.append(_bytes(text[position:stop]))
        if mark is None or mark[0] == "'":
            break
        found = _ESCAPE.match(text, stop)
        if found is None:  # a backslash is the last character
            stop = len(text)
            break
        pieces.append(_escaped(found))
        position = found.end()
    # bash keeps its words as C strings: a NUL ends this one
    return b"".join(pieces).partition(b"\0")[0].decode("utf-8", "surrogateescape"), stop


def _escaped(found: re.Match[str]) -> bytes:
    if octal := found["octal"]:
        return bytes([int(octal, 8) & 0xFF])
    if byte := found["byte"]:
        return bytes([int(byte, 16)])
    if point := found["short"] or found["long"]:
        number = int(point, 16)
        return chr(number).encode("utf-8", "surrogatepass") if number <= 0x10FFFF else _bytes(found[0])
    if control := found["control"]:
        return bytes([ord(control) & 0x1F]) if control.isascii() else _bytes(found[0])
    letter = found["letter"]
    return _bytes(_LETTERS.get(letter, f"\\{letter}"))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
