"""Takes the packing off a log while it is read: gzip, bzip2, xz, lzma, Zstandard, known by their first bytes."""

from __future__ import annotations

import io
from collections.abc import Generator
from typing import TYPE_CHECKING, BinaryIO

from bundler.errors import UnreadableInput
from bundler.packings import Packing, packing_of

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["BLOCK_SIZE", "HEAD_SIZE", "Packing", "blocks", "decompressed", "head_of", "packing_of"]

BLOCK_SIZE = 1024 * 1024
"""How many bytes a block has at most, unless said otherwise: each costs whoever searches it some calls."""
HEAD_SIZE = 64 * 1024
_MAGIC_SIZE = 16
_NAME = "The compressed log"
_STREAM_BLOCK = 256 * 1024
_BLOCKS_ALONE = 4
"""A file of no more blocks than this is not worth a thread."""


def decompressed(stream: BinaryIO, notes: list[str] | None = None, name: str = _NAME) -> BinaryIO:
    """What the packed file holds, as a stream that unpacks while it is read; closing it closes ``stream``.

    Several members or frames in a row are one file (RFC 1952, section 2.2; RFC 8878, section 3.1). A file that ends
    early, or is damaged after a readable start, gives what was readable, and a remark is added to ``notes``. Reading
    raises ``UnreadableInput`` when nothing could be unpacked, when it is not packed at all, and when the content
    passes the limits of ``inflating``; such a sentence calls it ``name``.
    """
    return io.BufferedReader(_Unpacked(stream, [] if notes is None else notes, name), _STREAM_BLOCK)


def blocks(
    stream: BinaryIO,
    notes: list[str] | None = None,
    size: int = BLOCK_SIZE,
    name: str = _NAME,
    *,
    is_ahead: bool = True,
) -> Generator[bytes]:
    """The same in blocks of at most ``size`` bytes, for whoever only searches; of a file not packed, its own bytes.

    With ``is_ahead`` a long file is unpacked in a second thread while its blocks are searched, which gains what the
    search costs where a processor is free for it, and loses a tenth where none is. Close this before ``stream``.
    """
    packing, head = _packing(stream)
    if packing is not None:
        from bundler.logs.ahead import ahead

        unpacked = _unpacked(stream, packing, head, [] if notes is None else notes, size, name)
        for count, block in enumerate(unpacked, start=1):
            yield block
            if is_ahead and count == _BLOCKS_ALONE:
                yield from ahead(unpacked)
        return
    if head:
        yield head
    while block := stream.read(size):
        yield block


def head_of(stream: BinaryIO, size: int = HEAD_SIZE, name: str = _NAME) -> bytes:
    """The first ``size`` bytes of what the file holds, packed or not, with no more work than that takes.

    Raises ``UnreadableInput`` when nothing could be unpacked.
    """
    from bundler.logs.inflating import Unpacking

    packing, head = _packing(stream)
    if packing is None:
        return head + stream.read(size - len(head))
    unpacked = b""
    for block in Unpacking(stream, packing, [], head, name=name, is_short=True).blocks(size):
        unpacked += block
        if len(unpacked) >= size:
            break
    return unpacked[:size]


def _packing(stream: BinaryIO) -> tuple[Packing | None, bytes]:
    """How it is packed, and what of it was read to know that: nothing where the stream can go back."""
    head = stream.read(_MAGIC_SIZE)
    if not stream.seekable():
        return packing_of(head), head
    stream.seek(-len(head), io.SEEK_CUR)
    return packing_of(head), b""


def _unpacked(
    stream: BinaryIO, packing: Packing, head: bytes, notes: list[str], size: int, name: str
) -> Generator[bytes]:
    from bundler.logs.inflating import Unpacking

    small = Unpacking(stream, packing, notes, head, name=name).blocks(size)
    # members may be tiny, and what is saved of a damaged one comes byte by byte
    waiting: list[bytes] = []
    length = 0
    for block in small:
        if waiting and length + len(block) > size:
            yield b"".join(waiting)
            waiting, length = [], 0
        if not waiting and 2 * len(block) > size:
            yield block
            continue
        waiting.append(block)
        length += len(block)
    if waiting:
        yield b"".join(waiting)


class _Unpacked(io.RawIOBase):
    """The blocks as a stream."""

    def __init__(self, stream: BinaryIO, notes: list[str], name: str) -> None:
        self._stream = stream
        self._name = name
        self._notes = notes
        self._blocks = self._open()
        self._block = memoryview(b"")

    def _open(self) -> Generator[bytes]:
        packing, head = _packing(self._stream)
        if packing is None:
            raise UnreadableInput(f"{self._name} is empty, or packed in no known way.", "Copy it again, or unpack it.")
        yield from _unpacked(self._stream, packing, head, self._notes, _STREAM_BLOCK, self._name)

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        if not self.closed:
            self._blocks.close()
            self._stream.close()
        super().close()

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        if not self._block:
            self._block = memoryview(next(self._blocks, b""))
        count = min(len(view), len(self._block))
        view[:count] = self._block[:count]
        self._block = self._block[count:]
        return count
