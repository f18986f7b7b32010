"""Puts form bodies together again from their fields, where only the fields are known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote_plus

BOUNDARY = "------------------------rebuilt"
"""Stands for the boundary of a multipart body whose real one is not known."""

_FORM_ENCODED = re.compile(r"(?:[A-Za-z0-9*._+-]|%[0-9A-Fa-f]{2})*")
_BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,70})', re.IGNORECASE)


def rebuilt_form(fields: Sequence[tuple[str, str]], media_type: str) -> bytes:
    """The body that these fields make: multipart where ``media_type`` says so, else URL-encoded (WHATWG URL, 5.2).

    Some programs list the fields decoded, some as they were sent; text that is already in the encoded form stays.
    """
    if media_type.casefold().startswith("multipart/"):
        found = _BOUNDARY.search(media_type)
        return multipart([(disposition(name), value) for name, value in fields], found[1] if found else BOUNDARY)
    return "&".join(f"{_encode(name)}={_encode(value)}" for name, value in fields).encode()


def disposition(name: str, file_name: str | None = None, media_type: str = "") -> str:
    """The header lines of one part of a form (RFC 7578, 4.2)."""
    lines = f'Content-Disposition: form-data; name="{_quoted(name)}"'
    if file_name is not None:
        lines += f'; filename="{_quoted(file_name)}"'
    return f"{lines}\r\nContent-Type: {media_type}" if media_type else lines


def multipart(parts: Sequence[tuple[str, str]], boundary: str) -> bytes:
    """Parts, each as its header lines and its content, as one multipart body."""
    pieces = [f"--{boundary}\r\n{head}\r\n\r\n{content}\r\n" for head, content in parts]
    return "".join([*pieces, f"--{boundary}--\r\n"]).encode("utf-8", "surrogateescape")


def _encode(text: str) -> str:
    return text if _FORM_ENCODED.fullmatch(text) else quote_plus(text)


def _quoted(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
