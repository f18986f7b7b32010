"""Long streams with values across every border at which the filter cuts: blocks, longest lines, overlaps, ends."""

from __future__ import annotations

import io
from collections.abc import Iterator

from bundler.redact.stream import BLOCK, LONGEST_LINE, OVERLAP
from tests.benchmarks.corpus_lines import Draws
from tests.redact.planted.corpus import can_stand, fields_around, tagged
from tests.redact.planted.pieces import Document, Pieces, Span, document
from tests.redact.planted.shapes import SHAPES
from tests.redact.planted.structures import STRUCTURES

_STRUCTURES = [each for each in STRUCTURES if each.name in ("assigned", "json", "form", "json-in-json", "colons")]
_FILLING = b"2026-11-23T13:02:11.482Z info polling 7c1e still pending, "


class ShortReads(io.RawIOBase):
    """A source that gives so many bytes at a time, as a share or a packed file may."""

    def __init__(self, data: bytes, sizes: Draws, largest: int) -> None:
        self._inner = io.BytesIO(data)
        self._sizes = sizes
        self._largest = largest

    def readable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """As in any file."""
        return self._inner.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes, mostly fewer; nothing at the end."""
        wanted = self._sizes.below(self._largest) + 1
        return self._inner.read(wanted if size < 0 else min(size, wanted))


def _record(draws: Draws) -> Pieces:
    while True:
        shape, structure = draws.pick(SHAPES), draws.pick(_STRUCTURES)
        made = shape.make(draws)
        if not shape.is_multiline and can_stand(shape, made, structure):
            return structure.write(draws, fields_around(draws, made._replace(value=tagged(made.value, shape.name))))


def _filling(size: int, *, is_one_line: bool) -> bytes:
    text = (_FILLING * (size // len(_FILLING) + 1))[:size]
    if is_one_line:
        return text
    row = len(_FILLING) * 3
    return b"\n".join(text[at : at + row - 1] for at in range(0, size, row))[:size].ljust(size, b".")


def borders(seed: object, *, is_one_line: bool, count: int = 3) -> Iterator[Document]:
    """Streams in which a secret lies across each border; where exactly in the secret is the seed's choice.

    A border of a long line stands at a multiple of the longest line, or an overlap before or behind it.
    """
    step = LONGEST_LINE if is_one_line else BLOCK
    for number in range(count):
        draws = Draws("planted", seed, "borders", is_one_line, number)
        data, spans = bytearray(), list[Span]()
        places = [0]
        for border in (step, 2 * step):
            places += [border - OVERLAP, border, border + OVERLAP] if is_one_line else [border]
        separator = b" " if is_one_line else b"\n"
        for place in places:
            record = document("", _record(draws))
            inner = next(span for span in record.spans if span.role == "secret")
            wanted = place - inner.start - draws.below(max(1, inner.end - inner.start))
            wanted = max(wanted, 0)
            data += _filling(wanted - len(data) - 1, is_one_line=is_one_line) if wanted > len(data) + 1 else b""
            data += separator if data else b""
            spans += [span._replace(start=span.start + len(data), end=span.end + len(data)) for span in record.spans]
            data += record.data + separator
        last = document("", _record(draws))
        data += _filling(3000, is_one_line=is_one_line) + separator
        spans += [span._replace(start=span.start + len(data), end=span.end + len(data)) for span in last.spans]
        data += last.data
        kind = "line" if is_one_line else "blocks"
        yield Document(f"{seed}/{number}/{kind}/borders", bytes(data), tuple(spans))
