"""An object store on this machine (moto's server) behind a proxy that counts what is asked of it."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO

HOST = "127.0.0.1"
BUCKET = "shop-logs"
ACCESS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
BLOCK = 1 << 20


class Counter(ThreadingHTTPServer):
    """Hands requests on to the store; counts them, and the bytes of the answers."""

    daemon_threads = True

    def __init__(self, store: int) -> None:
        super().__init__((HOST, 0), _Handler)
        self.store = store
        self.lock = threading.Lock()
        self.requests = 0
        self.body_bytes = 0

    @property
    def address(self) -> str:
        """What the program is told as the address of the store."""
        return f"http://{HOST}:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Counter

    def _hand_on(self) -> None:
        with self.server.lock:
            self.server.requests += 1
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        store = http.client.HTTPConnection(HOST, self.server.store, timeout=120)
        store.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() != "connection":
                store.putheader(name, value)
        store.endheaders(body or None)
        answer = store.getresponse()
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "transfer-encoding"):
                self.send_header(name, value)
        chunked = answer.getheader("Content-Length") is None
        data = answer.read() if chunked else b""
        if chunked:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self._send(data)
        while self.command != "HEAD" and (data := answer.read(BLOCK)):
            self._send(data)
        store.close()

    def _send(self, data: bytes) -> None:
        if data and self.command != "HEAD":
            self.wfile.write(data)
            with self.server.lock:
                self.server.body_bytes += len(data)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _hand_on  # noqa: N815 - the names that http.server looks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Say nothing."""


@contextmanager
def object_store(log: Path, key: str, scratch: Path) -> Iterator[Counter]:
    """A store that holds ``log`` as ``BUCKET/key``."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    with (scratch / "store.said").open("wb") as said:
        arguments = [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(port)]
        process = subprocess.Popen(arguments, stdout=said, stderr=said)
    counter = Counter(port)
    threading.Thread(target=counter.serve_forever, daemon=True).start()
    try:
        _wait(process, port)
        _put(port, f"/{BUCKET}", None)
        with log.open("rb") as body:
            _put(port, f"/{BUCKET}/{key}", body)
        yield counter
    finally:
        counter.shutdown()
        counter.server_close()
        process.terminate()
        process.wait()


def _put(port: int, path: str, body: IO[bytes] | None) -> None:
    """As any client does; moto asks for no signature."""
    size = str(os.fstat(body.fileno()).st_size if body else 0)
    connection = http.client.HTTPConnection(HOST, port, timeout=300)
    connection.request("PUT", path, body, {"Content-Length": size, "Host": f"{HOST}:{port}"})
    status = connection.getresponse().status
    connection.close()
    if status != 200:
        raise OSError(f"the object store answered {status}")


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise OSError("the object store ended before it began")
        with socket.socket() as attempt:
            if attempt.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise OSError("the object store does not answer")
