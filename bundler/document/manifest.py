"""The records of ``MANIFEST.json``: every file of a bundle with its size, digest, origin and what was taken out.

A mail that holds less than the bundle has a manifest of its own: of what is attached to it, beside what is not.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from bundler.document.coding import decode_json, encode_json, schema_json
from bundler.model import Omission, Redaction

SCHEMA: Final = "ticket-bundler/manifest/1"
MANIFEST_NAME = "MANIFEST.json"
_OWN = b'"own_sha256": "'  # no text in JSON reads like this, for its quotes would be escaped
_BLANK = "0" * 64

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Size = Annotated[int, Meta(ge=0)]


class Whole(Struct, frozen=True, kw_only=True):
    """What a mail does not hold whole, as the sender has it: a file of the bundle by its own name, or the bundle."""

    name: str
    size: Size
    sha256: Sha256


class Elsewhere(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file of the bundle that this mail does not hold: it is in the mail ``mail`` (from 1), or in none."""

    name: str
    size: Size
    sha256: Sha256
    mail: int | None = None
    why: str = ""


class MailNumber(Struct, frozen=True, kw_only=True):
    """Which of the mails of a ticket this is, counted from 1."""

    number: int
    count: int


class ManifestFile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One file. ``packed_sha256`` is the digest of its bytes as they lie in the zip, compressed.

    One content can be compressed in many ways, so that without it a changed archive could unpack to the same files.
    ``whole`` is there where this file is only a part of one of the bundle; ``omitted`` then tells what it lacks.
    """

    name: str
    size: Size
    sha256: Sha256
    origin: str
    redactions: tuple[Redaction, ...]
    omitted: tuple[Omission, ...]
    packed_sha256: Sha256 | None = None
    whole: Whole | None = None


class Manifest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All files of a bundle, or of a mail, but the manifest itself, sorted by name.

    ``elsewhere``, ``bundle`` and ``mail`` are only in the manifest of a mail that does not hold everything; ``bundle``
    is the zip that does. ``own_sha256`` is the digest of the manifest itself, with LF line ends, without the last one
    and with this digest as 64 zeros: in a mail nothing else tells of a change of it.
    """

    schema: Literal["ticket-bundler/manifest/1"]
    ticket_id: str
    tool: str
    files: tuple[ManifestFile, ...]
    elsewhere: tuple[Elsewhere, ...] = ()
    bundle: Whole | None = None
    mail: MailNumber | None = None
    own_sha256: Sha256 | None = None


def encode_manifest(manifest: Manifest) -> bytes:
    """``MANIFEST.json``: indented, in the order of the fields, UTF-8, with a final newline and its own digest."""
    above, key, below = encode_json(replace(manifest, own_sha256=_BLANK)).rpartition(_OWN)
    return above + key + _own_digest(above, below) + below[len(_BLANK) :]


def fits_own_digest(data: bytes) -> bool:
    """True when ``data`` is what ``encode_manifest`` gave, byte for byte but for line ends."""
    above, key, below = data.rpartition(_OWN)
    return bool(key) and below.startswith(_own_digest(above, below))


def decode_manifest(data: bytes) -> Manifest:
    """The manifest in ``data``; raises ``UnreadableInput`` when it is none, or of a newer major version."""
    return decode_json(data, Manifest, schema=SCHEMA, name=MANIFEST_NAME)


def manifest_schema() -> bytes:
    """The JSON Schema of ``MANIFEST.json``, the same bytes as ``bundler/schema/manifest-1.json``."""
    return schema_json(Manifest, schema=SCHEMA, title="The list of files of a ticket bundle")


def _own_digest(above: bytes, below: bytes) -> bytes:
    blank = above + _OWN + _BLANK.encode() + below[len(_BLANK) :]
    return sha256(blank.replace(b"\r\n", b"\n").rstrip(b"\n")).hexdigest().encode()
