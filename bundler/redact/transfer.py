"""Takes the transfer encodings of mail off a text and puts them on again: Base64, quoted-printable, encoded words."""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from bundler.errors import UnreadableInput

Encoding = Literal["base64", "quoted-printable"]

_NO_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
_LINE = 57  # bytes that make a Base64 line of 76 characters (RFC 2045, section 6.8)
_LONGEST = 64 * 1024
_LONE_FEED = re.compile(rb"(?<!\r)\n")
_WORD = re.compile(rb"=\?([!-<>@-~]{1,60})\?([bBqQ])\?([!->@-~]{0,4000})\?=")
_WORD_SIZE = 45  # bytes in one encoded word of at most 75 characters (RFC 2047, section 2)
_SLOW_CODECS = ("idna", "punycode")


def decoded(encoding: Encoding, blocks: Iterable[bytes]) -> Iterator[bytes]:
    """What an encoded body holds, block by block; raises ``UnreadableInput`` for what no mail program reads."""
    return _base64_decoded(blocks) if encoding == "base64" else _quoted_decoded(blocks)


def encoded(encoding: Encoding, blocks: Iterable[bytes], newline: bytes = b"\r\n") -> Iterator[bytes]:
    """The inverse of ``decoded``, in lines of at most 76 characters that end in ``newline``."""
    return _base64_encoded(blocks, newline) if encoding == "base64" else _quoted_encoded(blocks, newline)


def _base64_decoded(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """RFC 2045, section 6.8: what is not in the alphabet is passed over; nothing may follow the padding."""
    rest = b""
    for block in blocks:
        rest += block.translate(None, _NO_BASE64)
        if (padding := rest.find(b"=")) >= 0:
            if padding < len(rest) - 2 or rest[padding:].strip(b"="):
                raise UnreadableInput("Something follows the end of its Base64.", "Save the attachment and name it.")
            continue
        whole = len(rest) // 4 * 4
        yield _from_base64(rest[:whole])
        rest = rest[whole:]
    rest = rest.rstrip(b"=")
    if len(rest) % 4 == 1:
        raise UnreadableInput("Its Base64 ends in the middle of a byte.", "Save the mail again.")
    yield _from_base64(rest + b"=" * (-len(rest) % 4))


def _from_base64(text: bytes) -> bytes:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error as error:
        raise UnreadableInput("Its Base64 is damaged.", "Save the mail again.") from error


def _base64_encoded(blocks: Iterable[bytes], newline: bytes) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        rest += block
        whole = len(rest) // _LINE * _LINE
        yield _base64_lines(rest[:whole], newline)
        rest = rest[whole:]
    yield _base64_lines(rest, newline)


def _base64_lines(data: bytes, newline: bytes) -> bytes:
    lines = (data[at : at + _LINE] for at in range(0, len(data), _LINE))
    return b"".join(binascii.b2a_base64(line, newline=False) + newline for line in lines)


def _quoted_decoded(blocks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        rest += block
        cut = rest.rfind(b"\n") + 1
        if not cut and len(rest) > _LONGEST:
            cut = len(rest) - 2
            cut -= 2 * (b"=" in rest[cut - 2 : cut])
        yield binascii.a2b_qp(rest[:cut])
        rest = rest[cut:]
    yield binascii.a2b_qp(rest)


def _quoted_encoded(blocks: Iterable[bytes], newline: bytes) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        rest += block
        while cut := rest.rfind(b"\n") + 1:
            yield _quoted(rest[:cut], newline)
            rest = rest[cut:]
        while len(rest) > _LONGEST:
            cut = _LONGEST - rest[:_LONGEST].endswith(b"\r")
            yield _quoted(rest[:cut], newline) + b"=" + newline
            rest = rest[cut:]
    yield _quoted(rest, newline)


def _quoted(text: bytes, newline: bytes) -> bytes:
    written = binascii.b2a_qp(text, istext=True)
    return _LONE_FEED.sub(b"\r\n", written) if newline == b"\r\n" else written


class Words(NamedTuple):
    """Encoded words in a row (RFC 2047): where they stand in a header, and the text that they make together."""

    start: int
    end: int
    text: bytes


def find_words(header: bytes) -> Iterator[Words]:
    """The rows of encoded words in ``header``, their text in UTF-8; blanks between two of them count for nothing."""
    start, end, pieces = 0, 0, [b""]
    for found in _WORD.finditer(header):
        if end and header[end : found.start()].strip(b" \t\r\n"):
            yield Words(start, end, b"".join(pieces))
            end = 0
        if not end:
            start, pieces = found.start(), []
        end = found.end()
        pieces.append(_word(found[1], found[2], found[3]))
    if end:
        yield Words(start, end, b"".join(pieces))


def write_words(text: bytes, newline: bytes = b"\r\n") -> bytes:
    """``text``, which is UTF-8, as encoded words, one a line."""
    words: list[bytes] = []
    while text:
        size = min(_WORD_SIZE, len(text))
        while 0 < size < len(text) and text[size] & 0xC0 == 0x80:
            size -= 1
        size = size or min(_WORD_SIZE, len(text))
        words.append(b"=?utf-8?B?" + binascii.b2a_base64(text[:size], newline=False) + b"?=")
        text = text[size:]
    return (newline + b" ").join(words)


def _word(charset: bytes, encoding: bytes, content: bytes) -> bytes:
    try:
        if encoding in b"bB":
            plain = binascii.a2b_base64(content + b"=" * (-len(content) % 4))
        else:
            plain = binascii.a2b_qp(content, header=True)
        name = codecs.lookup(charset.partition(b"*")[0].decode("ascii")).name
        return (plain.decode(name) if name not in _SLOW_CODECS else plain.decode("latin-1")).encode()
    except (ValueError, LookupError):
        return content
