"""Readers: each turns one way of writing down HTTP exchanges into ``Exchange`` values."""

from __future__ import annotations

from bundler.readers import curl, curl_verbose, error_text, har, http_message, json_error
from bundler.readers.types import Guess, Reader

READERS: tuple[Reader, ...] = (har, curl, curl_verbose, http_message, json_error, error_text)
"""All readers; where two are equally sure, the earlier one is taken."""


def recognise(head: bytes, name: str) -> list[tuple[Reader, Guess]]:
    """Every reader with what it says of the first bytes of a source, the surest first. Never raises."""
    guesses = [(reader, reader.detect(head, name)) for reader in READERS]
    return sorted(guesses, key=lambda judged: -judged[1].score)
