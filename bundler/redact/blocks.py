"""Cuts a stream into blocks that can be searched one by one: what is searched for lies whole in one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

BLOCK = 2 * 1024 * 1024
OVERLAP = 64 * 1024
"""How much of a block is read again with the next: more than any value that is searched for is long."""
LONGEST = 16 * 1024 * 1024
"""Where neither a line nor a word ends in so many bytes, they are cut all the same."""
_BORDER = re.compile(rb"[^A-Za-z0-9+/=_-]")


class Block(NamedTuple):
    """Some whole lines of a stream (of endless lines, whole words), and the number of the first, from 1."""

    line: int
    text: bytes


def blocks(chunks: Iterator[bytes]) -> Iterator[Block]:
    """All of a stream in blocks of about 2 MiB, each with the last 64 KiB of the one before."""
    kept, line, overlap = b"", 1, 0
    for chunk in chunks:
        for at in range(0, len(chunk), BLOCK):
            kept = kept + chunk[at : at + BLOCK] if kept else chunk[at : at + BLOCK]
            if len(kept) <= overlap + BLOCK or (cut := _cut(kept, overlap)) == 0:
                continue
            yield Block(line, kept[:cut])
            start = _overlap_start(kept, cut)
            line += kept.count(b"\n", 0, start)
            kept, overlap = kept[start:], cut - start
    if len(kept) > overlap or not overlap:
        yield Block(line, kept)


def _cut(text: bytes, least: int) -> int:
    """Where to cut: after the last line, else after the last word; 0 when it is better to wait for more."""
    cut = text.rfind(b"\n", least) + 1
    if cut:
        return cut
    for reach in (256, 65_536, BLOCK + OVERLAP):
        tail = text[-reach:]
        borders = list(_BORDER.finditer(tail))
        if borders and len(text) - len(tail) + borders[-1].end() > least:
            return len(text) - len(tail) + borders[-1].end()
    return len(text) if len(text) > LONGEST else 0


def _overlap_start(text: bytes, cut: int) -> int:
    """Where the next block begins: at a line, else at a word, at most 64 KiB before the cut where there is one."""
    start = max(0, cut - OVERLAP)
    border = text.find(b"\n", start, cut)
    if border >= 0 and border + 1 < cut:
        return border + 1
    word = _BORDER.search(text, start, cut)
    return word.end() if word is not None else start
