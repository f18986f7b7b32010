"""Reads a log that comes in order in blocks; on the way UTF-16 becomes UTF-8, and an array on one line many lines."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import BinaryIO

from bundler.errors import UnreadableInput
from bundler.logs import arrays

BLOCK_SIZE = 256 * 1024
_TELLING = 64  # so many bytes tell how a log is written


def reads_as_stored(head: bytes) -> bool:
    """Whether a log that begins so can be read at any place, as it lies; one in UTF-16 or in an array cannot."""
    return find_encoding(head) is None and arrays.find_array(head) is None


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
    """The start of a log as it is read; what was cut in the middle of a character is left out."""
    encoding = find_encoding(head)
    if encoding is not None:
        head = head[: len(head) // 2 * 2].decode(encoding, "replace").lstrip("\ufeff").encode("utf-8", "replace")
    array = arrays.find_array(head)
    if array is None:
        return head
    from bundler.logs.elements import on_lines

    return b"".join(on_lines((head,), array))


def read_blocks(stream: BinaryIO, notes: list[str], advance: Callable[[int], None] | None = None) -> Iterator[bytes]:
    """Yield what the stream holds as ``in_utf8`` does; ``advance`` is told how much more was read.

    Raises ``UnreadableInput`` when the stream cannot be read.
    """
    return in_utf8(iter(lambda: _read(stream, advance), b""), notes)


def in_utf8(blocks: Iterable[bytes], notes: list[str]) -> Iterator[bytes]:
    """The same blocks; those of a log in UTF-16 in UTF-8, and those of an array on one line with a line an element.

    A note says so.
    """
    coming = iter(blocks)
    first = _first(coming, b"", _TELLING)
    encoding = find_encoding(first)
    if encoding is not None:
        notes.append(f"it was written in {encoding.upper()}; the excerpt is in UTF-8")
        coming, first = _decoded(first, coming, encoding), b""
        first = _first(coming, first, _TELLING)
    if arrays.may_be_array(first):
        first = _first(coming, first, arrays.LOOK)
        if (array := arrays.find_array(first[: arrays.LOOK])) is not None:
            from bundler.logs.elements import NOTE, on_lines

            notes.append(NOTE)
            return on_lines(chain((first,), coming), array)
    return chain((first,) if first else (), coming)


def _first(coming: Iterator[bytes], first: bytes, size: int) -> bytes:
    """``first`` and what follows, until that is as much as ``size``."""
    while len(first) < size and (block := next(coming, b"")):
        first += block
    return first


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
