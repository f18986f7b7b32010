"""Shows a text without its escapes, and leads every place in it back to the original."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, compress
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

_ANY = (
    rb"%(?P<percent>[0-9A-Fa-f]{2})|\\{1,15}(?P<slash>/)|"
    rb"\\{1,16}u(?P<json>(?!d[89a-f])[0-9A-Fa-f]{4})|\\{1,16}x(?P<python>[0-9a-f]{2})|"
    rb"\\{1,15}(?P<control>[nrt])|(?P<nothing>\x1b\[[0-9;]{0,12}m)|"
    rb"&(?:(?P<named>quot|amp|lt|gt|apos)|#(?P<decimal>[0-9]{2,3})|#[xX](?P<hexadecimal>[0-9A-Fa-f]{2}));"
)
_ESCAPE = re.compile(_ANY)
_PRINTABLE = re.compile(_ANY + rb"|=(?:(?P<octet>(?!3D%)[0-9A-F]{2})|(?P<soft>\r?\n))")
_PARTLY = re.compile(
    _ANY
    + rb"|=(?:(?P<octet>3D(?!%)|22|0[9AD]|[C-F][0-9A-F](?==)|(?<==[C-F89AB][0-9A-F]=)[89AB][0-9A-F])|(?P<soft>\r?\n))"
)
"""Quoted-printable beside ``=`` that begin no octet (``level=info msg="a=3D…"``): ``amount=94`` is a number there."""
_BARE_SIGN = re.compile(rb"=(?![0-9A-F]{2}|\r?\n)")
_FORM = re.compile(_ANY + rb"|(?P<blank>(?<!=)\+)")  # "=+47…" begins with a plus sign, no text with a blank
_FORM_WORD = re.compile(rb"=(?<=[A-Za-z0-9_.%\]-]=)[^\s\"'`<>+=\\]++\+")
_ANY_SIGN = re.compile(rb"[%&\\\x1b+]|=(?:[0-9A-F]{2}|\r?\n)")
_ODD = re.compile(rb"=(?:3D|\r?\n|C[2-9A-F]=[89AB][0-9A-F]|22[A-Za-z_]{2,40}=22)")
_PLUS_IN_WORD = re.compile(rb"\+(?<=[^\s\"'<>]\+)")
_BLANK_PLUS = re.compile(rb"(?<!=)\+")
_CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_SLASHED = re.compile(rb"\\{1,15}/")
_CONSTANT = ((re.compile(rb"\\{1,15}n"), b"\n"), (re.compile(rb"\\{1,15}r"), b"\r"), (re.compile(rb"\\{1,15}t"), b"\t"))
_COMMON = ((b"%20", b" "), (b"%3A", b":"), (b"%2C", b","), (b"%2F", b"/"), (b"%3D", b"="), (b"%3B", b";"))
"""The commonest codes, each of which is replaced at the speed of memory; none makes a new one."""
_BETWEEN = b"\n\0\n"
_SIGNS = tuple(
    (sign, re.compile(form))
    for sign, form in (
        (b"\\", rb"\\[u/nrtx]"),
        (b"&", rb"&(?:quot|amp|lt|gt|apos|#)"),
        (b"\x1b", rb"\x1b\["),
        (b"=", rb"=(?:3D|C[2-9A-F]=|22[A-Za-z_]{2,40}=22)"),
    )
)
"""The escapes that are not ``%XX``, each behind a sign that is looked for many times faster."""
_LINE_FEED = re.compile(rb"\n")
_SOFT_LINES = re.compile(rb"^(?:[^\n]*=\r?\n)+[^\n]*", re.MULTILINE)
_CODED = ((b"\\", re.compile(rb"\\[ux]")), *_SIGNS[1:3])
_NAMED = {b"quot": b'"', b"amp": b"&", b"lt": b"<", b"gt": b">", b"apos": b"'"}
DEPTH = 3
"""How often escapes within escapes are undone."""

Signs = Sequence[tuple[bytes, re.Pattern[bytes]]]


class Region(NamedTuple):
    """A stretch of a text that is read without its escapes."""

    start: int
    end: int


class Unescaped:
    """The words and lines of a text that hold escapes, without these, each in a line of its own."""

    def __init__(self, original: bytes, regions: Sequence[Region], texts: Sequence[bytes], quote: bytes) -> None:
        self.text = b"\n".join(texts)
        self._original = original
        self._regions = regions
        self._starts = list(accumulate((len(each) + 1 for each in texts), initial=0))
        self._trails: dict[int, _Trail] = {}
        self._quote = quote

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that ``start`` to ``end`` was made from."""
        return self._origin(start)[0], self._origin(end - 1)[1]

    def _origin(self, place: int) -> tuple[int, int]:
        number = bisect_right(self._starts, place) - 1
        if number not in self._trails:
            self._trails[number] = _Trail(self._original, self._regions[number], self._quote)
        return self._trails[number].origin(place - self._starts[number])


class _Trail:
    """One region, decoded step by step, to find the way back."""

    def __init__(self, original: bytes, region: Region, quote: bytes) -> None:
        self.starts: list[int] = []  # from these offsets of the decoded text on ...
        self.origins: list[int] = []  # ... it was made from these offsets of the original;
        self.widths: list[int] = []  # signs from an escape of this width, or 0 where nothing was changed
        self._size = 0
        self._end = region.end
        at, end = region
        for found in _pattern(original[at:end]).finditer(original, at, end):
            self._add(found.start() - at, at)
            self._add(len(_plain(found, quote)), found.start(), len(found[0]))
            at = found.end()
        self._add(end - at, at)

    def _add(self, size: int, origin: int, width: int = 0) -> None:
        if size:
            self.starts.append(self._size)
            self.origins.append(origin)
            self.widths.append(width)
            self._size += size

    def origin(self, place: int) -> tuple[int, int]:
        if place >= self._size:  # the line feed after it
            return self._end, self._end
        number = bisect_right(self.starts, place) - 1
        start = self.origins[number]
        if self.widths[number]:
            return start, start + self.widths[number]
        start += place - self.starts[number]
        return start, start + 1


def unescape(text: bytes, quote: bytes = b'"') -> Unescaped | None:
    """What the words and lines of ``text`` that hold escapes read without them, undone once; None where there are none.

    That is the word around ``%XX``, which stands where no blanks are, and the whole line around other escapes. An
    escaped ``"`` is shown as ``quote``; another sign keeps it apart from those that end a string in the original.
    """
    regions = _regions(text)
    if not regions:
        return None
    texts = [text[start:end] for start, end in regions]
    decoded = _decoded(texts, quote)
    changed = [before != after for before, after in zip(texts, decoded, strict=True)]
    if not any(changed):
        return None
    return Unescaped(text, list(compress(regions, changed)), list(compress(decoded, changed)), quote)


def _has_form(text: bytes) -> bool:
    """True where ``+`` stands for a blank."""
    if (b"&" not in text and b"%" not in text) or b"\x1b" in text:
        return False  # colours go first, or a plus sign behind one is no longer at the beginning
    return _PLUS_IN_WORD.search(text) is not None and _FORM_WORD.search(text) is not None


def _pattern(text: bytes) -> re.Pattern[bytes]:
    """The escapes of this text: quoted-printable and ``+`` mean something in some texts only."""
    if b"=" not in text or b"=\\n" in text or b"=\\r" in text:
        return _ESCAPE  # where line feeds are escaped, that is to be undone before what stands within
    if _ODD.search(text[:-1] if text.endswith(b"\n") else text) is not None:
        return _PRINTABLE if _BARE_SIGN.search(text) is None else _PARTLY
    return _FORM if _has_form(text) else _ESCAPE


def _regions(text: bytes) -> list[Region]:
    """From the left to the right, without what ends a word or a line."""
    lines: dict[int, int] = {}
    for sign, form in _SIGNS:
        if sign in text:
            _add_lines(lines, text, form)
    if b"&" in text and _PLUS_IN_WORD.search(text) is not None:
        _add_lines(lines, text, _FORM_WORD)
    if b"quoted-printable" in text:
        lines = _with_soft_ends(text, lines)
    if b"%" not in text:
        return [Region(*line) for line in sorted(lines.items())]
    return sorted([*(Region(*line) for line in lines.items()), *_words(text, sorted(lines.items()))])


def _add_lines(lines: dict[int, int], text: bytes, form: re.Pattern[bytes]) -> None:
    """Add the start and the end of each line that holds ``form``."""
    end = 0
    while (found := form.search(text, end)) is not None:
        start = text.rfind(b"\n", end, found.start()) + 1 or end
        end = text.find(b"\n", found.end())
        lines[start] = end = end if end >= 0 else len(text)


def _with_soft_ends(text: bytes, lines: dict[int, int]) -> dict[int, int]:
    """The lines, and those that go on after a ``=`` at their end as one with the next."""
    joined = dict(lines)
    for found in _SOFT_LINES.finditer(text):
        start, end = found.span()
        for inner in [start, *(start + line.end() for line in _LINE_FEED.finditer(found[0]))]:
            joined.pop(inner, None)
        joined[start] = end
    return joined


def _words(text: bytes, lines: list[tuple[int, int]]) -> Iterator[Region]:
    """The words that hold a ``%`` outside of these lines."""
    number = low = 0
    at = text.find(b"%")
    while at >= 0:
        while number < len(lines) and lines[number][1] < at:
            number += 1
        if number < len(lines) and lines[number][0] <= at:
            low = lines[number][1]
        else:
            start = max(low - 1, text.rfind(b" ", low, at), text.rfind(b"\n", low, at)) + 1
            blank = text.find(b" ", at)
            low = text.find(b"\n", at, blank if blank >= 0 else len(text))
            low = low if low >= 0 else blank if blank >= 0 else len(text)
            yield Region(start, low)
        at = text.find(b"%", low)


def _decoded(texts: list[bytes], quote: bytes) -> list[bytes]:
    """Each text without its escapes, once; most are decoded at one stroke."""
    whole = b"\n".join(texts)
    printable: dict[int, bytes] = {}
    if _ODD.search(whole) is not None or _has_form(whole):
        texts = list(texts)
        for number, text in enumerate(texts):
            form = _pattern(text)
            if form is _FORM:
                texts[number] = _BLANK_PLUS.sub(b" ", text)
            elif form is _PRINTABLE or form is _PARTLY:
                printable[number] = form.sub(lambda found: _plain(found, quote), text)
                texts[number] = b""
    decoded = _decoded_together(texts, quote)
    for number, text in printable.items():
        decoded[number] = text
    return decoded


def _decoded_together(texts: list[bytes], quote: bytes) -> list[bytes]:
    decoded = _decoded_usual(_BETWEEN.join(texts), quote).split(_BETWEEN)
    if len(decoded) == len(texts):
        return decoded
    return [_decoded_usual(each, quote) for each in texts]  # they hold what should stand between them


def _decoded_usual(text: bytes, quote: bytes) -> bytes:
    """The same as ``_ESCAPE.sub``: first what always stands for the same, which is many times faster."""
    if b"\\" in text:
        if b"\\/" in text:
            text = _SLASHED.sub(b"/", text)  # as many backslashes as there are, or the way back is another one
        for escape, sign in _CONSTANT:
            text = escape.sub(sign, text)
    if any(sign in text and form.search(text) is not None for sign, form in _CODED):
        return _ESCAPE.sub(lambda found: _plain(found, quote), text)
    if b"%" not in text:
        return text
    text = text.replace(b"%22", quote)
    for code, sign in _COMMON:
        text = text.replace(code, sign)
    return unquote_to_bytes(text)


def readable(text: bytes, *, joins: bool = True) -> bytes:
    """A short stretch of a text without its escapes, undone as often as need be.

    With ``joins`` a ``=`` at the end of a line is a soft line break of quoted-printable; else it may end a Base64 run.
    """
    is_printable = False
    for _ in range(DEPTH):
        if _ANY_SIGN.search(text) is None:
            break
        pattern = _pattern(text)
        if is_printable and pattern in (_PRINTABLE, _PARTLY):
            pattern = _ESCAPE  # "=" at the end of a line was an octet before
        is_printable = is_printable or pattern in (_PRINTABLE, _PARTLY)
        if not joins:
            text = text.replace(b"=\r\n", b"\r\n").replace(b"=\n", b"\n")
        plain = pattern.sub(_sign, text)
        if plain == text:
            break
        text = plain
    return text.replace(b"#012", b"\n")


def _plain(found: re.Match[bytes], quote: bytes) -> bytes:
    plain = _sign(found)
    return quote if plain == b'"' else plain


def _sign(found: re.Match[bytes]) -> bytes:
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
