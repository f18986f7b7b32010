"""Masks the bodies in a HAR that are written in Base64, while it is read, in bounded memory."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import chain, groupby
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from bundler.assemble.streams import as_stream
from bundler.errors import UnreadableInput
from bundler.evidence.legible import LOOK, Withheld
from bundler.redact.transfer import decoded, encoded

if TYPE_CHECKING:
    from bundler.assemble.rewriting import Place, Rewriter

BODY_LIMIT = 8 * 1024**2
"""How long a body in Base64 may be, in bytes."""
_BLOCK = 1024 * 1024
_AROUND = 512  # HAR 1.2, "content": few and short fields stand beside the text of a body
_TEXT = re.compile(rb'"text"[ \t\r\n]{0,64}:[ \t\r\n]{0,64}"')
_LONGEST_OPENING = 160
_BODY = re.compile(rb"(?:[A-Za-z0-9+/=_-]++|\\[rnt/])*+")
_ENCODING = re.compile(rb'"encoding"[ \t\r\n]{0,64}:[ \t\r\n]{0,64}"base64"', re.IGNORECASE)
_ESCAPES = re.compile(rb"\\[rnt/]")
_MARKER = b"[withheld: a body that is not text]"


class Piece(NamedTuple):
    """A part of the file: text, or the characters of one body without the quotes around them."""

    offset: int
    data: bytes
    is_body: bool


def pieces(stream: BinaryIO) -> Iterator[Piece]:
    """The whole file in order, joined it is the file again; between two bodies there is always text.

    Raises ``Withheld`` for a body above the limit.
    """
    window = _Window(stream)
    while True:
        found = window.find()
        if found is None:
            yield from window.give(window.safe())
            if not window.read_more():
                yield from window.give(len(window.data))
                return
            continue
        start, end = found
        yield from window.give(start)
        if end > start:
            yield Piece(window.offset + start, window.data[start:end], is_body=True)
            window.done = end


def rewrite_har(rewriter: Rewriter, stream: BinaryIO, sink: BinaryIO, place: Place, depth: int) -> None:
    """Copy a HAR without what has to go from it; a body in Base64 that is no text is withheld, a marker in its place.

    Raises ``UnreadableInput`` where the HAR as a whole has to be withheld.
    """
    unread = 0
    for is_body, group in groupby(pieces(stream), key=lambda piece: piece.is_body):
        for piece in group:
            if is_body:
                inner = place.within(f"body at {place.offset + piece.offset}", is_decoded=True)
                unread += not _rewrite_body(rewriter, piece.data, sink, inner, depth)
            else:
                text = as_stream(chain((piece.data,), (more.data for more in group)))
                rewriter.text(text, sink, place.at(piece.offset))
    if unread:
        what = "A body in it is" if unread == 1 else f"{unread:,} bodies in it are"
        rewriter.withhold(place.file or "the HAR", Withheld(f"{what} no text and cannot be searched.", LOOK))


def _rewrite_body(rewriter: Rewriter, body: bytes, sink: BinaryIO, place: Place, depth: int) -> bool:
    """Write one body; False when a marker was written in its place."""
    before, content = rewriter.change_count, io.BytesIO()

    def rewrite() -> None:
        stored = _ESCAPES.sub(lambda found: b"/" if found[0] == b"\\/" else b"", body)
        rewriter.deeper(io.BytesIO(b"".join(decoded("base64", (stored,)))), "", content, place, depth + 1)

    try:
        rewriter.attempt(rewrite)
    except UnreadableInput:
        if rewriter.copies_unread:
            rewriter.copy_unread(io.BytesIO(body), sink)
        else:
            sink.write(_encoded(_MARKER))
        return rewriter.copies_unread
    sink.write(body if rewriter.change_count == before else _encoded(content.getvalue()))
    return True


def _encoded(data: bytes) -> bytes:
    return b"".join(encoded("base64", (data,), b""))


class _Window:
    """What was read and is not handed out yet, with a little before it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.data = b""
        self.offset = 0
        self.done = 0  # so much of the data was handed out
        self._looked = 0  # so much of it holds no further body
        self._is_end = False

    def find(self) -> tuple[int, int] | None:
        """The next body that is wholly there, with what stands around it."""
        while (opening := _TEXT.search(self.data, self._looked)) is not None:
            start = opening.end()
            body = _BODY.match(self.data, start)
            end = body.end() if body is not None else start
            if end - start > BODY_LIMIT:
                what = f"A body in it is larger than {BODY_LIMIT // 1024**2} MiB, in Base64."
                raise Withheld(what, "Save the HAR without content.")
            if not self._is_end and len(self.data) < end + _AROUND:
                self._looked = opening.start()
                return None
            self._looked = end
            if self.data[end : end + 1] == b'"' and end > start and self._is_encoded(opening.start(), end + 1):
                return start, end
        self._looked = max(self._looked, len(self.data) - _LONGEST_OPENING)
        return None

    def _is_encoded(self, start: int, end: int) -> bool:
        before = self.data[max(0, start - _AROUND) : start]
        after = self.data[end : end + _AROUND]
        before = before[max(before.rfind(b"{"), before.rfind(b"}")) + 1 :]
        closing = min((at for at in (after.find(b"{"), after.find(b"}")) if at >= 0), default=len(after))
        return _ENCODING.search(before) is not None or _ENCODING.search(after[:closing]) is not None

    def safe(self) -> int:
        """How far what is there is text, whatever comes."""
        opening = _TEXT.search(self.data, self._looked)
        if opening is not None:
            return opening.end()
        return max(self.done, len(self.data) - _LONGEST_OPENING)

    def give(self, end: int) -> Iterator[Piece]:
        """The text up to ``end``."""
        if end > self.done:
            yield Piece(self.offset + self.done, self.data[self.done : end], is_body=False)
            self.done = end

    def read_more(self) -> bool:
        block = self._stream.read(_BLOCK)
        if not block:
            was_end, self._is_end = self._is_end, True
            return not was_end
        keep = max(0, min(self.done, self._looked) - _AROUND)
        self.data = self.data[keep:] + block
        self.offset += keep
        self.done -= keep
        self._looked = max(0, self._looked - keep)
        return True
