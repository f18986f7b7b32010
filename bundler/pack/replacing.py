"""One file that appears whole or not at all, for output that is written bit by bit; touches the file's folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from bundler.errors import EnvironmentProblem
from bundler.pack.naming import in_words, name_new, require_folder, taken, unfinished_names
from bundler.pack.streaming import into_device, new_file


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
        with into_device(path) as device:
            yield device
        return
    if os.path.lexists(path) and not overwrite:
        raise taken(path)
    require_folder(path.parent)
    temporary, _ = unfinished_names(path.parent)
    try:
        with new_file(temporary, 0o600, path) as stream:
            yield stream
        with in_words(path):
            if overwrite:
                temporary.replace(path)
            else:
                name_new(temporary, path)
    finally:
        with suppress(OSError):
            temporary.unlink()
