"""Starts the servers of these tests on loopback, knows when they are up, and always ends them."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

SERVER_FOLDERS = ("/usr/sbin", "/usr/local/sbin")
"""Where Debian has programs that are not on every user's path."""


def find_server(name: str) -> str | None:
    """The path of a server program; None when it is not installed."""
    folders = [*os.environ.get("PATH", "").split(os.pathsep), *SERVER_FOLDERS]
    return next((str(Path(folder) / name) for folder in folders if (Path(folder) / name).is_file()), None)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(true: Callable[[], bool], what: str, seconds: float = 10) -> None:
    """Look again until it is true; fails when it never becomes so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"{what}: not after {seconds} s"
        time.sleep(0.02)


@contextmanager
def serving(command: Sequence[str | Path], output: Path) -> Iterator[None]:
    """Keep the server running, its clock being that of Copenhagen; what it prints goes into ``output``."""
    with output.open("wb") as file:
        environment = {**os.environ, "TZ": "Europe/Copenhagen"}
        server = subprocess.Popen(command, env=environment, stdout=file, stderr=subprocess.STDOUT)
        try:
            yield
            assert server.poll() is None, f"{command[0]} went away: {output.read_text()}"
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def status(url: str, **headers: str) -> int:
    """The status of the answer, as soon as somebody listens there."""
    for _ in range(200):
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except urllib.error.URLError:
            time.sleep(0.02)
    raise AssertionError("the server did not come up")
