"""A digest over all of a draft, in a header of its own: tells of every byte that changed before it was sent.

It is no signature: who writes a whole new draft is not found out.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

_NAME = b"X-Ticket-Digest: sha256="
_SIZE = len(_NAME) + 44 + 2


def with_digest(draft: bytes) -> bytes:
    """The draft with a first header that holds the digest of all the rest."""
    return _header(draft) + draft


def fits_digest(draft: bytes) -> bool:
    """True when ``draft`` is what ``with_digest`` gave, byte for byte."""
    return draft[:_SIZE] == _header(draft[_SIZE:])


def _header(draft: bytes) -> bytes:
    return _NAME + b64encode(sha256(draft).digest()) + b"\r\n"
