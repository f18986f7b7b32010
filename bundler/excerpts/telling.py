"""Tells what was taken of each log and what was left out: in a few lines for people, as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bundler.amounts import plural
from bundler.excerpts.cutting import Cut, Reference, timeline_of
from bundler.logs.blocks import reads_as_stored
from bundler.logs.ranges import pairs
from bundler.logs.scanning import scanner_of

if TYPE_CHECKING:
    from bundler.excerpts.filtering import Answer, Question

_NAMED = 20
"""Past so many logs those that gave nothing are only counted."""
_COUNTED = 1024 * 1024
"""So many bytes of records are counted for a remark; counting more would take longer than cutting them."""
_ALL_COUNTED = 64 * 1024 * 1024
"""In a log up to this size a report counts the records that were left out, too."""


def remarks(found: Answer, question: Question, reference: Reference) -> Iterator[str]:
    """What was taken and left out, a line each."""
    quiet = 0
    for number, cut in enumerate(found.cuts):
        if cut.seen.error:
            yield f"{cut.log.source.name}: {cut.seen.error}"
            continue
        size = cut.size
        if not size and number >= _NAMED:
            quiet += 1
            continue
        count = f"{plural(_span(cut.blocks(), cut, reference)[0], 'record')}, " if size <= _COUNTED else ""
        yield f"{cut.log.source.name}: {count}{_bytes(size)} taken{_left_out(cut, question)}"
        for note in cut.seen.notes:
            yield f"  {note}"
        first, last = cut.seen.first, cut.seen.last
        if not size and first is not None:
            covers = f"covers {first:%Y-%m-%d %H:%M:%S} to {last:%Y-%m-%d %H:%M:%S}" if last is not None else ""
            yield f"  it {covers or f'begins at {first:%Y-%m-%d %H:%M:%S}'} UTC"
    if quiet:
        yield f"{plural(quiet, 'more log')}: nothing taken"
    for each in found.followed:
        total = sum(cut.seen.counts[found.ids.index(each.value)] for cut in found.cuts)
        count = plural(total, "record")
        yield f"followed {each.name or 'id'} {each.value}: {count} (--exclude-id {each.value} leaves it out)"
    for each in found.too_common:
        yield f"not followed: {each.name or 'id'} {each.value}, which stands in too many records"


def _left_out(cut: Cut, question: Question) -> str:
    place = "outside the window" if question.window is not None else ""
    ids = "without the ids" if question.ids else ""
    is_as_stored = cut.log.source.packing is None and reads_as_stored(cut.log.source.head)
    total = cut.log.source.size if is_as_stored else 0
    size = f" {_bytes(total - cut.size)}" if total else " what is"
    return f"; left out:{size} {' and '.join(filter(None, (place, ids)))}"


def as_json(found: Answer, reference: Reference) -> bytes:
    """One object a log: what was taken, in which ranges of bytes of it (unpacked, in UTF-8), and what was not."""
    import msgspec

    return msgspec.json.encode([_described(cut, found, reference) for cut in found.cuts]) + b"\n"


def _described(cut: Cut, found: Answer, reference: Reference) -> dict[str, Any]:
    from contextlib import closing

    from msgspec import Raw

    from bundler.logs.blocks import in_utf8

    count, first, last = _span(cut.blocks(), cut, reference)
    source = cut.log.source
    omitted = []
    if source.size <= _ALL_COUNTED:
        with closing(source.blocks()) as blocks:
            total, *_ = _span(in_utf8(blocks, []), cut, reference)
        omitted = [{"records": total - count, "why": "neither in the window nor with an id"}]
    return {
        "source": source.name,
        "format": cut.log.format.name,
        "from": first,
        "to": last,
        "records": count,
        "bytes": cut.size,
        "ranges": Raw(b"[%b]" % b",".join(b"[%d,%d]" % each for each in pairs(cut.bounds))),
        "omitted": omitted,
        "error": cut.seen.error,
        "in_order": cut.seen.in_order,
        "ids": dict(zip(found.ids, cut.seen.counts, strict=False)),
        "notes": list(cut.seen.notes),
    }


def _span(blocks: Iterable[bytes], cut: Cut, reference: Reference) -> tuple[int, datetime | None, datetime | None]:
    """How many records there are, the earliest moment and the latest."""
    from bundler.logs.pieces import read_pieces

    scanner, timeline = scanner_of(cut.log.format), timeline_of(cut.log, reference)
    count = 0
    first = last = None
    for piece in read_pieces(blocks, scanner):
        for _, stamp in scanner.starts(piece.data, 0, len(piece.data)):
            count += 1
            moment = timeline.moment(stamp) if stamp is not None else None
            if moment is not None:
                first = moment if first is None or moment < first else first
                last = moment if last is None or moment > last else last
    return count, first, last


def _bytes(size: int) -> str:
    amount, unit = float(size), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:,.0f} {unit}" if unit == "B" else f"{amount:,.1f} {unit}"
