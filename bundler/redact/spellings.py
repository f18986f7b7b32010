"""Undoes the ways in which text is written within other text: escapes, encodings of addresses and of mails."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from bundler.redact.transfer import find_words

Region = tuple[int, int]

_UNICODE = re.compile(rb"(?:\\u[0-9A-Fa-f]{4})+")
_HEX = re.compile(rb"\\x([0-9A-Fa-f]{2})")
_SIMPLE = ((b'\\"', b'"'), (b"\\/", b"/"), (b"\\n", b"\n"), (b"\\r", b"\r"), (b"\\t", b"\t"), (b"\\'", b"'"))
_PERCENT = re.compile(rb"%[0-9A-Fa-f]{2}")
_PERCENT_SIGN = b"%25"
_PLUS = bytes.maketrans(b"+", b" ")
_LINE_ENDS = re.compile(rb"\n")
_BLANKS = re.compile(rb"[ \t\n]")
_HEAD = 4096
_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_CONTINUED = re.compile(rb"[\"']?;[ \t\r\n]*[A-Za-z-]{1,40}\*[0-9]{1,3}\*?=[\"']?")


class Spelling(NamedTuple):
    """One way of writing: what tells that it is used, how far the text around belongs to it, and how it is undone.

    ``label`` is what people call it. ``unit`` is the stretch that is read together with a mark: its ``word`` (no
    blanks), its ``line``, or its header ``field``. ``mail`` says that it stands in mails alone,
    for elsewhere its marks mean something else.
    """

    label: str
    mark: re.Pattern[bytes]
    unit: Literal["word", "line", "field"]
    undo: Callable[[bytes], bytes]
    mail: bool = False


def without_slashes(text: bytes) -> bytes:
    r"""JSON and shell escapes (RFC 8259 section 7): ``\"``, ``\/``, ``\n``, ``\u00f8``, and ``\x41`` of programs."""
    return b"\\".join(map(_without_single, text.split(b"\\\\")))


def _without_single(text: bytes) -> bytes:
    if b"\\" not in text:
        return text
    for written, plain in _SIMPLE:
        text = text.replace(written, plain)
    if b"\\u" in text:
        text = _UNICODE.sub(_unicode, text)
    return _HEX.sub(lambda found: bytes.fromhex(found[1].decode()), text) if b"\\x" in text else text


def _unicode(found: re.Match[bytes]) -> bytes:
    units = bytes.fromhex(found[0].replace(b"\\u", b"").decode())
    return units.decode("utf-16-be", "replace").encode()


def without_entities(text: bytes) -> bytes:
    """HTML and XML without their references (``&quot;``, ``&#34;``, ``&#x22;``)."""
    return html.unescape(text.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogatepass")


def without_percent(text: bytes) -> bytes:
    """Percent-encoding undone once (RFC 3986 section 2.1), one distinct escape at a time: few differ in a text."""
    for escape in sorted(set(_PERCENT.findall(text)), key=lambda each: each == _PERCENT_SIGN):
        text = text.replace(escape, bytes.fromhex(escape[1:].decode()))
    return text


def without_plus(text: bytes) -> bytes:
    """``application/x-www-form-urlencoded``: a plus is a blank, and the rest as in an address."""
    return without_percent(text.translate(_PLUS))


def without_words(field: bytes) -> bytes:
    """A header field on one line, with encoded words (RFC 2047) and long names in pieces (RFC 2231) put together."""
    plain = _FOLD.sub(b"", field)
    pieces: list[bytes] = []
    at = 0
    for words in find_words(plain):
        pieces += (plain[at : words.start], words.text)
        at = words.end
    return _CONTINUED.sub(b"", b"".join([*pieces, plain[at:]]))


SPELLINGS: tuple[Spelling, ...] = (
    Spelling("escapes", re.compile(rb"\\"), "line", without_slashes),
    Spelling("HTML", re.compile(rb"&(?:#[0-9xX]|[A-Za-z]{2,30};)"), "line", without_entities),
    Spelling("percent", _PERCENT, "word", without_percent),
    Spelling("form", re.compile(rb"\+(?<=[A-Za-z]\+)[A-Za-z0-9%]"), "word", without_plus),
    Spelling("mail header", re.compile(rb"=\?|\*[0-9]*\*?=|\n[ \t]"), "field", without_words, mail=True),
)
"""In the order in which they are tried. Each is tried on what the others gave, so their order does not matter.

Quoted-printable is none of them (``printable``): its mark is not enough to tell that it is used.
"""

_PRINTABLE = re.compile(rb"=3D|=\n")
_PRINTABLE_CRLF = re.compile(rb"=3D|=\r\n")
_FIELD = re.compile(rb"^[!-9;-~]{1,80}:[^\n]*(?:\n[ \t][^\n]*)*", re.MULTILINE)


def regions(spelling: Spelling, text: bytes) -> list[Region]:
    """The stretches of ``text`` that a spelling may be used in, from the left to the right; usually none."""
    found = spelling.mark.search(text)
    if found is None:
        return []
    if spelling.unit == "field":
        return [field.span() for field in _FIELD.finditer(text) if spelling.mark.search(field[0])]
    stretches: list[Region] = []
    border = 0
    ends = _BLANKS if spelling.unit == "word" else _LINE_ENDS
    while found is not None:
        at = found.start()
        start = text.rfind(b"\n", border, at)
        if spelling.unit == "word":
            start = max(start, text.rfind(b" ", max(border, start), at), text.rfind(b"\t", max(border, start), at))
        after = ends.search(text, found.end())
        border = len(text) if after is None else after.start()
        if spelling.unit == "line" and stretches and start == stretches[-1][1]:
            stretches[-1] = stretches[-1][0], border
        else:
            stretches.append((max(start + 1, stretches[-1][1] if stretches else 0), border))
        found = spelling.mark.search(text, border)
    return stretches


def is_quoted_printable(text: bytes) -> bool:
    """True for text that is written as mails are: ``=3D``, or lines that go on after ``=``."""
    mark = _PRINTABLE_CRLF if b"\r\n" in text[:_HEAD] else _PRINTABLE
    return mark.search(text) is not None


def text_encoding(head: bytes) -> str:
    """UTF-16 or UTF-32 by the byte order mark at the beginning, or nothing."""
    for mark, name in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return name
    return ""
