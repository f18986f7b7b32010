"""Finds Base64 that holds text or a packed file, in texts that are full of ids which look like it."""

from __future__ import annotations

import binascii
import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

SHORTEST = 16
"""Shorter runs are not decoded: twelve bytes are less than any secret that is told by its shape."""

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_ROW = b"A" * SHORTEST
PACKED = (b"H4sI", b"UEsD", b"QlpoO", b"/Td6WFo", b"KLUv/", b"iVBORw0KGgo", b"/9j/", b"UklGR")


def _letters() -> bytes:
    """``h`` for a digit of lower-case hexadecimal, ``A`` for other letters and digits, and blanks."""
    table = bytearray(b" " * 256)
    for byte in _ALPHABET[:62]:
        table[byte] = 104 if byte in _HEX else 65
    return bytes(table)


def _classes() -> bytes:
    """Eight letters for what a character can be of four that encode three bytes below 128 (RFC 4648 section 4)."""
    table = bytearray(b" " * 256)
    for index, byte in enumerate(_ALPHABET):
        table[byte] = 65 + (index < 32) + 2 * (index & 8 == 0) + 4 * (index & 2 == 0)
    table[45], table[95] = table[43], table[47]
    return bytes(table)


_HEX = b"0123456789abcdef"
_LETTERS = _letters()
_ALIKE = bytes.maketrans(b"h", b"A")
_CLASSES = _classes()
_BOTH = _ALPHABET + b"-_"
_REST = re.compile(rb"[A-Za-z0-9+/_-]*+")
_ESCAPE_AT_END = re.compile(rb"(?<!\\)(?:\\\\)*\\\Z")
_ESCAPED = re.compile(rb"u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[bfnrt]")
_SLASHES = 64
_REACH = 4096
_MANY = 50_000
_ASCII = re.compile(rb"(?:[BDFH][CDGH][EFGH][A-H]){3}")


class Run(NamedTuple):
    """A stretch of Base64 and what it encodes; ``is_packed`` for what begins like a packed file or a picture."""

    start: int
    end: int
    plain: bytes
    is_packed: bool

    @property
    def place(self) -> tuple[int, int]:
        """From where to where it goes."""
        return self.start, self.end

    def moved(self, start: int, end: int) -> Run:
        """The same text, written at another place."""
        return self._replace(start=start, end=end)


def find_runs(text: bytes) -> list[Run]:
    """The runs of at least 16 characters whose bytes are text in some place, or begin like a file that holds more.

    Both alphabets, with padding or without. Where a word is glued to the front (``path/eyJ…``), what is decoded begins
    at the text. Lines of one wrapped block are decoded together.

    Looked for are 16 letters and digits in a row, for the other two signs keep most ids and paths apart: in Base64 of
    ASCII text they stand only for ``>``, ``?`` and ``~``.
    """
    runs: list[Run] = []
    ids: set[bytes] = set()
    border = 0
    # most rows are ids in hexadecimal, which are many times faster to replace than to look at one by one
    letters = text.translate(_LETTERS).replace(b"h" * SHORTEST, b" " * SHORTEST).translate(_ALIKE)
    end = 0
    while (start := letters.find(_ROW, max(end, border))) >= 0:
        end = letters.find(b" ", start)
        end = end if end >= 0 else len(text)
        row = text[start:end]
        if row in ids:
            continue
        start, end = _whole(text, start, end, border)
        written = text[start:end]
        is_packed = written.startswith(PACKED)
        plain = None if is_packed else _ASCII.search(written.translate(_CLASSES))
        border = end
        if is_packed or plain is not None:
            first = start if plain is None else _first(text, start, start + plain.start())
            border = _end_of_padding(text, _end_of_block(text, start, end))
            runs.append(Run(first, border, decode(text[first:border]), is_packed))
        elif len(ids) < _MANY:
            ids.add(row)
    return runs


def _whole(text: bytes, start: int, end: int, border: int) -> tuple[int, int]:
    """A run with what of both alphabets stands right before it, down to ``border``, and right after it.

    The letters of an escape that it begins behind are no part of it.
    """
    if start > border and text[start - 1] in _BOTH:
        before = text[max(border, start - _REACH) : start]
        start -= len(before) - len(before.rstrip(_BOTH))
    if start and text[start - 1] == 92 and _ESCAPE_AT_END.search(text[max(0, start - _SLASHES) : start]) is not None:
        escaped = _ESCAPED.match(text, start, end)
        start = escaped.end() if escaped is not None else start
    return start, _end_of_run(text, end) if end < len(text) and text[end] in _BOTH else end


def _first(text: bytes, start: int, ascii_from: int) -> int:
    """Where the Base64 begins: right behind a ``/`` or the like, or else as far before the text as it may."""
    if ascii_from > start and text[ascii_from - 1] in b"/_-+":
        return ascii_from
    return start + (ascii_from - start) % 4


def _end_of_run(text: bytes, start: int) -> int:
    found = _REST.match(text, start)
    return found.end() if found is not None else start


def _end_of_block(text: bytes, start: int, end: int) -> int:
    """Where a block ends whose lines are all as long as its first (RFC 2045 section 6.8, RFC 7468)."""
    width = end - start
    while width in (60, 64, 72, 76):
        ahead = text[end : end + 2]
        following = end + 2 if ahead == b"\r\n" else end + 1 if ahead[:1] == b"\n" else 0
        stop = _end_of_run(text, following) if following else 0
        if stop == following or stop - following > width:
            return end
        end = stop
        if stop - following < width:
            return end
    return end


def _end_of_padding(text: bytes, end: int) -> int:
    padding = text[end : end + 2]
    return end + len(padding) - len(padding.lstrip(b"="))


def decode(written: bytes) -> bytes:
    """The bytes behind Base64 of either alphabet, as far as whole groups of four go."""
    plain = written.translate(_URL_SAFE, b"\r\n=")
    try:
        return binascii.a2b_base64(plain[: len(plain) - (len(plain) % 4 == 1)] + b"==")
    except binascii.Error:
        return b""


def runs_outside(places: Iterable[tuple[int, int]], runs: list[Run]) -> list[Run]:
    """The runs that lie in none of the places."""
    starts, ends = [-1], [-1]
    for start, end in sorted(places) if runs else ():
        if end > ends[-1]:
            starts.append(start)
            ends.append(end)
    return [run for run in runs if ends[bisect_right(starts, run.start) - 1] < run.end]
