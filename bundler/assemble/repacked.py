"""Writes the archives that hold masked files: a zip or a tar like the one that was read, one member after the other."""

from __future__ import annotations

import shutil
import tarfile
from typing import BinaryIO, Protocol, cast
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

_METHODS = (ZIP_STORED, ZIP_DEFLATED, ZIP_BZIP2)


class Archive(Protocol):
    """An archive on its way."""

    def add(self, name: str, size: int, content: BinaryIO, like: object) -> None:
        """Add a member with the time and the permissions of the one that it stands for."""
        ...

    def close(self) -> None:
        """Write its end."""
        ...


class ZipArchive:
    """A zip; what members and archive say beside their content (comments, extra fields) is left out."""

    def __init__(self, sink: BinaryIO) -> None:
        self._zip = ZipFile(sink, "w", ZIP_DEFLATED)  # closed by ``close``

    def add(self, name: str, size: int, content: BinaryIO, like: object) -> None:
        info = ZipInfo(name)
        if isinstance(like, ZipInfo):
            info.date_time = like.date_time
            info.external_attr = (like.external_attr >> 16 & 0o777) << 16
            info.compress_type = like.compress_type if like.compress_type in _METHODS else ZIP_DEFLATED
        info.file_size = size
        with self._zip.open(info, "w") as target:
            shutil.copyfileobj(content, target)

    def close(self) -> None:
        self._zip.close()


class TarArchive:
    """A tar; who owned the files is left out."""

    def __init__(self, sink: BinaryIO) -> None:
        self._tar = tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - closed by close

    def add(self, name: str, size: int, content: BinaryIO, like: object) -> None:
        info = tarfile.TarInfo(name)
        info.size = size
        if isinstance(like, tarfile.TarInfo):
            info.mtime, info.mode = int(like.mtime), like.mode & 0o777
        self._tar.addfile(info, content)
        self._tar.members = []  # type: ignore[attr-defined]  # it would remember every one

    def close(self) -> None:
        self._tar.close()


def archive_to(sink: BinaryIO, *, is_zip: bool) -> Archive:
    """A new archive that is written to ``sink``."""
    return cast("Archive", ZipArchive(sink) if is_zip else TarArchive(sink))
