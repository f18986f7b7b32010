"""Recognises picture files by how they begin: those that are taken, and those that get a clear no."""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

FormatName = Literal["png", "jpeg", "webp"]
OutputFormat = Literal["png", "jpeg"]


class Signature(Struct, frozen=True):
    """How a kind of file begins: ``marks`` are (offset, bytes) that must all be there."""

    label: str
    marks: tuple[tuple[int, bytes], ...]
    format: FormatName | None = None  # None: recognised so that it can be refused by name


class Guess(Struct, frozen=True):
    """How sure we are that a file is a picture (0 to 1), and why; ``format`` is None for one that is not taken."""

    score: float
    reason: str
    label: str = ""
    format: FormatName | None = None


SIGNATURES = (
    # PNG specification (third edition) 5.2; ISO/IEC 10918-1 B.2.1; RFC 9649 section 2.4
    Signature("PNG", ((0, b"\x89PNG\r\n\x1a\n"),), "png"),
    Signature("JPEG", ((0, b"\xff\xd8\xff"),), "jpeg"),
    Signature("WebP", ((0, b"RIFF"), (8, b"WEBP")), "webp"),
    Signature("GIF", ((0, b"GIF87a"),)),
    Signature("GIF", ((0, b"GIF89a"),)),
    Signature("TIFF", ((0, b"II*\0"),)),
    Signature("TIFF", ((0, b"MM\0*"),)),
    Signature("TIFF", ((0, b"II+\0\x08\0"),)),
    Signature("TIFF", ((0, b"MM\0+\0\x08"),)),
    # two letters alone would claim text; a bitmap has four reserved zero bytes and a small header length
    Signature("BMP", ((0, b"BM"), (6, b"\0\0\0\0"), (15, b"\0\0\0"))),
    Signature("AVIF", ((4, b"ftypavif"),)),
    Signature("AVIF", ((4, b"ftypavis"),)),
    *(Signature("HEIC", ((4, b"ftyp" + brand),)) for brand in (b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1")),
    Signature("PDF", ((0, b"%PDF-"),)),
)
"""What is recognised; ISO/IEC 23000-22 and 23008-12 name the brands of AVIF and HEIC."""

_FIRST_ELEMENT = re.compile(rb"<([A-Za-z][A-Za-z0-9_.:-]{0,60})")
_PICTURE_ENDING = re.compile(r"\.(png|jpe?g|webp|gif|bmp|tiff?|hei[cf]|avif|svg)$", re.IGNORECASE | re.ASCII)


def detect(head: bytes, name: str) -> Guess:
    """Judge the first bytes of a file; never raises. ``name`` only makes the refusal clearer."""
    for signature in SIGNATURES:
        if all(head[at : at + len(mark)] == mark for at, mark in signature.marks):
            return _guess(signature)
    if _is_svg(head):
        return _guess(Signature("SVG", ()))
    if _PICTURE_ENDING.search(name):
        return Guess(0.0, "named like a picture, but does not begin like one")
    return Guess(0.0, "does not begin like a picture")


def _guess(signature: Signature) -> Guess:
    if signature.format is not None:
        return Guess(1.0, f"begins like a {signature.label} picture", signature.label, signature.format)
    article = "an" if signature.label in ("AVIF", "SVG") else "a"
    return Guess(
        0.9,
        f"begins like {article} {signature.label} file, which is not supported: save it as PNG or JPEG",
        signature.label,
    )


def _is_svg(head: bytes) -> bool:
    """True when the first element of the text is ``svg``, whatever declarations and comments come before it."""
    text = head[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text.startswith((b"<svg", b"<?xml", b"<!--", b"<!DOCTYPE svg")):
        return False
    element = _FIRST_ELEMENT.search(text)
    return element is not None and element[1].rpartition(b":")[2] == b"svg"
