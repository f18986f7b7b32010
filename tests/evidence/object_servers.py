"""Servers on this machine that stand for a cloud store: moto's, a counting one in front of it, and bad ones."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

Answer = tuple[int, dict[str, str], bytes]


class Call(NamedTuple):
    """One request as it went over the wire, and how many bytes of content came back."""

    method: str
    path: str
    range: str
    status: int
    byte_count: int


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def moto(folder: Path) -> Iterator[int]:
    """Moto's own server in a process of its own; gives its port."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with (folder / "moto.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=log,
            stderr=log,
            env=environment,
        )
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((folder / "moto.log").read_text()) from None
                time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait()


def ask(port: int, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
    """One plain request; raises unless it went well."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        content = answer.read()
        assert answer.status < 300, content
        return content
    finally:
        connection.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False


@contextmanager
def serving(answer: Callable[[BaseHTTPRequestHandler], Answer]) -> Iterator[int]:
    """A server whose every answer is what ``answer`` says; gives its port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            status, headers, body = answer(self)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_HEAD = do_PUT = do_POST = handle_one  # noqa: N815 - the names http.server looks for

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    server = _Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def counting(target: int, calls: list[Call]) -> Iterator[int]:
    """A server that hands everything on to the one at ``target`` and writes down each request; gives its port."""

    def hand_on(request: BaseHTTPRequestHandler) -> Answer:
        sent = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        connection = http.client.HTTPConnection("127.0.0.1", target, timeout=60)
        try:
            connection.request(request.command, request.path, sent, dict(request.headers.items()))
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        kept = {
            name: value
            for name, value in answer.getheaders()
            if name.lower() not in ("transfer-encoding", "connection", "date", "server")
        }
        wanted = request.headers.get("Range", "")
        calls.append(Call(request.command, request.path, wanted, answer.status, len(body)))
        return answer.status, kept, body

    with serving(hand_on) as port:
        yield port


@contextmanager
def silent() -> Iterator[int]:
    """A server that takes connections and never answers; gives its port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        yield int(listener.getsockname()[1])


@contextmanager
def breaking_off(size: int, part: bytes) -> Iterator[int]:
    """A server that promises ``size`` bytes, sends ``part`` of them and then nothing more; gives its port."""
    ended = threading.Event()

    def talk(connection: socket.socket) -> None:
        with connection:
            connection.settimeout(5)
            connection.recv(65536)
            head = (
                f"HTTP/1.1 206 Partial Content\r\nContent-Length: {size}\r\n"
                f"Content-Range: bytes 0-{size - 1}/{size}\r\n"
                'ETag: "one"\r\nLast-Modified: Mon, 23 Nov 2026 13:00:00 GMT\r\n\r\n'
            )
            connection.sendall(head.encode() + part)
            ended.wait(20)

    def accept(listener: socket.socket) -> None:
        while not ended.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        listener.settimeout(0.1)
        port = int(listener.getsockname()[1])

        def keep_accepting() -> None:
            while not ended.is_set():
                accept(listener)

        thread = threading.Thread(target=keep_accepting, daemon=True)
        thread.start()
        try:
            yield port
        finally:
            ended.set()
            thread.join()
