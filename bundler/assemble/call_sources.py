"""Reads the calls of a source one after the other, and keeps those that fit into memory."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from bundler.assemble.case import NoProgress, Progress
from bundler.evidence.sources import Source, counted
from bundler.model import Exchange
from bundler.readers.types import Reader

KEPT_IN_MEMORY = 32 * 1024 * 1024
"""Exchanges of so many bytes are kept while they are read; a source that does not fit is read again for the chosen."""

Key = tuple[int, int]
"""Which source, counted from 0, and the exchange's index in it; -1 and a place among those that were paired."""


class CallSource(Struct):
    """A source that holds exchanges, with who reads it; ``notes`` and ``count`` are filled while it is read."""

    source: Source
    reader: Reader
    notes: list[str] = []
    count: int = 0
    kept: tuple[Exchange, ...] | None = None


class Memory(Struct):
    """How many bytes of exchanges may still be kept."""

    free: int = KEPT_IN_MEMORY


def stream_calls(
    call_source: CallSource, progress: Progress | None = None, memory: Memory | None = None
) -> Iterator[Exchange]:
    """Every exchange of a source; what fits into ``memory`` is kept, so that it is read once."""
    if call_source.kept is not None:
        yield from call_source.kept
        return
    source, progress = call_source.source, progress or NoProgress()
    kept: list[Exchange] | None = [] if memory is not None else None
    notes: list[str] = []
    count = size = 0
    progress.begin(f"reading {source.name}", source.size)
    with source.open(notes) as stream:
        for exchange in call_source.reader.read(counted(stream, progress.advance), source.name, notes):
            count += 1
            if kept is not None and memory is not None:
                size += _size(exchange)
                kept.append(exchange)
                kept = kept if size <= memory.free else None
            yield exchange
    call_source.notes, call_source.count = notes, count
    if kept is not None and memory is not None:
        call_source.kept = tuple(kept)
        memory.free -= size


def load_calls(call_sources: list[CallSource], paired: tuple[Exchange, ...], wanted: set[Key]) -> dict[Key, Exchange]:
    """The exchanges of these keys."""
    found = {key: paired[key[1]] for key in wanted if key[0] == -1}
    for number, call_source in enumerate(call_sources):
        indexes = {index for source, index in wanted if source == number}
        if indexes:
            for exchange in stream_calls(call_source):
                if exchange.index in indexes:
                    found[(number, exchange.index)] = exchange
    return found


def all_calls(call_sources: list[CallSource], paired: tuple[Exchange, ...]) -> Iterator[tuple[Key, Exchange]]:
    """Every exchange with its key: those of the sources that are whole, then the paired ones."""
    for number, call_source in enumerate(call_sources):
        yield from (((number, each.index), each) for each in stream_calls(call_source) if not is_lone(each))
    yield from (((-1, order), exchange) for order, exchange in enumerate(paired))


def is_lone(exchange: Exchange) -> bool:
    """Whether request or response is saved alone, so that it has to be paired."""
    return exchange.request is None or (exchange.response is None and not exchange.error)


def _size(exchange: Exchange) -> int:
    """About how many bytes an exchange holds: its bodies, and a kilobyte for all else."""
    return 1024 + sum(len(message.body) for message in (exchange.request, exchange.response) if message is not None)
