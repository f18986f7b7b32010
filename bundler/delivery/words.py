"""What a server or a program said, as one short line that may be shown and kept."""

from __future__ import annotations

import re
from base64 import b64encode

LONGEST = 160
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


def server_words(said: bytes, *secrets: str) -> str:
    """The words of ``said``: at most 160 printable characters, blanks and line ends as single blanks.

    An enhanced code (RFC 3463) that a reply of several lines repeats on each is kept once. ``secrets`` do not come
    back, neither plain nor in base64, in case the server repeats what it was told.
    """
    words: list[str] = []
    for word in _without(said, secrets).decode("utf-8", "replace").split():
        if not (_ENHANCED.fullmatch(word) and word in words):
            words.append(word)
    text = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in " ".join(words))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 2]} …"


def _without(said: bytes, secrets: tuple[str, ...]) -> bytes:
    forms: set[bytes] = set()
    for plain in (secret.encode() for secret in secrets if secret):
        forms |= {plain, b64encode(plain), b64encode(plain).rstrip(b"=")}
    for each in sorted(forms, key=len, reverse=True):  # the longest first, since one may hold another
        said = said.replace(each, "…".encode())
    return said
