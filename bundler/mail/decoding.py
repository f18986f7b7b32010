"""Decodes what a mail says of itself: headers and text in any character set, each failure noted, none raised."""

from __future__ import annotations

import codecs
import re
import unicodedata
from email.errors import MessageError
from email.header import decode_header

FAILURES = (ValueError, LookupError, TypeError, AttributeError, RecursionError, MessageError)
"""What the standard library's decoders raise on broken input (UnicodeError and binascii.Error are ValueErrors)."""
_LONGEST_VALUE = 4_096  # of a header that is decoded; the library's pattern for encoded words is not linear
_SLOW_CODECS = {"idna", "punycode"}  # meant for host names; the time they take grows with the square of the length
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def header_text(value: object, defects: list[str]) -> str:
    """A header as text: encoded words decoded, folds undone, control characters made visible."""
    try:
        raw = str(value)
    except FAILURES:
        defects.append("a header cannot be decoded")
        return ""
    if len(raw) > _LONGEST_VALUE:
        defects.append("a header is cut, for it is too long")
        raw = raw[:_LONGEST_VALUE]
    raw = re.sub(r"[\r\n]+(?=[ \t])", "", raw)
    try:
        pieces = [
            decode_text(piece, charset or "ascii", defects) if isinstance(piece, bytes) else piece
            for piece, charset in decode_header(raw)
        ]
    except FAILURES:
        defects.append("a header cannot be decoded")
        pieces = [raw]
    return visible("".join(pieces).strip())


def decode_text(data: bytes, charset: str, defects: list[str]) -> str:
    """Text in the charset that is named; where it is unknown or does not fit, UTF-8 with marks for what does not."""
    try:
        if codecs.lookup(charset).name not in _SLOW_CODECS:
            return data.decode(charset)
    except FAILURES:
        pass
    defects.append("text is not in the character set that it names")
    return data.decode("utf-8", "replace")


def visible(text: str) -> str:
    """No control character and no mark that turns the direction of writing, so that what is shown is what is there."""
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(each) in _HIDDEN else each for each in text)
