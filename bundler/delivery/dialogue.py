"""The talk with an SMTP server over one connection: commands, replies, TLS, and the bytes of a mail.

Not ``smtplib``: its replies have no end but memory's, its timeout holds for a whole upload, it copies the mail three
times, names this machine to the server, and knows no password beyond ASCII.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from msgspec import Struct

from bundler.delivery.accounts import Account, Server
from bundler.delivery.security import distrust, trusting

NAME = "[127.0.0.1]"
"""How we say hello: an address literal (RFC 5321 section 4.1.3) that tells nothing of this machine or its network."""

REPLY_LIMIT = 64 * 1024
CHUNK = 64 * 1024
GOODBYE_S = 2.0

_REPLY = re.compile(rb"(\d{3})([ -])?(.*)", re.DOTALL)


class Reply(Struct, frozen=True):
    """A whole reply: its code, 0 where it was none of SMTP's, and its text, lines by LF."""

    code: int
    text: bytes

    @property
    def kind(self) -> int:
        """The first digit: 2 done, 3 go on, 4 not now, 5 no (RFC 5321 section 4.2.1); 0 means nothing."""
        return self.code // 100


class Hangup(Exception):
    """The connection ended, or no whole reply came in time."""


class Dialogue:
    """One connection. Every method raises ``Hangup`` when the connection ends before the whole answer is there."""

    def __init__(self, plug: socket.socket, timeout_s: float) -> None:
        self._plug = plug
        self._timeout_s = timeout_s
        self._heard = b""
        self._in_step = False
        self.offers: dict[str, str] = {}
        """What the server can do: the keywords of its EHLO in upper case, and what it says to each."""

    def reply(self, patience_s: float = 0.0) -> Reply:
        """The next reply; it has to be there whole within ``patience_s``, else the account's time."""
        end = time.monotonic() + (patience_s or self._timeout_s)
        lines: list[bytes] = []
        size = 0
        while True:
            line = self._line(end)
            size += len(line)
            told = _REPLY.fullmatch(line)
            if told is None or size > REPLY_LIMIT:
                return Reply(0, line[:REPLY_LIMIT])
            lines.append(told[3])
            if told[2] != b"-":
                self._in_step = True
                return Reply(int(told[1]), b"\n".join(lines))

    def ask(self, command: str) -> Reply:
        """The reply to one command, which is UTF-8 only where the server offered that."""
        if "\r" in command or "\n" in command:
            raise ValueError("a command is one line")
        self.put(command.encode() + b"\r\n")
        return self.reply()

    def greet(self) -> Reply:
        """Says EHLO and notes what the server offers."""
        said = self.ask(f"EHLO {NAME}")
        lines = said.text.decode("latin-1").split("\n")[1:] if said.kind == 2 else []
        words = [line.replace("=", " ", 1).split(None, 1) for line in lines]  # old servers say "AUTH=PLAIN"
        self.offers = {}
        for keyword, *more in filter(None, words):
            known = self.offers.get(keyword.upper(), "")
            self.offers[keyword.upper()] = " ".join([known, *more]).strip()
        return said

    def secure(self, context: ssl.SSLContext, server: Server) -> None:
        """Goes on in TLS. What was heard before is forgotten: it came from anybody (RFC 3207 section 4.2)."""
        self._heard, self._in_step, self.offers = b"", False, {}
        self._plug.settimeout(self._timeout_s)
        try:
            self._plug = context.wrap_socket(self._plug, server_hostname=server.host)
        except ssl.SSLEOFError as error:
            raise Hangup from error
        except ssl.SSLError as error:
            raise distrust(error, server) from error
        except OSError as error:
            raise Hangup from error

    def put(self, data: bytes) -> None:
        """Hands ``data`` to the connection within the account's time."""
        self._in_step = False
        try:
            self._plug.settimeout(self._timeout_s)
            self._plug.sendall(data)
        except OSError as error:
            raise Hangup from error

    def put_mail(self, data: bytes) -> None:
        """Hands over all of a mail but its end, each 64 kB within the account's time.

        ``data`` has CRLF line ends only. A line's first period is doubled (RFC 5321 section 4.5.2).
        """
        for start in range(0, len(data), CHUNK):
            piece = data[start : start + CHUNK]
            if piece.startswith(b".") and data[max(start - 1, 0) : start] in (b"", b"\n"):
                piece = b"." + piece
            self.put(piece.replace(b"\n.", b"\n.."))

    def close(self) -> None:
        """Ends the connection; a server that waits for a command hears QUIT, and what it says to that means nothing."""
        try:
            if self._in_step:
                self._plug.settimeout(GOODBYE_S)
                self._plug.sendall(b"QUIT\r\n")
                self._plug.recv(512)
        except OSError:
            pass
        self._plug.close()

    def _line(self, end: float) -> bytes:
        while b"\n" not in self._heard:
            if len(self._heard) > REPLY_LIMIT:
                return self._heard
            self._heard += self._more(end)
        line, _, self._heard = self._heard.partition(b"\n")
        return line.rstrip(b"\r")

    def _more(self, end: float) -> bytes:
        left = end - time.monotonic()
        if left <= 0:
            raise Hangup
        try:
            self._plug.settimeout(left)
            more = self._plug.recv(4096)
        except OSError as error:
            raise Hangup from error
        if not more:
            raise Hangup
        return more


@contextmanager
def connected(server: Server, account: Account) -> Iterator[Dialogue]:
    """A connection to ``server``, in TLS already where it speaks that from the start.

    Raises ``OSError`` where there is no way to the server, ``Hangup`` where it hangs up, and ``EnvironmentProblem``
    where it is not to be trusted.
    """
    context = trusting(account)
    source = (account.source_address, 0) if account.source_address else None
    try:
        plug = socket.create_connection((server.host, server.port), account.timeout_s, source)
    except UnicodeError as error:
        raise OSError("that is no host name") from error
    with closing(Dialogue(plug, account.timeout_s)) as dialogue:
        if server.security == "tls":
            dialogue.secure(context, server)
        yield dialogue
