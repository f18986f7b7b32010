"""Reads public keys to encrypt a mail to out of the files that were named; these files are all it touches."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bundler.errors import UnreadableInput
from bundler.mail.addresses import is_address
from bundler.mail.age import STARTS
from bundler.mail.keys import Key, kind_of

LARGEST = 1024 * 1024
"""A certificate with all that strangers have signed of it is rarely a tenth of that."""


def read_keys(named: Iterable[str]) -> tuple[Key, ...]:
    """The keys in ``named``: each a file, or a public key itself (``age1…``, ``ssh-…``).

    In front of each, ``ADDRESS=`` may say whose it is. Raises ``UnreadableInput`` for a file that cannot be read, is
    too large for keys, or holds a private one.
    """
    keys = []
    for each in named:
        whose, sign, rest = each.partition("=")
        owner, place = (whose, rest) if sign and is_address(whose) else ("", each)
        if place.startswith(STARTS):
            key = Key("the key that was named", place.encode("utf-8", "replace"), owner)
        else:
            key = Key(place, _read(place), owner)
        kind_of(key)
        keys.append(key)
    return tuple(keys)


def _read(place: str) -> bytes:
    try:
        with Path(place).expanduser().open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except (OSError, ValueError, RuntimeError) as error:  # a NUL in the name; a ~user that nobody is
        why = getattr(error, "strerror", None) or "no such path"
        raise UnreadableInput(
            f"The key file {place!r} cannot be read: {why.lower()}.",
            "Check the path in --encrypt.",
        ) from error
    if len(data) > LARGEST:
        raise UnreadableInput(f"The key file {place} is larger than {LARGEST:,} bytes.", "Name a file of keys alone.")
    return data
