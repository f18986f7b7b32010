"""The bundle's bytes from its files: sorted, dated 1980, with a manifest of them all."""

from __future__ import annotations

import re
from collections.abc import Sequence
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


def build(members: Sequence[Member], *, ticket_id: str, tool: str) -> bytes:
    """The zip of ``members`` and ``MANIFEST.json``; the same members give the same bytes in any order.

    Files that are compressed already are stored as they are. Raises ``ValueError`` for a name that is not ours
    (``[A-Za-z0-9._-]``, at most one folder, different from all others when case is ignored) and
    ``EnvironmentProblem`` for a bundle that no receiver would open.
    """
    names = [member.name for member in members]
    taken = {name.lower() for name in [*names, MANIFEST_NAME]}
    if len(taken) != len(names) + 1 or not all(map(_NAME.fullmatch, names)):
        raise ValueError("the names of a bundle's files are plain and differ even without case")
    total = sum(len(member.data) for member in members)
    if len(members) >= LIMITS.members or total > LIMITS.total_size:
        raise _too_large(len(members), total)
    packed = {member.name: _packed(member) for member in members}
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
            for member in sorted(members, key=lambda member: member.name)
        ),
    )
    # stored, so that its own check sum guards each of its bytes: nothing else tells of them
    packed[MANIFEST_NAME] = container.compress(MANIFEST_NAME, encode_manifest(manifest), store=True)
    archive = container.write([packed[name] for name in sorted(packed)])
    if len(archive) > LIMITS.archive_size:
        raise _too_large(len(members), len(archive))
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
