"""How single files are packed: the first bytes by which each way is known, and what unpacks it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, Protocol, cast

from bundler import fast
from bundler.errors import UnreadableInput

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

Packing = Literal["gzip", "bzip2", "xz", "lzma", "zstd"]

NAMES: dict[Packing, str] = {"gzip": "gzip", "bzip2": "bzip2", "xz": "xz", "lzma": "LZMA", "zstd": "Zstandard"}
"""What people call them."""
CLOSED: dict[bytes, str] = {
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"\x04\x22\x4d\x18": "an LZ4 file",
    b"\x1f\x9d": "a file of compress",
    b"%PDF-": "a PDF document",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an Office document or an Outlook message",
    b"age-encryption.org/": "encrypted (age)",
    b"-----BEGIN AGE ENCRYPTED FILE-----": "encrypted (age)",
    b"-----BEGIN PGP MESSAGE-----": "encrypted (OpenPGP)",
}
"""What holds texts in a way that nothing here undoes, by its first bytes."""
MEMORY_LIMIT = 128 * 1024**2
"""How much memory an unpacker may take, in bytes: a packed file asks for as much as its packer was told to use."""

_MAGICS: dict[Packing, bytes] = {
    "gzip": b"\x1f\x8b",
    "bzip2": b"BZh",
    "xz": b"\xfd7zXZ\0",
    "zstd": b"\x28\xb5\x2f\xfd",
}
_GZIP_FLAGS = 0b11101
"""RFC 1952, section 2.3.1: text, extra field, name and comment; without the checksum of the header."""
_BZIP2_BLOCK, _BZIP2_END = b"1AY&SY", b"\x17rE8P\x90"
_LZMA_HEADER = 13
_LZMA_SIZES = 2**38
"""The old .lzma format has no magic number; xz takes it for one when the size it tells is below this."""


class Decoder(Protocol):
    """What unpacks one member of a packed file, in the shape that ``bz2`` and ``lzma`` gave it."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: ReadableBuffer, max_length: int) -> bytes: ...


def packing_of(head: bytes) -> Packing | None:
    """How a file that starts with ``head`` is packed; None when it is not. The first 16 bytes tell."""
    for packing in ("gzip", "xz", "zstd"):
        if head.startswith(_MAGICS[packing]):
            return packing
    if head[1:4] == b"\x2a\x4d\x18" and 0x50 <= head[0] <= 0x5F:  # RFC 8878, section 3.1.2: a skippable frame
        return "zstd"
    if head.startswith(_MAGICS["bzip2"]) and head[3:4] in (b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"8", b"9"):
        follows = head[4:10]
        return "bzip2" if _BZIP2_BLOCK.startswith(follows) or _BZIP2_END.startswith(follows) else None
    return "lzma" if _is_lzma(head) else None


def _is_lzma(head: bytes) -> bool:
    if len(head) < _LZMA_HEADER or head[0] != 0x5D:  # lc=3, lp=0, pb=2: what every packer writes
        return False
    window, size = int.from_bytes(head[1:5], "little"), int.from_bytes(head[5:13], "little")
    return window >= 4096 and window.bit_count() <= 2 and (size < _LZMA_SIZES or size == 2**64 - 1)


def goes_on(packing: Packing, rest: bytes) -> bool:
    """True when ``rest``, which follows a member, starts another one, be it only its first bytes."""
    magic = _MAGICS.get(packing, b"")
    return bool(magic) and (magic.startswith(rest[: len(magic)]) or packing_of(rest) == packing)


def decoders(packing: Packing, head: bytes) -> Sequence[Callable[[], Decoder]]:
    """What unpacks a member that starts with ``head``, the quickest first; the last one has the last word.

    Raises ``UnreadableInput`` when this Python cannot.
    """
    match packing:
        case "gzip":
            return _gzip(head)
        case "bzip2":
            from bz2 import BZ2Decompressor

            return (BZ2Decompressor,)
        case "xz" | "lzma":
            from lzma import FORMAT_ALONE, FORMAT_XZ, LZMADecompressor

            form = FORMAT_XZ if packing == "xz" else FORMAT_ALONE
            return (lambda: LZMADecompressor(format=form, memlimit=MEMORY_LIMIT),)
        case "zstd":
            return _zstd()


def _gzip(head: bytes) -> Sequence[Callable[[], Decoder]]:
    # isal passes over what zlib refuses: another method, flags that nobody has defined, a wrong checksum of the header
    is_plain = head[2:3] == b"\x08" and len(head) > 3 and not head[3] & ~_GZIP_FLAGS
    isal = fast.module("isal") if is_plain else None
    if isal is None:
        return (_Inflater,)
    igzip = isal.igzip_lib
    return (lambda: cast("Decoder", igzip.IgzipDecompressor(igzip.DECOMP_GZIP)), _Inflater)


def _zstd() -> Sequence[Callable[[], Decoder]]:
    if sys.version_info >= (3, 14):
        from compression.zstd import ZstdDecompressor

        return (ZstdDecompressor,)
    zstd = fast.module("backports.zstd")
    if zstd is None:
        raise UnreadableInput(
            "The log is packed with Zstandard, which this Python cannot unpack.",
            "pip install 'ticket-bundler[fast]', or unpack it with zstd -d and name the unpacked file.",
        )
    return (cast("Callable[[], Decoder]", zstd.ZstdDecompressor),)


class _Inflater:
    """zlib for gzip, in the shape of the others."""

    def __init__(self) -> None:
        import zlib

        self._zlib = zlib.decompressobj(wbits=31)
        self._is_full = False

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        return not (self._zlib.unconsumed_tail or self._is_full or self._zlib.eof)

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: ReadableBuffer, max_length: int) -> bytes:
        unpacked = self._zlib.decompress(self._zlib.unconsumed_tail or data, max_length)
        self._is_full = len(unpacked) == max_length
        return unpacked
