"""The private folder where the ledger and the outbox live, and the lock that lets one run at a time change them."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from bundler.errors import EnvironmentProblem

PATIENCE_S = 300
"""How long a run waits for another one that is sending."""

_TICK_S = 0.2
_LOCK = "sending.lock"


def state_folder() -> Path:
    """The folder of the user's (XDG state), made if need be, that nobody else may look into.

    Raises ``EnvironmentProblem`` where there can be none: what was sent could not be remembered then.
    """
    folder = place()
    with telling(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.name == "posix" and folder.stat().st_mode & 0o077:
            folder.chmod(0o700)
    return folder


def place() -> Path:
    """Where that folder is, or would be."""
    from platformdirs import user_state_path

    return user_state_path("ticket-bundler") / "mail"


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """Turns an ``OSError`` within into an ``EnvironmentProblem`` about ``path``."""
    try:
        yield
    except OSError as error:
        why = (error.strerror or "unknown reason").lower()
        raise EnvironmentProblem(
            f"{path} cannot be used: {why}; without it nobody remembers what was sent, so nothing is.",
            "Free some space or mend its permissions, or set XDG_STATE_HOME to another folder.",
        ) from error


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """While this lasts no other run sends; the system ends it with the process, however that ends.

    Raises ``EnvironmentProblem`` when another run takes more than five minutes.
    """
    path = folder / _LOCK
    with telling(path):
        number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(number, "r+b") as file:
        waiting = threading.Event()
        for _ in range(int(PATIENCE_S / _TICK_S)):
            if _try_lock(file):
                break
            waiting.wait(_TICK_S)
        else:
            raise EnvironmentProblem("Another run of ticket-bundler is still sending.", "Wait until it has ended.")
        yield


def _try_lock(file: BinaryIO) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def write_whole(path: Path, data: bytes) -> None:
    """A private file that is there whole or not at all, also after a power cut; one of that name is replaced."""
    unfinished = path.with_name(f".{path.name}.new")
    with telling(path):
        try:
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except BaseException:
            with suppress(OSError):
                unfinished.unlink()
            raise
        flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Names of files survive a power cut from here on, where the file system knows how."""
    if os.name != "posix":
        return
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
