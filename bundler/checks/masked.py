"""Tells what of a value redaction has taken out, so that no check judges what it cannot see."""

from __future__ import annotations

import re

_MASKED = re.compile(r"\[[a-z-]{1,40}-[1-9][0-9]{0,8}(?::[A-Za-z0-9=,.:+/_-]*)?\]|\[withheld: ")


def is_masked(text: str) -> bool:
    """True when a placeholder or a notice of redaction stands in ``text``."""
    return "[" in text and _MASKED.search(text) is not None


def before_mask(text: str) -> str:
    """What of ``text`` stands before the first placeholder; all of it where none does."""
    found = _MASKED.search(text) if "[" in text else None
    return text if found is None else text[: found.start()]
