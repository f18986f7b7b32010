"""Copies parts of a file into another by the system's own means; the outside thing it touches: open files."""

from __future__ import annotations

import os
from array import array
from typing import BinaryIO

from bundler.evidence.contents import cut_meanwhile
from bundler.evidence.sources import Source
from bundler.logs.ranges import pairs
from bundler.logs.readable import FileBacked

_MANY = 1_000
_AT_ONCE = 1 << 30


def copy_ranges(source: Source, bounds: array[int], sink: BinaryIO) -> bool:
    """Copy the ranges of ``source`` to ``sink``; False, with nothing written, where the system cannot do it well."""
    if not hasattr(os, "sendfile") or len(bounds) > 2 * _MANY:
        return False
    try:
        target = sink.fileno()
    except (OSError, AttributeError):
        return False
    readable = source.readable()
    if readable is None:
        return False
    try:
        if not isinstance(readable, FileBacked):
            return False
        sink.flush()
        for number, (start, end) in enumerate(pairs(bounds)):
            while start < end:
                try:
                    count = os.sendfile(target, readable.fileno(), start, min(_AT_ONCE, end - start))
                except OSError:
                    if number or start != bounds[0]:
                        raise
                    return False
                if not count:
                    raise cut_meanwhile(source.name)
                start += count
    finally:
        readable.close()
    return True
