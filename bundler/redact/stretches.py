"""Cuts and borders: which stretches of a text a hit stands on, in whole lines and whole encodings."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

from bundler.redact.rule import Hit

_GLUE = frozenset(bytes((byte,)) for byte in range(33, 256) if byte not in b"\"'`\\=&,;<>(){}[]|")


def glued_lines(text: bytes, hits: list[Hit]) -> set[int]:
    """The numbers, from 0, of the lines on which a word goes on right before or after a hit."""
    numbers: set[int] = set()
    number = at = 0
    for hit in hits:
        number += text.count(b"\n", at, hit.start)
        at = hit.start
        before, after = text[hit.start - 1 : hit.start], text[hit.end : hit.end + 1]
        is_after_number = before == b" " and text[hit.start - 2 : hit.start - 1].isdigit()
        if before in _GLUE or after in _GLUE or is_after_number:
            numbers |= {number, number + text.count(b"\n", at, hit.end)}
    return numbers


def inside(hit: Hit, text: bytes, values: set[bytes]) -> list[tuple[int, int]]:
    """Where one of ``values`` stands by itself within a hit that is longer than it.

    Six digits of a longer number are part of that number: an MSN 123456 leaves a telephone number 4512345678 whole.
    """
    found = text[hit.start : hit.end]
    spans = []
    for value in values:
        if not 6 <= len(value) < len(found):
            continue
        at = found.find(value)
        while at >= 0:
            start, end = hit.start + at, hit.start + at + len(value)
            if not (_is_glued(text, start) or _is_glued(text, end)):
                spans.append((start, end))
                break
            at = found.find(value, at + 1)
    return spans


def _is_glued(text: bytes, at: int) -> bool:
    """Whether a letter or digit stands on both sides of the place."""
    sides = text[max(0, at - 1) : at + 1]
    return len(sides) == 2 and all(byte > 127 or chr(byte).isalnum() for byte in sides)


def cut(hit: Hit, text: bytes, spans: list[tuple[int, int]]) -> list[Hit]:
    """What is left of a hit around ``spans`` (sorted), where it holds a letter or a digit."""
    pieces: list[Hit] = []
    at = hit.start
    for start, end in [*spans, (hit.end, hit.end)]:
        piece = text[at : max(at, start)]
        if any(byte > 127 or chr(byte).isalnum() for byte in piece):
            first = at + len(piece) - len(piece.lstrip())
            last = at + len(piece.rstrip())
            pieces.append(hit._replace(start=first, end=last, value=text[first:last], quote=b"", spreads=False))
        at = max(at, end)
    return pieces


def by_line(text: bytes, start: int, end: int) -> Iterable[tuple[int, int]]:
    """The stretch, or each of its lines where it has several: lines stay lines."""
    if b"\n" not in text[start:end] and b"\r" not in text[start:end]:
        return [(start, end)]
    return [(start + found.start(), start + found.end()) for found in re.finditer(rb"[^\r\n]+", text[start:end])]


def as_utf8(data: bytes) -> tuple[bytes, str]:
    """UTF-16 with a byte order mark as UTF-8, with the name of its encoding; everything else as it is."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            return data.decode(encoding, "surrogatepass").encode("utf-8", "surrogatepass"), encoding
    return data, ""


def encoded(text: str, encoding: str) -> bytes:
    """The inverse of ``as_utf8``; the byte order mark is a character of the text."""
    return text.encode(encoding, "surrogatepass")
