"""A part of a file as content of its own: what an archive holds is read where it lies."""

from __future__ import annotations

import errno
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO, cast

from bundler.errors import UnreadableInput

if TYPE_CHECKING:
    from zipfile import ZipInfo

    from _typeshed import WriteableBuffer

    from bundler.logs.readable import Readable

_DEFLATED = 8
_LOCAL_HEADER = 30
_GZIP_HEADER = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
_BUFFER_SIZE = 64 * 1024


class Part:
    """``size`` bytes of something from ``start`` on, to be read at any place; fewer where it ends before that."""

    def __init__(self, whole: Readable, start: int, size: int) -> None:
        self._whole = whole
        self._start = start
        self._size = max(0, min(size, whole.size - start))

    @property
    def size(self) -> int:
        return self._size

    def read_at(self, offset: int, count: int) -> bytes:
        return self._whole.read_at(self._start + offset, max(0, min(count, self._size - offset)))

    def close(self) -> None:
        self._whole.close()


class AsGzip:
    """What a zip deflated, framed as the gzip file that holds the same: its checksum and length come with it."""

    def __init__(self, deflated: Readable, checksum: int, length: int) -> None:
        self._deflated = deflated
        self._trailer = checksum.to_bytes(4, "little") + (length % 2**32).to_bytes(4, "little")

    @property
    def size(self) -> int:
        return len(_GZIP_HEADER) + self._deflated.size + len(self._trailer)

    def read_at(self, offset: int, count: int) -> bytes:
        data = _GZIP_HEADER[offset : offset + count]
        start, end = offset - len(_GZIP_HEADER), offset + count - len(_GZIP_HEADER)
        first, last = max(0, start), min(end, self._deflated.size)
        if first < last:
            piece = self._deflated.read_at(first, last - first)
            data += piece
            if len(piece) < last - first:
                return data
        behind = self._deflated.size
        return data + (self._trailer[max(0, start - behind) : end - behind] if end > behind else b"")

    def close(self) -> None:
        self._deflated.close()


class Reading(io.RawIOBase):
    """What can be read at any place, as a stream; never more than ``limit`` bytes at once, where one is given."""

    def __init__(self, readable: Readable, limit: int = 0) -> None:
        self._readable = readable
        self._limit = limit
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._readable.size}[whence]
        if start + offset < 0:
            raise OSError(errno.EINVAL, "before the start")
        self._position = start + offset
        return self._position

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._readable.size - self._position)
        size = left if size < 0 else min(size, left)
        if self._limit and size > self._limit:
            raise UnreadableInput(
                "The archive holds very many files, or says so.", "Unpack it and name the files that matter."
            )
        data = self._readable.read_at(self._position, size)
        self._position += len(data)
        return data

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        data = self._readable.read_at(self._position, len(view))
        view[: len(data)] = data
        self._position += len(data)
        return len(data)


class _Owning(Reading):
    """A stream that closes what it reads."""

    def close(self) -> None:
        if not self.closed:
            self._readable.close()
        super().close()


class PartContent:
    """A part of a file, which ``opener`` opens anew each time."""

    def __init__(self, opener: Callable[[], Readable], start: int, size: int) -> None:
        self._opener = opener
        self._start = start
        self._size = size

    def open(self) -> BinaryIO:
        return cast("BinaryIO", io.BufferedReader(_Owning(self.readable()), _BUFFER_SIZE))

    def readable(self) -> Readable:
        return Part(self._opener(), self._start, self._size)


class ZipMember:
    """A member of a zip as it is stored, one that was deflated as the gzip file of the same content."""

    def __init__(self, opener: Callable[[], Readable], info: ZipInfo) -> None:
        self._opener = opener
        self._info = info

    def open(self) -> BinaryIO:
        return cast("BinaryIO", io.BufferedReader(_Owning(self.readable()), _BUFFER_SIZE))

    def readable(self) -> Readable:
        whole, info = self._opener(), self._info
        try:
            header = whole.read_at(info.header_offset, _LOCAL_HEADER)
        except BaseException:
            whole.close()
            raise
        if len(header) < _LOCAL_HEADER or not header.startswith(b"PK\x03\x04"):
            whole.close()
            raise UnreadableInput("The archive is damaged where the file should begin.", "Copy the archive again.")
        # APPNOTE 4.3.7: the name and the extra field stand between the header and the content
        lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        part = Part(whole, info.header_offset + _LOCAL_HEADER + lengths, info.compress_size)
        return AsGzip(part, info.CRC, info.file_size) if info.compress_type == _DEFLATED else part
