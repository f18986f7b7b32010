"""Counts the midnights in a log whose stamps name no day, so that its first line gets the right one."""

from __future__ import annotations

from contextlib import closing

from bundler.evidence.sources import Source
from bundler.logs.blocks import as_utf8, in_utf8
from bundler.logs.pieces import read_pieces
from bundler.logs.scanning import Scanner, scanner_of
from bundler.logs.stamps import Partial
from bundler.logs.types import LogFormat

_HALF_A_DAY = 12 * 3600


def count_midnights(source: Source, fmt: LogFormat) -> int:
    """How often the clock begins anew in the log; 0 for a log whose stamps name the day. Reads all of such a log."""
    scanner = scanner_of(fmt)
    head = as_utf8(source.head)
    if _clock_of(scanner, head[: head.rfind(b"\n") + 1]) is None:
        return 0
    count = previous = 0
    with closing(source.blocks()) as blocks:
        for piece in read_pieces(in_utf8(blocks, []), scanner):
            for _, stamp in scanner.starts(piece.data, 0, len(piece.data)):
                if not isinstance(stamp, Partial) or stamp.month:
                    continue
                clock = stamp.hour * 3600 + stamp.minute * 60 + stamp.second
                count += clock + _HALF_A_DAY < previous
                previous = clock
    return count


def _clock_of(scanner: Scanner, head: bytes) -> Partial | None:
    """The first stamp, if it names no day."""
    stamp = next((stamp for _, stamp in scanner.starts(head, 0, len(head)) if stamp is not None), None)
    return stamp if isinstance(stamp, Partial) and not stamp.month else None
