"""Searches one log for ids: on all cores where it is a file of this machine, in one pass elsewhere."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from bundler.evidence import workers
from bundler.logs.mentions import Finder
from bundler.logs.ranges import Range, chained, pairs, union
from bundler.logs.readable import FileBacked, Readable
from bundler.logs.scanning import Scanner, line_after, walk
from bundler.logs.searching import find_records
from bundler.logs.streaming import cut_stream
from bundler.logs.types import Wanted

Advance = workers.Advance

OTHERS_UP_TO = 64 * 1024 * 1024
"""Up to this size every spelling of an id is searched for; in a larger log only where the given one is not found."""
FORK_FROM = 32 * 1024 * 1024
_BLOCK = 1024 * 1024


class Search(NamedTuple):
    """Where the records with a mention of one of the ids are, and what was not looked for."""

    ids: tuple[str, ...]
    bounds: array[int]
    counts: tuple[int, ...]
    """How many records mention each id."""
    notes: tuple[str, ...] = ()


def search(
    readable: Readable,
    scanner: Scanner,
    finder: Finder,
    context: int,
    advance: Advance,
    job_count: int,
    *,
    every_spelling: bool,
    earlier: Search | None = None,
) -> Search:
    """The records with a mention; what an ``earlier`` search for some of the ids found is not looked for again.

    In a large log other spellings of an id are looked for only where the given one is not found, unless
    ``every_spelling`` is wanted: without the extra ``[fast]`` each of them costs as much as the first.
    """
    if earlier is not None and set(earlier.ids) <= set(finder.ids):
        more = Finder([each for each in finder.ids if each not in earlier.ids])
        if not more:
            return earlier._replace(ids=finder.ids, counts=_counts(finder.ids, earlier))
        new = search(readable, scanner, more, context, advance, job_count, every_spelling=every_spelling)
        notes = dict.fromkeys((*earlier.notes, *new.notes))
        bounds = union(pairs(earlier.bounds), pairs(new.bounds)) if new.bounds else earlier.bounds
        return Search(finder.ids, bounds, _counts(finder.ids, earlier, new), tuple(notes))
    if every_spelling or readable.size <= OTHERS_UP_TO or not finder.has_others:
        return _search_once(readable, scanner, finder, context, advance, job_count)
    given = _search_once(readable, scanner, Finder(finder.ids, as_given=True), context, advance, job_count)
    missing = [text for text, count in zip(finder.ids, given.counts, strict=True) if not count]
    note = (
        "as it is large, records that spell an id otherwise (upper case, without hyphens) are missing "
        "where it was found as given; --every-spelling looks for them too"
    )
    if not Finder(missing).has_others:
        return given._replace(notes=(note,))
    others = _search_once(readable, scanner, Finder(missing), context, advance, job_count)
    found = iter(others.counts)
    counts = tuple(count or next(found) for count in given.counts)
    bounds = union(pairs(given.bounds), pairs(others.bounds))
    return Search(finder.ids, bounds, counts, (note,))


def _counts(ids: Sequence[str], *searches: Search) -> tuple[int, ...]:
    known = {each: count for found in searches for each, count in zip(found.ids, found.counts, strict=True)}
    return tuple(known.get(each, 0) for each in ids)


def _search_once(
    readable: Readable, scanner: Scanner, finder: Finder, context: int, advance: Advance, job_count: int
) -> Search:
    begun = begin(readable, scanner, finder, job_count, context)
    if begun is not None:
        with closing(begun):
            found = begun.finish(advance)
        if found is not None:
            return found
    bounds = array("Q")

    def take(place: Range, _data: bytes) -> None:
        bounds.extend(place)

    wanted = Wanted(None, finder, context)
    passed = cut_stream(blocks_of(readable, advance), scanner, None, wanted, take, in_order=False)
    return Search(finder.ids, union(pairs(bounds)), passed.counts)


class Begun(workers.Started):
    """A search of a large file that is being done on all cores."""

    def __init__(self, tasks: Sequence[workers.Task], ids: tuple[str, ...]) -> None:
        super().__init__(tasks)
        self._ids = ids

    def finish(self, advance: Advance) -> Search | None:
        """What was found, waited for; None where the file was cut meanwhile: what is left of it can still be read."""
        try:
            answers = self.answers(advance)
        except workers.WorkerLost:
            return None
        return _joined([memoryview(answer).cast("Q") for answer in answers], self._ids)


def begin(readable: Readable, scanner: Scanner, finder: Finder, job_count: int, context: int = 0) -> Begun | None:
    """Have a file of this machine searched in other processes; None for what is small or no such file."""
    if not (isinstance(readable, FileBacked) and readable.size >= FORK_FROM and workers.can_fork()):
        return None
    size = readable.size
    search = partial(_search_part, readable.fileno(), size, scanner, finder, context)
    edges = [0, *(_record_after(readable, scanner, size * part // job_count) for part in range(1, job_count)), size]
    return Begun([partial(search, start, end) for start, end in pairwise(edges)], finder.ids)


def _record_after(readable: Readable, scanner: Scanner, offset: int) -> int:
    """Where the first record begins at or after ``offset``; the end of the log where none does."""
    start = line_after(readable, offset, readable.size)
    found = walk(scanner, readable, start, readable.size) if start is not None else iter(())
    return next((begin for begin, _ in found), readable.size)


def _search_part(
    descriptor: int, size: int, scanner: Scanner, finder: Finder, context: int, start: int, end: int, advance: Advance
) -> bytes:
    """In a worker: one part of a mapped file."""
    from mmap import ACCESS_READ, mmap

    with mmap(descriptor, size, access=ACCESS_READ) as mapped:
        found = find_records(mapped, start, end, scanner, finder, context=context, advance=advance)
    return array("Q", found.counts).tobytes() + found.bounds.tobytes()


def _joined(parts: Sequence[Sequence[int]], ids: tuple[str, ...]) -> Search:
    """What was found in neighbouring parts of one log, each of whole records."""
    counts = tuple(sum(part[number] for part in parts) for number in range(len(ids)))
    return Search(ids, chained(part[len(ids) :] for part in parts), counts)


def blocks_of(readable: Readable, advance: Advance) -> Iterator[bytes]:
    """All of a log, in order."""
    offset = 0
    while block := readable.read_at(offset, _BLOCK):
        yield block
        offset += len(block)
        advance(len(block))
