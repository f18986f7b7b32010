"""A wire to a server that records what goes over it, and is cut after a given number of bytes."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bundler.delivery.accounts import Security
from tests.delivery.certificates import Certificate

_PATIENCE_S = 20
_BEFORE_TLS = (b"220 mail.example.test\r\n", b"250-mail.example.test\r\n250 STARTTLS\r\n", b"220 go ahead\r\n")


class _Flow:
    """One direction of one connection: what of it gets through is recorded, up to where it is cut."""

    def __init__(self, record: bytearray, limit: int | None) -> None:
        self._record = record
        self._left = limit

    @property
    def is_cut(self) -> bool:
        return self._left == 0

    def through(self, data: bytes) -> bytes:
        """What of ``data`` gets through."""
        passed = data[: self._left]
        self._record += passed
        self._left = None if self._left is None else self._left - len(passed)
        return passed


class Wire:
    """Leads from ``port`` to a server. ``said`` is what the client sent, ``heard`` what it got, over all connections.

    ``said_limit`` and ``heard_limit`` cut each connection after that many bytes of the one or the other direction;
    with None there is no cut.
    """

    def __init__(self, late_tls: ssl.SSLContext | None = None) -> None:
        self._late_tls = late_tls
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
        said, heard = _Flow(self.said, self.said_limit), _Flow(self.heard, self.heard_limit)
        try:
            if self._late_tls is not None:
                if not await _speak_before_tls(from_client, to_client, said, heard):
                    return
                await to_client.start_tls(self._late_tls)  # at once: what comes next is read as TLS
            from_server, to_server = await asyncio.open_connection("127.0.0.1", target)
            try:
                if self._late_tls is not None:
                    await from_server.readline()  # the client has been greeted
                pumps = {
                    asyncio.create_task(_pump(from_client, to_server, said)),
                    asyncio.create_task(_pump(from_server, to_client, heard)),
                }
                _, others = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
                to_client.close()
                for each in others:
                    each.cancel()
                await asyncio.gather(*others, return_exceptions=True)
                await asyncio.wait_for(_let_go(from_server, to_server), _PATIENCE_S)
            finally:
                to_server.close()
        finally:
            to_client.close()
            self._idle.set()


async def _speak_before_tls(
    source: asyncio.StreamReader, target: asyncio.StreamWriter, said: _Flow, heard: _Flow
) -> bool:
    """Answers the client until it may begin with TLS; False where the wire is cut before."""
    for number, answer in enumerate(_BEFORE_TLS):
        if number:
            said.through(await source.readline())
        if said.is_cut:
            return False
        target.write(heard.through(answer))
        if heard.is_cut:
            return False
    return True


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter, flow: _Flow) -> None:
    try:
        while not flow.is_cut:
            data = flow.through(await source.read(4096))
            if not data:
                return
            target.write(data)
            await target.drain()
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
def wire(target: int, certificate: Certificate | None = None, security: Security = "tls") -> Iterator[Wire]:
    """A wire to the port ``target``; with a certificate it ends the client's TLS, and the server's side has none.

    Where that TLS begins with STARTTLS, the wire itself says what a server says before it.
    """
    context = certificate.context() if certificate else None
    made = Wire(context if security == "starttls" else None)
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
        early = None if security == "starttls" else context
        server = await asyncio.start_server(carry, "127.0.0.1", 0, ssl=early)
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
