"""Finds where records begin in bytes of a log: at lines that open one, by the log's own format or else by others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from bundler.logs.readable import Readable
from bundler.logs.stamps import Stamp, Start, read_stamp
from bundler.logs.starts import LOOK, compiled, expanded, lacks_marks, starter
from bundler.logs.types import LogFormat

if TYPE_CHECKING:
    from mmap import mmap

Buffer: TypeAlias = "bytes | bytearray | mmap"
"""What can be scanned."""

LINE_LOOK = 64 * 1024
"""How much of a line is looked at in order to tell whether it opens a record, in bytes."""

_INDENTED = frozenset(b" \t\r\n")
_MARKS = frozenset(b"\xef\0\x1b{")
_FIRST_READ = 4096
_READ = 256 * 1024


class Scanner:
    """Tells which lines of a log open a record, and by what stamp; keeps nothing between two lines."""

    def __init__(self, fmt: LogFormat) -> None:
        self.format = fmt
        self._own: list[tuple[Callable[..., re.Match[bytes] | None], tuple[tuple[str, str], ...]]] = []
        self._untried = list(fmt.patterns if fmt.kind == "text" else ())  # compiled once a line needs them
        self._any = starter(fmt)
        self._takes_all = fmt.kind != "text"
        self._dated = re.compile(rb"\d[:.]\d\d|\d{10}").search
        self._goes_on = frozenset() if fmt.indented else _INDENTED
        self._more_lines = fmt.span - 1
        self._unfinished = expanded(fmt.unfinished).match if fmt.unfinished else None

    def look(self, data: Buffer, start: int, end: int) -> Start | None:
        """How the line from ``start`` to ``end``, its feed included, opens a record; None when it does not.

        The line before it has a say where it stands in ``data``.
        """
        if data[start] in self._goes_on or self._finishes(data, start):
            return None
        reach = self._reach(data, end) if self._more_lines else end
        for place, (match, kinds) in enumerate(self._own):
            found = match(data, start, reach)
            if found is None:
                continue
            if place:  # most lines of a log are written like the one before
                self._own.insert(0, self._own.pop(place))
            for kind, group in kinds:
                if (text := found[group]) is not None:
                    return Start(read_stamp(kind, text), sure=True)
            return Start(None, sure=True)
        if self._untried and not lacks_marks(self.format, bytes(data[start : min(reach, start + LOOK)])):
            self._try_one_more()
            return self.look(data, start, end)
        return self._look_further(data, start, reach)

    def opens(self, data: Buffer, start: int, end: int) -> bool:
        """Whether ``look`` would find that the line opens a record; quicker, for the stamp is not read."""
        if data[start] in self._goes_on or self._finishes(data, start):
            return False
        reach = self._reach(data, end) if self._more_lines else end
        for match, _ in self._own:
            if match(data, start, reach) is not None:
                return True
        if self._untried and not lacks_marks(self.format, bytes(data[start : min(reach, start + LOOK)])):
            self._try_one_more()
            return self.opens(data, start, end)
        return self._look_further(data, start, reach) is not None

    def _opens_at_once(self, data: Buffer, start: int) -> bool:
        """Whether the line surely opens a record, without looking for its end: no pattern goes beyond it."""
        if self._more_lines or not self._own or data[start] in self._goes_on or self._finishes(data, start):
            return False
        return self._own[0][0](data, start) is not None

    def _finishes(self, data: Buffer, start: int) -> bool:
        """Whether the line at ``start`` is one more part of what the line before it left unfinished."""
        if self._unfinished is None or not start:
            return False
        return self._unfinished(data, data.rfind(b"\n", 0, start - 1) + 1) is not None

    def _try_one_more(self) -> None:
        pattern, kinds = compiled(self._untried.pop(0))
        self._own.append((pattern.match, kinds))

    def _reach(self, data: Buffer, end: int) -> int:
        """How far a pattern may look that knows a record by more lines than its first."""
        for _ in range(self._more_lines):
            end = data.find(b"\n", end, end + LINE_LOOK) + 1 or min(len(data), end + LINE_LOOK)
        return end

    def _look_further(self, data: Buffer, start: int, end: int) -> Start | None:
        line = data[start : min(end, start + LINE_LOOK)]
        if not (self._takes_all or line[0] in _MARKS or self._dated(line, 0, 400) or line.find(b"| ", 0, 110) > 0):
            return None  # another format may open a record here only by a stamp
        return self._any(bytes(line))

    def starts(self, data: Buffer, start: int, end: int) -> Iterator[tuple[int, Stamp | None]]:
        """Where records begin in ``data`` from ``start``, the beginning of a line, to ``end``; each with its stamp."""
        find, look, own, goes_on = data.find, self.look, self._own, self._goes_on
        is_simple = not self._more_lines and self._unfinished is None
        while start < end:
            following = find(b"\n", start, end) + 1 or end
            if own and is_simple and data[start] not in goes_on:
                # what ``look`` would do first, for most lines are written like the one before
                match, kinds = own[0]
                if (found := match(data, start, following)) is not None:
                    stamp = None
                    for kind, group in kinds:
                        if (text := found[group]) is not None:
                            stamp = read_stamp(kind, text)
                            break
                    yield start, stamp
                    start = following
                    continue
            opened = look(data, start, following)
            if opened is not None:
                yield start, opened.stamp
            start = following

    def record_start(self, data: Buffer, position: int, floor: int) -> int:
        """Where the record begins that ``position`` lies in; ``floor``, the beginning of a line, where none opens."""
        rfind = data.rfind
        start = rfind(b"\n", floor, position) + 1 or floor
        if start == floor or self._opens_at_once(data, start):
            return start
        end = data.find(b"\n", position) + 1 or len(data)
        while start > floor and not self.opens(data, start, end):
            end = start
            start = rfind(b"\n", floor, start - 1) + 1 or floor
        return start

    def record_end(self, data: Buffer, position: int, ceiling: int) -> int:
        """Where the record ends that ``position`` lies in: at the next line that opens one, or at ``ceiling``."""
        find = data.find
        end = find(b"\n", position, ceiling) + 1 or ceiling
        while end < ceiling and not self._opens_at_once(data, end):
            following = find(b"\n", end, ceiling) + 1 or ceiling
            if self.opens(data, end, following):
                return end
            end = following
        return end

    def last_start(self, data: Buffer, floor: int = 0) -> int:
        """Where the last record begins whose first line is whole, or long; 0 where there is none behind the first.

        Whoever knows that none begins before the line at ``floor`` saves the look.
        """
        end = data.rfind(b"\n") + 1
        if len(data) - end >= LINE_LOOK and self.opens(data, end, len(data)):
            return end
        while end > floor:
            start = data.rfind(b"\n", 0, end - 1) + 1
            if self.opens(data, start, end):
                return start
            end = start
        return 0

    def undecided(self, data: bytes) -> int:
        """Where the lines at the end of ``data`` begin that may open a record once more of the log is there."""
        start = data.rfind(b"\n") + 1
        for _ in range(self._more_lines):
            start = data.rfind(b"\n", 0, max(0, start - 1)) + 1
        return start


@cache
def scanner_of(fmt: LogFormat) -> Scanner:
    """The one scanner of a format."""
    return Scanner(fmt)


def line_after(readable: Readable, offset: int, end: int) -> int | None:
    """The first beginning of a line at or after ``offset`` and before ``end``; None where there is none."""
    if offset == 0:
        return 0
    position, count = offset - 1, _FIRST_READ
    while position < end - 1:
        data = readable.read_at(position, min(count, end - position))
        if not data:
            return None
        if (feed := data.find(b"\n")) >= 0:
            return position + feed + 1 if position + feed + 1 < end else None
        position += len(data)
        count = _READ
    return None


def walk(
    scanner: Scanner, readable: Readable, start: int, end: int, *, first_read: int = _FIRST_READ
) -> Iterator[tuple[int, Stamp | None]]:
    """Where records begin from the line at ``start`` to before ``end``, each with its stamp; memory stays small.

    The first read is a short one, for whoever wants no more than the first record.
    """
    position: int | None = start
    count = first_read
    before = b""  # the last line of what was read before, where that has a say
    while position is not None and position < end:
        # no further than the end, unless a line that begins before it is longer
        data = readable.read_at(position, count if count == LINE_LOOK else min(count, end - position + _FIRST_READ))
        if not data:
            return
        is_last = position + len(data) >= readable.size
        stop = len(data) if is_last else data.rfind(b"\n") + 1
        if not stop and len(data) < LINE_LOOK:
            count = LINE_LOOK
            continue
        if not stop:
            if (opened := scanner.look(data, 0, len(data))) is not None:
                yield position, opened.stamp
            position = line_after(readable, position + len(data), end)
            continue
        for _ in range(0 if is_last else scanner.format.span - 1):
            # the last lines that were read are looked at once those behind them are there too
            stop = data.rfind(b"\n", 0, stop - 1) + 1 or stop
        shift = len(before)
        data = before + data if before else data
        for offset, stamp in scanner.starts(data, shift, shift + stop):
            if position + offset - shift >= end:
                return
            yield position + offset - shift, stamp
        if is_last:
            return
        if scanner.format.unfinished:
            before = data[data.rfind(b"\n", 0, shift + stop - 1) + 1 : shift + stop]
        position += stop
        count = min(4 * count, _READ)
