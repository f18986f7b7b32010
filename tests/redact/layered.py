"""Ways in which a value may lie in a finished file, for the tests of the last look: text, files, pictures, mails."""

from __future__ import annotations

import base64
import bz2
import gzip
import html
import io
import json
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.policy import SMTP
from typing import Literal
from urllib.parse import quote, quote_plus

from PIL import Image, PngImagePlugin

Write = Callable[[str], bytes]


def _base64(text: bytes) -> bytes:
    return base64.b64encode(text)


def _line(text: bytes) -> bytes:
    return b"one line\nanother line, then " + text + b" and on\nthe last line\n"


def _quoted_printable(value: str) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = "desk@example.com"
    message.set_content(f"Beløb og {'mere ' * 30} {value} tak\n", cte="quoted-printable")
    return message.as_bytes()


SPELLED: Mapping[str, Write] = {
    "as it is": lambda value: _line(value.encode()),
    "JSON": lambda value: _line(json.dumps({"note": f'say "{value}"'}).encode()),
    "JSON in JSON in JSON": lambda value: _line(json.dumps(json.dumps(json.dumps({"n": value}))).encode()),
    "JSON escapes of every character": lambda value: _line("".join(f"\\u{ord(each):04x}" for each in value).encode()),
    "bytes as a program prints them": lambda value: _line(
        "".join(f"\\x{each:02x}" for each in value.encode()).encode()
    ),
    "HTML by number": lambda value: _line("".join(f"&#{ord(each)};" for each in value).encode()),
    "HTML by hexadecimal number": lambda value: _line("".join(f"&#x{ord(each):x};" for each in value).encode()),
    "HTML by name": lambda value: _line(html.escape(f'"{value}" & more').encode()),
    "percent": lambda value: _line(quote(f"x={value}&y=1", safe="").encode()),
    "every character in percent": lambda value: _line("".join(f"%{each:02X}" for each in value.encode()).encode()),
    "percent twice": lambda value: _line(quote(quote(f"x={value}", safe=""), safe="").encode()),
    "form": lambda value: _line(quote_plus(f"say {value} now").encode()),
    "form within JSON": lambda value: _line(json.dumps({"body": "note=" + quote_plus(f"{value}, æ")}).encode()),
    "Base64": lambda value: _line(_base64(f"the note says {value}, no more".encode())),
    "Base64 at another offset": lambda value: _line(_base64(f"so the note says {value}, no more".encode())),
    "Base64url": lambda value: _line(base64.urlsafe_b64encode(f"???>>> and {value} there".encode()).rstrip(b"=")),
    "Base64 behind a path": lambda value: _line(b"v1/items/" + _base64(f"the note says {value}, no more".encode())),
    "Base64 in lines": lambda value: _line(
        b"\n" + base64.encodebytes(f"{'so it goes, ' * 9}{value} {'and on ' * 9}".encode())
    ),
    "Base64 in Base64": lambda value: _line(_base64(b"and so: " + _base64(f"the note says {value} again".encode()))),
    "Base64 of JSON": lambda value: _line(_base64(json.dumps({"a": {"b": f'"{value}"'}}).encode())),
    "data URI": lambda value: _line(b"data:text/plain;base64," + _base64(f"the note says {value}.".encode())),
    "data URI in percent": lambda value: _line(b"data:text/plain," + quote(f"the note: {value}").encode()),
    "Base64 of gzip": lambda value: _line(_base64(gzip.compress(f"packed {value} here".encode()))),
    "UTF-16 with its mark": lambda value: f"first line\r\nthen {value} there\r\n".encode("utf-16"),
    "UTF-16 without its mark": lambda value: f"first line\r\nthen {value} there\r\n".encode("utf-16-le"),
    "UTF-16 the other way round": lambda value: f"first line\r\nthen {value} there\r\n".encode("utf-16-be"),
    "UTF-16 in the midst of something": lambda value: b"one\ntwo " + value.encode("utf-16-le") + b"\nthree\n",
    "quoted-printable": _quoted_printable,
}


def _zip(name: str, data: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr(name, data)
    return buffer.getvalue()


def _tar(name: str, data: bytes, mode: Literal["w", "w:gz", "w:xz"] = "w") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        member = tarfile.TarInfo(name)
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def _gzip_with_name(value: str) -> bytes:
    buffer = io.BytesIO()
    with gzip.GzipFile(f"{value}.log", "wb", fileobj=buffer, mtime=0) as packed:
        packed.write(b"nothing here\n")
    return buffer.getvalue()


PACKED: Mapping[str, Write] = {
    "gzip": lambda value: gzip.compress(_line(value.encode())),
    "gzip, second member": lambda value: gzip.compress(b"one\n") + gzip.compress(_line(value.encode())),
    "behind the end of gzip": lambda value: gzip.compress(b"one\n") + _line(value.encode()),
    "gzip, the name in its head": _gzip_with_name,
    "bzip2": lambda value: bz2.compress(_line(value.encode())),
    "xz": lambda value: lzma.compress(_line(value.encode())),
    "LZMA as it was before xz": lambda value: lzma.compress(_line(value.encode()), lzma.FORMAT_ALONE),
    "gzip in gzip": lambda value: gzip.compress(gzip.compress(_line(value.encode()))),
    "zip": lambda value: _zip("app.log", _line(value.encode())),
    "zip, stored": lambda value: _zip("app.log", _line(value.encode()), zipfile.ZIP_STORED),
    "zip by bzip2": lambda value: _zip("app.log", _line(value.encode()), zipfile.ZIP_BZIP2),
    "zip by LZMA": lambda value: _zip("app.log", _line(value.encode()), zipfile.ZIP_LZMA),
    "zip in zip": lambda value: _zip("all.zip", _zip("app.log", _line(value.encode()))),
    "tar": lambda value: _tar("app.log", _line(value.encode())),
    "tar.gz": lambda value: _tar("app.log", _line(value.encode()), "w:gz"),
    "tar.xz": lambda value: _tar("app.log", _line(value.encode()), "w:xz"),
    "the name in a tar": lambda value: _tar(f"{value}.log", b"nothing here\n"),
    "the name in a zip": lambda value: _zip(f"{value}.log", b"nothing here\n"),
}


def _picture(kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image = Image.effect_noise((40, 40), 60)
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _png(value: str, *, is_packed: bool = False, international: bool = False) -> bytes:
    words = PngImagePlugin.PngInfo()
    if international:
        words.add_itxt("Comment", f"made by {value}", zip=is_packed)
    else:
        words.add_text("Comment", f"made by {value}", zip=is_packed)
    return _picture("PNG", pnginfo=words)


def _exif(value: str) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = f"shown to {value}"
    exif[0x9C9B] = f"shown to {value}".encode("utf-16-le")
    return exif


def _wide_exif(value: str) -> Image.Exif:
    exif = Image.Exif()
    exif[0x9C9B] = f"shown to {value}".encode("utf-16-le")
    return exif


def _profile(value: str) -> bytes:
    text = f"made by {value}".encode("latin-1", "replace")
    return struct.pack(">I", 128 + len(text)) + bytes(124) + text


def _private_chunk(value: str) -> bytes:
    content = value.encode()
    body = b"prVt" + content
    chunk = struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))
    plain = _picture("PNG")
    return plain[:33] + chunk + plain[33:]


PICTURES: Mapping[str, Write] = {
    "PNG text": lambda value: _png(value),
    "PNG packed text": lambda value: _png(value, is_packed=True),
    "PNG international text": lambda value: _png(value, international=True),
    "PNG packed international text": lambda value: _png(value, is_packed=True, international=True),
    "PNG EXIF": lambda value: _picture("PNG", exif=_exif(value)),
    "PNG colour profile": lambda value: _picture("PNG", icc_profile=_profile(value)),
    "PNG private chunk": _private_chunk,
    "behind the end of a PNG": lambda value: _picture("PNG") + value.encode(),
    "JPEG comment": lambda value: _picture("JPEG", comment=f"made by {value}".encode()),
    "JPEG EXIF": lambda value: _picture("JPEG", exif=_exif(value)),
    "JPEG EXIF in UTF-16": lambda value: _picture("JPEG", exif=_wide_exif(value)),
    "behind the end of a JPEG": lambda value: _picture("JPEG") + value.encode(),
    "WebP EXIF": lambda value: _picture("WEBP", exif=_exif(value)),
    "behind the end of a WebP": lambda value: _picture("WEBP") + value.encode(),
}


def packed_twice(archive: bytes, name: str, data: bytes) -> bytes:
    """The zip file with one more file, written by another program."""
    buffer = io.BytesIO(archive)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(name, data)
    return buffer.getvalue()
