"""Shows a text without its escapes, and leads every place in it back to the original."""

from __future__ import annotations

import re
from bisect import bisect_right

_ESCAPE = re.compile(
    rb"%(?P<percent>[0-9A-Fa-f]{2})|\\u00(?P<json>[0-7][0-9A-Fa-f])|\\(?P<slash>/)|"
    rb"&(?:(?P<named>quot|amp|lt|gt|apos)|#(?P<decimal>[0-9]{2,3})|#[xX](?P<hexadecimal>[0-9A-Fa-f]{2}));"
)
_STARTS = (b"%", b"\\u00", b"\\/", b"&quot;", b"&amp;", b"&lt;", b"&gt;", b"&apos;", b"&#")
_BLANK = re.compile(rb"[ \t\n]")
_NAMED = {b"quot": b'"', b"amp": b"&", b"lt": b"<", b"gt": b">", b"apos": b"'"}
DEPTH = 3
"""How often escapes within escapes are undone."""


class Unescaped:
    """The words and lines of a text that hold escapes (``%XX``, ``\\u00XX``, ``\\/``, ``&quot;``), without them.

    What holds no escape is left out, for it reads the same in the original.
    """

    def __init__(self, decoded: bytes, starts: list[int], origins: list[int], widths: list[int]) -> None:
        self.text = decoded
        self._starts = starts  # from these offsets in ``text`` on ...
        self._origins = origins  # ... it was made from these offsets of the original;
        self._widths = widths  # a single byte from an escape of this width, or 0 where nothing was changed

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that ``start`` to ``end`` was made from."""
        first = bisect_right(self._starts, start) - 1
        last = bisect_right(self._starts, end - 1) - 1
        begin = self._origins[first] + start - self._starts[first]
        return begin, self._origins[last] + (self._widths[last] or end - self._starts[last])


def unescape(text: bytes, quote: bytes = b'"') -> Unescaped | None:
    """What reads otherwise without its escapes, or None when there is no escape in ``text``.

    An escaped ``"`` is shown as ``quote``; another sign keeps it apart from those that end a string in the original.
    """
    if not any(start in text for start in _STARTS):
        return None  # many times faster than the pattern
    first = _ESCAPE.search(text)
    if first is None:
        return None
    pieces: list[bytes] = []
    starts: list[int] = []
    origins: list[int] = []
    widths: list[int] = []
    size = 0

    def add(piece: bytes, origin: int, width: int = 0) -> None:
        nonlocal size
        if piece:
            starts.append(size)
            origins.append(origin)
            widths.append(width)
            pieces.append(piece)
            size += len(piece)

    at, end = 0, -1
    for found in _ESCAPE.finditer(text, first.start()):
        if found.start() >= end:
            if end >= 0:
                add(text[at:end], at)
            at, end = _region(text, found, max(end, 0))
        add(text[at : found.start()], at)
        plain = _plain(found)
        add(quote if plain == b'"' else plain, found.start(), len(found[0]))
        at = found.end()
    add(text[at:end], at)
    return Unescaped(b"".join(pieces), starts, origins, widths)


def _region(text: bytes, found: re.Match[bytes], least: int) -> tuple[int, int]:
    """What to read together with an escape: its word for ``%XX``, which stands where no blanks are, else its line."""
    if found["percent"] is None:
        start = text.rfind(b"\n", least, found.start()) + 1
        end = text.find(b"\n", found.end())
        return max(start, least), len(text) if end < 0 else end + 1
    at = found.start()
    start = max(text.rfind(b" ", least, at), text.rfind(b"\t", max(least, at - 4096), at))
    start = max(start, text.rfind(b"\n", max(start, least), at)) + 1
    blank_after = _BLANK.search(text, found.end())
    return max(start, least), len(text) if blank_after is None else blank_after.end()


def _plain(found: re.Match[bytes]) -> bytes:
    if found["named"] is not None:
        return _NAMED[found["named"]]
    if found["slash"] is not None:
        return b"/"
    if found["decimal"] is not None:
        code = int(found["decimal"])
    else:
        code = int(found["percent"] or found["json"] or found["hexadecimal"], 16)
    return bytes((code,)) if code < 256 else b"?"
