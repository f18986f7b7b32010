"""What a picture's file holds beside its pixels: the places where words and numbers can stand in it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Literal

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_PIXELS = frozenset((b"IDAT", b"fdAT", b"VP8 ", b"VP8L", b"ALPH"))
_PACKED_TEXT = frozenset((b"zTXt", b"iTXt", b"iCCP"))
_MOST = 16 * 1024 * 1024
# the next marker: stuffed zeros, restart markers and fill bytes are not one (ISO/IEC 10918-1 B.1.1)
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


def is_picture(head: bytes) -> bool:
    """True for what begins like a PNG, JPEG or WebP file."""
    return head.startswith((_PNG, _JPEG)) or (head.startswith(b"RIFF") and head[8:12] == b"WEBP")


def words_of(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The stretches of a picture that are no pixels, each with the name of its place; packed text is unpacked.

    What cannot be taken for a part of the format, and what follows the end, is among them.
    """
    if data.startswith(_PNG):
        yield from _chunks(data, 8, "big")
    elif data.startswith(b"RIFF"):
        yield from _chunks(data, 12, "little")
    else:
        yield from _segments(data)


def _chunks(data: bytes, at: int, order: Literal["big", "little"]) -> Iterator[tuple[str, bytes]]:
    """PNG specification (third edition) section 5.3, RFC 9649 section 2.3: a size, a kind, the content."""
    is_png = order == "big"
    end = len(data) if is_png else min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while at + 8 <= end:
        first, second = data[at : at + 4], data[at + 4 : at + 8]
        size, kind = (int.from_bytes(first), second) if is_png else (int.from_bytes(second, "little"), first)
        content = data[at + 8 : at + 8 + size]
        if kind not in _PIXELS:
            yield f"chunk {kind.decode('ascii', 'replace')}", content
        if kind in _PACKED_TEXT and (plain := _unpacked(content)):
            yield f"chunk {kind.decode('ascii')}, unpacked", plain
        at += size + 12 if is_png else size + 8 + size % 2
        if kind == b"IEND":
            break
    if at < len(data):
        yield "what follows its end", data[at:]


def _unpacked(content: bytes) -> bytes:
    """The text behind the keyword of a chunk; deflate begins with 0x78 in every such file (RFC 1950)."""
    start = content.find(b"\x78", content.find(b"\0") + 1)
    while 0 <= start < 1024:
        try:
            return zlib.decompressobj().decompress(content[start:], _MOST)
        except zlib.error:
            start = content.find(b"\x78", start + 1)
    return b""


def _segments(data: bytes) -> Iterator[tuple[str, bytes]]:
    """ISO/IEC 10918-1 annex B.1.1: markers, each with its size but the two around all."""
    at = 2
    while (found := _MARKER.search(data, at)) is not None:
        marker, at = data[found.start() + 1], found.end()
        if marker == 0xD9:
            break
        if marker in (0xD8, 0x01):
            continue
        size = int.from_bytes(data[at : at + 2])
        if marker == 0xFE or 0xE0 <= marker <= 0xEF:
            yield "its comment" if marker == 0xFE else "its metadata", data[at + 2 : at + size]
        at += max(size, 2)
    else:
        at = len(data)
    if at < len(data):
        yield "what follows its end", data[at:]
