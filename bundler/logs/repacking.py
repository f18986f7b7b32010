"""Packs a stream again the way it was packed before: gzip, bzip2, xz, lzma, Zstandard."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from typing import BinaryIO, cast

from bundler import fast
from bundler.errors import UnreadableInput
from bundler.packings import Packing

_LZMA_PRESET = 2
"""A packer of this preset takes 17 MB of memory (xz, section "memory usage" of its manual); the usual one takes 94."""


def packed(sink: BinaryIO, packing: Packing) -> AbstractContextManager[BinaryIO]:
    """A stream that writes to ``sink`` what is written to it, packed; its end is written when it is closed.

    Nothing but the content is written: no name of a file, no time. Raises ``UnreadableInput`` when this Python cannot.
    """
    return cast("AbstractContextManager[BinaryIO]", _packer(sink, packing))


def _packer(sink: BinaryIO, packing: Packing) -> object:
    match packing:
        case "gzip":
            from gzip import GzipFile

            return GzipFile("", "wb", 6, sink, mtime=0)
        case "bzip2":
            from bz2 import BZ2File

            return BZ2File(sink, "wb")
        case "xz" | "lzma":
            from lzma import FORMAT_ALONE, FORMAT_XZ, LZMAFile

            form = FORMAT_XZ if packing == "xz" else FORMAT_ALONE
            return LZMAFile(sink, "wb", format=form, preset=_LZMA_PRESET)
        case "zstd":
            return _zstd(sink)


def _zstd(sink: BinaryIO) -> object:
    if sys.version_info >= (3, 14):
        from compression.zstd import ZstdFile

        return ZstdFile(sink, "wb")
    zstd = fast.module("backports.zstd")
    if zstd is None:
        raise UnreadableInput(
            "It is packed with Zstandard, which this Python cannot write.", "pip install 'ticket-bundler[fast]'."
        )
    return zstd.ZstdFile(sink, "wb")
