"""Opens what the user named; the outside thing it touches: files, folders and standard input."""

from __future__ import annotations

import errno
import os
import stat
import sys
import tempfile
import weakref
from collections.abc import Callable, Iterator, Sequence
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, Self, cast

from msgspec import Struct

from bundler.errors import BundlerError, MisuseError, UnreadableInput
from bundler.logs.opening import decompressed
from bundler.readers.types import HEAD_SIZE

FILE_LIMIT = 2_000
"""How many files of one folder are looked at."""
SPOOL_LIMIT = 4 * 1024**3
"""How much is taken from standard input or a pipe, in bytes."""
_GZIP = b"\x1f\x8b"


class Source:
    """One piece of evidence that can be opened again and again, from its start."""

    def __init__(self, name: str, path: Path | None, size: int, *, named: bool, spool: BinaryIO | None = None) -> None:
        self.name = name
        """How it is shown, here and in the ticket: without folders of this computer that the user did not spell out."""
        self.path = path
        self.size = size
        self.named = named
        """True when the user named it, False when it was found in a folder."""
        self._spool = spool
        if spool is not None:
            weakref.finalize(self, spool.close)
        self.head = self._read_head()

    def open(self, notes: list[str] | None = None) -> BinaryIO:
        """The bytes from the start; gzip is taken off on the way, and ``notes`` gets what is wrong with it."""
        stream = self._open_raw()
        return decompressed(stream, notes) if self.head_raw.startswith(_GZIP) else stream

    def _open_raw(self) -> BinaryIO:
        if self._spool is not None:
            # the spool outlives each opening, so what is handed out is a second handle on the same file
            return cast("BinaryIO", os.fdopen(os.dup(self._rewound(self._spool)), "rb"))
        if self.path is None:
            raise UnreadableInput(f"{self.name} has no content to open.")
        try:
            return self.path.open("rb")
        except OSError as error:
            raise unreadable(self.name, error) from error

    @staticmethod
    def _rewound(spool: BinaryIO) -> int:
        spool.seek(0)
        return spool.fileno()

    def _read_head(self) -> bytes:
        try:
            with self._open_raw() as stream:
                self.head_raw = stream.read(HEAD_SIZE)
            if not self.head_raw.startswith(_GZIP):
                return self.head_raw
            with self.open() as stream:
                return stream.read(HEAD_SIZE)
        except OSError as error:
            raise unreadable(self.name, error) from error


class Skipped(Struct, frozen=True):
    """Something found in a folder that was left out, and why."""

    name: str
    why: str
    size: int = 0


def unreadable(name: str, error: OSError) -> UnreadableInput:
    """One sentence for an operating system's refusal."""
    sentences = {
        errno.ENOENT: ("does not exist", "Check the spelling; paths are taken from the current folder."),
        errno.EACCES: ("may not be read", "Give yourself read permission, or run as a user that has it."),
        errno.EPERM: ("may not be read", "Give yourself read permission, or run as a user that has it."),
        errno.ELOOP: ("is a symbolic link that leads back to itself", "Name the file it should lead to."),
        errno.EISDIR: ("is a folder", "Name the files in it, or give the folder as evidence."),
        errno.ENOTDIR: ("does not exist: a part of its path is a file", "Check the path."),
        errno.ENAMETOOLONG: ("is too long a name", "Check the path."),
    }
    said, hint = sentences.get(error.errno or 0, (f"cannot be read ({error.strerror})", "Copy it to a local folder."))
    return UnreadableInput(f"{name} {said}.", hint)


def shown_name(path: Path) -> str:
    """``path`` as it may stand in a ticket: a short relative path as typed, of any other only its last part."""
    if path.is_absolute() or ".." in path.parts or not path.name:
        return path.resolve().name or str(path)
    return path.as_posix()


def gather(names: Sequence[str]) -> tuple[list[Source], list[Skipped]]:
    """Every file behind ``names`` (files, folders, ``-``), in the order given, and what was left out.

    Raises ``UnreadableInput`` for a name that cannot be opened and for a folder without any file; what lies in a
    folder and cannot be opened is left out with the reason.
    """
    sources: list[Source] = []
    skipped: list[Skipped] = []
    for name in names:
        if name == "-":
            sources.append(_from_stdin())
        else:
            _gather_path(name, sources, skipped)
    return sources, skipped


def _gather_path(name: str, sources: list[Source], skipped: list[Skipped]) -> None:
    path = Path(name).expanduser()
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        problem = error if isinstance(error, OSError) else OSError(errno.ENOENT, "")
        raise unreadable(name, problem) from error
    if stat.S_ISDIR(mode):
        before = len(sources) + len(skipped)
        _gather_folder(shown_name(path), path, sources, skipped)
        if len(sources) + len(skipped) == before:
            raise UnreadableInput(f"The folder {name} is empty.", "Name a folder that holds the evidence.")
    elif stat.S_ISREG(mode):
        sources.append(Source(shown_name(path), path, path.stat().st_size, named=True))
    elif stat.S_ISFIFO(mode) or stat.S_ISCHR(mode):
        with path.open("rb") as stream:
            sources.append(_spooled(name, stream))
    else:
        raise UnreadableInput(
            f"{name} is neither a file nor a folder.", "Name a file, a folder, or - for standard input."
        )


def _gather_folder(name: str, folder: Path, sources: list[Source], skipped: list[Skipped]) -> None:
    """Regular files below ``folder`` in order of name; links are not followed, so that no loop can hold us."""
    count = 0
    for path in _walk(folder):
        shown = str(Path(name) / path.relative_to(folder))
        if path.is_symlink():
            skipped.append(Skipped(shown, "a symbolic link; name it itself if it belongs to the ticket"))
            continue
        if not path.is_file():
            skipped.append(Skipped(shown, "not a regular file"))
            continue
        count += 1
        if count > FILE_LIMIT:
            why = f"the folder holds more than {FILE_LIMIT:,} files; only the first {FILE_LIMIT:,} were looked at"
            skipped.append(Skipped(name, why + "; name the files that matter"))
            return
        try:
            sources.append(Source(shown, path, path.stat().st_size, named=False))
        except (BundlerError, OSError) as error:
            why = error.message if isinstance(error, BundlerError) else "cannot be read"
            skipped.append(Skipped(shown, why))


def _walk(folder: Path) -> Iterator[Path]:
    """Files and links below ``folder``, one folder's names in memory at a time."""

    def refuse(error: OSError) -> None:
        if Path(error.filename) == folder:
            raise unreadable(str(folder), error) from error

    for place, folders, files in os.walk(folder, onerror=refuse):
        here = Path(place)
        folders.sort()
        links = [entry for entry in folders if (here / entry).is_symlink()]
        folders[:] = [entry for entry in folders if entry not in links and not entry.startswith(".git")]
        for entry in sorted(files + links):
            yield here / entry


def _from_stdin() -> Source:
    if sys.stdin.isatty():
        raise MisuseError("Standard input is the keyboard.", "Pipe something into it, or name a file.")
    return _spooled("standard input", sys.stdin.buffer)


def _spooled(name: str, stream: BinaryIO | BufferedReader) -> Source:
    """A pipe's content in a private temporary file that vanishes with the program."""
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the source; the system removes it
    size = 0
    while block := stream.read(1024 * 1024):
        size += len(block)
        if size > SPOOL_LIMIT:
            raise UnreadableInput(f"{name} holds more than {SPOOL_LIMIT // 1024**3} GiB.", "Save it as a file first.")
        spool.write(block)
    spool.flush()
    return Source(name, None, size, named=True, spool=cast("BinaryIO", spool))


def counted(stream: BinaryIO, advance: Callable[[int], None]) -> BinaryIO:
    """``stream``, telling ``advance`` how many more bytes were read."""
    return cast("BinaryIO", _Counted(stream, advance))


class _Counted:
    """Reads through to a stream and reports the bytes; only what readers use."""

    def __init__(self, stream: BinaryIO, advance: Callable[[int], None]) -> None:
        self._stream = stream
        self._advance = advance

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        self._advance(len(block))
        return block

    def readline(self, size: int = -1) -> bytes:
        line = self._stream.readline(size)
        self._advance(len(line))
        return line

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def close(self) -> None:
        self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
