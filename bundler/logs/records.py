"""Reads a log as records: a line that opens one, and every line that follows until the next (stack traces, bodies)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import BinaryIO, NamedTuple

from bundler.logs.fragments import read_fragments
from bundler.logs.mentions import OVERLAP, Finder
from bundler.logs.starts import starter
from bundler.logs.timeline import Timeline
from bundler.logs.types import LogFormat

RECORD_LIMIT = 1024 * 1024
"""How much of one record is kept, in bytes; the rest is counted."""

_NO_IDS = Finder(())


class Record(NamedTuple):
    """One record. ``data`` is what was kept of it, whole lines wherever possible."""

    data: bytes
    line: int
    moment: datetime | None
    """Its own moment, in UTC; None when the record has no stamp."""
    cut_size: int
    """How many bytes of it were not kept."""
    mentioned: bool
    """True when it mentions one of the ids, also where that was not kept."""

    @property
    def line_count(self) -> int:
        """How many lines ``data`` has by the count of ``bytes.splitlines``, as ``model.Excerpt`` splits it again."""
        if b"\r" in self.data:
            return len(self.data.splitlines())
        return self.data.count(b"\n") + (not self.data.endswith(b"\n"))


class _Draft:
    """A record while its lines come in."""

    def __init__(self, line: int, moment: datetime | None, finder: Finder) -> None:
        self.line = line
        self.moment = moment
        self._finder = finder
        self._parts: list[bytes] = []
        self._kept = 0
        self._size = 0
        self._over = False
        self._may_mention = False
        self._mentioned = False
        self._tail = b""

    def add(self, fragment: bytes, fresh: bool, may_mention: bool) -> None:
        self._size += len(fragment)
        self._may_mention = self._may_mention or may_mention
        room = RECORD_LIMIT - self._kept
        if not self._over and len(fragment) <= room:
            self._parts.append(fragment)
            self._kept += len(fragment)
            return
        if not self._over:
            self._over = True
            self._tail = self._parts[-1][-OVERLAP:] if self._parts else b""
            if not (fresh and self._parts):
                self._parts.append(fragment[:room])
        if self._finder and not self._mentioned:
            self._mentioned = self._finder.found(self._tail + fragment)
            self._tail = (self._tail + fragment)[-OVERLAP:]

    def finish(self) -> Record:
        data = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        mentioned = self._mentioned or (self._may_mention and self._finder.found(data))
        if self._over and not data.endswith(b"\n"):
            data = _trimmed(data)
            return Record(data + b"\n", self.line, self.moment, self._size - len(data), mentioned)
        return Record(data, self.line, self.moment, self._size - len(data), mentioned)


def _trimmed(data: bytes) -> bytes:
    """``data`` without the word that its end cuts in two: half a secret is one that no rule recognises."""
    start = max(0, len(data) - 4096)
    end = max(data.rfind(mark, start) for mark in (b" ", b",", b";", b"&", b"\t"))
    if end >= 0:
        return data[: end + 1]
    return data[:-3] + data[-3:].decode("utf-8", "ignore").encode()


def read_records(
    stream: BinaryIO,
    fmt: LogFormat,
    timeline: Timeline,
    *,
    finder: Finder = _NO_IDS,
    advance: Callable[[int], None] | None = None,
    notes: list[str] | None = None,
) -> Iterator[Record]:
    """Yield the records of a log one by one, in one pass and in bounded memory.

    What stands before the first line that opens a record is a record too, without a moment. ``advance`` is told how
    many more bytes were read. Raises ``UnreadableInput`` when the stream cannot be read.
    """
    start_of = starter(fmt)
    draft: _Draft | None = None
    line = 0
    for fragment, fresh, may_mention in read_fragments(stream, finder, advance, [] if notes is None else notes):
        if fresh:
            line += 1
            start = start_of(fragment)
            if start is not None or draft is None:
                if draft is not None:
                    yield draft.finish()
                stamp = None if start is None else start.stamp
                draft = _Draft(line, None if stamp is None else timeline.moment(stamp), finder)
        if draft is not None:
            draft.add(fragment, fresh, may_mention)
    if draft is not None:
        yield draft.finish()
