"""Takes gzip off a log while it is read, within limits, and makes do with a file that ends early."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING, BinaryIO

from bundler.errors import UnreadableInput

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SIZE_LIMIT = 64 * 1024**3
"""How many bytes are unpacked from one file at most."""
RATIO_LIMIT = 500
"""How many times its packed size a file may grow to. Logs grow 5 to 50 times; deflate itself cannot pass 1,032."""
RATIO_FROM = 64 * 1024**2
"""Up to this many bytes the ratio does not count: a short file may repeat itself."""

_PACKED_BLOCK = 64 * 1024
_UNPACKED_BLOCK = 256 * 1024
_MAGIC = b"\x1f\x8b"


def decompressed(stream: BinaryIO, notes: list[str] | None = None) -> BinaryIO:
    """What the gzip file holds, as a stream that unpacks while it is read; closing it closes ``stream``.

    Several members in a row are one file (RFC 1952, section 2.2). A file that ends early, or is damaged after a
    readable start, gives what was readable, and a remark is added to ``notes``. Reading raises ``UnreadableInput``
    when nothing could be unpacked, and when the content passes ``SIZE_LIMIT`` or ``RATIO_LIMIT``.
    """
    return io.BufferedReader(_Inflated(stream, [] if notes is None else notes), _UNPACKED_BLOCK)


class _Inflated(io.RawIOBase):
    def __init__(self, stream: BinaryIO, notes: list[str]) -> None:
        self._stream = stream
        self._notes = notes
        self._inflater = zlib.decompressobj(wbits=31)
        self._packed = b""
        self._packed_size = 0
        self._size = 0
        self._ended = False

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        data = b""
        while not data and not self._ended:
            data = self._next(len(view))
        view[: len(data)] = data
        return len(data)

    def _next(self, limit: int) -> bytes:
        if not self._packed:
            self._packed = self._stream.read(_PACKED_BLOCK)
            self._packed_size += len(self._packed)
        if not self._packed and not self._inflater.eof and (data := self._inflater.decompress(b"", limit)):
            self._count(len(data))
            return data
        if not self._packed:
            return self._end("" if self._inflater.eof else "the compressed file ends early; what was readable was read")
        if self._inflater.eof and not self._next_member():
            return b""
        spare = self._inflater.copy()
        try:
            data = self._inflater.decompress(self._packed, limit)
        except zlib.error as error:
            data = self._salvage(spare, limit)
            if not self._size and not data:
                raise UnreadableInput("The compressed log is damaged from the start.", "Pack it again.") from error
            self._end("the compressed file is damaged; what was readable before that was read")
            return data
        self._packed = self._inflater.unconsumed_tail or self._inflater.unused_data
        self._count(len(data))
        return data

    def _salvage(self, inflater: zlib._Decompress, limit: int) -> bytes:
        """What can be unpacked before the damage: zlib gives nothing of a block in which it meets an error."""
        saved = bytearray()
        try:
            for position in range(len(self._packed)):
                saved += inflater.decompress(self._packed[position : position + 1], max(1, limit - len(saved)))
                if len(saved) >= limit:
                    break
        except zlib.error:
            pass
        return bytes(saved[:limit])

    def _next_member(self) -> bool:
        self._packed = self._packed.lstrip(b"\0")  # tapes and some tools pad with zeros
        if not self._packed:
            return False
        if not _MAGIC.startswith(self._packed[:2]):
            self._end("something that is not gzip follows the compressed log; it was not read")
            return False
        self._inflater = zlib.decompressobj(wbits=31)
        return True

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > SIZE_LIMIT or self._size > max(RATIO_FROM, self._packed_size * RATIO_LIMIT):
            raise UnreadableInput(
                f"The compressed log unpacks to more than {RATIO_LIMIT} times its size or {SIZE_LIMIT // 1024**3} GiB.",
                "No log does that. If it is one, unpack it and name the unpacked file.",
            )

    def _end(self, note: str) -> bytes:
        if note and not self._size and "early" in note:
            raise UnreadableInput("The compressed log ends before its content begins.", "Copy it again.")
        if note:
            self._notes.append(note)
        self._ended = True
        self._packed = b""
        return b""
