"""The zip file itself, one canonical form of it: the same members are the same bytes, and every byte has its place.

Written by hand because the standard library offers no way to write data that is compressed already, which is what
``verify`` needs to build the archive once more without trusting two machines to have the same zlib. The form is that
of PKWARE's APPNOTE.TXT sections 4.3.7, 4.3.12 and 4.3.16, without extra fields, comments, data descriptors or Zip64.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence

from msgspec import Struct

from bundler.errors import UnreadableInput

STORED = 0
DEFLATED = 8

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_NEEDED = 20  # version 2.0: folders and deflate
_MADE_BY_UNIX = (3 << 8) | _NEEDED
_DATE_1980 = (1 << 5) | 1  # 1980-01-01, the first day that the format can tell
_MODE_0644 = 0o100644 << 16
_ENCRYPTED = 1
_LONGEST_COMMENT = 0xFFFF
_ZIP64 = {0xFFFF, 0xFFFFFFFF}


class Packed(Struct, frozen=True):
    """One member as it lies in the archive: ``data`` is compressed if ``method`` says so, ``size`` is unpacked."""

    name: str
    method: int
    crc: int
    size: int
    data: bytes
    mode: int = 0o100644


def compress(name: str, data: bytes, *, store: bool) -> Packed:
    """``data`` as a member: deflated at level 6, or as it is where that is asked for or gains nothing."""
    packed = data
    if not store:
        deflater = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = deflater.compress(data) + deflater.flush()
    stored = store or len(packed) >= len(data)
    return Packed(name, STORED if stored else DEFLATED, zlib.crc32(data), len(data), data if stored else packed)


def write(members: Sequence[Packed]) -> bytes:
    """The archive of ``members`` in their order, each of 1980-01-01 and with mode 0644."""
    pieces: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for member in members:
        name = member.name.encode("ascii")
        shared = (0, member.method, 0, _DATE_1980, member.crc, len(member.data), member.size, len(name), 0)
        head = _LOCAL.pack(b"PK\x03\x04", _NEEDED, *shared) + name
        pieces += [head, member.data]
        directory += [
            _CENTRAL.pack(b"PK\x01\x02", _MADE_BY_UNIX, _NEEDED, *shared, 0, 0, 0, _MODE_0644, offset) + name,
        ]
        offset += len(head) + len(member.data)
    size = sum(map(len, directory))
    end = _END.pack(b"PK\x05\x06", 0, 0, len(members), len(members), size, offset, 0)
    return b"".join([*pieces, *directory, end])


def read(archive: bytes, *, member_limit: int) -> Iterator[Packed]:
    """The members in the order of the archive's directory, nothing unpacked yet.

    Raises ``UnreadableInput`` when this is no zip file, when it holds more than ``member_limit`` members, or when one
    of them is encrypted or compressed in another way than by deflate.
    """
    tail = archive[-(_LONGEST_COMMENT + _END.size) :]
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise _broken()
    _, disk, _, _, count, size, start, _ = _END.unpack_from(tail, at)
    if disk or {count, size, start} & _ZIP64:
        raise _broken()
    if count > member_limit:
        raise UnreadableInput(f"The bundle holds more than {member_limit} files.", _HINT)
    position = start
    for _ in range(count):
        if position + _CENTRAL.size > len(archive):
            raise _broken()
        fields = _CENTRAL.unpack_from(archive, position)
        magic, _, _, flags, method, _, _, crc, packed_size, unpacked_size = fields[:10]
        name_size, extra_size, comment_size, _, _, attributes, offset = fields[10:]
        if magic != b"PK\x01\x02":
            raise _broken()
        raw_name = archive[position + _CENTRAL.size :][:name_size] if name_size <= _NAME_LIMIT else b""
        position += _CENTRAL.size + name_size + extra_size + comment_size
        name = _name(raw_name)
        if flags & _ENCRYPTED:
            raise UnreadableInput(f"{name} in the bundle is encrypted.", _HINT)
        if method not in (STORED, DEFLATED):
            raise UnreadableInput(f"{name} in the bundle is compressed in a way that bundles do not use.", _HINT)
        yield Packed(name, method, crc, unpacked_size, _data(archive, offset, packed_size), attributes >> 16)


_HINT = "This is not a bundle as ticket-bundler makes it; ask the sender for the file again."
_NAME_LIMIT = 1000


def _broken() -> UnreadableInput:
    return UnreadableInput("The file is not a complete zip archive.", _HINT)


def _name(raw: bytes) -> str:
    try:
        name = raw.decode("ascii")
    except UnicodeDecodeError:
        name = ""
    if not name or not name.isprintable():
        raise UnreadableInput("A file in the bundle has a name that bundles do not use.", _HINT)
    return name


def _data(archive: bytes, offset: int, packed_size: int) -> bytes:
    """The bytes of a member; its own head may be longer than ours when another program made the archive."""
    if offset + _LOCAL.size > len(archive) or archive[offset : offset + 4] != b"PK\x03\x04":
        raise _broken()
    name_size, extra_size = _LOCAL.unpack_from(archive, offset)[9:11]
    start = offset + _LOCAL.size + name_size + extra_size
    if start + packed_size > len(archive):
        raise _broken()
    return archive[start : start + packed_size]
