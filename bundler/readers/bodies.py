"""What is known of a body, and how its transfer and content codings are taken off, leniently and bounded."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

from bundler.model import BodyState, Header

INFLATED_LIMIT = 16 << 20
"""A compressed body that grows beyond this is left as it is."""

_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
_COMPRESSED = (b"\x1f\x8b", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


def state_of(body: bytes) -> BodyState:
    """The state of a body that is wholly there."""
    if not body:
        return BodyState.EMPTY
    try:
        body.decode()
    except UnicodeDecodeError:
        return BodyState.NOT_TEXT
    return BodyState.PRESENT


def find_header(headers: Sequence[Header], name: str) -> str | None:
    """The value of the first header of that name, compared without case."""
    wanted = name.casefold()
    return next((value for key, value in headers if key.casefold() == wanted), None)


def content_length(headers: Sequence[Header]) -> int | None:
    """The announced length in bytes; None where there is none or it is no number (RFC 9110, 8.6)."""
    value = (find_header(headers, "content-length") or "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None


def unchunk(data: bytes) -> tuple[bytes, bool] | None:
    """Take off a chunked transfer coding (RFC 9112, 7.1) that was left in the text.

    Returns the body and whether its last chunk was there; None where ``data`` is not chunked. Line ends may have
    become LF on the way.
    """
    pieces: list[bytes] = []
    position = 0
    while found := _CHUNK_SIZE.match(data, position):
        size = int(found[1], 16)
        if size == 0:
            return b"".join(pieces), True
        start, end = found.end(), found.end() + size
        pieces.append(data[start:end])
        if end >= len(data):
            return b"".join(pieces), False
        position = _after_line_end(data, end)
        if position == end:
            return None
    return (b"".join(pieces), False) if pieces and position >= len(data) else None


def inflate(data: bytes) -> bytes | None:
    """The content of a gzip or deflate body; None where it is neither, is broken or too large."""
    if not data.startswith(_COMPRESSED):
        return None
    opener = zlib.decompressobj(wbits=47)
    try:
        content = opener.decompress(data, INFLATED_LIMIT)
    except zlib.error:
        return None
    return content if opener.eof else None


def _after_line_end(data: bytes, position: int) -> int:
    if data.startswith(b"\r\n", position):
        return position + 2
    return position + 1 if data.startswith(b"\n", position) else position
