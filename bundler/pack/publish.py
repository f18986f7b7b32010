"""Puts finished files into a folder, all of them or none; touches that folder and nothing else.

Each file is written under a temporary name beside its place, flushed to the disk, and gets its own name last, in one
step. So no name ever shows half a file, not after ``kill -9`` either: what may stay then is a temporary file, which
the next run removes once it is a day old.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from bundler.pack.naming import NO_LINKS, TEMPORARY, in_words, name_new, require_folder, taken, unfinished_names

_STALE_SECONDS = 24 * 60 * 60


class Output(NamedTuple):
    """A file to publish under a plain name. A private one is readable by its owner alone; others follow the umask."""

    name: str
    data: bytes
    private: bool = False


class _Place:
    """Where one output is on its way; everything that a retreat has to undo is noted before it is done."""

    def __init__(self, output: Output, folder: Path) -> None:
        self.output = output
        self.final = folder / output.name
        self.temporary, self.kept = unfinished_names(folder)
        self.mode = 0o600
        self.identity: tuple[int, int] | None = None


def publish(folder: Path, outputs: Sequence[Output], *, overwrite: bool = False) -> tuple[Path, ...]:
    """Write ``outputs`` into ``folder``, which must exist, and return their paths.

    Raises ``EnvironmentProblem`` with nothing left behind, and what was there untouched, when a name is taken (and
    ``overwrite`` is not asked for), the disk is full or the folder may not be written; so does an interrupt. Two
    runs at once cannot overwrite each other, except on file systems without hard links.
    """
    if any(output.name != Path(output.name).name or output.name in ("", ".", "..") for output in outputs):
        raise ValueError("an output has a plain name")
    if len({output.name.lower() for output in outputs}) != len(outputs):
        raise ValueError("outputs have different names")
    places = [_Place(output, folder) for output in outputs]
    done = False
    try:
        require_folder(folder)
        for place in places:
            if os.path.lexists(place.final) and (not overwrite or place.final.is_dir()):
                raise taken(place.final)
        for place in places:
            with in_words(place.final):
                _write(place)
        for place in places:
            with in_words(place.final):
                _reveal(place, overwrite=overwrite)
        done = True
    finally:
        for place in places:
            _tidy(place) if done else _retreat(place)
    _flush_folder(folder)
    _sweep(folder, places)
    return tuple(place.final for place in places)


def _write(place: _Place) -> None:
    private = place.output.private
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    number = os.open(place.temporary, flags, 0o600 if private else 0o666)
    with open(number, "wb") as stream:  # noqa: PTH123 - an open descriptor, no path
        status = os.fstat(stream.fileno())
        place.identity = (status.st_dev, status.st_ino)
        if hasattr(os, "fchmod"):  # what the umask left is noted while the file is empty, and given back at the end
            place.mode = 0o600 if private else stat.S_IMODE(status.st_mode)
            os.fchmod(stream.fileno(), 0o600)
        stream.write(place.output.data)
        stream.flush()
        if hasattr(os, "fchmod"):
            os.fchmod(stream.fileno(), place.mode)
        os.fsync(stream.fileno())


def _reveal(place: _Place, *, overwrite: bool) -> None:
    if overwrite:
        if os.path.lexists(place.final):
            _keep(place)
        place.temporary.replace(place.final)
        return
    name_new(place.temporary, place.final)


def _keep(place: _Place) -> None:
    """Hold on to the file that is about to be replaced; without hard links it is moved away for that moment."""
    try:
        os.link(place.final, place.kept, follow_symlinks=False)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        place.final.rename(place.kept)


def _tidy(place: _Place) -> None:
    """Drop what only a retreat would have needed."""
    for path in (place.temporary, place.kept):
        with suppress(OSError):
            path.unlink()


def _retreat(place: _Place) -> None:
    """Undo what was done for one output. A file under the final name is touched only if it is the one we made."""
    with suppress(OSError):
        place.temporary.unlink()
    is_ours = False
    with suppress(OSError):
        status = place.final.lstat()
        is_ours = (status.st_dev, status.st_ino) == place.identity
    with suppress(OSError):
        if not os.path.lexists(place.kept):
            if is_ours:
                place.final.unlink()
        elif is_ours or not os.path.lexists(place.final):
            place.kept.replace(place.final)
        else:
            place.kept.unlink()


def _flush_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    with suppress(OSError):  # some file systems refuse; the files themselves are flushed already
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _sweep(folder: Path, places: list[_Place]) -> None:
    """Remove what a killed run left a day ago or more, by the folder's own clock: the age beside our new files.

    A file that waits to be put back (``.kept``) is never removed here: it may be the only copy of what it was.
    """
    if not places:
        return
    with suppress(OSError):
        now = places[0].final.lstat().st_mtime
        for path in folder.iterdir():
            if path.name.startswith(TEMPORARY[0]) and path.name.endswith(TEMPORARY[1]):
                status = path.lstat()
                if stat.S_ISREG(status.st_mode) and now - status.st_mtime > _STALE_SECONDS:
                    path.unlink()
