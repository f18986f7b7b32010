"""Opens what the user named; the outside thing it touches: files, folders and standard input."""

from __future__ import annotations

import errno
import os
import stat
import sys
import tempfile
import weakref
from collections.abc import Callable, Iterator, Sequence
from io import BufferedReader, FileIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, Self, cast

from msgspec import Struct

from bundler.errors import BundlerError, MisuseError, UnreadableInput
from bundler.logs.opening import decompressed
from bundler.logs.readable import Readable
from bundler.readers.types import HEAD_SIZE

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

FILE_LIMIT = 2_000
"""How many files of one folder are looked at."""
SPOOL_LIMIT = 4 * 1024**3
"""How much is taken from standard input or a pipe, in bytes."""
_GZIP = b"\x1f\x8b"
_BUFFER_SIZE = 64 * 1024


class Content(Protocol):
    """Where the bytes of a source come from; they can be read again and again."""

    def open(self) -> BinaryIO:
        """The bytes as they are stored, from the start; raises ``UnreadableInput``."""
        ...

    def readable(self) -> Readable | None:
        """The same to be read at any place; None where they only come in order."""
        ...


class Source:
    """One piece of evidence that can be opened again and again, from its start."""

    def __init__(self, name: str, content: Content, size: int, *, named: bool, path: Path | None = None) -> None:
        self.name = name
        """How it is shown, here and in the ticket: without folders of this computer that the user did not spell out."""
        self.path = path
        self.size = size
        self.named = named
        """True when the user named it, False when it was found in a folder."""
        self._content = content
        self.head = self._read_head()

    def open(self, notes: list[str] | None = None) -> BinaryIO:
        """The bytes from the start; gzip is taken off on the way, and ``notes`` gets what is wrong with it."""
        stream = self._content.open()
        return decompressed(stream, notes) if self._is_gzip else stream

    def readable(self) -> Readable | None:
        """The bytes to be read at any place, for whoever closes it again; None for what only comes in order."""
        return None if self._is_gzip else self._content.readable()

    def _read_head(self) -> bytes:
        try:
            with self._content.open() as stream:
                head = stream.read(HEAD_SIZE)
            self._is_gzip = head.startswith(_GZIP)
            if not self._is_gzip:
                return head
            with self.open() as stream:
                return stream.read(HEAD_SIZE)
        except OSError as error:
            raise unreadable(self.name, error) from error


class FileContent:
    """A file of this machine."""

    def __init__(self, path: Path, shown: str) -> None:
        self._path = path
        self._shown = shown

    def open(self) -> BinaryIO:
        try:
            return BufferedReader(_File(self._path, self._shown), _BUFFER_SIZE)
        except OSError as error:
            raise unreadable(self._shown, error) from error

    def readable(self) -> Readable:
        try:
            return OpenFile(os.open(self._path, os.O_RDONLY | getattr(os, "O_BINARY", 0)), self._shown)
        except OSError as error:
            raise unreadable(self._shown, error) from error


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

    def close(self) -> None:
        os.close(self._descriptor)


class _File(FileIO):
    """A file that tells in a sentence of ours when the system cannot read on (a share that went away, a bad disk)."""

    def __init__(self, path: Path, shown: str) -> None:
        super().__init__(path)
        self._shown = shown

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        try:
            return super().readinto(buffer)
        except OSError as error:
            raise unreadable(self._shown, error) from error

    def readall(self) -> bytes:
        try:
            return super().readall()
        except OSError as error:
            raise unreadable(self._shown, error) from error


class Skipped(Struct, frozen=True):
    """Something found in a folder that was left out, and why."""

    name: str
    why: str


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
        return _writable(path.resolve().name or str(path))
    return _writable(path.as_posix())


def _writable(name: str) -> str:
    """``name`` as one line of UTF-8: the bytes of a file's name need not be that, nor one line."""
    text = name.encode("utf-8", "backslashreplace").decode()
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)


def file_source(path: Path, shown: str, *, named: bool) -> Source:
    """The file at ``path`` as evidence; raises ``UnreadableInput`` or ``OSError``."""
    return Source(shown, FileContent(path, shown), path.stat().st_size, named=named, path=path)


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
    if not name:  # Path would take it for the current folder
        raise MisuseError("A name of evidence is empty.", "Perhaps a variable of your shell holds nothing.")
    try:
        path = Path(name).expanduser()
        mode = path.stat().st_mode
    except (OSError, ValueError, RuntimeError) as error:  # a NUL in the name; a ~user that nobody is
        problem = error if isinstance(error, OSError) else OSError(errno.ENOENT, "")
        raise unreadable(name, problem) from error
    if stat.S_ISDIR(mode):
        before = len(sources) + len(skipped)
        _gather_folder(shown_name(path), path, sources, skipped)
        if len(sources) + len(skipped) == before:
            raise UnreadableInput(f"The folder {name} is empty.", "Name a folder that holds the evidence.")
    elif stat.S_ISREG(mode):
        sources.append(file_source(path, shown_name(path), named=True))
    elif stat.S_ISFIFO(mode) or stat.S_ISCHR(mode):
        try:
            with path.open("rb") as stream:
                sources.append(_spooled(name, stream))
        except PermissionError as error:
            raise unreadable(name, error) from error
    else:
        raise UnreadableInput(
            f"{name} is neither a file nor a folder.", "Name a file, a folder, or - for standard input."
        )


def _gather_folder(name: str, folder: Path, sources: list[Source], skipped: list[Skipped]) -> None:
    """Regular files below ``folder`` in order of name; links are not followed, so that no loop can hold us."""
    count = 0
    for path, refusal in _walk(folder):
        shown = _writable(str(Path(name) / path.relative_to(folder)))
        if refusal is not None:
            skipped.append(Skipped(shown, refusal.message))
            continue
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
            sources.append(file_source(path, shown, named=False))
        except (BundlerError, OSError) as error:
            why = error.message if isinstance(error, BundlerError) else "cannot be read"
            skipped.append(Skipped(shown, why))


def _walk(folder: Path) -> Iterator[tuple[Path, UnreadableInput | None]]:
    """Files and links below ``folder``, one folder's names in memory at a time; folders only where they are refused."""
    refused: list[tuple[Path, UnreadableInput]] = []

    def refuse(error: OSError) -> None:
        place = Path(error.filename)
        refusal = unreadable("the folder" if place != folder else str(folder), error)
        if place == folder:
            raise refusal from error
        refused.append((place, refusal))

    for place, folders, files in os.walk(folder, onerror=refuse):
        here = Path(place)
        yield from refused
        refused.clear()
        folders.sort()
        links = {entry for entry in folders if (here / entry).is_symlink()}
        folders[:] = [entry for entry in folders if entry not in links and not entry.startswith(".git")]
        for entry in sorted([*files, *links]):
            yield here / entry, None
    yield from refused


def _from_stdin() -> Source:
    if sys.stdin is None:
        raise UnreadableInput("Standard input is closed.", "Pipe something into it, or name a file.")
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
    return Source(name, SpoolContent(cast("BinaryIO", spool), name), size, named=True)


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
