"""Every file behind what the user named, as it is stored; the outside thing it touches: files, folders, standard input.

``sources`` looks into archives and leaves out what is no evidence; here a file is a file, and nothing goes missing
without a word.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bundler.errors import UnreadableInput
from bundler.evidence.contents import Content, FileContent, find, from_pipe, from_stdin, unreadable
from bundler.evidence.folders import walk
from bundler.evidence.names import is_address, local_path, shown_name

STDIN_NAME = "standard-input"


class StoredFile(NamedTuple):
    """A file; ``content`` is None for what cannot be read or is no file, and ``refusal`` says why."""

    name: str
    """As a path with ``/``: below the folder where that alone was named, else beginning with what was named."""
    content: Content | None
    size: int = 0
    path: Path | None = None
    refusal: UnreadableInput | None = None


def is_folder(name: str) -> bool:
    """True when ``name`` is that of a folder of this machine."""
    path = local_path(name) or name
    if path in ("", "-") or is_address(path):
        return False
    try:
        return stat.S_ISDIR(Path(path).expanduser().stat().st_mode)
    except (OSError, ValueError, RuntimeError):  # opening it says what is wrong
        return False


def stored_files(names: Sequence[str], outside: Sequence[Path] = ()) -> list[StoredFile]:
    """Every file behind ``names`` once: files, folders with all that is in them, addresses of objects, ``-``.

    Links in folders are not followed; what is ``outside``, or lies below it, is not there. Raises
    ``UnreadableInput`` for a name that cannot be opened and for a folder without any file, ``MisuseError`` for what is
    no name.
    """
    found: list[StoredFile] = []
    seen: set[str] = set()
    for name in names:
        for file in _behind(name, is_alone=len(names) == 1, outside=outside):
            key = str(file.path.absolute()) if file.path is not None else str(len(found))
            if key not in seen:
                seen.add(key)
                found.append(file)
    return found


def _behind(name: str, *, is_alone: bool, outside: Sequence[Path]) -> Iterator[StoredFile]:
    if name == "-":
        content, size = from_stdin()
        yield StoredFile(STDIN_NAME, content, size)
        return
    if (local := local_path(name)) is not None:
        name = local
    elif is_address(name):
        from bundler.evidence.objects import open_url

        opened = open_url(name)
        yield StoredFile(opened.shown.rpartition("://")[2], opened.content, opened.size)
        return
    path, status = find(name)
    if stat.S_ISDIR(status.st_mode):
        yield from _in_folder(name, path, "" if is_alone else f"{shown_name(path)}/", outside)
    elif stat.S_ISREG(status.st_mode):
        yield StoredFile(shown_name(path), FileContent(path, "It"), status.st_size, path)
    else:
        content, size = from_pipe(name, path, status)
        yield StoredFile(shown_name(path), content, size, path)


def _in_folder(name: str, folder: Path, prefix: str, outside: Sequence[Path]) -> Iterator[StoredFile]:
    is_empty = True
    here = Path(os.path.realpath(folder))
    left_out = [place for place in map(Path, map(os.path.realpath, outside)) if not here.is_relative_to(place)]
    for path, refusal in walk(folder):
        inner = path.relative_to(folder).as_posix()
        if any((here / inner).is_relative_to(place) for place in left_out):
            continue
        is_empty = False
        yield _found(f"{prefix}{inner}", path, refusal)
    if is_empty:
        raise UnreadableInput(f"The folder {name} is empty.", "Name a folder that holds something.")


def _found(name: str, path: Path, refusal: UnreadableInput | None) -> StoredFile:
    if refusal is None:
        try:
            status = path.lstat()
        except OSError as error:
            refusal = unreadable("It", error)
        else:
            if stat.S_ISREG(status.st_mode):
                return StoredFile(name, FileContent(path, "It"), status.st_size, path)
            is_link = stat.S_ISLNK(status.st_mode)
            refusal = UnreadableInput(
                "It is a symbolic link, which is not followed." if is_link else "It is not a regular file.",
                "Name what it leads to, if that belongs to the rest." if is_link else "Save what comes out of it.",
            )
    return StoredFile(name, None, path=path, refusal=refusal)
