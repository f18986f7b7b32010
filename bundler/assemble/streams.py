"""Streams out of blocks, and back: what rewriting one file in bounded memory needs."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast

from bundler.evidence.legible import Watch
from bundler.evidence.sources import HEAD_SIZE

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SPOOL_SIZE = 1024 * 1024
"""What is larger than this many bytes waits in a temporary file."""
BUFFER_SIZE = 1024 * 1024
_BLOCK_SIZE = 256 * 1024


def blocks_of(stream: BinaryIO) -> Iterator[bytes]:
    """What is left in ``stream``."""
    return iter(lambda: stream.read(_BLOCK_SIZE), b"")


def as_stream(blocks: Iterable[bytes]) -> BinaryIO:
    """The inverse of ``blocks_of``."""
    return cast("BinaryIO", io.BufferedReader(_Blocks(iter(blocks)), BUFFER_SIZE))


def headed(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first 64 KiB, and the stream as if nothing had been read."""
    head = stream.read(HEAD_SIZE)
    if not stream.seekable():
        return head, as_stream(chain((head,), blocks_of(stream)))
    stream.seek(0)
    return head, stream


def spool() -> BinaryIO:
    """A place for what has to be complete before it is written further, or not at all."""
    return cast("BinaryIO", SpooledTemporaryFile(SPOOL_SIZE))


def empty(spooled: BinaryIO) -> None:
    """Throw away what is in a spool."""
    spooled.seek(0)
    spooled.truncate()


class _Blocks(io.RawIOBase):
    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._block = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        while not self._block:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._block = memoryview(block)
        count = min(len(view), len(self._block))
        view[:count] = self._block[:count]
        self._block = self._block[count:]
        return count


class Watched:
    """A text on its way, of which only ``read`` is wanted: ``Withheld`` is raised when it turns out to be none.

    ``spend`` is told how much more was read, and may raise as well.
    """

    def __init__(self, stream: BinaryIO, spend: Callable[[int], None]) -> None:
        self._stream = stream
        self._spend = spend
        self._watch = Watch()

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        self._spend(len(block))
        self._watch.see(block)
        return block
