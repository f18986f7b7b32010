"""How large things become in a mail: base64 (RFC 2045 section 6.8), 57 bytes a line of 76 characters and CRLF."""

from __future__ import annotations

_FULL_LINE = 57
_GROWTH = 78 / 57
_ROUNDING = 7


def encoded_size(size: int) -> int:
    """How many bytes ``size`` bytes are as lines of base64, with the end of the last line; nothing is nothing."""
    characters = 4 * -(-size // 3)
    return characters + 2 * -(-size // _FULL_LINE)


def raw_room(room: int, count: int = 1) -> int:
    """How many bytes in ``count`` files surely fit into ``room`` bytes of base64; 0 where nothing does."""
    return max(0, int((room - _ROUNDING * count) / _GROWTH))
