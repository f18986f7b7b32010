"""What lies in a zip or tar that was given as evidence, as if it lay in a folder; nothing is ever written by its name.

A zip, and a tar that is not packed, are read where they are. A packed tar can only be read in order, so it is unpacked
once, whole, into a private temporary file without a name, of at most ``contents.SPOOL_LIMIT`` bytes.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, NamedTuple

from bundler.errors import BundlerError, UnreadableInput
from bundler.evidence.contents import Content, spooled
from bundler.evidence.names import writable
from bundler.evidence.parts import PartContent, Reading, ZipMember
from bundler.evidence.sources import Skipped, Source, is_archive

if TYPE_CHECKING:
    from tarfile import TarInfo
    from zipfile import ZipFile, ZipInfo

    from bundler.logs.readable import Readable

HEADER_LIMIT = 4 * 1024**2
"""How many bytes a zip's directory, or one header of a tar, may have."""
RATIO_LIMIT, RATIO_FROM = 500, 64 * 1024**2
"""As for packed logs: what a member says of its size may not be more than this many times its packed size."""
_ENTRIES_PER_FILE = 20
"""How many folders and links may come with each file before we stop looking."""
_METHODS = (0, 8, 12, 93, 95)
"""APPNOTE 4.4.5, those that are read: stored, Deflate, bzip2, Zstandard, xz."""
_NO_EVIDENCE = (".git", "__MACOSX", ".DS_Store")
_HINT = "Unpack it and name the files."


class Pile(NamedTuple):
    """What an archive holds: what can be read, and what was left out."""

    sources: list[Source]
    skipped: list[Skipped]


class FinishedBundle(UnreadableInput):
    """The archive is a ticket bundle that we made."""


class Entry(NamedTuple):
    """A file in an archive, or something in it that cannot be read, and why."""

    name: str
    """As the archive writes it: never to be used as a path."""
    size: int
    content: Content | None
    why: str = ""
    is_packed: bool = False
    """Whether what ``content`` holds is packed on top of what the file itself is."""
    info: ZipInfo | TarInfo | None = None


class Opened(NamedTuple):
    """An archive while it is open."""

    entries: Iterator[Entry]
    problems: list[Skipped]
    """What is wrong with the archive itself; complete once all entries were seen."""
    is_zip: bool


def members(source: Source, limit: int) -> Pile | None:
    """The first ``limit`` files in an archive; None for a document that merely is a zip, such as a spreadsheet.

    What cannot be read is left out with the reason. Raises ``UnreadableInput`` for a bundle of our own and for an
    archive that cannot be read at all.
    """
    pile = Pile([], [])
    opener = _opener(source, pile.skipped)
    with opened(source.name, source.head, opener, limit) as archive:
        if archive is None:
            return None
        for count, entry in enumerate(archive.entries):
            if count == limit:
                why = f"it holds more than {limit:,} files; only the first {limit:,} were looked at; name what matters"
                pile.skipped.append(Skipped(source.name, why))
                break
            _add(pile, entry._replace(name=f"{source.name}/{inner_name(entry.name)}"))
        pile.skipped.extend(archive.problems)
    return pile


@contextmanager
def opened(name: str, head: bytes, opener: Callable[[], Readable], limit: int) -> Iterator[Opened | None]:
    """The files in the archive that ``opener`` opens, folders and what no evidence is left out; None for a document.

    Raises ``FinishedBundle`` for a bundle of our own and ``UnreadableInput`` for what cannot be read at all.
    """
    problems: list[Skipped] = []
    with closing(opener()) as readable:
        if not head.startswith(b"PK"):
            yield Opened(_tar_entries(name, readable, opener, limit, problems), problems, is_zip=False)
            return
        archive = _open_zip(name, readable)
        if _is_document([info.filename for info in archive.infolist()]):
            yield None
            return
        if _has_manifest(archive, opener):
            raise FinishedBundle(
                f"{name} is a finished ticket bundle, not evidence for one.",
                f"ticket-bundler verify {name} says whether it is intact.",
            )
        yield Opened(_zip_entries(archive, opener), problems, is_zip=True)


def _add(pile: Pile, entry: Entry) -> None:
    if entry.content is None:
        pile.skipped.append(Skipped(entry.name, entry.why))
        return
    try:
        source = Source(entry.name, entry.content, entry.size, named=False)
    except BundlerError as error:
        pile.skipped.append(Skipped(entry.name, error.message))
        return
    if is_archive(source.head):
        pile.skipped.append(Skipped(entry.name, "an archive in an archive; unpack it and name what is in it"))
    else:
        pile.sources.append(source)


def _opener(source: Source, skipped: list[Skipped]) -> Callable[[], Readable]:
    """A function that opens the archive to be read at any place, each time anew."""

    def reopen() -> Readable:
        readable = source.readable()
        if readable is None:
            raise UnreadableInput(f"{source.name} can only be read in order.", "Save it as a file and name that.")
        return readable

    if source.packing is None:
        return reopen
    notes: list[str] = []
    with source.open(notes) as stream:
        content, _ = spooled(source.name, stream)
    skipped += [Skipped(source.name, note) for note in notes]
    return content.readable


def inner_name(name: str) -> str:
    """A member's name as a path below its archive: whatever way it wants to take out of there is not taken."""
    parts = name.replace("\\", "/").split("/")
    inner = "/".join(part for part in parts if part not in ("", ".", ".."))
    return writable(inner) or "without a name"


def _is_no_evidence(name: str) -> bool:
    return any(part.startswith(_NO_EVIDENCE) for part in name.split("/"))


def _open_zip(name: str, readable: Readable) -> ZipFile:
    import struct
    from zipfile import BadZipFile, ZipFile

    try:
        return ZipFile(Reading(readable, HEADER_LIMIT))
    # NotImplementedError is what zipfile raises for a version, or a part of a set, that it does not read
    except (BadZipFile, NotImplementedError, OverflowError, ValueError, OSError, struct.error) as error:
        raise UnreadableInput(f"{name} is a zip archive that is damaged, or in several parts.", _HINT) from error


def _is_document(names: list[str]) -> bool:
    """Office documents (OPC), e-books and OpenDocument, Java and Android programs."""
    return names[:1] == ["mimetype"] or not {"[Content_Types].xml", "META-INF/MANIFEST.MF"}.isdisjoint(names)


def is_bundle(content: Content) -> bool:
    """True for a zip that is a finished ticket bundle, by its manifest; False for all else, and what is damaged."""
    try:
        readable = content.readable()
        if readable is None:
            return False
        with closing(readable):
            return _has_manifest(_open_zip("it", readable), lambda: content.readable() or readable)
    except BundlerError:
        return False


def _has_manifest(archive: ZipFile, opener: Callable[[], Readable]) -> bool:
    from bundler.document import MANIFEST_NAME

    if MANIFEST_NAME not in archive.NameToInfo:
        return False
    info = archive.getinfo(MANIFEST_NAME)
    try:
        manifest = Source(MANIFEST_NAME, ZipMember(opener, info), info.file_size, named=False).head
    except BundlerError:
        return False
    return b'"ticket-bundler/manifest/' in manifest


def _zip_entries(archive: ZipFile, opener: Callable[[], Readable]) -> Iterator[Entry]:
    infos = [
        info
        for info in archive.infolist()
        if not (info.filename.endswith("/") or _is_no_evidence(info.filename))  # is_dir fails at an empty name
    ]
    covered = _covered(infos)
    for info in infos:
        why = "it lies on top of another member; no packer does that" if info.header_offset in covered else ""
        why = why or _zip_refusal(info)
        content = None if why else ZipMember(opener, info)
        yield Entry(info.filename, info.file_size, content, why, info.compress_type != 0, info)


def _covered(infos: list[ZipInfo]) -> set[int]:
    """Where members begin inside an earlier one: so a few bytes are made to stand for very many files."""
    covered, end = set(), 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            covered.add(info.header_offset)
        end = max(end, info.header_offset + 30 + info.compress_size)
    return covered


def _zip_refusal(info: ZipInfo) -> str:
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        return "not a regular file"
    if info.flag_bits & 0x1:
        return "it is encrypted and needs its password"
    if info.compress_type not in _METHODS:
        return f"it is packed by a method that is not read here (number {info.compress_type}); unpack it"
    if info.file_size > max(RATIO_FROM, info.compress_size * RATIO_LIMIT):
        return f"it would unpack to more than {RATIO_LIMIT} times its size, and no log does that"
    return ""


def _tar_entries(
    name: str, readable: Readable, opener: Callable[[], Readable], limit: int, skipped: list[Skipped]
) -> Iterator[Entry]:
    from tarfile import TarError

    from bundler.evidence.tars import LongTar

    try:
        archive = LongTar.open(fileobj=Reading(readable, HEADER_LIMIT), mode="r:")
        for _ in range(_ENTRIES_PER_FILE * limit):
            found = archive.next()
            if found is None:
                return
            if found.isdir() or _is_no_evidence(found.name):
                continue
            why = _tar_refusal(found)
            if found.offset_data + found.size > readable.size:
                skipped.append(Skipped(name, "the archive ends early, in its last file; what was readable was read"))
            part = PartContent(opener, found.offset_data, found.size)
            yield Entry(found.name, found.size, None if why else part, why, info=found)
        skipped.append(Skipped(name, "it holds very many folders and links; the rest was not looked at"))
    except (TarError, OSError, EOFError, ValueError, OverflowError):
        skipped.append(Skipped(name, "the archive is damaged or ends early; what came before that was read"))


def _tar_refusal(info: TarInfo) -> str:
    if info.issym() or info.islnk():
        return "a link; what it leads to is not followed"
    if not info.isreg():
        return "not a regular file"
    return "it is stored with holes; unpack it and name the file" if info.issparse() else ""
