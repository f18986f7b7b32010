"""Masks a stream of any length, block by block, in bounded memory: bytes in, bytes out, only what is a hit changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from msgspec import Struct

from bundler.errors import UnreadableInput
from bundler.providers.profile import Profile
from bundler.redact.errands import Crew, Errands, Reading
from bundler.redact.many import ManyPlaceholders
from bundler.redact.masker import Masker
from bundler.redact.rule import Hit, RuleFailure
from bundler.redact.splicing import Change

BLOCK = 1024 * 1024
LONGEST_LINE = 1024 * 1024
OVERLAP = 64 * 1024
LOOKBACK = 4096
ROUND = 4
"""So many blocks are searched before the first of them is written: what is found in one is masked in all of them."""
_WORTH_OTHERS = 2 * ROUND
"""With so many blocks, others who search save more time than they need to get to know all that is known."""
_ROUNDS_AHEAD = 3
"""So many rounds are under way at once where others search."""
_END_OF_VALUE = re.compile(rb"[\s\"'&,;<>]")


class Mark(Struct, frozen=True):
    """One replacement: its kind, the bytes of the input from ``start`` to before ``end``, and the text written."""

    kind: str
    start: int
    end: int
    placeholder: str


Report = Callable[[Mark], None]
Advance = Callable[[int], None]


def scrub(
    source: BinaryIO,
    sink: BinaryIO,
    profile: Profile,
    report: Report | None = None,
    advance: Advance | None = None,
    *,
    crew: Crew | None = None,
) -> int:
    """Copy ``source`` to ``sink`` with placeholders for secrets and personal data; tells how many values there were.

    Blocks end at line feeds; of a longer line, overlapping pieces are read. A value is masked everywhere from its first
    round of blocks on. Lines on which a rule fails are withheld. ``report`` gets every replacement in order,
    ``advance`` the number of bytes read. ``crew`` searches blocks side by side: the outcome is the same without one.
    Raises ``UnreadableInput`` for UTF-16, which cannot be searched in pieces.
    """
    stream = Stream(sink, Errands(Masker(profile, placeholders=ManyPlaceholders()), crew), report)
    for chunk in stream.chunks_of(source):
        if stream.offset == 0 and not stream.buffer and chunk.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise UnreadableInput(
                "This file is UTF-16, which cannot be masked in pieces.", "Convert it first: iconv -t UTF-8."
            )
        stream.feed(chunk)
        if advance is not None and chunk:
            advance(len(chunk))
    return stream.masker.placeholders.value_count()


class Stream:
    """What is between two blocks: bytes not yet written, and some before them that were, for what they tell.

    Blocks of whole lines are searched round by round; all else at once, when everything before it is written.
    """

    def __init__(self, sink: BinaryIO, errands: Errands, report: Report | None) -> None:
        self.masker = errands.masker
        self.buffer = b""
        self.offset = 0  # of the buffer's first byte in the input
        self._errands = errands
        self._sink = sink
        self._report = report
        self._written = 0  # so many bytes of the buffer are in the sink already
        self._unended: Change | None = None  # a value longer than a line may be, still going on
        self._readings: list[Reading] = []  # all that lies between the sink and the buffer

    def chunks_of(self, source: BinaryIO) -> Iterator[bytes]:
        """What ``feed`` wants, the empty end included, however little ``source`` gives at a time.

        Where it fails, all that came before is written.
        """
        chunk = b"."
        while chunk:
            try:
                chunk = _whole_block(source)
            except Exception:
                self._settle_all()
                raise
            yield chunk

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
        self._readings.append(Reading(self._errands, self.buffer[:cut], self.offset))
        self._forget(cut)
        if len(self._readings) == ROUND:
            self.masker.search.expect_much()
        if len(self._readings) >= _WORTH_OTHERS:
            self._errands.begin()
        if self._errands.has_begun:
            for reading in self._readings:
                reading.hand_over()
        if len(self._readings) >= (ROUND * _ROUNDS_AHEAD if self._errands.may_begin else ROUND):
            self._settle()

    def _settle_all(self) -> None:
        while self._readings:
            self._settle()

    def _settle(self) -> None:
        """Write one round: first all of it is learned, then looked for in all of it."""
        readings, self._readings = self._readings[:ROUND], self._readings[ROUND:]
        for reading in readings:
            reading.learn()
        for reading in readings:
            reading.ask()
        for reading in readings:
            reading.complete()
        for reading in readings:
            if reading.has_failed:
                self._withhold(reading.text, reading.offset)
            else:
                changes: list[Change] = []
                self._sink.write(self.masker.splice(reading.text, reading.hits, changes))
                self._tell(changes, reading.offset)

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
        text = self.buffer[:reach]
        try:
            hits = self.masker.read_on(text)
        except RuleFailure:
            self._withhold(self.buffer[self._written : cut], self.offset + self._written)
            self._forget(cut)
            return
        mine: list[Hit] = []
        for hit in hits:
            if hit.end <= self._written or hit.start >= cut:
                continue
            if hit.end > cut and hit.start > self._written:
                cut = hit.start
                break
            mine.append(hit._replace(start=max(hit.start, self._written)))
        changes: list[Change] = []
        is_unended = bool(mine) and mine[-1].end >= reach > cut
        cut = max([cut, *(hit.end for hit in mine)])
        masked = self.masker.splice(text[:cut], mine, changes)
        if is_unended:
            self._unended = changes.pop()
            self._unended = self._unended._replace(start=self.offset + self._unended.start)
        self._sink.write(masked[self._written :])
        self._tell(changes, self.offset)
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
        self._tell([change._replace(end=self.offset + end)], 0)
        self._forget(end)
        return True

    def _withhold(self, text: bytes, offset: int) -> None:
        """A rule failed on this part: line by line, so that only those lines are lost on which it fails."""
        for line in text.splitlines(keepends=True):
            changes: list[Change] = []
            content = line.rstrip(b"\r\n")
            try:
                masked = self.masker.splice(line, self.masker.read_on(line), changes)
            except RuleFailure as failure:
                marker = f"[withheld: the rule {failure.rule} failed]".encode()
                masked, changes = marker + line[len(content) :], [Change(0, len(content), "withheld", marker)]
            self._sink.write(masked)
            self._tell(changes, offset)
            offset += len(line)

    def _tell(self, changes: list[Change], offset: int) -> None:
        """Report changes in a text that begins at ``offset``."""
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
