"""The bundle's bytes from its files: sorted, dated 1980, with a manifest of them all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256

from msgspec import Struct

from bundler.document import MANIFEST_NAME, Manifest, ManifestFile, encode_manifest
from bundler.errors import EnvironmentProblem
from bundler.model import Omission, Redaction
from bundler.pack import container
from bundler.pack.limits import LIMITS, is_suspicious

_NAME = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._-]{0,79}/)?[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_COMPRESSED_ALREADY = (".png", ".jpg", ".jpeg", ".webp", ".gz")


class Member(Struct, frozen=True):
    """One file of a bundle: what it says, what it was made from, what was masked in it and left out of it."""

    name: str
    data: bytes
    origin: str
    redactions: tuple[Redaction, ...] = ()
    omitted: tuple[Omission, ...] = ()


def build(members: Iterable[Member], *, ticket_id: str, tool: str) -> bytes:
    """The zip of ``members`` and ``MANIFEST.json``; the same members give the same bytes in any order.

    Each is compressed while whoever gives them makes the next: the largest had better come first.
    Files that are compressed already are stored as they are. Raises ``ValueError`` for a name that is not ours
    (``[A-Za-z0-9._-]``, at most one folder, different from all others when case is ignored) and
    ``EnvironmentProblem`` for a bundle that no receiver would open.
    """
    files: dict[str, Member] = {}
    packing: dict[str, Future[container.Packed]] = {}
    taken, total = {MANIFEST_NAME.lower()}, 0
    with ThreadPoolExecutor(max_workers=1) as aside:  # compressing leaves the interpreter free
        for member in members:
            if member.name.lower() in taken or not _NAME.fullmatch(member.name):
                raise ValueError("the names of a bundle's files are plain and differ even without case")
            taken.add(member.name.lower())
            files[member.name] = member
            total += len(member.data)
            if total <= LIMITS.total_size:
                packing[member.name] = aside.submit(_packed, member)
    if len(files) >= LIMITS.members or total > LIMITS.total_size:
        raise _too_large(len(files), total)
    packed = {name: future.result() for name, future in packing.items()}
    manifest = Manifest(
        schema="ticket-bundler/manifest/1",
        ticket_id=ticket_id,
        tool=tool,
        files=tuple(
            ManifestFile(
                name=member.name,
                size=len(member.data),
                sha256=sha256(member.data).hexdigest(),
                origin=member.origin,
                redactions=member.redactions,
                omitted=member.omitted,
                packed_sha256=sha256(packed[member.name].data).hexdigest(),
            )
            for _, member in sorted(files.items())
        ),
    )
    # stored, so that its own check sum guards each of its bytes: nothing else tells of them
    packed[MANIFEST_NAME] = container.compress(MANIFEST_NAME, encode_manifest(manifest), store=True)
    archive = container.write([packed[name] for name in sorted(packed)])
    if len(archive) > LIMITS.archive_size:
        raise _too_large(len(files), len(archive))
    return archive


def _too_large(member_count: int, size: int) -> EnvironmentProblem:
    return EnvironmentProblem(
        f"The bundle would be too large: {member_count} files, {size:,} bytes.",
        "Name fewer files, or a shorter window with --window.",
    )


def _packed(member: Member) -> container.Packed:
    packed = container.compress(member.name, member.data, store=member.name.lower().endswith(_COMPRESSED_ALREADY))
    if is_suspicious(packed.size, len(packed.data)):  # a receiver would take it for a bomb
        return container.compress(member.name, member.data, store=True)
    return packed
