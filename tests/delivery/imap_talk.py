"""An IMAP server that says what a test tells it to, for what no real server does on demand."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from io import BufferedRWPair
from typing import NamedTuple

from tests.delivery.certificates import Certificate

OFFERS = b"IMAP4rev1 AUTH=PLAIN UIDPLUS"
HANG_UP = b"<hang up>"
"""As an answer: the connection ends there."""
_GOOD = {
    "GREETING": b"* OK ready\r\n",
    "CAPABILITY": b"* CAPABILITY " + OFFERS + b"\r\nTAG OK done\r\n",
    "LIST": b'* LIST (\\Drafts) "/" Drafts\r\nTAG OK done\r\n',
    "UID SEARCH": b"* SEARCH\r\nTAG OK done\r\n",
    "+": b"+ go on\r\n",
}
_LITERAL = re.compile(rb"\{(\d+)\}$")


class Talk(NamedTuple):
    """A running server: its port, the commands it heard, and the literals."""

    port: int
    commands: list[str]
    literals: list[bytes]


@contextmanager
def talking(certificate: Certificate, answers: Mapping[str, bytes], *, tls: bool = True) -> Iterator[Talk]:
    """A server that gives good answers but those in ``answers``, by the command (``UID FETCH``, ``APPEND``).

    ``GREETING`` is the first word, ``+`` what asks for a literal; ``TAG`` in an answer becomes the command's tag.
    A command that is not named is answered with OK.
    """
    talk = Talk(0, [], [])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(30)
        talk = talk._replace(port=listener.getsockname()[1])
        thread = threading.Thread(target=_serve, args=(listener, certificate, {**_GOOD, **answers}, talk, tls))
        thread.start()
        yield talk
        thread.join()


def _serve(
    listener: socket.socket, certificate: Certificate, answers: Mapping[str, bytes], talk: Talk, tls: bool
) -> None:
    plug, _ = listener.accept()
    plug.settimeout(30)
    with suppress(OSError), ExitStack() as stack:
        stack.callback(lambda: plug.close())
        if tls:
            plug = certificate.context().wrap_socket(plug, server_side=True)
        with plug.makefile("rwb") as line:
            goes_on = _speak(line, answers, talk)
        if goes_on:
            plug = certificate.context().wrap_socket(plug, server_side=True)
            with plug.makefile("rwb") as line:
                _speak(line, {**answers, "GREETING": b""}, talk)


def _speak(line: BufferedRWPair, answers: Mapping[str, bytes], talk: Talk) -> bool:
    """One side of the talk until it ends; True where it goes on in TLS."""

    def say(what: bytes) -> bool:
        kept, hang_up, _ = what.partition(HANG_UP)
        line.write(kept)
        line.flush()
        return not hang_up

    if not say(answers["GREETING"]):
        return False
    while heard := line.readline().rstrip(b"\r\n"):
        tag, command = heard.split(b" ", 1)
        talk.commands.append(command.decode("latin-1"))
        name = " ".join(talk.commands[-1].upper().split()[: 2 if command.upper().startswith(b"UID ") else 1])
        if name == "AUTHENTICATE":
            say(b"+\r\n")
            line.readline()
        elif literal := _LITERAL.search(command):
            if not say(answers["+"].replace(b"TAG", tag)):
                return False
            if answers["+"].startswith(b"+"):
                talk.literals.append(line.read(int(literal[1])))
                line.readline()
        if not say(answers.get(name, b"TAG OK done\r\n").replace(b"TAG", tag)):
            return False
        if name in ("LOGOUT", "STARTTLS"):
            return name == "STARTTLS"
    return False
