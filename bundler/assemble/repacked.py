"""Writes the archives that hold masked files: a zip or a tar like the one that was read, one member after the other."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from tarfile import PAX_FORMAT, TarInfo
from typing import BinaryIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from bundler.evidence.tars import LongTar

Add = Callable[[str, int, BinaryIO, object], None]
"""Adds a member: its name, size and content, and the member whose time and permissions it gets."""

_METHODS = (ZIP_STORED, ZIP_DEFLATED, ZIP_BZIP2)


def archive_to(sink: BinaryIO, *, is_zip: bool) -> AbstractContextManager[Add]:
    """A new archive that is written to ``sink``; its end is written when the block ends."""
    return _zip_to(sink) if is_zip else _tar_to(sink)


@contextmanager
def _zip_to(sink: BinaryIO) -> Iterator[Add]:
    """What members and archive say beside their content (comments, extra fields) is left out."""
    with ZipFile(sink, "w", ZIP_DEFLATED) as archive:

        def add(name: str, size: int, content: BinaryIO, like: object) -> None:
            info = ZipInfo(name)
            if isinstance(like, ZipInfo):
                info.date_time = like.date_time
                info.external_attr = (like.external_attr >> 16 & 0o777) << 16
                info.compress_type = like.compress_type if like.compress_type in _METHODS else ZIP_DEFLATED
            info.file_size = size
            with archive.open(info, "w") as target:
                shutil.copyfileobj(content, target)

        yield add


@contextmanager
def _tar_to(sink: BinaryIO) -> Iterator[Add]:
    """Who owned the files is left out."""
    with LongTar.open(fileobj=sink, mode="w|", format=PAX_FORMAT) as archive:

        def add(name: str, size: int, content: BinaryIO, like: object) -> None:
            info = TarInfo(name)
            info.size = size
            if isinstance(like, TarInfo):
                info.mtime, info.mode = int(like.mtime), like.mode & 0o777
            archive.addfile(info, content)

        yield add
