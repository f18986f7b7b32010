"""Tells by its bytes what can be searched for secrets, and of all else why it cannot."""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO, Literal

from bundler.errors import UnreadableInput
from bundler.evidence.sources import HEAD_SIZE, is_archive
from bundler.logs.blocks import find_encoding
from bundler.packings import CLOSED, packing_of
from bundler.pictures.formats import detect
from bundler.redact.vault import looks_like_map

Nature = Literal["text", "utf-16-le", "utf-16-be", "packed", "archive", "mail", "har"]
"""What something is that can be looked into; ``har`` and ``mail`` are texts that may hold others, encoded."""

LOOK = "Look at it yourself and leave it out, or take it as it is with --copy-unread."
_PICTURE = "Cover what is private with ticket-bundler screenshot --from FILE -o FILE.png --redact X,Y,W,H."
_OTHER_PICTURE = f"Save it as PNG or JPEG first. {_PICTURE}"
_UNPACK = "Unpack it and name the files."
_TEXT = "Save it as text and name that."
_HOW_TO_OPEN = {
    "a PDF document": "Save its text (pdftotext) and name that.",
    "an Office document or an Outlook message": _TEXT,
    "an LZ4 file": "Unpack it with lz4 -d and name the unpacked file.",
    "a file of compress": "Unpack it with gzip -d and name the unpacked file.",
}
_SIGNS: tuple[tuple[bytes, str, str], ...] = (
    *((sign, what, _HOW_TO_OPEN.get(what, _UNPACK)) for sign, what in CLOSED.items()),
    (b"{\\rtf", "an RTF document", _TEXT),
    (b"%!PS", "a PostScript document", _TEXT),
    (b"SQLite format 3\0", "an SQLite database", "Save what matters of it as text (sqlite3 FILE .dump)."),
    (b"\x7fELF", "a program or a memory dump (ELF)", LOOK),
    (b"MZ", "a program (Windows)", LOOK),
    (b"\xca\xfe\xba\xbe", "a program (Java)", LOOK),
    (b"\xd4\xc3\xb2\xa1", "a recording of a network (pcap)", LOOK),
    (b"\x0a\x0d\x0d\x0a", "a recording of a network (pcapng)", LOOK),
)
_PRINTABLE_TOO = (b"MZ", b"%!PS")
"""These may begin a text as well; only with a byte that no text holds are they what they seem."""
_HOLE = re.compile(rb"\0{64,}")
_NULS_PER = 4096
_BLOCK_SIZE = 1024 * 1024
_NO_CONTROLS = bytes(set(range(32, 256)) | set(b"\0\a\b\t\n\v\f\r\x1b"))
_HIGH = bytes(range(128, 256))
_HEADER = re.compile(rb"[!-9;-~]{1,76}:")
_MAIL_NAMES = (".eml", ".mbox", ".mht", ".mhtml")
_MAIL_HEADER = re.compile(rb"^(?:mime-version|received|return-path|message-id):[ \t]", re.IGNORECASE | re.MULTILINE)
_HEAD_END = re.compile(rb"\r?\n\r?\n")


class Withheld(UnreadableInput):
    """Something that cannot be searched, and is therefore not handed on: why, and what to do."""


def judge(head: bytes, name: str) -> Nature:
    """What begins with ``head`` (64 KiB of it, if there is as much) and is called ``name``.

    Raises ``Withheld`` for what cannot be looked into.
    """
    if (encoding := find_encoding(head)) is not None:
        return "utf-16-le" if encoding == "utf-16-le" else "utf-16-be"
    if packing_of(head[:16]) is not None:
        return "packed"
    if is_archive(head):
        return "archive"
    refusal = _refusal(head)
    if refusal is not None:
        raise refusal
    if _is_mail(head, name):
        return "mail"
    from bundler.readers import har

    return "har" if har.detect(head, name).score >= 0.35 else "text"


def is_plain(stream: BinaryIO, name: str) -> bool:
    """True for a text from its first to its last byte with nothing encoded in it; reads ``stream`` from its start."""
    try:
        nature = judge(stream.read(HEAD_SIZE), name)
        if nature not in ("text", "har"):
            return False
        stream.seek(0)
        watch, before = Watch(), b""
        while block := stream.read(_BLOCK_SIZE):
            watch.see(block)
            if nature == "har":
                if b'"base64"' in before + block:
                    return False
                before = block[-8:]
    except Withheld:
        return False
    return True


class Watch:
    """Looks at a text on its way for parts that are none, although it began as one.

    A few NULs are passed over; so are rows of them, which a log that was cut while it was written, or a crash, leaves
    behind.
    """

    def __init__(self) -> None:
        self._size = 0
        self._nul_count = 0

    def see(self, block: bytes) -> None:
        """Raise ``Withheld`` when the text with ``block``, or ``block`` itself, is binary."""
        self._size += len(block)
        if b"\0" not in block:
            return
        rest = _HOLE.sub(b"", block)
        count = rest.count(b"\0")
        self._nul_count += count
        if count > max(1, len(block) // _NULS_PER) or self._nul_count > self._size // _NULS_PER:
            raise Withheld("It is binary, at least in part.", LOOK)


def _refusal(head: bytes) -> Withheld | None:
    for sign, what, hint in _SIGNS:
        if head.startswith(sign) and (sign not in _PRINTABLE_TOO or _is_binary(head)):
            return Withheld(f"It is {what}, and cannot be searched.", hint)
    picture = detect(head, "")
    if picture.label not in ("", "SVG") and (picture.label != "GIF" or _is_binary(head)):  # those two may be texts
        hint = _PICTURE if picture.format is not None else _OTHER_PICTURE
        return Withheld(f"It is a picture ({picture.label}), and cannot be searched.", hint)
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return Withheld("It is UTF-32, which is not read here.", "Convert it first: iconv -f UTF-32 -t UTF-8.")
    if looks_like_map(head):
        return Withheld("It is the private map of a ticket.", "It holds the real values; never send it to anybody.")
    if _is_binary(head):
        if head.strip(b"\0") == b"":
            return Withheld("It holds nothing but NULs.", "Leave it out.")
        return Withheld("It is binary.", LOOK)
    if _is_foreign(head):
        return Withheld("It is in an encoding that is not read here.", "Convert it first: iconv -t UTF-8.")
    return None


def _is_binary(head: bytes) -> bool:
    try:
        Watch().see(head)
    except Withheld:
        return True
    if head and not head.strip(b"\0"):
        return True
    controls = len(head.translate(None, _NO_CONTROLS))
    return controls > len(head) // 50 and not _is_utf8(head)


def _is_foreign(head: bytes) -> bool:
    """EBCDIC and its like: the rules know digits and letters of ASCII, and find nothing in what has none."""
    return len(head) - len(head.translate(None, _HIGH)) > len(head) // 2 and not _is_utf8(head)


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _is_mail(head: bytes, name: str) -> bool:
    """RFC 5322, and RFC 4155 for many of them in one file, by the first head; an HTTP message has a start line."""
    if name.lower().endswith(_MAIL_NAMES):
        return True
    first_line, _, rest = head.partition(b"\n")
    if first_line.startswith(b"From ") and _HEADER.match(rest):
        return True
    if not _HEADER.match(first_line):
        return False
    end = _HEAD_END.search(head)
    top = head[: end.start()] if end is not None else head
    return _MAIL_HEADER.search(top) is not None
