"""Reads a stream of any length, block by block, in bounded memory: learns from it, or copies it without what goes."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from typing import BinaryIO

from msgspec import Struct

from bundler.redact.errands import Errands, Reading
from bundler.redact.rule import Hit, RuleFailure
from bundler.redact.splicing import Change
from bundler.redact.tables import goes_on

BLOCK = 1024 * 1024
LONGEST_LINE = 1024 * 1024
OVERLAP = 64 * 1024
LOOKBACK = 4096
_MUCH = 4
"""With so many blocks, it pays to compile what is quick afterwards; none of them is searched before."""
_WORTH_OTHERS = 8
"""With so many blocks, others who search save more time than they need to get to know all that is known."""
_AHEAD = 12
"""So many blocks are under way at once where others search."""
_END_OF_VALUE = re.compile(rb"[\s\"'&,;<>]")


class Mark(Struct, frozen=True):
    """One replacement: its kind, the bytes of the input from ``start`` to before ``end``, and the text written."""

    kind: str
    start: int
    end: int
    placeholder: str


Report = Callable[[Mark], None]


class Stream:
    """What is between two blocks: bytes not yet copied, and some before them that were, for what they tell.

    Blocks end at line feeds; of a longer line, overlapping pieces are read. Blocks of whole lines may be searched side
    by side; all else is searched when everything before it is done. Without a ``sink`` all that the rules find is
    learned, and nothing written; with one, all that is known by then is masked, and ``report`` gets every replacement
    in order. Lines on which a rule fails are withheld.
    """

    def __init__(self, sink: BinaryIO | None, errands: Errands, report: Report | None = None) -> None:
        self.buffer = b""
        self.offset = 0  # of the buffer's first byte in the input
        self._masker = errands.masker
        self._errands = errands
        self._sink = sink
        self._report = report
        self._written = 0  # so many bytes of the buffer are in the sink already
        self._unended: Change | None = None  # a value longer than a line may be, still going on
        self._readings: deque[Reading] = deque()  # all that lies between the sink and the buffer
        self._count = 0  # of the readings that there were
        self._lead = b""  # what names the columns of the table that goes on here

    def copy(self, source: BinaryIO) -> None:
        """Take in all of ``source``, however little it gives at a time."""
        chunk = b"."
        while chunk:
            chunk = _whole_block(source)
            self.feed(chunk)

    def feed(self, chunk: bytes) -> None:
        """Take in ``chunk`` and write all that can be judged; an empty one is the end."""
        self.buffer += chunk
        if self._unended is None or self._skip_value(is_end=not chunk):
            while self._step(is_end=not chunk):
                pass
        if not chunk:
            self._settle_all()

    def _step(self, *, is_end: bool) -> bool:
        """Write one part; False when there is nothing more to be written now."""
        fresh = len(self.buffer) - self._written
        cut = len(self.buffer) if is_end else self._whole_lines()
        if cut > self._written:
            if self._written:
                self._write(cut, cut)
            else:
                self._read(cut)
            return False
        if is_end or fresh < LONGEST_LINE + OVERLAP:
            return False
        self._settle_all()
        self._write(self._written + LONGEST_LINE, self._written + LONGEST_LINE + OVERLAP)
        return self._unended is None

    def _read(self, cut: int) -> None:
        """Have whole lines searched, to be written in their turn."""
        reading = Reading(self._errands, self.buffer[:cut], self.offset, self._lead)
        self._readings.append(reading)
        if self._lead or not self.offset:
            self._lead = goes_on(reading.text, self._masker.search.names)
        self._forget(cut)
        self._count += 1
        if self._count == _MUCH:
            self._masker.search.expect_much()
        if self._count == _WORTH_OTHERS:
            self._errands.begin()
        if self._errands.has_begun:
            for reading in self._readings:
                reading.hand_over(is_all_known=self._sink is not None)
        if len(self._readings) >= (_AHEAD if self._errands.may_begin else _MUCH):
            self._settle()

    def _settle_all(self) -> None:
        while self._readings:
            self._settle()

    def _settle(self) -> None:
        """End the first reading, and write it."""
        reading = self._readings.popleft()
        self._end(reading)
        if reading.has_failed:
            self._withhold(reading.text[reading.start :], reading.offset + reading.start)
        else:
            changes: list[Change] = []
            masked = self._splice(reading.text, reading.hits, changes)
            self._put(masked[reading.start :], changes, reading.offset)

    def _end(self, reading: Reading) -> None:
        """Learn from a text, and look for all that is known in it once it is to be written."""
        reading.learn()
        if self._sink is not None:
            reading.complete()
        reading.drop()

    def _whole_lines(self) -> int:
        """Where the last line ends; before an unfinished private key or broken line, which must not be torn."""
        cut = self.buffer.rfind(b"\n", self._written) + 1
        if self.buffer.endswith((b"=\n", b"=\r\n"), self._written, cut):
            told = self.buffer.rfind(b"quoted-printable", max(self._written, cut - OVERLAP), cut)
            if told >= 0:
                return self.buffer.rfind(b"\n", self._written, told) + 1
        begin = self.buffer.rfind(b"-----BEGIN ", self._written, cut)
        if begin >= 0 and b"-----END" not in self.buffer[begin:cut] and len(self.buffer) - begin < OVERLAP:
            return self.buffer.rfind(b"\n", self._written, begin) + 1
        return cut

    def _write(self, cut: int, reach: int) -> None:
        """Mask up to ``cut``, having looked on to ``reach``; a value across the cut is left for the next part."""
        reading = Reading(self._errands, self.buffer[:reach], self.offset)
        self._end(reading)
        if reading.has_failed:
            self._withhold(self.buffer[self._written : cut], self.offset + self._written)
            self._forget(cut)
            return
        mine: list[Hit] = []
        for hit in reading.hits:
            if hit.end <= self._written or hit.start >= cut:
                continue
            if hit.end > cut and hit.start > self._written:
                cut = hit.start
                break
            mine.append(hit._replace(start=max(hit.start, self._written)))
        changes: list[Change] = []
        is_unended = bool(mine) and mine[-1].end >= reach > cut
        cut = max([cut, *(hit.end for hit in mine)])
        masked = self._splice(reading.text[:cut], mine, changes)
        if is_unended:
            self._unended = changes.pop()
            self._unended = self._unended._replace(start=self.offset + self._unended.start)
        self._put(masked[self._written :], changes, self.offset)
        self._forget(cut)

    def _skip_value(self, *, is_end: bool) -> bool:
        """Leave out the rest of a value that began before; False while its end has not been seen."""
        change = self._unended
        found = _END_OF_VALUE.search(self.buffer, self._written)
        if change is None or (found is None and not is_end):
            self._forget(len(self.buffer))
            return False
        end = found.start() if found is not None else len(self.buffer)
        self._unended = None
        self._put(b"", [change._replace(end=self.offset + end)], 0)
        self._forget(end)
        return True

    def _withhold(self, text: bytes, offset: int) -> None:
        """A rule failed on this part: line by line, so that only those lines are lost on which it fails."""
        for line in text.splitlines(keepends=True):
            changes: list[Change] = []
            content = line.rstrip(b"\r\n")
            try:
                masked = self._splice(line, self._masker.read_on(line), changes)
            except RuleFailure as failure:
                marker = f"[withheld: the rule {failure.rule} failed]".encode()
                masked, changes = marker + line[len(content) :], [Change(0, len(content), "withheld", marker)]
            self._put(masked, changes, offset)
            offset += len(line)

    def _splice(self, text: bytes, hits: list[Hit], changes: list[Change]) -> bytes:
        """``text`` without its hits; as it is while there is no sink, for no value gets a placeholder before then."""
        if self._sink is not None:
            return self._masker.splice(text, hits, changes)
        changes += [Change(hit.start, hit.end, hit.rule.kind, b"") for hit in hits]
        return text

    def _put(self, masked: bytes, changes: list[Change], offset: int) -> None:
        """Write what was made of a text that begins at ``offset``."""
        if self._sink is None:
            return
        self._sink.write(masked)
        if self._report is None:
            return
        for change in changes:
            start, end = offset + change.start, offset + change.end
            self._report(Mark(change.kind, start, end, change.placeholder.decode()))

    def _forget(self, cut: int) -> None:
        """All before ``cut`` is written; of an unfinished line, keep a little for the names in front of its values."""
        is_within_line = cut > 0 and self.buffer[cut - 1 : cut] != b"\n"
        keep = max(0, cut - LOOKBACK) if is_within_line else cut
        self.offset += keep
        self.buffer = self.buffer[keep:]
        self._written = cut - keep


def _whole_block(source: BinaryIO) -> bytes:
    """The next block; only the last one is shorter."""
    block = source.read(BLOCK)
    if 0 < len(block) < BLOCK:
        parts, size = [block], len(block)
        while size < BLOCK and (more := source.read(BLOCK - size)):
            parts.append(more)
            size += len(more)
        block = b"".join(parts)
    return block
