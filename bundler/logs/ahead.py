"""Unpacks in a second thread while the first one searches: the libraries that unpack let go of the interpreter."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import SimpleQueue

DEPTH = 3
"""How many blocks may wait to be taken; what they hold is all the memory this costs."""


def ahead(blocks: Iterator[bytes], depth: int = DEPTH) -> Iterator[bytes]:
    """The same blocks in the same order, made up to ``depth`` blocks before they are wanted.

    An error comes where it would have come. Once this is closed or used up, nobody touches ``blocks`` any more.
    """
    ready: SimpleQueue[bytes | Exception | None] = SimpleQueue()
    room = threading.Semaphore(depth)
    is_over = threading.Event()

    def work() -> None:
        try:
            for block in blocks:
                room.acquire()
                if is_over.is_set():
                    return
                ready.put(block)
            ready.put(None)
        except Exception as error:  # noqa: BLE001 - it is raised again, where the block is wanted
            ready.put(error)

    worker = threading.Thread(target=work, name="unpacking", daemon=True)
    worker.start()
    try:
        while (block := ready.get()) is not None:
            if isinstance(block, Exception):
                raise block
            room.release()
            yield block
    finally:
        is_over.set()
        room.release()
        worker.join()
