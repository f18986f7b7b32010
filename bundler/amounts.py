"""Numbers of things, in words."""

from __future__ import annotations


def plural(count: int, one: str, many: str = "") -> str:
    """``1 record``, ``1,204 records``; ``many`` where an s does not do."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
