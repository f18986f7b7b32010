"""OpenPGP certificates (RFC 9580): which of them may be encrypted to for an address, and what is encrypted to them.

The library encrypts to keys that have expired or were revoked, and says nothing: so every one is judged here before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from bundler.errors import EnvironmentProblem, UnreadableInput
from bundler.mail.keys import Key, same_address

if TYPE_CHECKING:
    from types import ModuleType

    from pysequoia import Cert
    from pysequoia.packet import Packet

_USER_ID = re.compile(r"(?:[^<>]*<([^<>\s]+@[^<>\s]+)>\s*|([^<>\s]+@[^<>\s]+))")
_HINT = "Ask them for their present public key; nothing has left this computer."
_PKESK = 0xC1  # RFC 9580 section 4.2.1: a packet of type 1, its length in the form that the library writes


class Certificate(NamedTuple):
    """A public key, the file it came from, whom it was named for there, and its user ids, whether or not they hold."""

    cert: Cert
    name: str
    address: str
    claims: tuple[str, ...]


class Reader(NamedTuple):
    """A certificate of which only the parts are left that may be encrypted to now; ``is_hidden``: nobody is told."""

    cert: Cert
    is_hidden: bool


def read_certificates(keys: Sequence[Key]) -> list[Certificate]:
    """All certificates in ``keys``; raises ``UnreadableInput`` for a file without any."""
    library = _pysequoia()
    found: list[Certificate] = []
    for key in keys:
        try:
            certs = library.Cert.split_bytes(key.data)
            read = [Certificate(cert, key.name, key.address, tuple(_claims(cert))) for cert in certs]
        except Exception:  # noqa: BLE001 - the library has no error of its own, and its words are for programmers
            read = []
        if not read:
            whose = f" for {key.address}" if key.address else ""
            raise UnreadableInput(
                f"{key.name} holds no public key{whose}.", "It is what gpg --armor --export ADDRESS prints."
            )
        found += read
    return found


def readers_for(address: str, known: Sequence[Certificate], moment: datetime, *, is_hidden: bool) -> list[Reader]:
    """All certificates of ``address`` that may be encrypted to at ``moment``, at least one.

    Raises ``UnreadableInput``, naming the address, where there is none, or none that may be used.
    """
    named = [each for each in known if each.address and same_address(each.address, address)]
    candidates = named or [each for each in known if not each.address and _claims_address(each, address)]
    if not candidates:
        names = sorted({_shown(claim) for each in known for claim in each.claims})
        told = f"Those that were named are of {', '.join(names[:3])}. " if names else ""
        raise UnreadableInput(
            f"There is no key for {address}, so the mail cannot be encrypted.",
            f"{told}Name the file of their public key: --encrypt FILE, for each who gets the mail.",
        )
    judged = [_judge(each, address, moment) for each in candidates]
    good = [Reader(each, is_hidden) for each in judged if not isinstance(each, str)]
    if not good:
        raise UnreadableInput(str(judged[0]), _HINT)
    return good


def find_own(address: str, known: Sequence[Certificate], moment: datetime) -> list[Reader]:
    """The sender's certificates, so that what was sent can be read again; none where there is none that may be used."""
    judged = [_judge(each, address, moment) for each in known if _claims_address(each, address)]
    return [Reader(each, False) for each in judged if not isinstance(each, str)]


def encrypt(data: bytes, readers: Sequence[Reader], *, armoured: bool) -> bytes:
    """``data`` for each of ``readers``, and for nobody else; never the same bytes twice.

    The message tells by key id who can open it, but for those that are hidden (RFC 9580 section 5.1: a wildcard).
    """
    library = _pysequoia()
    certs = {each.cert.fingerprint: each.cert for each in readers}
    open_to = {each.cert.fingerprint for each in readers if not each.is_hidden}
    message: bytes = library.encrypt(data, list(certs.values()), armor=False)
    hidden = {id_ for mark, cert in certs.items() if mark not in open_to for id_ in _key_ids(cert)}
    message = _without_ids(message, hidden) if hidden else message
    return library.armor(message, library.ArmorKind.Message).encode("ascii") if armoured else message


def _pysequoia() -> ModuleType:
    try:
        import pysequoia
    except ImportError as error:
        raise EnvironmentProblem(
            "Keys of OpenPGP need the package pysequoia, which is not installed.", "pip install 'ticket-bundler[pgp]'"
        ) from error
    module: ModuleType = pysequoia
    return module


def _packets(cert: Cert) -> list[Packet]:
    from pysequoia.packet import PacketPile

    return list(PacketPile.from_bytes(bytes(cert)))


def _claims(cert: Cert) -> Iterator[str]:
    for packet in _packets(cert):
        if packet.user_id is not None:
            yield packet.user_id


def _claims_address(certificate: Certificate, address: str) -> bool:
    return any(_is_of(claim, address) for claim in certificate.claims)


def _is_of(user_id: str, address: str) -> bool:
    found = _USER_ID.fullmatch(user_id)
    return found is not None and same_address(found[1] or found[2], address)


def _judge(certificate: Certificate, address: str, moment: datetime) -> Cert | str:
    """What of the certificate may be encrypted to, or why nothing, in one sentence."""
    cert, name = certificate.cert, certificate.name
    try:
        expiration, is_revoked = cert.expiration, cert.is_revoked
        is_of_address = any(_is_of(str(each), address) for each in cert.user_ids)
    except RuntimeError:
        return f"The key of {address} in {name} cannot be used: it is signed in a way that is not safe any more."
    if is_revoked:
        return f"The key of {address} in {name} was revoked."
    if expiration is not None and expiration <= moment:
        return f"The key of {address} in {name} expired on {expiration:%Y-%m-%d}."
    if not is_of_address:
        shown = ", ".join(_shown(claim) for claim in certificate.claims[:3])
        if _claims_address(certificate, address):
            return f"The key in {name} is not of {address} any more: that name in it was revoked, or nobody signed it."
        return f"The key in {name} is not of {address}" + (f": it is of {shown}." if shown else ": it has no name.")
    parts, expired = _alive(cert, moment)
    try:
        usable = type(cert).from_packets(parts)
        _pysequoia().encrypt(b"", [usable], armor=False)
    except RuntimeError:
        if expired is not None:
            return f"The key of {address} in {name} expired on {expired:%Y-%m-%d}: no part of it is left to encrypt to."
        return f"The key of {address} in {name} cannot be encrypted to: it is for signatures, or that part was revoked."
    return usable


def _alive(cert: Cert, moment: datetime) -> tuple[list[Packet], datetime | None]:
    """The packets of the certificate without subkeys that have expired, and when the last of these did."""
    from pysequoia.packet import SignatureType, Tag

    groups: list[list[Packet]] = [[]]
    for packet in _packets(cert):
        if packet.tag == Tag.PublicSubkey:
            groups.append([])
        groups[-1].append(packet)
    kept, expired = groups[0], None
    for group in groups[1:]:
        bindings = [each for each in group if each.signature_type == SignatureType.SubkeyBinding]
        newest = max(bindings, key=lambda each: each.signature_created or moment, default=None)
        created, period = group[0].key_created, newest.key_validity_period if newest is not None else None
        end = created + period if created is not None and period else None
        if end is not None and end <= moment:
            expired = end if expired is None else max(expired, end)
        else:
            kept += group
    return kept, expired


def _key_ids(cert: Cert) -> set[str]:
    return {packet.key_id for packet in _packets(cert) if packet.key_id is not None}


def _without_ids(message: bytes, hidden: set[str]) -> bytes:
    """The message with wildcards in place of the key ids in ``hidden``."""
    written, at = [], 0
    while message[at] == _PKESK:
        body, at = _body(message, at + 1)
        if body[0] == 3:
            body = body[:1] + bytes(8) + body[9:] if body[1:9].hex() in hidden else body
        else:
            end = 2 + body[1]
            mark = body[3:end].hex()
            body = body[:1] + b"\0" + body[end:] if {mark[:16], mark[-16:]} & hidden else body
        written.append(bytes((_PKESK, 255)) + len(body).to_bytes(4) + body)
    return b"".join((*written, message[at:]))


def _body(message: bytes, at: int) -> tuple[bytes, int]:
    """The body of the packet whose length stands at ``at``, and where it ends (RFC 9580 section 4.2.1)."""
    first = message[at]
    if first < 192:
        size, start = first, at + 1
    elif first < 224:
        size, start = ((first - 192) << 8) + message[at + 1] + 192, at + 2
    else:
        size, start = int.from_bytes(message[at + 1 : at + 5]), at + 5
    return message[start : start + size], start + size


def _shown(user_id: str) -> str:
    """A user id for people: the address if it is one, short, no control characters; it is a stranger's."""
    found = _USER_ID.fullmatch(user_id)
    text = (found[1] or found[2]) if found is not None else user_id
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text[:80])
