"""Masks mails: decodes what is encoded in them, and writes it encoded again; the rest stays byte by byte."""

from __future__ import annotations

import io
import re
from typing import BinaryIO

from bundler.assemble.mails import PLAIN, Head, Part, Text, take_apart
from bundler.assemble.rewriting import Place, Rewriter
from bundler.assemble.streams import BUFFER_SIZE, as_stream, blocks_of, spool
from bundler.errors import UnreadableInput
from bundler.evidence.legible import Withheld
from bundler.evidence.names import writable
from bundler.redact import Mark
from bundler.redact.base64_runs import find_runs
from bundler.redact.transfer import Encoding, Words, decoded, encoded, find_words, write_words

_ENCODINGS: dict[bytes, Encoding] = {b"base64": "base64", b"quoted-printable": "quoted-printable"}
_FIELD = re.compile(rb"^[^\s:][^\n]*(?:\n[ \t][^\n]*)*\n?", re.MULTILINE)
_QUOTED = re.compile(rb"=(?:[0-9A-Fa-f]{2}|[ \t]*\r?\n)")
_MARKER = b"[withheld: a part that is damaged]"
_REPLACED = (b"content-type", b"content-transfer-encoding", b"content-disposition", b"content-description")
_NOTICE_HEAD = (
    b"Content-Type: text/plain; charset=utf-8",
    b"Content-Transfer-Encoding: quoted-printable",
    b"Content-Disposition: inline",
    b"",
    b"",
)


def rewrite_mail(rewriter: Rewriter, stream: BinaryIO, sink: BinaryIO, place: Place, depth: int) -> None:
    """Copy a mail, or a file of many, without what has to go; a part that cannot be searched becomes a notice.

    Raises ``UnreadableInput`` where the file as a whole has to be withheld.
    """
    number = 0
    for piece in take_apart(stream):
        if isinstance(piece, Text):
            _rewrite_text(rewriter, piece, sink, place.at(piece.offset))
        elif isinstance(piece, Head):
            _rewrite_head(rewriter, piece, sink, place)
        else:
            number += 1
            _Part(rewriter, piece, number, place).rewrite(sink, depth)


def _rewrite_text(rewriter: Rewriter, text: Text, sink: BinaryIO, place: Place) -> None:
    """What stands between the parts; in a damaged mail, that may be a part."""
    masked = io.BytesIO()
    rewriter.short(text.data, masked, place)
    _write_unless_damaged(rewriter, masked, text.data, sink, place)


def _write_unless_damaged(rewriter: Rewriter, masked: io.BytesIO, data: bytes, sink: BinaryIO, place: Place) -> None:
    """Write what is masked; a marker in its place where it holds what should have been decoded before."""
    if _hides_something(rewriter, masked):
        rewriter.withhold(place.file or "the mail", Withheld("It is damaged: a part has no end.", "Save it again."))
        sink.write(_MARKER + data[len(data.rstrip(b"\r\n")) :])
    else:
        sink.write(masked.getvalue())


def _hides_something(rewriter: Rewriter, masked: BinaryIO) -> bool:
    """True for a masked text in which there is still something to be masked in what it encodes without saying so."""
    if rewriter.sweep.is_learning:
        return False
    finds_in = rewriter.sweep.finds_in
    masked.seek(0)
    while lines := masked.readlines(BUFFER_SIZE):
        text = b"".join(lines)
        if any(run.is_packed or finds_in(run.plain) for run in find_runs(text)):
            return True
        if _QUOTED.search(text) and finds_in(b"".join(decoded("quoted-printable", (text,)))) > finds_in(text):
            return True
    return False


def _rewrite_head(rewriter: Rewriter, head: Head, sink: BinaryIO, place: Place) -> None:
    """The head of a mail; of a field with encoded words the text is searched, and what had to go is written anew."""
    masked = io.BytesIO()
    at = 0
    for found in _FIELD.finditer(head.data):
        words = list(find_words(found[0])) if b"=?" in found[0] else []
        if words:
            start, end = found.span()
            rewriter.short(head.data[at:start], masked, place.at(head.offset + at))
            inner = place.within(f"header at {place.offset + head.offset + start}", is_decoded=True)
            masked.write(_rewritten_field(rewriter, found[0], words, inner))
            at = end
    rewriter.short(head.data[at:], masked, place.at(head.offset + at))
    _write_unless_damaged(rewriter, masked, head.data, sink, place)


def _rewritten_field(rewriter: Rewriter, field: bytes, words: list[Words], place: Place) -> bytes:
    segments: list[tuple[bytes, bytes]] = []  # what it says, and how that is written
    at = 0
    for row in words:
        plain = field[at : row.start]
        segments += [(plain, plain), (row.text, field[row.start : row.end])]
        at = row.end
    segments.append((field[at:], field[at:]))
    marks: list[Mark] = []
    rewriter.short(b"".join(text for text, _ in segments), io.BytesIO(), place, marks)
    newline = b"\r\n" if b"\r\n" in field else b"\n"
    pieces: list[bytes] = []
    start = first = 0
    for text, written in segments:
        end = start + len(text)
        while first < len(marks) and marks[first].end <= start:
            first += 1
        masked = _without_marks(text, start, marks, first)
        is_word = text != written
        pieces.append(written if masked == text else write_words(masked, newline) if is_word else masked)
        start = end
    return b"".join(pieces)


def _without_marks(text: bytes, offset: int, marks: list[Mark], first: int) -> bytes:
    """``text``, which begins at ``offset``, with the placeholders of the marks from ``first`` on that begin in it."""
    pieces: list[bytes] = []
    at, end = 0, offset + len(text)
    for number in range(first, len(marks)):
        mark = marks[number]
        if mark.start >= end:
            break
        pieces.append(text[at : max(at, mark.start - offset)])
        if mark.start >= offset:
            pieces.append(mark.placeholder.encode())
        at = min(mark.end, end) - offset
    return b"".join((*pieces, text[at:]))


class _Part:
    """One part of a mail on its way through."""

    def __init__(self, rewriter: Rewriter, part: Part, number: int, place: Place) -> None:
        self._rewriter = rewriter
        self._part = part
        self._number = number
        self._place = place
        self._encoding = _ENCODINGS.get(part.encoding)

    def rewrite(self, sink: BinaryIO, depth: int) -> None:
        rewriter, part = self._rewriter, self._part
        before = rewriter.change_count
        with spool() as content:
            try:
                rewriter.attempt(lambda: self._rewrite_body(content, depth))
            except UnreadableInput as refusal:
                self._stand_in(refusal, sink)
                return
            if self._encoding != "base64" and _hides_something(rewriter, content):
                self._stand_in(Withheld("It is encoded without saying how.", "Save the mail again."), sink)
                return
            is_same = rewriter.change_count == before
            _rewrite_head(rewriter, part.head, sink, self._place)
            stored = part.body if is_same else content
            stored.seek(0)
            blocks = blocks_of(stored)
            if not is_same and self._encoding is not None:
                blocks = encoded(self._encoding, blocks, _newline(part.head))
            for block in blocks:
                sink.write(block)

    def _rewrite_body(self, content: BinaryIO, depth: int) -> None:
        part, place = self._part, self._place
        if self._encoding is not None:
            plain = as_stream(decoded(self._encoding, blocks_of(part.body)))
            inner = place.within(f"part {self._number}", is_decoded=True)
            self._rewriter.deeper(plain, part.name, content, inner, depth + 1)
        elif part.encoding in PLAIN:
            self._rewriter.deeper(part.body, part.name, content, place.at(part.offset), depth + 1)
        else:
            raise Withheld("Nobody knows how it is encoded.", "Save it from your mail program and name that.")

    def _stand_in(self, refusal: UnreadableInput, sink: BinaryIO) -> None:
        """Write the part as it is, on the user's word; else a text in its place that says why it is not there."""
        rewriter, head = self._rewriter, self._part.head
        if rewriter.copies_unread:
            _rewrite_head(rewriter, head, sink, self._place)
            self._part.body.seek(0)
            rewriter.copy_unread(self._part.body, sink)
            return
        name = rewriter.name(writable(self._part.name).replace("/", "_")) if self._part.name else ""
        inner = self._place.within(name or f"part {self._number}")
        left = rewriter.withhold(f"{inner.file}/{inner.part}" if inner.file else inner.part, refusal)
        newline = _newline(head)
        _rewrite_head(rewriter, Head(head.offset, _without_description(head.data)), sink, self._place)
        sink.write(newline.join(_NOTICE_HEAD))
        for block in encoded("quoted-printable", (left.notice().replace(b"\n", newline),), newline):
            sink.write(block)


def _newline(head: Head) -> bytes:
    return b"\r\n" if b"\r\n" in head.data else b"\n"


def _without_description(head: bytes) -> bytes:
    """A head without the fields that tell what the part is, and without the empty line at its end."""
    lines: list[bytes] = []
    is_kept = True
    for line in head.splitlines(keepends=True):
        if line[:1] not in (b" ", b"\t"):
            is_kept = line.partition(b":")[0].rstrip().lower() not in _REPLACED and line.strip() != b""
        if is_kept:
            lines.append(line)
    return b"".join(lines)
