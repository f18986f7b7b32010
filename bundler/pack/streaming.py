"""A new file whose bytes come bit by bit; touches that file."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from bundler.pack.naming import in_words

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


@contextmanager
def new_file(path: Path, mode: int, shown: Path | None = None) -> Iterator[BinaryIO]:
    """A stream into a file that must not be there yet; it is on the disk when the block ends without an error.

    ``mode`` is its permissions before the umask. What the system refuses on the way, such as a byte more on a full
    disk, is ``EnvironmentProblem`` about ``shown``, where the file has another name in the end; what was written till
    then stays, for the caller to remove.
    """
    said = shown or path
    with in_words(said):
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with io.BufferedWriter(_Telling(number, said)) as stream:
        yield cast("BinaryIO", stream)
        stream.flush()
        with in_words(said):
            os.fsync(stream.fileno())


@contextmanager
def into_device(path: Path) -> Iterator[BinaryIO]:
    """A stream into something that is there and is no file, such as a pipe; raises ``EnvironmentProblem``."""
    with in_words(path):
        raw = _Telling(path, path)
    with io.BufferedWriter(raw) as stream:
        yield cast("BinaryIO", stream)


class _Telling(io.FileIO):
    """A file to be written that says in words what the system refuses."""

    def __init__(self, file: Path | int, shown: Path) -> None:
        super().__init__(file, "wb")
        self._shown = shown

    def write(self, data: ReadableBuffer, /) -> int:
        with in_words(self._shown):
            return super().write(data)
