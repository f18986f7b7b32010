"""Reads a log that comes in order in blocks; UTF-16 becomes UTF-8 on the way."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import BinaryIO

from bundler.errors import UnreadableInput

BLOCK_SIZE = 256 * 1024
_TELLING = 64  # so many bytes tell how a log is written


def find_encoding(head: bytes) -> str | None:
    """``utf-16-le`` or ``utf-16-be`` when the bytes are that, by their mark or by where the NULs stand; else None."""
    if head.startswith(codecs.BOM_UTF16_LE) and not head.startswith(codecs.BOM_UTF32_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    sample = head[: 4096 if len(head) % 2 == 0 or len(head) > 4096 else len(head) - 1]
    half = len(sample) // 2
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if half >= 16 and odd > half * 0.8 and even < half * 0.05:
        return "utf-16-le"
    if half >= 16 and even > half * 0.8 and odd < half * 0.05:
        return "utf-16-be"
    return None


def as_utf8(head: bytes) -> bytes:
    """The start of a log as UTF-8; what was cut in the middle of a character is left out."""
    encoding = find_encoding(head)
    if encoding is None:
        return head
    return head[: len(head) // 2 * 2].decode(encoding, "replace").lstrip("\ufeff").encode("utf-8", "replace")


def read_blocks(stream: BinaryIO, notes: list[str], advance: Callable[[int], None] | None = None) -> Iterator[bytes]:
    """Yield what the stream holds, in UTF-8; ``advance`` is told how much more was read.

    Raises ``UnreadableInput`` when the stream cannot be read.
    """
    return in_utf8(iter(lambda: _read(stream, advance), b""), notes)


def in_utf8(blocks: Iterable[bytes], notes: list[str]) -> Iterator[bytes]:
    """The same blocks; those of a log in UTF-16 in UTF-8, and a note says so."""
    coming = iter(blocks)
    first = b""
    while len(first) < _TELLING and (block := next(coming, b"")):
        first += block
    encoding = find_encoding(first)
    if encoding is None:
        return chain((first,) if first else (), coming)
    notes.append(f"it was written in {encoding.upper()}; the excerpt is in UTF-8")
    return _decoded(first, coming, encoding)


def _decoded(first: bytes, coming: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    text = decoder.decode(first).removeprefix("\ufeff")
    for block in coming:
        yield text.encode("utf-8", "replace")
        text = decoder.decode(block)
    yield (text + decoder.decode(b"", final=True)).encode("utf-8", "replace")


def _read(stream: BinaryIO, advance: Callable[[int], None] | None) -> bytes:
    import zlib

    try:
        block = stream.read(BLOCK_SIZE)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableInput(
            "The log could not be read to its end.", "Copy it to this machine and try again."
        ) from error
    if advance is not None and block:
        advance(len(block))
    return block
