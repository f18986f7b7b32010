"""How finished files get their names, and what is said when one cannot; touches the files' folder."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bundler.errors import BundlerError, EnvironmentProblem

TEMPORARY = (".ticket-bundler-", ".tmp")
"""How the name of a file begins and ends that is not finished."""
NO_LINKS = frozenset((errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK))
"""What a system says that makes no hard links."""
_FULL = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def unfinished_names(folder: Path) -> tuple[Path, Path]:
    """Two new names in ``folder``: for what is not finished, and for what may have to be put back."""
    stem = f"{TEMPORARY[0]}{os.urandom(8).hex()}"
    return folder / f"{stem}{TEMPORARY[1]}", folder / f"{stem}.kept"


def require_folder(folder: Path) -> None:
    """Raise ``EnvironmentProblem`` where there is no folder of that name to write to."""
    try:
        is_folder = stat.S_ISDIR(folder.stat().st_mode)
    except FileNotFoundError:
        raise EnvironmentProblem(f"There is no folder {folder}.", "Create it first, or name another one.") from None
    except OSError:
        is_folder = False
    if not is_folder:
        raise EnvironmentProblem(f"{folder} is not a folder.", "Name a folder to write to.")


def name_new(temporary: Path, final: Path) -> None:
    """Give a finished temporary file its name, which must be free; ``FileExistsError`` when it is not."""
    try:
        os.link(temporary, final)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        if os.path.lexists(final):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        temporary.rename(final)


def taken(path: Path) -> EnvironmentProblem:
    """What to say when a name is in use."""
    return EnvironmentProblem(
        f"{path} exists already.",
        "Remove it, write to another folder with -o, or allow it with --force.",
    )


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn what the system says into a sentence about ``path``: ``OSError`` becomes ``EnvironmentProblem``."""
    try:
        yield
    except OSError as error:
        raise _sentence(error, path) from None


def _sentence(error: OSError, path: Path) -> BundlerError:
    if error.errno == errno.EEXIST:
        return taken(path)
    if error.errno in _FULL:
        return EnvironmentProblem(
            f"The disk is full: {path.name} could not be written.", "Free some space, or write elsewhere with -o."
        )
    if error.errno == errno.EFBIG:
        return EnvironmentProblem(
            f"{path.name} is larger than the system lets this process write.",
            "Raise the limit (ulimit -f), or write elsewhere with -o.",
        )
    if error.errno in _FORBIDDEN:
        return EnvironmentProblem(
            f"{path.parent} may not be written.", "Choose a folder of your own with -o, such as -o ~/tickets."
        )
    reason = (error.strerror or "unknown reason").lower()
    return EnvironmentProblem(f"{path.name} could not be written: {reason}.", "Write to another folder with -o.")
