"""Finds and reads the folders with the user's own provider profiles: the outside things that it touches."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bundler.errors import UnreadableInput

if TYPE_CHECKING:
    from bundler.providers.profile import Profile
    from bundler.providers.reading import Reading

FOLDER = "providers"
"""Its name in the user's configuration folder, and beside the ticket-bundler.toml of a project."""
MOST_BYTES = 4_000_000
"""So much may the files of one profile come to; the largest that is shipped is a tenth of it."""

_HEAD = "profile.toml"  # as the reader of profiles has it, whose import would be most of a short run
_NEW = "ticket-bundler config provider new NAME writes one to begin with."


def is_path(name: str) -> bool:
    """Whether a provider is named by the path of its folder: by a separator, so ``./acme`` and not ``acme``."""
    return "/" in name or os.sep in name


def own_folders(places: Sequence[Path]) -> dict[str, Path]:
    """The profile folders in ``places`` by their names; of two with the same name, the later place has the one.

    A folder counts when it has a profile.toml: a project may call something else its providers. Raises
    ``UnreadableInput`` for a place that is there and cannot be looked into.
    """
    found: dict[str, Path] = {}
    for place in places:
        folder = place / FOLDER
        try:
            with os.scandir(folder) as entries:
                names = sorted(entry.name for entry in entries)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise UnreadableInput(
                f"The folder {folder} cannot be looked into: {error.strerror}.", "Check its permissions."
            ) from error
        found |= {name: folder / name for name in names if os.path.lexists(folder / name / _HEAD)}
    return found


def find_folder(name: str, places: Sequence[Path]) -> Path | None:
    """The folder of that name in the last of ``places`` that has one, whatever is in it."""
    folders = (place / FOLDER / name for place in reversed(places))
    return next((folder for folder in folders if not is_path(name) and os.path.lexists(folder)), None)


def read_folder(folder: Path) -> Reading:
    """What the TOML files of ``folder`` say, by the name of the folder.

    Raises ``UnreadableInput`` for a folder that is not there, and for a file that cannot be read or is too large.
    """
    from bundler.providers.reading import read

    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if entry.name.endswith(".toml") and entry.name[0] != ".")
    except FileNotFoundError as error:
        raise UnreadableInput(f"There is no provider folder {folder}.", _NEW) from error
    except NotADirectoryError as error:
        raise UnreadableInput(f"{folder} is no folder.", f"Name the folder that holds its {_HEAD}.") from error
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "this is no name of a folder"
        raise UnreadableInput(f"The provider folder {folder} cannot be read: {why}.", "Check the path.") from error
    name = Path(os.path.abspath(folder)).name  # noqa: PTH100 - Path.absolute would leave .. at its end
    return read(name, _contents(folder, name, names))


def load_folder(folder: Path) -> Profile:
    """The reviewed profile of a folder; raises ``UnreadableInput`` for the first thing that is wrong with it."""
    from bundler.providers.reviewing import reviewed

    return reviewed(read_folder(folder))


def _contents(folder: Path, shown: str, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    left = MOST_BYTES
    for name in names:
        try:
            data = _read(folder / name, left + 1)
        except OSError as error:
            raise UnreadableInput(
                f"{shown}/{name} could not be read: {error.strerror}.", "Check the file and its permissions."
            ) from error
        left -= len(data)
        if left < 0:
            raise UnreadableInput(
                f"{shown}/{name}: the files of the profile are larger than {MOST_BYTES // 1_000_000} MB.",
                "Keep only tables of the provider in them.",
            )
        yield name, data


def _read(path: Path, most: int) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "It is no file")
        return file.read(most)
