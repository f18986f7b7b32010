"""Our words against real bash, and our requests against what the real curl sends to a recorder on loopback."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bundler.model import Request
from bundler.readers.bash_words import Word, read_command
from bundler.readers.curl_options import split_options
from bundler.readers.curl_request import plan_requests
from bundler.readers.messages import split_messages
from tests.readers.bash_commands import COMMANDS, SENT

needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")

_ADDED_BY_CURL = frozenset({"host", "user-agent", "accept", "content-length", "expect"})
_FRAGMENTS = [
    "a",
    "-d",
    " ",
    "\n",
    "'",
    '"',
    "\\",
    "\\\n",
    "$'",
    "\\n",
    "\\x41",
    "\\'",
    "{",
    "}",
    "#",
    "é",
    "=",
    "\t",
    ":",
]


@pytest.mark.real
@needs_bash
@pytest.mark.parametrize("command", COMMANDS)
def test_words_are_those_of_bash(command: str) -> None:
    words = bash_words(command)
    assert words is not None
    assert [word.text.encode("utf-8", "surrogateescape") for word in read_command(command).words[1:]] == words


@pytest.mark.real
@needs_bash
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(_FRAGMENTS), max_size=24).map("".join))
def test_words_of_any_quoting_are_those_of_bash(text: str) -> None:
    command = read_command(f"curl {text}\n")
    words = bash_words(f"curl {text}\n")
    if words is not None and not any(word.is_unresolved for word in command.words):
        assert [word.text.encode("utf-8", "surrogateescape") for word in command.words[1:]] == words


@pytest.mark.real
@needs_curl
@pytest.mark.parametrize("arguments", SENT, ids=" ".join)
def test_requests_are_those_that_curl_sends(arguments: list[str], recorder: Recorder) -> None:
    arguments = [one.replace("URL", f"http://{recorder.host}").replace("HOST", recorder.host) for one in arguments]
    groups, _ = split_options([Word(argument) for argument in arguments])
    planned = [one.request for settings in groups for one in plan_requests(settings, None)]
    sent = recorder.run(arguments, len(planned))
    assert [_shape(request) for request in planned] == [_shape(request) for request in sent]


def bash_words(command: str) -> list[bytes] | None:
    """The arguments that bash hands to the first ``curl``; None where bash finds an error.

    The shell is restricted and has no PATH, so that nothing but the function can run.
    """
    script = "curl() { printf '%s\\0' $# \"$@\"; exit 0; }\n" + command
    finished = subprocess.run(
        [shutil.which("bash") or "bash", "--norc", "--noprofile", "-r", "-c", script],
        env={"PATH": "/nonexistent", "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=20,
        check=False,
    )
    if finished.returncode or finished.stderr:
        return None
    count, *words = finished.stdout.split(b"\0")[:-1]
    return words if len(words) == int(count) else None


class Recorder:
    """Answers 200 to everything and remembers the bytes of each request."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(10)
        self.host = f"127.0.0.1:{self._listener.getsockname()[1]}"

    def run(self, arguments: list[str], count: int) -> list[Request]:
        received: list[bytes] = []
        thread = threading.Thread(target=self._serve, args=(count, received))
        thread.start()
        subprocess.run(["curl", "-q", "-sS", *arguments], capture_output=True, timeout=20, check=True)
        thread.join(timeout=10)
        messages = [next(split_messages(data)) for data in received]
        return [message.request for message in messages if message.request is not None]

    def close(self) -> None:
        self._listener.close()

    def _serve(self, count: int, received: list[bytes]) -> None:
        for _ in range(count):
            connection, _ = self._listener.accept()
            with connection:
                connection.settimeout(10)
                received.append(_one_request(connection))
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    recorder = Recorder()
    yield recorder
    recorder.close()


def _one_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def _shape(request: Request) -> tuple[str, str, list[tuple[str, str]], bytes]:
    """What must agree; headers that curl adds by itself count only where the command sets them."""
    headers = [
        (name.casefold(), value)
        for name, value in request.headers
        if name.casefold() not in _ADDED_BY_CURL or not value.startswith(("curl/", "*/*", "127.0.0.1"))
    ]
    headers = [(name, value) for name, value in headers if name != "content-length"]
    return request.method, request.url.partition("//")[2].partition("/")[2], sorted(headers), request.body
