"""A bundle from its bytes, with a guard against archives that were made to do harm; touches the file it is given."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

from msgspec import Struct

from bundler.document import MANIFEST_NAME, Manifest, decode_manifest
from bundler.errors import UnreadableInput
from bundler.pack import container
from bundler.pack.limits import LIMITS, Limits, is_suspicious

_HINT = "This is not a bundle as ticket-bundler makes it; do not unpack it, and ask the sender for the file again."
_DRIVE = re.compile(r"[A-Za-z]:")


class Bundle(Struct, frozen=True):
    """An opened bundle: its manifest, all its files in the order of the archive, and the archive's own bytes.

    ``damaged`` names the files that could not be unpacked to what the archive says of them. Being open says nothing
    about being intact: that is ``verify``'s to say.
    """

    manifest: Manifest
    contents: tuple[tuple[str, bytes], ...]
    archive: bytes
    packed: tuple[container.Packed, ...]
    damaged: tuple[str, ...] = ()

    @property
    def members(self) -> dict[str, bytes]:
        """The files by their names; which of them are there is nothing to rely on before ``verify``."""
        return dict(self.contents)


def is_zip(data: bytes) -> bool:
    """True for what is a zip file, or was one before it was damaged: it may be a bundle, and is no mail."""
    return data.startswith(b"PK") or zipfile.is_zipfile(BytesIO(data))


def open_bundle(source: Path | bytes, limits: Limits = LIMITS) -> Bundle:
    """The bundle in ``source``.

    Raises ``UnreadableInput`` when it cannot be read or is no bundle, and for whatever is dangerous to unpack: too
    many files, too large, a name twice or one that leaves the folder, links, encryption.
    """
    archive = source if isinstance(source, bytes) else _read(source, limits)
    if len(archive) > limits.archive_size:
        raise UnreadableInput(f"The bundle is larger than {limits.archive_size:,} bytes.", _HINT)
    packed = tuple(container.read(archive, member_limit=limits.members))
    seen: set[str] = set()
    for member in packed:
        _refuse_dangerous(member, limits)
        if member.name.lower() in seen:
            raise UnreadableInput(f"The bundle holds {member.name} twice.", _HINT)
        seen.add(member.name.lower())
    if sum(member.size for member in packed) > limits.total_size:
        raise UnreadableInput(f"The bundle would unpack to more than {limits.total_size:,} bytes.", _HINT)
    unpacked = {member.name: _unpack(member) for member in packed}
    manifest = unpacked.get(MANIFEST_NAME)
    if manifest is None or manifest[1]:
        told = f"This zip file is no bundle of ours: it has no readable {MANIFEST_NAME}."
        raise UnreadableInput(told, f"{_HINT} To search it for secrets all the same: verify --leaks-only.")
    return Bundle(
        manifest=decode_manifest(manifest[0]),
        contents=tuple((name, data) for name, (data, _) in unpacked.items()),
        archive=archive,
        packed=packed,
        damaged=tuple(name for name, (_, is_damaged) in unpacked.items() if is_damaged),
    )


def _read(path: Path, limits: Limits) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(limits.archive_size + 1)
    except OSError as error:
        raise UnreadableInput(
            f"{path.name} cannot be read: {(error.strerror or 'unknown reason').lower()}.",
            "Check the name and that you may read the file.",
        ) from None


def _refuse_dangerous(member: container.Packed, limits: Limits) -> None:
    name = member.name
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or _DRIVE.match(name) or ".." in parts or "." in parts or "" in parts[:-1]:
        raise UnreadableInput("A file in the bundle has a name that leads out of its folder.", _HINT)
    kind = stat.S_IFMT(member.mode)
    if name.endswith("/") or kind not in (0, stat.S_IFREG):
        raise UnreadableInput(f"{name} in the bundle is not a plain file.", _HINT)
    if is_suspicious(member.size, len(member.data), limits):
        raise UnreadableInput(f"{name} in the bundle would unpack to {member.size:,} bytes.", _HINT)


def _unpack(member: container.Packed) -> tuple[bytes, bool]:
    """The content, and whether it is damaged: never more than the size that was judged before."""
    if member.method == container.STORED:
        data, whole = member.data, len(member.data) == member.size
    else:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            data = inflater.decompress(member.data, member.size + 1)
        except zlib.error:
            return b"", True
        whole = len(data) == member.size and inflater.eof and not inflater.unused_data
    return data, not whole or zlib.crc32(data) != member.crc
