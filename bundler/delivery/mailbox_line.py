"""The connection to an IMAP server: from a chosen address, in verified TLS alone, and with an end to what is heard."""

from __future__ import annotations

import imaplib
import socket
import ssl
from contextlib import suppress
from typing import Any

from bundler.delivery.accounts import Account, Server
from bundler.delivery.outcome import TRY_LATER
from bundler.delivery.security import distrust, trusting
from bundler.delivery.words import server_words
from bundler.errors import EnvironmentProblem

CHUNK = 64 * 1024
HEARD_LIMIT = 8_000_000
"""Bytes that a server may say in one visit beside the mail that is fetched: the lists of folders and of drafts."""
TOO_LONG = "its answer is too long"
GOODBYE_S = 2.0

BREAKS = (imaplib.IMAP4.abort, OSError, ValueError, TypeError)
"""What ``imaplib`` raises when the connection ends or an answer is none of IMAP's."""


class Unreachable(EnvironmentProblem):
    """There is no way to the server for now, or it hung up; trying again may help."""


class Line(imaplib.IMAP4):
    """``imaplib``'s connection, which by itself knows no address to go out from and reads whatever it is told to."""

    left: int
    """How many bytes the server may still say."""

    def __init__(self, server: Server, account: Account, context: ssl.SSLContext) -> None:
        self._server, self._source, self._context = server, account.source_address, context
        self.left = HEARD_LIMIT
        super().__init__(server.host, server.port, account.timeout_s)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        source = (self._source, 0) if self._source else None
        plug = socket.create_connection((self._server.host, self._server.port), timeout, source)
        if self._server.security != "tls":
            return plug
        return self._context.wrap_socket(plug, server_hostname=self._server.host)

    def read(self, size: int) -> bytes:
        self._hear(size)
        return super().read(size)

    def readline(self) -> bytes:
        try:
            line = super().readline()
        except self.error as error:  # which else stands for a refused command
            raise self.abort(TOO_LONG) from error
        self._hear(len(line))
        return line

    def _hear(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise self.abort(TOO_LONG)

    def send(self, data: Any) -> None:
        """In pieces, for the timeout of a socket holds for all that it is given at once."""
        whole = memoryview(data)
        for start in range(0, len(whole), CHUNK):
            super().send(whole[start : start + CHUNK])


def unreachable(server: Server, error: Exception, *secrets: str) -> Unreachable:
    """Why there is no way to the server; ``secrets`` are not shown where the server says them."""
    where = server.where
    if isinstance(error, TimeoutError):
        return Unreachable(f"{where} does not answer.", TRY_LATER)
    if isinstance(error, OSError):
        reason = server_words((error.strerror or str(error) or type(error).__name__).encode())
        return Unreachable(f"There is no way to {where}: {reason}.", TRY_LATER)
    if "socket error" in str(error):
        return Unreachable(f"{where} hung up.", TRY_LATER)
    return Unreachable(f"{where} broke off ({said(error, *secrets)}).", TRY_LATER)


def connect(server: Server, account: Account) -> Line:
    """A connection to ``server`` in TLS, in which nothing was said yet but what both can do.

    Raises ``Unreachable`` where there is no way to it, and ``EnvironmentProblem`` where it is not to be trusted.
    """
    context = trusting(account)
    try:
        line = Line(server, account, context)
    except ssl.SSLEOFError as error:
        raise unreachable(server, error) from error
    except ssl.SSLError as error:
        raise distrust(error, server) from error
    except OSError as error:
        raise unreachable(server, error) from error
    except (imaplib.IMAP4.error, ValueError, TypeError) as error:
        if "BYE" in str(error) or "socket error" in str(error):
            raise unreachable(server, error) from error
        raise EnvironmentProblem(
            f"{server.where} does not speak IMAP ({said(error)}).", "Check host and port."
        ) from error
    try:
        _secure(line, server, context)
    except BaseException:
        leave(line)
        raise
    return line


def _secure(line: Line, server: Server, context: ssl.SSLContext) -> None:
    if line.state != "NONAUTH":  # RFC 3501 section 7.1.4; before TLS anybody on the way could say so
        raise EnvironmentProblem(f"{server.where} lets anybody in without a password; nothing was sent to it.")
    if server.security == "tls":
        return
    if "STARTTLS" not in line.capabilities:
        raise EnvironmentProblem(
            f"{server.where} offers no TLS, so nothing was sent to it.",
            "Use the provider's port with TLS: imaps://HOST:993",
        )
    try:
        line.starttls(context)
    except ssl.SSLEOFError as error:
        raise unreachable(server, error) from error
    except ssl.SSLError as error:
        raise distrust(error, server) from error
    except (imaplib.IMAP4.error, *BREAKS) as error:
        raise unreachable(server, error) from error


def leave(line: Line) -> None:
    """Ends the connection, whatever state it is in."""
    with suppress(imaplib.IMAP4.error, *BREAKS):
        line.sock.settimeout(GOODBYE_S)
        line.logout()
        return
    with suppress(OSError):
        line.shutdown()


def said(error: Exception, *secrets: str) -> str:
    """The words of an error, which are the server's own; none of ``secrets`` is among them."""
    words = error.args[0] if error.args else ""
    return server_words(words if isinstance(words, bytes) else str(words).encode(), *secrets)
