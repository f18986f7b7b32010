"""Cuts several logs: leaves out those of a rotated set that lie outside the window, unpacks several at a time."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from functools import partial

import msgspec

from bundler.errors import BundlerError
from bundler.evidence import workers
from bundler.excerpts.cutting import Cut, LogSource, Reference, Seen, cut_log, new_spool, timeline_of
from bundler.excerpts.progress import Progress
from bundler.logs.blocks import as_utf8, reads_as_stored
from bundler.logs.rotation import rotated_sets
from bundler.logs.scanning import scanner_of
from bundler.logs.slicing import LIMIT
from bundler.logs.types import Wanted, Window

_WORTH_A_PROCESS = 2 * 1024 * 1024
_TAIL = 16 * 1024


def cut_all(
    logs: Sequence[LogSource],
    wanted: Wanted,
    reference: Reference,
    progress: Progress,
    *,
    job_count: int,
    earlier: Sequence[Cut] = (),
) -> list[Cut]:
    """One cut a log, in the order given. One that cannot be read stops nobody: its cut tells why.

    ``earlier`` are cuts of the same logs by fewer ids, or of some of them: what they found is not searched for again.
    """
    known = {each.log.source: each for each in earlier}
    outside = _outside(logs, wanted.window, reference) if wanted.window is not None and not wanted.finder else {}
    cuts = {number: Cut(logs[number], array("Q"), seen) for number, seen in outside.items()}
    packed = [number for number, log in enumerate(logs) if number not in cuts and log.source.packing]
    if job_count > 1 and workers.can_fork() and _are_worth_it([logs[number] for number in packed]):
        cuts |= _cut_side_by_side(logs, packed, wanted, reference, progress, job_count)
    for number, log in enumerate(logs):
        if number not in cuts:
            progress.begin(f"searching {log.source.name}", log.source.size)
            cuts[number] = _cut_or_tell(
                log,
                partial(
                    cut_log,
                    log,
                    wanted,
                    reference,
                    progress.advance,
                    job_count=job_count,
                    earlier=known.get(log.source),
                ),
            )
    return [cuts[number] for number in range(len(logs))]


def _cut_or_tell(log: LogSource, cut: Callable[[], Cut]) -> Cut:
    try:
        return cut()
    except BundlerError as error:
        return Cut(log, array("Q"), Seen(error=f"{error.message} {error.hint}".strip(), is_whole=False))


def _outside(logs: Sequence[LogSource], window: Window, reference: Reference) -> dict[int, Seen]:
    """Members of rotated sets that end before the window or begin behind it, by the first stamps of all members."""
    numbers = {log.source.name: number for number, log in enumerate(logs)}
    found: dict[int, Seen] = {}
    for rotated in rotated_sets(list(numbers)):
        if len(rotated.members) < 2:
            continue
        firsts = [(head_moment(logs[numbers[name]], reference), numbers[name]) for name in rotated.members]
        known = sorted((moment, number) for moment, number in firsts if moment is not None)
        if len(known) < len(firsts):
            continue
        for (first, number), following in zip(known, [*(moment for moment, _ in known[1:]), None], strict=True):
            # parallel workers number their files too; then a later beginning says nothing of an earlier end
            # and two that begin alike are perhaps two copies of one, of which only one is whole
            is_before = (
                rotated.is_certain and following is not None and first < following and following + LIMIT <= window.start
            )
            if is_before and (end := tail_moment(logs[number], reference)) is not None and end + LIMIT > window.start:
                is_before = False  # its set overlaps
            if is_before or first - LIMIT >= window.end:
                why = "not opened: by the first records of its rotated set, all of it lies outside the window"
                found[number] = Seen(first=first, is_whole=False, notes=(why,))
    return found


def head_moment(log: LogSource, reference: Reference) -> datetime | None:
    """The moment of the first record that has one near the beginning of the log."""
    head = as_utf8(log.source.head)
    timeline = timeline_of(log, reference)
    for _, stamp in scanner_of(log.format).starts(head, 0, head.rfind(b"\n") + 1):
        if stamp is not None:
            return timeline.moment(stamp)
    return None


def tail_moment(log: LogSource, reference: Reference) -> datetime | None:
    """The moment of the last record near the end of the log; None where that cannot be known by a look at the end."""
    readable = log.source.readable() if not log.span and reads_as_stored(log.source.head) else None
    if readable is None:
        return None
    with closing(readable):
        tail = readable.read_at(max(0, readable.size - _TAIL), _TAIL)
    timeline, moment = timeline_of(log, reference), None
    for _, stamp in scanner_of(log.format).starts(tail, tail.find(b"\n") + 1, len(tail)):
        moment = (timeline.moment(stamp) if stamp is not None else None) or moment
    return moment


def _are_worth_it(logs: Sequence[LogSource]) -> bool:
    return len(logs) > 1 and sum(log.source.size for log in logs) > _WORTH_A_PROCESS


def _cut_side_by_side(
    logs: Sequence[LogSource],
    numbers: Sequence[int],
    wanted: Wanted,
    reference: Reference,
    progress: Progress,
    job_count: int,
) -> dict[int, Cut]:
    """Unpack and search several logs at the same time; nothing where a worker was lost."""
    spools = {number: new_spool() for number in numbers}
    lots: list[list[int]] = [[] for _ in range(min(job_count, len(numbers)))]
    for number in sorted(numbers, key=lambda number: -logs[number].source.size):
        min(lots, key=lambda lot: sum(logs[each].source.size for each in lot)).append(number)
    progress.begin(f"searching {len(numbers):,} packed logs", sum(logs[number].source.size for number in numbers))

    def cut_lot(lot: Sequence[int], advance: Callable[[int], None]) -> bytes:
        found = []
        for number in lot:
            cut = partial(cut_log, logs[number], wanted, reference, _ignore, job_count=1, spool=spools[number])
            done = _cut_or_tell(logs[number], cut)
            found.append((number, done.bounds.tobytes(), done.seen, done.lines))
            advance(logs[number].source.size)
        return msgspec.msgpack.encode(found)

    try:
        answers = workers.run([partial(cut_lot, lot) for lot in lots], progress.advance)
    except workers.WorkerLost:
        for spool in spools.values():
            spool.close()
        return {}
    cuts = {}
    for answer in answers:
        for number, bounds, seen, lines in msgspec.msgpack.decode(answer, type=list[tuple[int, bytes, Seen, bytes]]):
            cuts[number] = Cut(logs[number], array("Q", bounds), seen, spools[number], lines=lines)
    return cuts


def _ignore(_size: int) -> None:
    """The whole file is told at once when it is done."""
