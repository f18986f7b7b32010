"""Makers of pictures for tests: whole ones through Pillow, odd and hostile ones byte by byte."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from typing import Any

from PIL import Image

from bundler.model import Picture

Colour = tuple[int, int, int]

WHITE, BLACK, RED, GREEN, BLUE = (255, 255, 255), (0, 0, 0), (255, 0, 0), (0, 255, 0), (0, 0, 255)
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def image(width: int = 40, height: int = 30) -> Image.Image:
    """Every pixel of its own colour, so that a wrong place shows."""
    made = Image.new("RGB", (width, height))
    made.putdata([(x * 5 % 256, y * 7 % 256, (x + y) % 256) for y in range(height) for x in range(width)])
    return made


def saved(picture: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    target = io.BytesIO()
    picture.save(target, form, **options)
    return target.getvalue()


def seen(picture: Picture) -> Image.Image:
    """What a viewer shows of a cleaned picture."""
    return Image.open(io.BytesIO(picture.data)).convert("RGB")


def pixels(picture: Image.Image) -> list[Any]:
    rgb = picture.convert("RGB").tobytes()
    return [tuple(rgb[at : at + 3]) for at in range(0, len(rgb), 3)]


def chunk(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*chunks: bytes) -> bytes:
    return PNG_SIGNATURE + b"".join(chunks)


def ihdr(width: int, height: int) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


def with_chunks(data: bytes, *extra: bytes) -> bytes:
    """A PNG with further chunks right after its header."""
    return data[:33] + b"".join(extra) + data[33:]


def chunk_types(data: bytes) -> list[bytes]:
    types, at = [], 8
    while at < len(data):
        types.append(data[at + 4 : at + 8])
        at += 12 + int.from_bytes(data[at : at + 4])
    return types


def segment_types(data: bytes) -> list[int]:
    """Markers of a JPEG up to its first scan."""
    types, at = [], 2
    while data[at + 1] != 0xDA:
        types.append(data[at + 1])
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return types


def zip_archive(name: str = "run.txt", text: str = "hidden in the archive") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(name, text)
    return target.getvalue()


def frames(count: int) -> Sequence[Image.Image]:
    return [Image.new("RGB", (20, 20), (index * 40, 100, 200)) for index in range(count)]
