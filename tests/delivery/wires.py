"""A wire to a server that records what goes over it, and is cut after a given number of bytes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.delivery.certificates import Certificate

_PATIENCE_S = 20


class Wire:
    """Leads from ``port`` to a server. ``said`` is what the client sent, ``heard`` what it got, over all connections.

    ``said_limit`` and ``heard_limit`` cut each connection after that many bytes of the one or the other direction;
    with None there is no cut.
    """

    def __init__(self) -> None:
        self.port = 0
        self.said = bytearray()
        self.heard = bytearray()
        self.said_limit: int | None = None
        self.heard_limit: int | None = None
        self._idle = threading.Event()
        self._idle.set()

    def settle(self) -> None:
        """Waits until the server has let go of all connections: what it has taken then, it has taken for good."""
        assert self._idle.wait(_PATIENCE_S)

    def forget(self) -> None:
        """Empties the record."""
        self.said.clear()
        self.heard.clear()

    async def _carry(self, target: int, client: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        self._idle.clear()
        from_client, to_client = client
        from_server, to_server = await asyncio.open_connection("127.0.0.1", target)
        pumps = {
            asyncio.create_task(_pump(from_client, to_server, self.said, self.said_limit)),
            asyncio.create_task(_pump(from_server, to_client, self.heard, self.heard_limit)),
        }
        try:
            _, others = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            to_client.close()
            for each in others:
                each.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await asyncio.wait_for(_let_go(from_server, to_server), _PATIENCE_S)
        finally:
            to_server.close()
            self._idle.set()


async def _pump(
    source: asyncio.StreamReader, target: asyncio.StreamWriter, record: bytearray, limit: int | None
) -> None:
    left = limit
    try:
        while left is None or left > 0:
            data = await source.read(4096 if left is None else min(left, 4096))
            if not data:
                return
            record += data
            target.write(data)
            await target.drain()
            left = None if left is None else left - len(data)
    except OSError:
        return


async def _let_go(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        target.write_eof()
        while await source.read(4096):
            pass
    except OSError:
        return


@contextmanager
def wire(target: int, certificate: Certificate | None = None) -> Iterator[Wire]:
    """A wire to the port ``target``; with a certificate it ends the client's TLS, and the server's side has none."""
    made = Wire()
    started = threading.Event()
    loop = asyncio.new_event_loop()
    tasks: set[asyncio.Task[None]] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await made._carry(target, (reader, writer))
        finally:
            tasks.discard(task)

    async def serve(end: asyncio.Event) -> None:
        context = certificate.context() if certificate else None
        server = await asyncio.start_server(carry, "127.0.0.1", 0, ssl=context)
        made.port = server.sockets[0].getsockname()[1]
        started.set()
        await end.wait()
        server.close()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.05)  # transports say goodbye in the next rounds of the loop

    end = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve(end)), daemon=True)
    thread.start()
    try:
        assert started.wait(_PATIENCE_S)
        yield made
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join(_PATIENCE_S)
        loop.close()
