"""A file of public keys as it came in, and of which kind they are; private ones are refused before anything reads them.

OpenPGP certificates say whose they are. A key of age or of SSH does not: it belongs to whom it was named for.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from bundler.errors import UnreadableInput

KeyKind = Literal["openpgp", "age"]

_PRIVATE = (b"PRIVATE KEY-----", b"PRIVATE KEY BLOCK-----", b"AGE-SECRET-KEY-", b"AGE-PLUGIN-")
_ARMOUR = b"-----BEGIN PGP "
_PRIVATE_TAGS = (5, 7)  # RFC 9580 section 5: secret key, secret subkey


class Key(Struct, frozen=True):
    """What was named to encrypt to: the bytes, how they are called in messages, and whose they are where that was said.

    ``data`` is one certificate or several (OpenPGP, armoured or binary), or public keys of age and SSH, one a line.
    """

    name: str
    data: bytes
    address: str = ""


def kind_of(key: Key) -> KeyKind:
    """Which kind of keys these are; raises ``UnreadableInput`` for private ones, which nobody has to hand over."""
    first = key.data[:1]
    is_binary = bool(first) and first[0] & 0x80 != 0
    tag = (first[0] & 0x3F if first[0] & 0x40 else (first[0] & 0x3C) >> 2) if is_binary else 0
    if tag in _PRIVATE_TAGS or (not is_binary and any(sign in key.data for sign in _PRIVATE)):
        raise UnreadableInput(f"{key.name} holds a private key.", "Name the public one, and keep this one to yourself.")
    return "openpgp" if is_binary or _ARMOUR in key.data else "age"


def same_address(one: str, other: str) -> bool:
    """True for two spellings of one address; case does not count, as no server in use tells it apart."""
    return one.casefold() == other.casefold()
