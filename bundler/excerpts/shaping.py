"""Writes an excerpt for people rather than byte by byte: on one clock, folded, marked, within a budget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING

from bundler.amounts import plural
from bundler.excerpts.cutting import Cut, Reference, timeline_of
from bundler.logs.folding import Fold, fold
from bundler.logs.levels import level
from bundler.logs.marking import mark_width, marked, marked_size
from bundler.logs.mentions import Finder
from bundler.logs.merging import Placed, merge
from bundler.logs.ranking import Choice, share
from bundler.logs.records import Record, records_in
from bundler.model import Omission

if TYPE_CHECKING:
    from bundler.excerpts.filtering import Answer, Shape

_BLOCK = 256 * 1024


def shaped(
    found: Answer, shape: Shape, middle: datetime | None, reference: Reference, remarks: list[str]
) -> Iterator[bytes]:
    """The records in the shape that was asked for; ``remarks`` gets what was left out, once all of it is read."""
    width = mark_width(cut.log.source.name for cut in found.cuts) if shape.marks else None
    sizes = [cut.size if width is None else marked_size(cut.blocks(), width) for cut in found.cuts if shape.budget]
    budgets = share(shape.budget, sizes) if shape.budget else [0] * len(found.cuts)
    # nobody else asks which of the records mention an id
    finder = Finder(found.ids if shape.budget or shape.folds else ())
    lanes = []
    for cut, budget in zip(found.cuts, budgets, strict=True):
        records: Iterable[Record] = _records(cut, reference, finder)
        if shape.budget:
            records, omitted = _chosen(cut, records, middle, budget, width)
            remarks += [
                f"{cut.log.source.name}: left out {plural(each.records, 'record')} {each.why}" for each in omitted
            ]
        lanes.append((cut.log.source.name, records, timedelta(0)))
    placed = merge(lanes) if shape.merges else chain.from_iterable(merge([lane]) for lane in lanes)
    formats = {cut.log.source.name: cut.log.format for cut in found.cuts}

    def level_of(each: Placed) -> str | None:
        return level(formats[each.source], each.record.data)

    folded: Iterable[Placed | Fold] = fold(placed, level_of=level_of) if shape.folds else placed
    if shape.marks:
        yield from _in_blocks(marked(folded, [cut.log.source.name for cut in found.cuts]))
        return
    yield from _in_blocks(
        (each.text() + "\n").encode() if isinstance(each, Fold) else each.record.data for each in folded
    )


def _in_blocks(records: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, many records at a time: each block is a call of the system."""
    parts: list[bytes] = []
    size = 0
    for record in records:
        parts.append(record)
        size += len(record)
        if size >= _BLOCK:
            yield b"".join(parts)
            parts, size = [], 0
    yield b"".join(parts)


def _records(cut: Cut, reference: Reference, finder: Finder) -> Iterator[Record]:
    return records_in(cut.blocks(), cut.log.format, timeline_of(cut.log, reference), finder=finder)


def _chosen(
    cut: Cut, records: Iterable[Record], middle: datetime | None, budget: int, width: int | None
) -> tuple[list[Record], tuple[Omission, ...]]:
    """The most useful records that the budget holds, with marks of that width where they get any."""

    def size_of(data: bytes) -> int:
        return len(data) if width is None else marked_size((data,), width)

    choice = Choice(middle, budget, lambda record: level(cut.log.format, record.data), size_of)
    moment = None
    for record in records:
        moment = record.moment or moment
        choice.offer(record, moment)
    return choice.finish(), choice.omitted()
