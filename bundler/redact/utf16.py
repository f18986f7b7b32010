"""Shows a stream of UTF-16 as UTF-8 and writes it back, bit by bit; the byte order mark is a character of the text."""

from __future__ import annotations

import codecs
import io
import re
from typing import TYPE_CHECKING, BinaryIO

from bundler.errors import UnreadableInput

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

_BLOCK = 256 * 1024
_LONGEST = 16
_OTHER_TEXT = re.compile(rb"[\t\r\n -~]{%d}" % _LONGEST)
"""So many bytes of ASCII in a row are hardly ever UTF-16: something appended to the file in another encoding."""


class AsUtf8(io.RawIOBase):
    """What a stream in ``utf-16-le`` or ``utf-16-be`` holds, in UTF-8; half of a pair of surrogates stays that.

    Raises ``UnreadableInput`` when it ends in the middle of a character, and where it goes on in another encoding, of
    which nothing could be recognised.
    """

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
        self._block = b""
        self._before = b""
        self._is_end = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        while not self._block and not self._is_end:
            stored = self._stream.read(_BLOCK)
            self._is_end = not stored
            looked = self._before + stored
            self._before = looked[1 - _LONGEST :]
            if _OTHER_TEXT.search(looked):
                raise UnreadableInput("It goes on in another encoding than UTF-16.", "Save it anew as UTF-8.")
            try:
                text = self._decoder.decode(stored, final=self._is_end)
            except UnicodeDecodeError as error:
                raise UnreadableInput("It ends in the middle of a character of UTF-16.", "Copy it again.") from error
            self._block = text.encode("utf-8", "surrogatepass")
        count = min(len(view), len(self._block))
        view[:count] = self._block[:count]
        self._block = self._block[count:]
        return count


class FromUtf8(io.RawIOBase):
    """A stream that takes UTF-8 and writes it to ``sink`` in UTF-16; closing it leaves ``sink`` open."""

    def __init__(self, sink: BinaryIO, encoding: str) -> None:
        self._sink = sink
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogatepass")

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        block = bytes(data)
        self._sink.write(self._decoder.decode(block).encode(self._encoding, "surrogatepass"))
        return len(block)
