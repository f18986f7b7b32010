"""Reads a log that comes in order as pieces of whole records, in bounded memory; an endless record comes cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bundler.logs.arrays import opens_array
from bundler.logs.mentions import OVERLAP, Finder
from bundler.logs.scanning import LINE_LOOK, Scanner

RECORD_LIMIT = 1024 * 1024
"""How much of one record is kept, in bytes; the rest is counted."""


class Piece(NamedTuple):
    """Whole records, or the kept part of an endless one."""

    data: bytes
    offset: int
    """Where it begins in the log as it is read, that is unpacked and in UTF-8."""
    cut_size: int = 0
    """How many bytes of its only record were not kept."""
    cut_lines: int = 0
    """How many line ends were in them, less the one that was put in their place."""
    is_mentioned: bool = False
    """Whether an identifier stands in what was not kept."""
    end: int = 0
    """Where an endless record ends in the log; 0 for all others."""


def read_pieces(blocks: Iterable[bytes], scanner: Scanner, finder: Finder | None = None) -> Iterator[Piece]:
    """Yield the records of a log, as many at a time as a block holds. Joined, uncut pieces are the log again."""
    carry, offset = b"", 0
    endless: _Endless | None = None
    for block in blocks:
        if offset and carry and endless is None and (cut := scanner.last_start(block)):
            # the last start in what is new is the last of all: so the block is copied once
            yield Piece(b"".join((carry, memoryview(block)[:cut])), offset)
            offset, carry = offset + len(carry) + cut, block[cut:]
            if len(carry) <= RECORD_LIMIT:
                continue
            block = b""
        floor = scanner.undecided(carry)
        data = carry + block if carry else block
        if endless is not None:
            rest = endless.feed(block)
            if rest is None:
                continue
            yield endless.piece()
            data, offset, endless = rest, endless.offset + endless.size, None
        if (cut := scanner.last_start(data, floor)) and (offset or not opens_array(data[:cut], data[cut : cut + 64])):
            yield Piece(data[:cut], offset)
            data, offset = data[cut:], offset + cut
        carry = data
        if len(data) > RECORD_LIMIT:
            endless, carry = _Endless(data, offset, scanner, finder), b""
    if endless is not None:
        carry = endless.finish()
        yield endless.piece()
        offset = endless.offset + endless.size
    if carry:
        yield Piece(carry, offset)


class _Endless:
    """A record of which no end was seen within the limit: what is kept of it, and the count of the rest."""

    def __init__(self, data: bytes, offset: int, scanner: Scanner, finder: Finder | None) -> None:
        self.offset = offset
        self._scanner = scanner
        self._finder = finder
        self._kept = _trimmed(data[:RECORD_LIMIT])
        self.size = len(self._kept)
        self._line_count = 0
        self._is_mentioned = False
        self._overlap = self._kept[-OVERLAP:]
        self._line = b""  # a line of which the end is not seen yet, while it may still open a record
        self._is_within = not self._kept.endswith(b"\n")  # of the line we are in, the beginning is known
        self.feed(data[self.size :])

    def feed(self, block: bytes) -> bytes | None:
        """Take in more; returns what follows behind the record, once its end is seen."""
        data = self._line + block
        start = data.find(b"\n") + 1 if self._is_within else 0
        if self._is_within and not start:
            self._swallow(data)
            return None
        self._is_within = False
        whole = max(data.rfind(b"\n") + 1, start)
        opened = next((begin for begin, _ in self._scanner.starts(data, start, whole)), whole)
        self._swallow(data[:opened])
        self._line = data[opened:]
        if opened < whole:
            return self._rest()
        if len(self._line) > LINE_LOOK:
            if self._scanner.opens(self._line, 0, len(self._line)):
                return self._rest()
            self._swallow(self._rest())
            self._is_within = True
        return None

    def finish(self) -> bytes:
        """What follows behind the record at the end of the log: its last line, if that opens one."""
        if self._line and not self._scanner.opens(self._line, 0, len(self._line)):
            self._swallow(self._rest())
        return self._rest()

    def piece(self) -> Piece:
        """What was kept, as whole lines."""
        end = b"" if self._kept.endswith(b"\n") else b"\n"
        cut_size, cut_lines = self.size - len(self._kept), self._line_count - len(end)
        stop = self.offset + self.size
        return Piece(self._kept + end, self.offset, cut_size, cut_lines, self._is_mentioned, stop)

    def _rest(self) -> bytes:
        rest, self._line = self._line, b""
        return rest

    def _swallow(self, data: bytes) -> None:
        self.size += len(data)
        self._line_count += data.count(b"\n")
        if self._finder and not self._is_mentioned:
            looked = self._overlap + data
            self._is_mentioned = bool(self._finder.mentions(looked, 0, len(looked)))
            self._overlap = looked[-OVERLAP:]


def _trimmed(data: bytes) -> bytes:
    """``data`` without the line, or the word, that its end cuts in two: half a secret is one no rule recognises."""
    if (feed := data.rfind(b"\n")) >= 0:
        return data[: feed + 1]
    start = max(0, len(data) - 4096)
    end = max(data.rfind(mark, start) for mark in (b" ", b",", b";", b"&", b"\t"))
    if end >= 0:
        return data[: end + 1]
    return data[:-3] + data[-3:].decode("utf-8", "ignore").encode()
