"""Logs packed in every way that is known, and what comes out of them."""

from __future__ import annotations

import bz2
import gzip
import lzma
import sys
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO

import pytest

from bundler.logs.opening import blocks, decompressed

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = b"".join(
    b"2026-11-23 14:03:27,%03d INFO shop: tick %d\n" % (number % 1000, number * 7919) for number in range(20_000)
)
PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": lambda text: bz2.compress(text, 1),
    "xz": lzma.compress,
    "lzma": lambda text: lzma.compress(text, lzma.FORMAT_ALONE),
    "zstd": lambda text: zstd.compress(text, options={zstd.CompressionParameter.checksum_flag: 1}),
}
LONG = b"".join(
    b"2026-11-23 14:03:27 INFO %s\n" % sha256(b"%d" % number).hexdigest().encode() for number in range(10_000)
)
every_packing = pytest.mark.parametrize("packing", PACK)


def unpack(packed: bytes) -> tuple[bytes, list[str]]:
    """What is read of a packed file, and the notes on it."""
    notes: list[str] = []
    with decompressed(BytesIO(packed), notes) as stream:
        return stream.read(), notes


def in_blocks(packed: bytes, size: int = 10_000) -> tuple[bytes, list[str]]:
    """The same by way of blocks."""
    notes: list[str] = []
    return b"".join(blocks(BytesIO(packed), notes, size)), notes
