"""One file that appears whole or not at all, for output that is written bit by bit; touches the file's folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from bundler.errors import EnvironmentProblem
from bundler.pack.naming import TEMPORARY, in_words, name_new, taken


@contextmanager
def replacing(path: Path, *, overwrite: bool) -> Iterator[BinaryIO]:
    """A stream whose bytes get the name ``path`` when the block ends without an error.

    A device or a pipe (``/dev/null``) is no file that could be replaced: what is written goes straight into it.
    Raises ``EnvironmentProblem`` when the name is that of a folder, or taken and ``overwrite`` is not asked for, when
    the disk is full or the folder may not be written; then, and after an interrupt, nothing is left behind.
    """
    if path.is_dir():
        raise EnvironmentProblem(f"{path} is a folder.", "Name a file in it.")
    if path.exists() and not path.is_file():
        with in_words(path), path.open("wb") as device:
            yield device
        return
    if os.path.lexists(path) and not overwrite:
        raise taken(path)
    temporary = path.with_name(f"{TEMPORARY[0]}{os.urandom(8).hex()}{TEMPORARY[1]}")
    try:
        with in_words(path):
            stream = os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        with stream:
            yield stream
            with in_words(path):
                stream.flush()
                os.fsync(stream.fileno())
        with in_words(path):
            if overwrite:
                temporary.replace(path)
            else:
                name_new(temporary, path)
    finally:
        with suppress(OSError):
            temporary.unlink()
