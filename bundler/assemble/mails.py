"""Takes mails apart while they are read: heads, texts between parts, and parts with the encoding they are in.

RFC 5322, RFC 2046 and, for many mails in one file, RFC 4155; the standard library's parser holds a whole mail in memory
and does not tell where in the file a part stood.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from typing import BinaryIO, NamedTuple
from urllib.parse import unquote

from bundler.assemble.streams import SPOOL_SIZE, spool
from bundler.errors import UnreadableInput
from bundler.mail.decoding import header_text

_LONGEST_LINE = 64 * 1024
_LONGEST_HEAD = 256 * 1024
_MOST_OPEN = 30
_FOLD = re.compile(rb"\r?\n[ \t]+")
_FIELD = re.compile(rb"^(content-(?:type|transfer-encoding|disposition))[ \t]*:[ \t]*(.{0,4000})", re.IGNORECASE | re.M)
_BOUNDARY = re.compile(rb';\s{0,20}boundary\s{0,20}=\s{0,20}(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
_NAME = re.compile(
    rb';\s{0,20}(?:file)?name\*?(?:0\*?)?\s{0,20}=\s{0,20}(?:"([^"\r\n]{1,400})"|([^\s;"]{1,400}))', re.I
)
PLAIN = (b"", b"7bit", b"8bit", b"binary")
"""Encodings that are none (RFC 2045, section 6.2)."""
_EMPTY = (b"\n", b"\r\n")
_BLANKS = b" \t\r\n"


class Text(NamedTuple):
    """What stands before, between and behind the parts, or the line that opens a mail in a file of many."""

    offset: int
    data: bytes


class Head(NamedTuple):
    """The head of a mail, or of a part that has parts of its own."""

    offset: int
    data: bytes


class Part(NamedTuple):
    """A part without parts: its head, and its body as it is stored, to be read from its start."""

    head: Head
    name: str
    encoding: bytes
    """As the head says, in lower case; of heads that contradict themselves, that."""
    offset: int
    body: BinaryIO


def take_apart(stream: BinaryIO) -> Iterator[Text | Head | Part]:
    """Everything in ``stream``, in order; joined it is the file again. A part's body is gone when the next one comes.

    Raises ``UnreadableInput`` for a mail whose parts lie deeper within each other than any mail program's.
    """
    mails = _Mails(stream)
    first = mails.take()
    mails.is_many = first.startswith(b"From ")
    if mails.is_many:
        yield Text(0, first)
    else:
        mails.give_back(first)
    is_head = True
    while True:
        if not is_head:
            is_head = yield from mails.between()
            if not is_head:
                return
        head = mails.head()
        fields = _fields(head.data)
        encoding = fields.get(b"content-transfer-encoding", b"")
        kind = fields.get(b"content-type", b"")
        boundary = _BOUNDARY.search(kind) if kind.lower().startswith(b"multipart/") else None
        if boundary is not None:
            mails.enter((boundary[1] or boundary[2]).rstrip())
        is_head = kind.lower().startswith(b"message/rfc822") and encoding in PLAIN and bool(head.data)
        if is_head or boundary is not None:
            yield head
            continue
        with spool() as body:
            offset = mails.offset
            mails.copy_body(body)
            yield Part(head, _name(kind, fields.get(b"content-disposition", b"")), encoding, offset, body)


class _Mails:
    """The lines of a file, very long ones in pieces, and the boundaries that count where we are in it."""

    def __init__(self, stream: BinaryIO) -> None:
        self.is_many = False
        self.offset = 0
        """Of the next line."""
        self._stream = stream
        self._again: bytes | None = None
        self._before = b"\n"
        self._open: list[bytes] = []

    def take(self) -> bytes:
        line = self._stream.readline(_LONGEST_LINE) if self._again is None else self._again
        self._again = None
        self.offset += len(line)
        return line

    def give_back(self, line: bytes) -> None:
        self._again = line
        self.offset -= len(line)

    def enter(self, boundary: bytes) -> None:
        """From now on this line parts the parts."""
        if len(self._open) == _MOST_OPEN:
            raise UnreadableInput("The parts of the mail lie too deep within each other.", "Name the parts as files.")
        self._open.append(boundary)

    def head(self) -> Head:
        """The lines up to the empty one, which belongs to it; fewer where a part or the file ends."""
        offset, kept, size = self.offset, [], 0
        while size < _LONGEST_HEAD and (line := self._inner()):
            kept.append(line)
            size += len(line)
            if line in _EMPTY:
                break
        return Head(offset, b"".join(kept))

    def copy_body(self, sink: BinaryIO) -> None:
        """Write the lines up to the end of the part to ``sink`` and go back to its start."""
        while line := self._inner():
            sink.write(line)
        sink.seek(0)

    def between(self) -> Generator[Text, None, bool]:
        """What lies between two parts; returns whether a head follows, which it does not at the end of the file."""
        while True:
            offset, kept, size = self.offset, [], 0
            while size < SPOOL_SIZE and (line := self._inner()):
                kept.append(line)
                size += len(line)
            if kept:
                yield Text(offset, b"".join(kept))
                continue
            offset, line = self.offset, self.take()
            if not line:
                return False
            self._before = line
            yield Text(offset, line)
            if self._cross(line):
                return True

    def _inner(self) -> bytes:
        """The next line of what we are in, nothing at its end."""
        line = self.take()
        if line and self._is_border(line):
            self.give_back(line)
            return b""
        self._before = line
        return line

    def _is_border(self, line: bytes) -> bool:
        if not self._before.endswith(b"\n"):
            return False
        if self.is_many and line.startswith(b"From ") and self._before in _EMPTY:
            return True
        if not (self._open and line.startswith(b"--")):
            return False
        said = line[2:].rstrip(_BLANKS)
        return said in self._open or (said.endswith(b"--") and said[:-2] in self._open)

    def _cross(self, border: bytes) -> bool:
        """Close what ends at this line; True when it opens a part or a mail."""
        said = border[2:].rstrip(_BLANKS)
        if not border.startswith(b"--"):
            self._open.clear()
            return True
        if said in self._open:
            del self._open[self._open.index(said) + 1 :]
            return True
        del self._open[self._open.index(said[:-2]) :]
        return False


def _fields(head: bytes) -> dict[bytes, bytes]:
    """What tells how to read a part; of two that differ neither, so that nobody reads it otherwise than we do."""
    fields: dict[bytes, bytes] = {}
    for found in _FIELD.finditer(_FOLD.sub(b" ", head)):
        name, value = found[1].lower(), found[2].strip()
        if name == b"content-transfer-encoding":
            value = value.lower()
        if fields.setdefault(name, value) != value and name != b"content-disposition":
            fields[b"content-transfer-encoding"] = b"contradictory"
    return fields


def _name(*fields: bytes) -> str:
    """What a part is called, by the sender; RFC 2231 and RFC 2047, as far as people use them."""
    for field in fields:
        if (found := _NAME.search(field)) is not None:
            name = header_text((found[1] or found[2]).decode("utf-8", "replace"), [])
            return unquote(name.rpartition("''")[2])
    return ""
