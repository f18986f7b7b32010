"""Opens what the user named; the outside thing it touches: files, folders and standard input."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Self, cast

from bundler.errors import BundlerError, UnreadableInput
from bundler.evidence.contents import Content, FileContent, SpoolContent, find, from_pipe, from_stdin, unreadable
from bundler.evidence.names import is_address, local_path, shown_name, writable
from bundler.packings import Packing, packing_of

if TYPE_CHECKING:
    from bundler.logs.readable import Readable

__all__ = [
    "Content",
    "Skipped",
    "Source",
    "SpoolContent",
    "counted",
    "file_source",
    "gather",
    "shown_name",
    "unreadable",
]

FILE_LIMIT = 2_000
"""How many files of one folder or archive are looked at."""
HEAD_SIZE = 64 * 1024
"""How many bytes of a source recognisers may look at; the readers say the same."""
_HOLE_LIMIT = 64 * 1024 * 1024
"""So many NULs are read at most, in bytes, to see what stands behind them."""


class Source:
    """One piece of evidence that can be opened again and again, from its start."""

    def __init__(self, name: str, content: Content, size: int, *, named: bool, path: Path | None = None) -> None:
        self.name = name
        """How it is shown, here and in the ticket: without folders of this computer that the user did not spell out."""
        self.path = path
        self.size = size
        self.named = named
        """True when the user named it, False when it was found in a folder or an archive."""
        self.packing: Packing | None = None
        """How it is packed; what is packed only comes in order."""
        self._content = content
        self._is_packed_twice = False
        self.head = self._read_head()

    def open(self, notes: list[str] | None = None) -> BinaryIO:
        """The bytes from the start; packing is taken off on the way, and ``notes`` gets what is wrong with it."""
        stream = self._open_packed(notes)
        return stream if self.packing is None else _decompressed(stream, notes, self.name)

    def blocks(
        self, notes: list[str] | None = None, advance: Callable[[int], None] | None = None, *, is_ahead: bool = True
    ) -> Generator[bytes]:
        """The same in large blocks; with ``is_ahead`` they are unpacked in a second thread.

        ``advance`` is told how much more was read of what is stored.
        """
        from bundler.logs.opening import blocks

        with (
            self._open_packed(notes) as stored,
            counted(stored, advance) if advance is not None else nullcontext(stored) as stream,
            closing(blocks(stream, notes, name=self.name, is_ahead=is_ahead)) as unpacked,
        ):
            yield from unpacked

    def readable(self) -> Readable | None:
        """The bytes to be read at any place, for whoever closes it again; None for what only comes in order."""
        return self._content.readable() if self.packing is None else None

    def _open_packed(self, notes: list[str] | None) -> BinaryIO:
        """As it is stored, but for the outer one of two packings: some are packed once more on their way."""
        content = self._content
        stream = content.open(notes) if isinstance(content, FileContent) else content.open()
        return _decompressed(stream, notes, self.name) if self._is_packed_twice else stream

    def _read_head(self) -> bytes:
        try:
            with self._open_packed(None) as stream:
                head = stream.read(HEAD_SIZE)
                if head[:1] == b"\0":
                    head = _behind_hole(stream, head)
            self.packing = packing_of(head)
            if self.packing is None:
                return head
            from bundler.logs.opening import head_of

            with self._open_packed(None) as stream:
                head = head_of(stream, HEAD_SIZE, self.name)
            if packing_of(head) is None:
                return head
            self._is_packed_twice = True
            with self._open_packed(None) as stream:
                return head_of(stream, HEAD_SIZE, self.name)
        except OSError as error:
            raise unreadable(self.name, error) from error


def _behind_hole(stream: BinaryIO, head: bytes) -> bytes:
    """The first bytes that are no NULs, which a log begins with that was cut while its program went on writing."""
    if head.strip(b"\0"):
        return head
    if hasattr(os, "SEEK_DATA"):
        with suppress(OSError):  # no such files there, or nothing but the hole
            stream.seek(os.lseek(stream.fileno(), stream.tell(), os.SEEK_DATA))
    for _ in range(_HOLE_LIMIT // HEAD_SIZE):
        if rest := stream.read(HEAD_SIZE).lstrip(b"\0"):
            return rest + stream.read(HEAD_SIZE - len(rest))
    return head


def _decompressed(stream: BinaryIO, notes: list[str] | None, name: str) -> BinaryIO:
    from bundler.logs.opening import decompressed

    return decompressed(stream, notes, name)


class Skipped(NamedTuple):
    """Something found in a folder or an archive that was left out, and why."""

    name: str
    why: str


def file_source(path: Path, shown: str, *, named: bool) -> Source:
    """The file at ``path`` as evidence; raises ``UnreadableInput`` or ``OSError``."""
    return Source(shown, FileContent(path, shown), path.stat().st_size, named=named, path=path)


def gather(names: Sequence[str]) -> tuple[list[Source], list[Skipped]]:
    """Every file behind ``names`` (files, folders, archives, addresses of objects, ``-``), and what was left out.

    They come in the order given. Raises ``UnreadableInput`` for a name that cannot be opened and for a folder or an
    archive without any file, ``MisuseError`` for what is no name; what lies in a folder or an archive and cannot be
    opened is left out with the reason.
    """
    sources: list[Source] = []
    skipped: list[Skipped] = []
    for name in names:
        if name == "-":
            content, size = from_stdin()
            _take_named(Source("standard input", content, size, named=True), sources, skipped)
        elif is_address(name):
            _gather_address(name, sources, skipped)
        else:
            _gather_path(name, sources, skipped)
    return sources, skipped


def _gather_address(name: str, sources: list[Source], skipped: list[Skipped]) -> None:
    """An object in a store, or a path in other words."""
    if (path := local_path(name)) is not None:
        _gather_path(path, sources, skipped)
        return
    from bundler.evidence.objects import open_url

    opened = open_url(name)
    _take_named(Source(opened.shown, opened.content, opened.size, named=True), sources, skipped)


def is_archive(head: bytes) -> bool:
    """True for what starts like a zip with a file or with none (APPNOTE 4.3.7, 4.3.16), or like a tar (ustar, GNU)."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06")) or head[257:262] == b"ustar"


def _take(source: Source, sources: list[Source], skipped: list[Skipped], limit: int) -> int:
    """Add ``source``, or what lies in it where it is an archive; returns how many files these are."""
    if is_archive(source.head):
        from bundler.evidence.archives import members

        pile = members(source, limit)
        if pile is not None:
            sources += pile.sources
            skipped += pile.skipped
            return len(pile.sources) + len(pile.skipped)
    sources.append(source)
    return 1


def _take_named(source: Source, sources: list[Source], skipped: list[Skipped]) -> None:
    """The same for what the user named, where an archive without any file to be read is an error."""
    found, left_out = len(sources), len(skipped)
    _take(source, sources, skipped, FILE_LIMIT)
    if len(sources) > found:
        return
    if len(skipped) == left_out:
        raise UnreadableInput(f"The archive {source.name} is empty.", "Name an archive that holds the evidence.")
    first = skipped[left_out]
    raise UnreadableInput(
        f"No file in the archive {source.name} can be read: {first.name} - {first.why}.",
        "Unpack it and name the files that matter.",
    )


def _gather_path(name: str, sources: list[Source], skipped: list[Skipped]) -> None:
    path, status = find(name)
    if stat.S_ISDIR(status.st_mode):
        before = len(sources) + len(skipped)
        _gather_folder(shown_name(path), path, sources, skipped)
        if len(sources) + len(skipped) == before:
            raise UnreadableInput(f"The folder {name} is empty.", "Name a folder that holds the evidence.")
    elif stat.S_ISREG(status.st_mode):
        _take_named(file_source(path, shown_name(path), named=True), sources, skipped)
    else:
        content, size = from_pipe(name, path, status)
        _take_named(Source(name, content, size, named=True), sources, skipped)


def _gather_folder(name: str, folder: Path, sources: list[Source], skipped: list[Skipped]) -> None:
    """Regular files below ``folder`` in order of name; links are not followed, so that no loop can hold us."""
    from bundler.evidence.folders import walk

    count = 0
    for path, refusal in walk(folder):
        shown = writable(str(Path(name) / path.relative_to(folder)))
        if refusal is not None:
            skipped.append(Skipped(shown, refusal.message))
            continue
        if path.is_symlink():
            skipped.append(Skipped(shown, "a symbolic link; name it itself if it belongs to the ticket"))
            continue
        if not path.is_file():
            skipped.append(Skipped(shown, "not a regular file"))
            continue
        if count >= FILE_LIMIT:
            why = f"the folder holds more than {FILE_LIMIT:,} files; only the first {FILE_LIMIT:,} were looked at"
            skipped.append(Skipped(name, why + "; name the files that matter"))
            return
        try:
            count += _take(file_source(path, shown, named=False), sources, skipped, FILE_LIMIT - count)
        except (BundlerError, OSError) as error:
            why = error.message if isinstance(error, BundlerError) else "cannot be read"
            skipped.append(Skipped(shown, why))
            count += 1


def counted(stream: BinaryIO, advance: Callable[[int], None]) -> BinaryIO:
    """``stream``, which is at its start, telling ``advance`` how many more bytes were read, once for each byte."""
    return cast("BinaryIO", _Counted(stream, advance))


class _Counted:
    """Reads through to a stream and reports the bytes; only what readers use."""

    def __init__(self, stream: BinaryIO, advance: Callable[[int], None]) -> None:
        self._stream = stream
        self._advance = advance
        self._place = 0
        self._furthest = 0

    def read(self, size: int = -1) -> bytes:
        return self._passed(self._stream.read(size))

    def readline(self, size: int = -1) -> bytes:
        return self._passed(self._stream.readline(size))

    def _passed(self, block: bytes) -> bytes:
        self._place += len(block)
        if self._place > self._furthest:
            self._advance(self._place - self._furthest)
            self._furthest = self._place
        return block

    def fileno(self) -> int:
        return self._stream.fileno()

    def seekable(self) -> bool:
        return self._stream.seekable()

    def seek(self, offset: int, whence: int = 0) -> int:
        self._place = self._stream.seek(offset, whence)
        return self._place

    def tell(self) -> int:
        return self._stream.tell()

    def close(self) -> None:
        self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
