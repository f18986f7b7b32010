"""The parts of a mail as bytes (RFC 2045, RFC 2046), as pieces that are joined once: a mail is never held twice.

Not the standard library's: that holds an attachment four times, takes most of its time for headers that are always the
same here, and writes lines of quoted-printable that are too long (cpython#78206). What it would write with lines of 76
characters is what stands here, byte for byte (``tests/mail/test_parts.py``).
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Iterator, Sequence
from email.quoprimime import body_encode

Pieces = Iterator[bytes]

_LINE = 76
_BLOCK = 57 * 1024


def head(*fields: str) -> bytes:
    """The head of a part: fields one a line, folded at their first parameter where they are long, and an empty line."""
    return "".join(f"{_folded(field)}\r\n" for field in (*fields, "")).encode("ascii")


def text_part(subtype: str, text: str) -> Pieces:
    """``text``, lines by LF, as ``text/SUBTYPE`` in UTF-8 and quoted-printable."""
    yield head(f'Content-Type: text/{subtype}; charset="utf-8"', "Content-Transfer-Encoding: quoted-printable")
    yield body_encode(text.encode("utf-8").decode("latin-1"), _LINE).replace("\n", "\r\n").encode("ascii")


def file_part(name: str, data: bytes, media_type: str, content_id: str | None = None) -> Pieces:
    """A file in base64; with a ``content_id`` a picture that HTML shows."""
    fields = [f"Content-Type: {media_type}", "Content-Transfer-Encoding: base64"]
    fields.append(f'Content-Disposition: {"inline" if content_id else "attachment"}; filename="{name}"')
    yield head(*fields, *([f"Content-ID: <{content_id}>"] if content_id else []))
    for start in range(0, len(data), _BLOCK):
        line = b2a_base64(data[start : start + _BLOCK], newline=False)
        yield b"\r\n".join([*(line[at : at + _LINE] for at in range(0, len(line), _LINE)), b""])


def multipart(subtype: str, boundary: str, parts: Sequence[Pieces], parameters: str = "") -> Pieces:
    """``parts`` within ``boundary``; ``parameters`` stand before it in the head: ``type="text/html"; ``."""
    yield head(f'Content-Type: multipart/{subtype}; {parameters}boundary="{boundary}"')
    for part in parts:
        yield f"--{boundary}\r\n".encode("ascii")
        yield from part
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode("ascii")


def _folded(field: str) -> str:
    """Broken before its last parameter, or after its name, where it would be longer than a line."""
    if len(field) <= _LINE:
        return field
    start, blank, end = field.rpartition(" ")
    return f"{start}\r\n {end}" if blank and (start.endswith(";") or start == "Content-ID:") else field
