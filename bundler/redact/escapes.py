"""Shows a text without its escapes, and leads every place in it back to the original."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

_ANY = (
    rb"%(?P<percent>[0-9A-Fa-f]{2})|\\{1,16}u(?P<json>(?!d[89a-f])[0-9A-Fa-f]{4})|\\{1,16}x(?P<python>[0-9a-f]{2})|\\(?P<slash>/)|"
    rb"\\{1,15}(?P<control>[nrt])|(?P<nothing>\x1b\[[0-9;]{0,12}m)|"
    rb"&(?:(?P<named>quot|amp|lt|gt|apos)|#(?P<decimal>[0-9]{2,3})|#[xX](?P<hexadecimal>[0-9A-Fa-f]{2}));"
)
_ESCAPE = re.compile(_ANY)
_PRINTABLE = re.compile(_ANY + rb"|=(?:(?P<octet>[0-9A-F]{2})|(?P<soft>\r?\n))")
_FORM = re.compile(_ANY + rb"|(?P<blank>\+)")
_FORM_WORD = re.compile(rb"=(?<=[A-Za-z0-9_.%\]-]=)[^\s\"'<>+=]*+\+")
_OCTETS = re.compile(rb"=C[2-9A-F]=[89AB][0-9A-F]")
_ODD = (b"+", b"=3D", b"=C", b"=\n", b"=\r\n")
"""What stands in every text whose ``_pattern`` is not the usual one."""
_CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_SIGNS = tuple(
    (sign, re.compile(form))
    for sign, form in (
        (b"\\", rb"\\[u/nrtx]"),
        (b"&", rb"&(?:quot|amp|lt|gt|apos|#)"),
        (b"\x1b", rb"\x1b\["),
        (b"=", rb"=(?:3D|C[2-9A-F]=)"),
        (b"quoted-printable", rb"quoted-printable"),
    )
)
"""The escapes that are not ``%XX``, each behind a sign that is looked for many times faster."""
_NAMED = {b"quot": b'"', b"amp": b"&", b"lt": b"<", b"gt": b">", b"apos": b"'"}
DEPTH = 3
"""How often escapes within escapes are undone."""

Signs = Sequence[tuple[bytes, re.Pattern[bytes]]]
Interest = Callable[[bytes], Iterable[int]]
"""The places in a text at which something stands that is looked for."""


class Region(NamedTuple):
    """A stretch of a text that is read without its escapes."""

    start: int
    end: int


class Unescaped:
    """Regions of a text without their escapes (``%XX``, ``\\u00XX``, ``\\/``, ``&quot;``), one after the other."""

    def __init__(self, decoded: bytes, starts: list[int], origins: list[int], widths: list[int]) -> None:
        self.text = decoded
        self._starts = starts  # from these offsets in ``text`` on ...
        self._origins = origins  # ... it was made from these offsets of the original;
        self._widths = widths  # a single byte from an escape of this width, or 0 where nothing was changed

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that ``start`` to ``end`` was made from."""
        first = bisect_right(self._starts, start) - 1
        last = bisect_right(self._starts, end - 1) - 1
        begin = self._origins[first] + (0 if self._widths[first] else start - self._starts[first])
        return begin, self._origins[last] + (self._widths[last] or end - self._starts[last])


def find_escaped(text: bytes, interest: Interest) -> list[Region]:
    """The words and lines of ``text`` that hold escapes, and of interest when these are undone as often as need be.

    A region is the word around ``%XX``, which stands where no blanks are, and the whole line around other escapes. All
    are decoded at once first, which costs little, for most hold nothing of interest.
    """
    others = [(sign, form) for sign, form in _SIGNS if sign in text and form.search(text) is not None]
    if not others and b"%" not in text and not _has_form(text):
        return []
    regions = list(_regions(text, others))
    chosen: set[int] = set()
    numbers: Sequence[int] = range(len(regions))
    texts = [text[start:end] for start, end in regions]
    for _ in range(DEPTH):
        decoded = _decoded(texts)
        starts = list(accumulate((len(each) + 1 for each in decoded), initial=0))
        joined = b"\n".join(decoded)
        chosen.update(numbers[bisect_right(starts, place) - 1] for place in interest(joined))
        if b"%" not in joined and not _has_others(joined):
            break
        left = [
            (number, after)
            for number, before, after in zip(numbers, texts, decoded, strict=True)
            if number not in chosen and before != after and (b"%" in after or _has_others(after))
        ]
        numbers, texts = [number for number, _ in left], [each for _, each in left]
    return [regions[number] for number in sorted(chosen)]


def unescape(text: bytes, regions: Iterable[Region], quote: bytes = b'"') -> Unescaped:
    """What the regions read without their escapes.

    An escaped ``"`` is shown as ``quote``; another sign keeps it apart from those that end a string in the original.
    """
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

    for at, end in regions:
        for found in _pattern(text[at:end]).finditer(text, at, end):
            add(text[at : found.start()], at)
            plain = _plain(found)
            add(quote if plain == b'"' else plain, found.start(), len(found[0]))
            at = found.end()
        is_word = text[end - 1 : end] == b" "
        add(text[at : end - is_word], at)
        add(b"\n" if is_word else b"", end - is_word)  # the next region is no neighbour of this word
    return Unescaped(b"".join(pieces), starts, origins, widths)


def _has_others(text: bytes, others: Signs = _SIGNS) -> bool:
    return any(sign in text and form.search(text) is not None for sign, form in others)


def _has_form(text: bytes) -> bool:
    """True where ``+`` stands for a blank."""
    return b"+" in text and _FORM_WORD.search(text) is not None


def _pattern(text: bytes) -> re.Pattern[bytes]:
    """The escapes of this text: quoted-printable and ``+`` mean something in some texts only."""
    if b"=" not in text:
        return _ESCAPE
    if b"=3D" in text or b"=\n" in text[:-1] or b"=\r\n" in text[:-2] or _OCTETS.search(text) is not None:
        return _PRINTABLE
    return _FORM if _has_form(text) else _ESCAPE


def _regions(text: bytes, others: Signs) -> Iterator[Region]:
    """From the left to the right; what ends a word or a line belongs to it. ``others`` are what the text may hold."""
    is_mail = b"quoted-printable" in text
    has_forms = _has_form(text)
    start = first = 0
    is_soft = False
    for line in text.split(b"\n"):
        end = min(start + len(line) + 1, len(text))
        goes_on = is_mail and line.rstrip(b"\r").endswith(b"=") and end < len(text)
        if goes_on or is_soft:
            first = first if is_soft else start
            is_soft = goes_on
            if not goes_on:
                yield Region(first, end)
        elif _has_others(line, others) or (has_forms and b"&" in line and _has_form(line)):
            yield Region(start, end)
        elif b"%" in line:
            at = start
            for word in line.split(b" "):
                if b"%" in word:
                    yield Region(at, min(at + len(word) + 1, end))
                at += len(word) + 1
        start = end


def _decoded(texts: list[bytes]) -> list[bytes]:
    """Each text without its escapes, once; most are decoded at one stroke."""
    whole = b"\n".join(texts)
    has_odd = any(sign in whole for sign in _ODD)
    odd = {at: form for at, text in enumerate(texts) if (form := _pattern(text)) is not _ESCAPE} if has_odd else {}
    plain = [text for at, text in enumerate(texts) if at not in odd] if odd else texts
    rest = iter(_decoded_together(plain))
    return [odd[at].sub(_plain, text) if at in odd else next(rest) for at, text in enumerate(texts)]


def _decoded_together(texts: list[bytes]) -> list[bytes]:
    joined = b"\n".join(texts)
    whole = _ESCAPE.sub(_plain, joined) if _has_others(joined) else unquote_to_bytes(joined)
    decoded = whole.split(b"\n")
    if len(decoded) == len(texts) == joined.count(b"\n") + 1:
        return decoded
    return [_ESCAPE.sub(_plain, each) for each in texts]  # line feeds were escaped, or stand at the ends of lines


def readable(text: bytes) -> bytes:
    """A short stretch of a text without its escapes, undone as often as need be; ``` stands for no quote in it."""
    for _ in range(DEPTH):
        plain = _pattern(text).sub(_plain, text)
        if plain == text:
            break
        text = plain
    return text.replace(b"#012", b"\n")


def _plain(found: re.Match[bytes]) -> bytes:
    if found["named"] is not None:
        return _NAMED[found["named"]]
    if found["slash"] is not None:
        return b"/"
    if found["control"] is not None:
        return _CONTROLS[found["control"]]
    if found["nothing"] is not None:
        return b""
    if found["json"] is not None or found["python"] is not None:
        return chr(int(found["json"] or found["python"], 16)).encode("utf-8", "surrogatepass")
    groups = found.groupdict()
    if groups.get("soft") is not None:
        return b""
    if groups.get("blank") is not None:
        return b" "
    if groups.get("octet") is not None:
        return bytes((int(groups["octet"], 16),))
    decimal, hexadecimal = found["decimal"], found["percent"] or found["hexadecimal"]
    code = int(decimal) if decimal is not None else int(hexadecimal, 16)
    return bytes((code,)) if code < 256 else b"?"
