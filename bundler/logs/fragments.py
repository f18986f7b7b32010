"""Reads a log as lines of bytes in bounded memory: UTF-16 becomes UTF-8 on the way, endless lines come in pieces."""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import BinaryIO, NamedTuple

from bundler.errors import UnreadableInput
from bundler.logs.mentions import Finder

BLOCK_SIZE = 256 * 1024
FRAGMENT_SIZE = 1024 * 1024
"""A line longer than about this comes in several fragments."""


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


class Fragment(NamedTuple):
    """A line with its ending, or a piece of a very long one."""

    data: bytes
    fresh: bool
    """True where a line begins."""
    may_mention: bool
    """False when an id is certainly not inside."""


def read_fragments(
    stream: BinaryIO, finder: Finder, advance: Callable[[int], None] | None, notes: list[str]
) -> Iterator[Fragment]:
    """Yield the lines one by one; only ``\\n`` ends one. Raises ``UnreadableInput`` when the stream cannot be read."""
    carry, fresh, may_mention = b"", True, False
    for block in _blocks(stream, advance, notes):
        data = carry + block
        may_mention = bool(finder) and finder.may_be_in(data)
        pieces = BytesIO(data).readlines()
        carry = pieces.pop() if pieces and not pieces[-1].endswith(b"\n") else b""
        for piece in pieces:
            yield Fragment(piece, fresh, may_mention)
            fresh = True
        if len(carry) >= FRAGMENT_SIZE:
            yield Fragment(carry, fresh, may_mention)
            carry, fresh = b"", False
    if carry:
        yield Fragment(carry, fresh, may_mention)


def _blocks(stream: BinaryIO, advance: Callable[[int], None] | None, notes: list[str]) -> Iterator[bytes]:
    block = _read(stream, advance)
    while block and len(block) < 64:
        more = _read(stream, advance)
        if not more:
            break
        block += more
    encoding = find_encoding(block)
    if encoding is None:
        while block:
            yield block
            block = _read(stream, advance)
        return
    notes.append(f"it was written in {encoding.upper()}; the excerpt is in UTF-8")
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    text = decoder.decode(block).removeprefix("\ufeff")
    while block:
        yield text.encode("utf-8", "replace")
        block = _read(stream, advance)
        text = decoder.decode(block, final=not block)
    yield text.encode("utf-8", "replace")


def _read(stream: BinaryIO, advance: Callable[[int], None] | None) -> bytes:
    try:
        block = stream.read(BLOCK_SIZE)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableInput(
            "The log could not be read to its end.", "Copy it to this machine and try again."
        ) from error
    if advance is not None and block:
        advance(len(block))
    return block
