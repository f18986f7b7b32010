"""Reads a log as records: a line that opens one, and every line that follows until the next (stack traces, bodies)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import BinaryIO, NamedTuple

from bundler.logs.arrays import opens_array
from bundler.logs.blocks import read_blocks
from bundler.logs.mentions import Finder
from bundler.logs.parting import mentions_in
from bundler.logs.pieces import read_pieces
from bundler.logs.scanning import scanner_of
from bundler.logs.timeline import Timeline
from bundler.logs.types import LogFormat

_NO_IDS = Finder(())


class Record(NamedTuple):
    """One record. ``data`` is what was kept of it, whole lines wherever possible."""

    data: bytes
    line: int
    """Where its first line stands; before that ``data`` may hold lines that open an array of records."""
    moment: datetime | None
    """Its own moment, in UTC; None when the record has no stamp."""
    cut_size: int
    """How many bytes of it were not kept."""
    mentioned: bool
    """True when it mentions one of the ids, also where that was not kept."""
    offset: int = 0
    """Where it begins, in bytes of the log as it is read, that is unpacked and in UTF-8."""

    @property
    def line_count(self) -> int:
        """How many lines ``data`` has by the count of ``bytes.splitlines``, as ``model.Excerpt`` splits it again."""
        if b"\r" in self.data:
            return len(self.data.splitlines())
        return self.data.count(b"\n") + (not self.data.endswith(b"\n"))


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

    What stands before the first line that opens a record is a record too, without a moment; lines that only open an
    array of records are a part of the first of these. ``advance`` is told how many more bytes were read. Raises
    ``UnreadableInput`` when the stream cannot be read.
    """
    blocks = read_blocks(stream, [] if notes is None else notes, advance)
    return records_in(blocks, fmt, timeline, finder=finder)


def records_in(
    blocks: Iterable[bytes], fmt: LogFormat, timeline: Timeline, *, finder: Finder = _NO_IDS
) -> Iterator[Record]:
    """The same for a log that comes in blocks."""
    records = _records_in(blocks, fmt, timeline, finder)
    return chain(_with_opening(records), records)


def _with_opening(records: Iterator[Record]) -> Iterator[Record]:
    """The first record, with what opens the array that it may be in."""
    first = next(records, None)
    if first is None:
        return
    second = next(records, None) if first.moment is None and opens_array(first.data) else None
    if second is None or not opens_array(first.data, second.data[:64]):
        yield from filter(None, (first, second))
    else:
        yield second._replace(data=first.data + second.data, mentioned=first.mentioned or second.mentioned)


def _records_in(blocks: Iterable[bytes], fmt: LogFormat, timeline: Timeline, finder: Finder) -> Iterator[Record]:
    scanner = scanner_of(fmt)
    line = 1
    for data, offset, cut_size, cut_lines, is_mentioned, _ in read_pieces(blocks, scanner, finder):
        mentions = mentions_in(data, 0, len(data), fmt, finder) if finder else []
        places = iter([*(place[0] for place in mentions), len(data)])
        mention = next(places)
        opened, moment = 0, None
        for start, stamp in [*scanner.starts(data, 0, len(data)), (len(data), None)]:
            if start > opened:
                mentioned = mention < start or is_mentioned
                while mention < start:
                    mention = next(places)
                part = data[opened:start]
                yield Record(part, line, moment, cut_size, mentioned, offset + opened)
                line += part.count(b"\n") + cut_lines
            opened = start
            moment = timeline.moment(stamp) if stamp is not None else None
