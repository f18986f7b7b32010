"""A digest over all of a draft, in a header of its own: tells of every byte that changed before it was sent.

It is no signature: who writes a whole new draft is not found out.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from io import BytesIO

_NAME = b"X-Ticket-Digest: sha256="
_SIZE = len(_NAME) + 44 + 2


def with_digest(draft: bytes) -> bytes:
    """The draft with a first header that holds the digest of all the rest."""
    return _header(draft) + draft


def joined_with_digest(pieces: Iterable[bytes]) -> bytes:
    """The draft that ``pieces`` are when joined, with that header; they may be made one by one."""
    draft, whole = BytesIO(), sha256()
    draft.write(bytes(_SIZE))
    for piece in pieces:
        draft.write(piece)
        whole.update(piece)
    draft.seek(0)
    draft.write(_field(whole.digest()))
    return draft.getvalue()


def fits_digest(draft: bytes) -> bool:
    """True when ``draft`` is what ``with_digest`` gave, byte for byte."""
    return draft[:_SIZE] == _header(draft[_SIZE:])


def _header(draft: bytes) -> bytes:
    return _field(sha256(draft).digest())


def _field(digest: bytes) -> bytes:
    return _NAME + b64encode(digest) + b"\r\n"
