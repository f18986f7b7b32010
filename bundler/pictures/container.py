"""Reads what a PNG, JPEG or WebP file holds beside its pixels, and how big the picture is, without decoding it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from bundler.pictures.formats import FormatName


class Inventory(Struct, frozen=True):
    """Size in pixels as the header claims it (0 where there is none), and what the file carries besides pixels."""

    width: int
    height: int
    extras: tuple[str, ...] = ()  # in words for the user, in the order in which they were met
    trailing_bytes: int = 0  # after the end of the picture
    frame_count: int = 1
    scan_count: int = 1  # passes over the pixels; progressive JPEG only


EXIF: Final = "EXIF"

_PNG_EXTRAS = {
    b"tEXt": "text chunks",
    b"zTXt": "text chunks",
    b"iTXt": "text chunks",
    b"eXIf": EXIF,
    b"iCCP": "colour profile",
    b"tIME": "time of last change",
}
# what only says how the pixels are to be shown; the animation's own chunks are counted as frames
_PNG_PLAIN = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB sBIT bKGD hIST pHYs sPLT cICP mDCV cLLI acTL fcTL fdAT".split()
)
_JPEG_EXTRAS = (
    (0xE0, b"JFIF\0", ""),
    (0xE0, b"JFXX\0", "preview picture"),
    (0xE1, b"Exif\0", EXIF),
    (0xE1, b"http://ns.adobe.com/", "XMP metadata"),
    (0xE2, b"ICC_PROFILE\0", "colour profile"),
    (0xE2, b"MPF\0", "list of further pictures"),
    (0xED, b"Photoshop 3.0\0", "IPTC or Photoshop data"),
    (0xEE, b"Adobe", ""),
)
_WEBP_EXTRAS = {b"EXIF": EXIF, b"XMP ": "XMP metadata", b"ICCP": "colour profile"}
_WEBP_PLAIN = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"))

# the next marker: stuffed zeros, restart markers and fill bytes are not one (ISO/IEC 10918-1 B.1.1)
_JPEG_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_JPEG_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def take_inventory(data: bytes, form: FormatName) -> Inventory:
    """What ``data`` holds, in one pass and for any bytes; damage shows as a width and height of 0 or a missing end."""
    return {"png": _png, "jpeg": _jpeg, "webp": _webp}[form](data)


def _png(data: bytes) -> Inventory:
    """Chunks as in the PNG specification (third edition), section 5.3."""
    width = height = 0
    frame_count = 1
    end = len(data)
    extras: dict[str, None] = {}
    for kind, start, size in _png_chunks(data):
        body = data[start : start + min(size, 64)]
        if kind == b"IHDR" and not width:
            width, height = int.from_bytes(body[:4]), int.from_bytes(body[4:8])
        elif kind == b"acTL":
            frame_count = max(1, int.from_bytes(body[:4]))
        elif kind == b"IEND":
            end = min(end, start + size + 4)
        elif kind == b"iTXt" and body.startswith(b"XML:com.adobe.xmp\0"):
            extras[_xmp(data[start : start + size])] = None
        elif kind not in _PNG_PLAIN:
            extras[_PNG_EXTRAS.get(kind, "private chunks")] = None
    return Inventory(width, height, tuple(extras), len(data) - end, frame_count)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """(type, offset, length) of each chunk up to the end chunk or the end of the data."""
    at = 8
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        yield kind, at + 8, size
        if kind == b"IEND":
            return
        at += size + 12


def _jpeg(data: bytes) -> Inventory:
    """Markers as in ISO/IEC 10918-1, annex B.1.1."""
    width = height = scan_count = 0
    end = len(data)
    extras: dict[str, None] = {}
    at = 2
    while (found := _JPEG_MARKER.search(data, at)) is not None:
        marker, at = data[found.start() + 1], found.end()
        if marker == 0xD9:
            end = at
            break
        if marker in (0xD8, 0x01):  # these two have no body
            continue
        size = int.from_bytes(data[at : at + 2])
        body = data[at + 2 : at + size]
        if marker in _JPEG_FRAME_HEADERS and not width:
            height, width = int.from_bytes(body[1:3]), int.from_bytes(body[3:5])
        elif marker == 0xDA:
            scan_count += 1
        elif marker == 0xFE:
            extras["comment"] = None
        elif 0xE0 <= marker <= 0xEF and (extra := _jpeg_extra(marker, body)):
            extras[extra] = None
        at += max(size, 2)
    return Inventory(width, height, tuple(extras), len(data) - end, scan_count=scan_count)


def _jpeg_extra(marker: int, body: bytes) -> str:
    for kind, mark, extra in _JPEG_EXTRAS:
        if kind == marker and body.startswith(mark):
            return _xmp(body) if extra == "XMP metadata" else extra
    return "data of the program or camera that made it"


def _webp(data: bytes) -> Inventory:
    """Chunks as in RFC 9649, section 2.3 to 2.7."""
    width = height = 0
    frame_count = 0
    end = min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    extras: dict[str, None] = {}
    at = 12
    while at + 8 <= end:
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8
        if kind in (b"VP8X", b"VP8 ", b"VP8L") and not width:
            width, height = _webp_size(kind, data[at : at + 10])
        elif kind == b"ANMF":
            frame_count += 1
        elif kind == b"XMP ":
            extras[_xmp(data[at : at + size])] = None
        elif kind not in _WEBP_PLAIN:
            extras[_WEBP_EXTRAS.get(kind, "private chunks")] = None
        at += size + size % 2
    return Inventory(width, height, tuple(extras), len(data) - end, max(1, frame_count))


def _webp_size(kind: bytes, body: bytes) -> tuple[int, int]:
    """The canvas of an extended file, or the size in the header of the one bitstream (RFC 6386 section 9.1)."""
    if kind == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF


def _xmp(packet: bytes) -> str:
    return "XMP metadata with GPS position" if b"GPSLatitude" in packet else "XMP metadata"
