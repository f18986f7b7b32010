"""How large a bundle may be that we open, so that a hostile one cannot fill memory."""

from __future__ import annotations

from msgspec import Struct


class Limits(Struct, frozen=True):
    """Sizes in bytes. ``ratio`` counts only above ``ratio_from``: a short log of equal lines shrinks a lot, too."""

    archive_size: int = 200_000_000
    members: int = 2_000
    total_size: int = 500_000_000
    ratio: int = 100
    ratio_from: int = 16_000_000


LIMITS = Limits()


def is_suspicious(size: int, packed_size: int, limits: Limits = LIMITS) -> bool:
    """True for a file that unpacks to far more than any log does."""
    return size > limits.ratio_from and size > packed_size * limits.ratio
