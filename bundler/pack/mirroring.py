"""A folder of files that appears whole or not at all; touches the folder it lies in."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from bundler.errors import EnvironmentProblem, MisuseError
from bundler.pack.naming import in_words, require_folder, taken, unfinished_names
from bundler.pack.streaming import new_file


class Mirror:
    """The folder while it is made, under a temporary name and readable by its owner alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def file(self, name: str, modified_ns: int | None = None) -> Iterator[BinaryIO]:
        """A stream whose bytes become the file ``name``, a new path with ``/`` below the folder.

        Nothing is there when the block ends with an error. ``modified_ns`` is when it was last changed, as the system
        counts. Raises ``EnvironmentProblem`` when the disk is full or the name cannot be written.
        """
        path = self._folder.joinpath(*name.split("/"))
        try:
            with in_words(path):
                path.parent.mkdir(parents=True, exist_ok=True)
            with new_file(path, 0o666) as stream:
                yield stream
            if modified_ns is not None:
                with suppress(OSError):
                    os.utime(path, ns=(modified_ns, modified_ns))
        except BaseException:
            with suppress(OSError):
                path.unlink()
            raise


@contextmanager
def mirror(folder: Path, sources: Sequence[Path], *, overwrite: bool) -> Iterator[Mirror]:
    """A mirror that gets the name ``folder`` when the block ends without an error, and else leaves nothing behind.

    A folder of that name that is not empty is refused, or replaced as a whole where ``overwrite`` is asked for; never
    one that holds one of ``sources``, the current folder or the user's home. Raises ``EnvironmentProblem`` and
    ``MisuseError``.
    """
    folder = Path(os.path.realpath(folder))
    with in_words(folder):
        _check(folder, sources, overwrite=overwrite)
    temporary, kept = unfinished_names(folder.parent)
    try:
        with in_words(folder):
            temporary.mkdir()
            mode = stat.S_IMODE(temporary.stat().st_mode)
            temporary.chmod(0o700)
        yield Mirror(temporary)
        with in_words(folder):
            temporary.chmod(mode)
            _reveal(temporary, folder, kept, overwrite=overwrite)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        if not os.path.lexists(folder) and kept.is_dir():
            kept.rename(folder)
        shutil.rmtree(kept, ignore_errors=True)


def _check(folder: Path, sources: Sequence[Path], *, overwrite: bool) -> None:
    require_folder(folder.parent)
    if not os.path.lexists(folder):
        return
    if not folder.is_dir():
        raise EnvironmentProblem(f"{folder} is a file.", "Name a folder with -o.")
    if _is_empty(folder):
        return
    if not overwrite:
        raise taken(folder)
    for each in (*sources, Path.cwd(), Path("~").expanduser()):
        if Path(os.path.realpath(each)).is_relative_to(folder):
            raise MisuseError(
                f"{folder} would be replaced as a whole, and {each} lies in it.", "Name another folder with -o."
            )


def _is_empty(folder: Path) -> bool:
    with os.scandir(folder) as entries:
        return next(entries, None) is None


def _reveal(temporary: Path, folder: Path, kept: Path, *, overwrite: bool) -> None:
    if os.path.lexists(folder):
        if _is_empty(folder):
            folder.rmdir()
        elif overwrite:
            folder.rename(kept)
        else:
            raise taken(folder)
    temporary.rename(folder)
