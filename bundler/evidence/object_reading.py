"""Reads one object of a cloud store in parts; the outside thing it touches: that store."""

from __future__ import annotations

import io
from bisect import bisect_right, insort
from collections import OrderedDict
from collections.abc import Callable
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

from bundler.evidence.object_refusals import OUT_OF_RANGE, changed, refusals
from bundler.evidence.object_urls import Place

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from obstore import GetOptions, GetResult, ObjectMeta
    from obstore.store import ObjectStore

Answer = TypeVar("Answer")

HEAD_SIZE = 64 * 1024
"""What opening fetches: enough to recognise a log, so that recognising it costs no request of its own."""
LEAST_FETCH = 16 * 1024
"""The end of a bisection looks several times into the same few kilobytes."""
MOST_FETCH = 4 * 1024**2
CACHE_SIZE = 32 * 1024**2


class StoredObject:
    """An object as it was when it was opened, and what has been fetched of it."""

    def __init__(self, store: ObjectStore, place: Place) -> None:
        self._store = store
        self._place = place
        self._mark: tuple[object, int] = (None, 0)
        self._tag = ""
        self.size = 0
        self.request_count = 0
        self.byte_count = 0

    def begin(self) -> bytes:
        """The first bytes; from here on the object must stay what it is."""
        with refusals(self._place):
            try:
                data, meta = self._get({"range": (0, HEAD_SIZE)})
            except Exception as error:
                if OUT_OF_RANGE not in str(error).partition("\n")[0]:
                    raise
                data, meta = self._get({}, limit=0)
        if meta["size"] and not data:
            raise changed(self._place)
        self._mark = _mark(meta)
        self.size = meta["size"]
        tag = meta["e_tag"] or ""
        self._tag = "" if tag.startswith("W/") else tag  # a weak one never matches (RFC 9110, section 13.1.1)
        return data

    def fetch(self, start: int, end: int) -> bytes:
        """The bytes from ``start`` to before ``end``, both within the object, by one request."""
        options: GetOptions = {"range": (start, end)}
        if self._tag:
            options["if_match"] = self._tag
        with refusals(self._place):
            data, meta = self._get(options)
        if _mark(meta) != self._mark or len(data) != end - start:
            raise changed(self._place)
        return data

    def _get(self, options: GetOptions, *, limit: int = MOST_FETCH) -> tuple[bytes, ObjectMeta]:
        def get() -> tuple[bytes, ObjectMeta]:
            result: GetResult = self._store.get(self._place.key, options=options)
            first, last = result.range
            return bytes(result.bytes()) if last - first <= limit else b"", result.meta

        self.request_count += 1
        data, meta = interruptible(get)
        self.byte_count += len(data)
        return data, meta


def interruptible(call: Callable[[], Answer]) -> Answer:
    """What ``call`` gives, waited for in such a way that Ctrl-C ends it at once: obstore itself minds no signal."""
    answers: list[Answer] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(call())
        except BaseException as error:  # noqa: BLE001 - it is raised again where it was waited for
            failures.append(error)

    waiting = Thread(target=run, daemon=True)
    waiting.start()
    waiting.join()
    for failure in failures:
        raise failure
    return answers[0]


def _mark(meta: ObjectMeta) -> tuple[object, int]:
    """What tells two states of an object apart."""
    return meta["e_tag"] or meta["last_modified"], meta["size"]


class ObjectReadable:
    """A stored object as a ``Readable``, for one thread at a time.

    A read is answered from what was fetched before where possible. A read elsewhere fetches what was asked for, at
    least ``LEAST_FETCH``; one that goes on where the last fetch ended fetches twice as much as that, up to
    ``MOST_FETCH``; within what ``expect`` announced it fetches up to ``MOST_FETCH`` and nothing beyond.
    """

    def __init__(self, stored: StoredObject, head: bytes = b"", *, cache_size: int = CACHE_SIZE) -> None:
        self._stored = stored
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        """Fetched blocks by where they start, the longest unused first; they never overlap."""
        self._starts: list[int] = []
        self._cached_size = 0
        self._cache_size = cache_size
        self._expected = (0, 0)
        self._stride = max(LEAST_FETCH, len(head))
        self._fetched_to = len(head)
        if head:
            self._keep(0, head)

    @property
    def size(self) -> int:
        return self._stored.size

    @property
    def request_count(self) -> int:
        """How many requests this object has cost so far, all its openings taken together."""
        return self._stored.request_count

    @property
    def byte_count(self) -> int:
        """How many bytes of the object have been fetched so far, all its openings taken together."""
        return self._stored.byte_count

    def expect(self, start: int, end: int) -> None:
        """Say that the bytes from ``start`` to before ``end``, all of them and nothing behind, are read next."""
        self._expected = (max(0, start), min(end, self.size))

    def read_at(self, offset: int, count: int) -> bytes:
        end = min(offset + count, self.size)
        parts: list[bytes] = []
        while offset < end:
            start, block = self._block_at(offset) or self._fetch(offset, end)
            part = block[offset - start : end - start]
            parts.append(part)
            offset += len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Forget what was fetched; the store itself holds no connection for us."""
        self._blocks.clear()
        self._starts.clear()
        self._cached_size = 0

    def _block_at(self, offset: int) -> tuple[int, bytes] | None:
        place = bisect_right(self._starts, offset) - 1
        if place < 0 or offset >= (start := self._starts[place]) + len(self._blocks[start]):
            return None
        self._blocks.move_to_end(start)
        return start, self._blocks[start]

    def _fetch(self, offset: int, wanted_to: int) -> tuple[int, bytes]:
        first, last = self._expected
        if first <= offset < last:
            end = min(offset + MOST_FETCH, last)
        else:
            self._stride = min(self._stride * 2, MOST_FETCH) if offset == self._fetched_to else LEAST_FETCH
            length = min(max(wanted_to - offset, self._stride), MOST_FETCH)
            self._stride = max(self._stride, length)
            end = offset + length
            self._fetched_to = end
        behind = bisect_right(self._starts, offset)
        if behind < len(self._starts):
            end = min(end, self._starts[behind])
        data = self._stored.fetch(offset, min(end, self.size))
        self._keep(offset, data)
        return offset, data

    def _keep(self, start: int, data: bytes) -> None:
        self._blocks[start] = data
        insort(self._starts, start)
        self._cached_size += len(data)
        while self._cached_size > self._cache_size and len(self._blocks) > 1:
            oldest, dropped = self._blocks.popitem(last=False)
            self._starts.remove(oldest)
            self._cached_size -= len(dropped)


class ObjectStream(io.RawIOBase):
    """A stored object from its start to its end."""

    def __init__(self, reading: ObjectReadable) -> None:
        self._reading = reading
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._reading.size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        data = self._reading.read_at(self._position, len(view))
        view[: len(data)] = data
        self._position += len(data)
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._reading.close()
        super().close()
