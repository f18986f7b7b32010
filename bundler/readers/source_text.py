"""Brings the bytes of a text source into one form: bounded, UTF-8, without a byte order mark."""

from __future__ import annotations

import codecs
from typing import BinaryIO

from bundler.errors import UnreadableInput

TEXT_LIMIT = 16 << 20
"""Text readers hold the whole text; a longer one is cut here and says so."""

_UTF16_MARKS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\b\x1b")
_CONTROLS = bytes(byte for byte in range(32) if byte not in _TEXT_CONTROLS)
_CONTROL_SHARE = 0.02


def read_bounded(stream: BinaryIO, name: str, notes: list[str]) -> bytes:
    """The source as UTF-8 bytes, at most ``TEXT_LIMIT`` of them; a note says where it was cut or recoded.

    Bytes that are not UTF-8 stay as they are: they may belong to a body. Raises ``UnreadableInput`` when it is empty
    or holds no text.
    """
    data = _read_at_most(stream, TEXT_LIMIT + 1)
    if len(data) > TEXT_LIMIT:
        data = data[:TEXT_LIMIT]
        notes.append(f"Only the first {TEXT_LIMIT >> 20} MiB were read: text files with requests are small.")
    recoded = _without_mark(data)
    if recoded is None:
        recoded = data
    elif data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        notes.append("The text was UTF-16 (Windows PowerShell writes it); it was read as such.")
    if not recoded.strip():
        raise UnreadableInput(f"{name} is empty.", "Copy the request or response again and save it as text.")
    return recoded


def head_text(head: bytes) -> str | None:
    """The first bytes of a source as text for a detector; None where they are no text (pictures, archives, noise)."""
    recoded = _without_mark(head)
    sample = head if recoded is None else recoded
    without_controls = sample.translate(None, _CONTROLS)
    if len(sample) - len(without_controls) > len(sample) * _CONTROL_SHARE:
        return None
    text = sample.decode("utf-8", "replace")
    # a cut in the middle of a character spoils one sign; noise spoils many
    if text.count("\ufffd") > 2 + len(text) // 10:
        return None
    return text


def valid_text(text: str) -> str:
    """``text`` with lone surrogates replaced, so that it can be written as UTF-8; pairs become the sign they mean."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _without_mark(data: bytes) -> bytes | None:
    if data.startswith(codecs.BOM_UTF8):
        return data[len(codecs.BOM_UTF8) :]
    for mark, encoding in _UTF16_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace").encode("utf-8", "replace")
    return None


def _read_at_most(stream: BinaryIO, limit: int) -> bytes:
    pieces = []
    while limit > 0 and (piece := stream.read(min(limit, 1 << 20))):
        pieces.append(piece)
        limit -= len(piece)
    return b"".join(pieces)
