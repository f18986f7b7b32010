"""Finds records that mention one of the identifiers, whole and not as a part of a longer one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

SHORTEST = 4
"""Identifiers shorter than this, in characters, stand in nearly every line and are not searched for."""

OVERLAP = 1024
"""How many bytes before a place may have a say in whether an identifier begins there, its own length included."""

_UUID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}|[0-9A-Fa-f]{32}")
_HEX = re.compile(r"(?=.*\d)(?=.*[A-Fa-f])[0-9A-Fa-f-]{8,128}")
_BEGINS = re.compile(rb"(?:%[0-9A-Fa-f]{2}|\\[nrtbf]|\\u[0-9A-Fa-f]{4}|\x1b\[[0-9;]{0,16}m)\Z")
_WORD = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


class Finder:
    """Looks for any of ``ids``; UUIDs and hexadecimal ids in either case, UUIDs also without hyphens.

    An id also begins after an escape such as ``%2F``, ``\\n`` or ``\\u0022``, which ends in a letter or digit.
    """

    def __init__(self, ids: Sequence[str]) -> None:
        wanted = [text for text in dict.fromkeys(text.strip() for text in ids) if text]
        self.too_short = tuple(text for text in wanted if len(text) < SHORTEST)
        self._exact: list[bytes] = []
        self._folded: list[bytes] = []
        for text in wanted:
            if SHORTEST <= len(text) <= OVERLAP // 4:
                caseless = _UUID.fullmatch(text) or _HEX.fullmatch(text)
                (self._folded if caseless else self._exact).extend(_forms(text, caseless=bool(caseless)))

    def __bool__(self) -> bool:
        return bool(self._exact or self._folded)

    def found(self, data: bytes) -> bool:
        """True when ``data`` mentions one of the ids. Takes time in proportion to the length of ``data``."""
        if any(_mentions(data, needle) for needle in self._exact):
            return True
        if not self._folded:
            return False
        data = data.lower()
        return any(_mentions(data, needle) for needle in self._folded)

    def may_be_in(self, block: bytes) -> bool:
        """False when no line of ``block`` can mention an id: one quick look instead of one for each record."""
        if any(needle in block for needle in self._exact):
            return True
        if not self._folded:
            return False
        block = block.lower()
        return any(needle in block for needle in self._folded)


def _forms(text: str, *, caseless: bool) -> Iterator[bytes]:
    if not caseless:
        yield from dict.fromkeys((text.encode(), quote(text, safe="").encode()))
        return
    text = text.lower()
    yield text.encode()
    if _UUID.fullmatch(text):
        plain = text.replace("-", "")
        hyphened = "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))
        yield (hyphened if plain == text else plain).encode()


def _mentions(data: bytes, needle: bytes) -> bool:
    position = data.find(needle)
    while position >= 0:
        end = position + len(needle)
        if (end == len(data) or data[end] not in _WORD) and (
            position == 0 or data[position - 1] not in _WORD or _BEGINS.search(data[max(0, position - 20) : position])
        ):
            return True
        position = data.find(needle, position + 1)
    return False
