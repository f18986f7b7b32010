"""Where the bytes of evidence come from; the outside thing it touches: files of this machine and standard input."""

from __future__ import annotations

import errno
import os
import stat
import sys
import weakref
from collections.abc import Sequence
from contextlib import suppress
from io import BufferedReader, FileIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from bundler.errors import MisuseError, UnreadableInput

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from bundler.logs.readable import Readable

SPOOL_LIMIT = 4 * 1024**3
"""How much is taken from standard input, a pipe or a packed archive, in bytes."""
_BUFFER_SIZE = 64 * 1024


class Content(Protocol):
    """Where the bytes of a source come from; they can be read again and again."""

    def open(self) -> BinaryIO:
        """The bytes as they are stored, from the start; raises ``UnreadableInput``."""
        ...

    def readable(self) -> Readable | None:
        """The same to be read at any place; None where they only come in order."""
        ...


class FileContent:
    """A file of this machine."""

    def __init__(self, path: Path, shown: str) -> None:
        self._path = path
        self._shown = shown
        self._first: os.stat_result | None = None

    def open(self, notes: list[str] | None = None) -> BinaryIO:
        """What was in the file at this moment; ``notes`` is told when there is less by the time it is read."""
        try:
            return BufferedReader(_File(self._path, self._shown, notes), _BUFFER_SIZE)
        except OSError as error:
            raise unreadable(self._shown, error) from error

    def readable(self) -> Readable:
        try:
            descriptor = os.open(self._path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except OSError as error:
            raise unreadable(self._shown, error) from error
        self._require_same(descriptor)
        return OpenFile(descriptor, self._shown)

    def _require_same(self, descriptor: int) -> None:
        """Places of the file that was first opened mean nothing in another one, or in what is left of it."""
        now = os.fstat(descriptor)
        first = self._first = self._first or now
        if (now.st_dev, now.st_ino) != (first.st_dev, first.st_ino) or now.st_size < first.st_size:
            os.close(descriptor)
            raise cut_meanwhile(self._shown)


def cut_meanwhile(name: str) -> UnreadableInput:
    """What to say of a file that is not any more what was searched."""
    return UnreadableInput(f"{name} was replaced or cut while it was read.", "Run it once more.")


class SpoolContent:
    """A temporary file without a name, which lives as long as this does."""

    def __init__(self, spool: BinaryIO, shown: str) -> None:
        self._spool = spool
        self._shown = shown
        weakref.finalize(self, spool.close)

    def open(self) -> BinaryIO:
        # the spool outlives each opening, so what is handed out is a second handle on the same file
        self._spool.seek(0)
        return cast("BinaryIO", os.fdopen(os.dup(self._spool.fileno()), "rb"))

    def readable(self) -> Readable:
        return OpenFile(os.dup(self._spool.fileno()), self._shown)


class OpenFile:
    """An open file of this machine as a ``Readable``."""

    def __init__(self, descriptor: int, shown: str) -> None:
        self._descriptor = descriptor
        self._shown = shown
        self._size = os.fstat(descriptor).st_size

    @property
    def size(self) -> int:
        return self._size

    def fileno(self) -> int:
        return self._descriptor

    def read_at(self, offset: int, count: int) -> bytes:
        count = max(0, min(count, self._size - offset))
        try:
            if hasattr(os, "pread"):
                return os.pread(self._descriptor, count, offset)
            os.lseek(self._descriptor, offset, os.SEEK_SET)
            return os.read(self._descriptor, count)
        except OSError as error:
            raise unreadable(self._shown, error) from error

    def foresee(self, offsets: Sequence[int], count: int) -> None:
        """So many bytes at each of the places are read soon: a disk fetches them side by side where it can."""
        if not hasattr(os, "posix_fadvise"):
            return
        with suppress(OSError):  # without it they are fetched one by one
            for offset in offsets:
                os.posix_fadvise(self._descriptor, offset, count, os.POSIX_FADV_WILLNEED)

    def close(self) -> None:
        os.close(self._descriptor)


class _File(FileIO):
    """A file that is as long as it was when it was opened, however fast it grows meanwhile.

    It tells in a sentence of ours when the system cannot read on (a share that went away, a bad disk), and takes
    down when it has become shorter.
    """

    def __init__(self, path: Path, shown: str, notes: list[str] | None = None) -> None:
        super().__init__(path)
        self._shown = shown
        self._notes = notes
        self._length = os.fstat(self.fileno()).st_size  # 0 is also what the system says of a file that it makes up

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        try:
            view = memoryview(buffer).cast("B")
            if not self._length:
                return super().readinto(view)
            left = self._length - self.tell()
            count = super().readinto(view[: max(0, left)])
        except OSError as error:
            raise unreadable(self._shown, error) from error
        if not count and left > 0 and len(view):
            self._tell_shorter()
        return count

    def readall(self) -> bytes:
        content, buffer = bytearray(), bytearray(_BUFFER_SIZE)
        while count := self.readinto(buffer):
            content += buffer[:count]
        return bytes(content)

    def _tell_shorter(self) -> None:
        note = "the file became shorter while it was read; what was still there was read"
        if self._notes is not None and note not in self._notes:
            self._notes.append(note)


def unreadable(name: str, error: OSError) -> UnreadableInput:
    """One sentence for an operating system's refusal."""
    sentences = {
        errno.ENOENT: ("does not exist", "Check the spelling; paths are taken from the current folder."),
        errno.EACCES: ("may not be read", "Give yourself read permission, or run as a user that has it."),
        errno.EPERM: ("may not be read", "Give yourself read permission, or run as a user that has it."),
        errno.ELOOP: ("is a symbolic link that leads back to itself", "Name the file it should lead to."),
        errno.EISDIR: ("is a folder", "Name a file in it."),
        errno.ENOTDIR: ("does not exist: a part of its path is a file", "Check the path."),
        errno.ENAMETOOLONG: ("is too long a name", "Check the path."),
    }
    said, hint = sentences.get(error.errno or 0, (f"cannot be read ({error.strerror})", "Copy it to a local folder."))
    return UnreadableInput(f"{name} {said}.", hint)


def find(name: str) -> tuple[Path, os.stat_result]:
    """Where a name that the user typed leads, and what is there.

    Raises ``UnreadableInput`` where that is nothing, ``MisuseError`` for an empty name.
    """
    if not name:  # Path would take it for the current folder
        raise MisuseError("A name is empty.", "Perhaps a variable of your shell holds nothing.")
    try:
        path = Path(name).expanduser()
        return path, path.stat()
    except (OSError, ValueError, RuntimeError) as error:  # a NUL in the name; a ~user that nobody is
        raise unreadable(name, error if isinstance(error, OSError) else OSError(errno.ENOENT, "")) from error


def from_pipe(name: str, path: Path, status: os.stat_result) -> tuple[SpoolContent, int]:
    """All that comes out of a pipe or a device, and its size; raises ``UnreadableInput``, also for what is neither."""
    if not (stat.S_ISFIFO(status.st_mode) or stat.S_ISCHR(status.st_mode)):
        raise UnreadableInput(
            f"{name} is neither a file nor a folder.", "Name a file, a folder, or - for standard input."
        )
    try:
        with path.open("rb") as stream:
            return spooled(name, stream)
    except OSError as error:
        raise unreadable(name, error) from error


def spooled(name: str, stream: BinaryIO | BufferedReader) -> tuple[SpoolContent, int]:
    """What comes out of ``stream``, in a private temporary file that vanishes with the program, and its size."""
    from tempfile import TemporaryFile

    spool = TemporaryFile(buffering=0)  # noqa: SIM115 - lives as long as the content; the system removes it
    size = 0
    try:
        while block := stream.read(1024 * 1024):
            size += len(block)
            if size > SPOOL_LIMIT:
                raise UnreadableInput(
                    f"{name} holds more than {SPOOL_LIMIT // 1024**3} GiB.", "Save or unpack it as a file first."
                )
            _keep(cast("BinaryIO", spool), block, name)
    except BaseException:
        spool.close()
        raise
    return SpoolContent(cast("BinaryIO", spool), name), size


def from_stdin() -> tuple[SpoolContent, int]:
    """All of standard input and its size; raises ``UnreadableInput``, and ``MisuseError`` where it is a keyboard."""
    if sys.stdin is None:
        raise UnreadableInput("Standard input is closed.", "Pipe something into it, or name a file.")
    if sys.stdin.isatty():
        raise MisuseError("Standard input is the keyboard.", "Pipe something into it, or name a file.")
    return spooled("standard input", sys.stdin.buffer)


def _keep(spool: BinaryIO, block: bytes, name: str) -> None:
    rest = memoryview(block)
    try:
        while rest:
            rest = rest[spool.write(rest) :]
    except OSError as error:
        raise UnreadableInput(
            f"{name} does not fit into the folder for temporary files ({error.strerror}).",
            "Free some space there, or have TMPDIR name a larger folder.",
        ) from error
