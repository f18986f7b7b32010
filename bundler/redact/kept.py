"""Secrets that stay readable on purpose: how a finished ticket says which, so that verifying can excuse them."""

from __future__ import annotations

from hashlib import sha256

from bundler.redact.vault import canonical


def digest_of(value: bytes) -> str:
    """The SHA-256 of a value, whichever separators its digits are written with, in hexadecimal.

    It hides little of a short number, and need not: the value itself stands in the same ticket, for everybody to see.
    """
    return sha256(canonical(value)).hexdigest()
