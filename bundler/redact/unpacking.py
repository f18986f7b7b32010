"""Takes packed files apart within memory: what is in them, and their own bytes, which may hold names and comments."""

from __future__ import annotations

import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import NamedTuple

from bundler.errors import UnreadableInput
from bundler.packings import MEMORY_LIMIT, Decoder, Packing, decoders, packing_of

CHUNK = 1024 * 1024
_LOCAL = b"PK\x03\x04"
_LOCAL_SIZE = 30
_MOST_HIDDEN = 1_000
FAILURES = (
    OSError,
    EOFError,
    ValueError,
    LookupError,
    RuntimeError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
)
"""What the standard library raises for packed files that are damaged, encrypted or of an unknown kind."""

DAMAGED = "it is damaged"
"""Why nothing more can be read of what is cut off, or only begins like a packed file."""


class Unopened(Exception):
    """A packed file, or a part of one, that cannot be looked into. ``why`` is said to people."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Part(NamedTuple):
    """A file in a packed file: its name, empty for the packed file's own bytes, and its content piece by piece.

    Reading the content raises ``Unopened``.
    """

    name: str
    chunks: Iterator[bytes]


def unpack(packing: Packing, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The content, with what follows the end, piece by piece; raises ``Unopened`` where it cannot be read on."""
    decoder = _decoder(packing)
    head = True
    for chunk in chunks:
        if packing == "gzip" and head:
            yield _gzip_names(chunk)
        head = False
        while True:
            try:
                plain = decoder.decompress(chunk, CHUNK)
            except FAILURES:
                raise Unopened(DAMAGED) from None
            yield plain
            chunk = b""
            if decoder.eof:
                rest = decoder.unused_data
                if packing_of(rest) != packing:
                    yield b"\n" + rest
                    yield from chunks
                    return
                decoder, chunk = _decoder(packing), rest
            elif decoder.needs_input:
                break


def _decoder(packing: Packing) -> Decoder:
    try:
        return decoders(packing, b"")[-1]()  # the last refuses what the quicker ones pass over
    except UnreadableInput:
        raise Unopened("this Python cannot unpack Zstandard (the extra [fast] brings it)") from None


def _gzip_names(head: bytes) -> bytes:
    """What may be written in the head of a gzip file: the file's name, a comment, extra fields (RFC 1952)."""
    return head[10 : head.find(b"\0", 10, 4096) + 1] + b"\n" if len(head) > 3 and head[3] & 0x1C else b""


def is_zip(head: bytes) -> bool:
    """True for what begins like a zip file, an empty one included."""
    return head.startswith((_LOCAL, b"PK\x05\x06"))


def unzip(data: bytes) -> Iterator[Part]:
    """The files of a zip file, those that its directory does not name included, and then its own bytes.

    Raises ``Unopened`` when it cannot be opened.
    """
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except FAILURES:
        raise Unopened(DAMAGED) from None
    own: list[bytes] = []
    at = 0
    for member in sorted(archive.infolist(), key=lambda member: member.header_offset):
        yield Part(member.filename, _member(archive, member))
        start = _content_start(data, member.header_offset)
        own.append(data[at : max(at, start)])
        at = max(at, start + member.compress_size)
    own.append(data[at:])
    yield from _hidden(own)
    yield Part("", iter((b"\n".join(own),)))


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    if member.flag_bits & 1:
        raise Unopened("it is encrypted")
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except FAILURES:
        raise Unopened("it is damaged, or packed in a way that we cannot undo") from None


def _content_start(data: bytes, offset: int) -> int:
    head = data[offset : offset + _LOCAL_SIZE]
    return offset + _LOCAL_SIZE + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")


def _hidden(stretches: list[bytes]) -> Iterator[Part]:
    """Files that lie in the archive and that its directory does not name: deleted ones, or hidden on purpose."""
    count = 0
    for stretch in stretches:
        view = memoryview(stretch)
        at = stretch.find(_LOCAL)
        while at >= 0:
            start = _content_start(stretch, at)
            if start < len(stretch):
                count += 1
                if count > _MOST_HIDDEN:
                    raise Unopened(f"more than {_MOST_HIDDEN:,} files in it are not named in its directory")
                inflated = zlib.decompressobj(-zlib.MAX_WBITS)
                yield Part("a file that its directory does not name", _inflate(inflated.decompress, view[start:]))
            at = stretch.find(_LOCAL, at + 4)


def _inflate(decompress: Callable[[memoryview, int], bytes], data: memoryview) -> Iterator[bytes]:
    try:
        plain = decompress(data, MEMORY_LIMIT)
    except zlib.error:
        return  # stored as it is, and so among the archive's own bytes
    if len(plain) == MEMORY_LIMIT:
        raise Unopened(f"it unpacks to more than {MEMORY_LIMIT:,} bytes")
    yield plain


def is_tar(head: bytes) -> bool:
    """True for what begins like a tar file (POSIX ustar, or GNU's)."""
    return head[257:262] == b"ustar"


def untar(data: bytes) -> Iterator[Part]:
    """The files of a tar file and then its own bytes; raises ``Unopened`` where it cannot be read on."""
    own: list[bytes] = []
    at = 0
    try:
        with tarfile.open(fileobj=BytesIO(data), mode="r:") as archive:
            for member in archive:
                if member.isreg() and not member.issparse():
                    content = data[member.offset_data : member.offset_data + member.size]
                    yield Part(member.name, iter((content,)))
                    own.append(data[at : member.offset_data])
                    at = member.offset_data + member.size
    except FAILURES:
        raise Unopened(DAMAGED) from None
    yield Part("", iter((b"\n".join([*own, data[at:]]),)))
