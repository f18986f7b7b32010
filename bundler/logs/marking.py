"""Writes the name of its source before every line of a record, so that merged logs can be told apart and read again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from bundler.logs.folding import Fold
from bundler.logs.merging import Placed

LONGEST = 24
"""How many characters of a source's name are shown, the last ones, for there the name of the file is."""

_BOM = b"\xef\xbb\xbf"
_UNSHOWN = re.compile(r"[^A-Za-z0-9_.-]+")
_CUT = ".."
_BETWEEN = " | "


def shown(source: str) -> str:
    """The name as it stands in the mark: only letters that ``starts.bare`` takes off again, shortened from the left."""
    name = _UNSHOWN.sub("-", source).strip("-") or "log"
    return name if len(name) <= LONGEST else _CUT + name[len(_CUT) - LONGEST :]


def mark_width(sources: Iterable[str]) -> int:
    """How wide a mark must be to hold each of the names."""
    return max((len(shown(source)) for source in sources), default=0)


def mark(placed: Placed | Fold, width: int, *, first: bool = False) -> bytes:
    """The record's bytes with ``source | `` before each line; a fold becomes a line of its own.

    Line ends stay, a missing last one is added. A byte order mark stays only where the record comes ``first`` in the
    output; there it and, anywhere, the NULs of a rotated file stand before the mark, as they stood before the line.
    """
    mark = _mark(placed.source, width)
    if isinstance(placed, Fold):
        return mark + placed.text().encode() + b"\n"
    line = placed.record.data.removeprefix(_BOM)
    front = _BOM if first and len(line) < len(placed.record.data) else b""
    body = line.lstrip(b"\0")
    front += line[: len(line) - len(body)]
    body = body.removesuffix(b"\n")
    return front + mark + body.replace(b"\n", b"\n" + mark) + b"\n"


def marked_size(blocks: Iterable[bytes], width: int) -> int:
    """How many bytes come out at most when each line of some records is marked; ``blocks`` are all their bytes."""
    size, lines, end = 0, 0, b"\n"
    for block in blocks:
        size += len(block)
        lines += block.count(b"\n")
        end = block[-1:]
    is_open = end != b"\n"
    return size + is_open + (lines + is_open) * (width + len(_BETWEEN))


def marked(records: Iterable[Placed | Fold], sources: Iterable[str]) -> Iterator[bytes]:
    """Each record as ``mark`` writes it, with room for the longest of the names of ``sources``."""
    width = mark_width(sources)
    for number, placed in enumerate(records):
        yield mark(placed, width, first=number == 0)


@lru_cache(maxsize=1024)
def _mark(source: str, width: int) -> bytes:
    return f"{shown(source):<{width}}{_BETWEEN}".encode()
