"""How large things become in a mail: base64 (RFC 2045 section 6.8), 57 bytes a line of 76 characters and CRLF."""

from __future__ import annotations

_FULL_LINE = 57
_GROWTH = 78 / 57
_ROUNDING = 7
_SEALED_GROWTH = 66 / 48
_SEALED_BESIDE = 5_000
"""Headers, a few lines of text, and what opens it for each recipient: six of RSA with 4096 bits, many of other keys."""


def encoded_size(size: int) -> int:
    """How many bytes ``size`` bytes are as lines of base64, with the end of the last line; nothing is nothing."""
    characters = 4 * -(-size // 3)
    return characters + 2 * -(-size // _FULL_LINE)


def raw_room(room: int, count: int = 1) -> int:
    """How many bytes in ``count`` files surely fit into ``room`` bytes of base64; 0 where nothing does."""
    return max(0, int((room - _ROUNDING * count) / _GROWTH))


def room_to_seal(limit: int) -> int:
    """How large a mail may be that has at most ``limit`` bytes once it is encrypted; 0 where none is that small.

    Armour of OpenPGP grows more than other base64: 48 bytes a line of 64 characters and CRLF (RFC 9580 section 6.2).
    """
    return max(0, int((limit - _SEALED_BESIDE) / _SEALED_GROWTH))
