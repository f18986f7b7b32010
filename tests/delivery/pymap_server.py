"""pymap, an IMAP server in Python, as the poor server: it tells no use of folders, but how large a mail may be."""

from __future__ import annotations

import imaplib
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.delivery.certificates import Certificate
from tests.evidence.object_servers import free_port

LIMIT = 50_000
USER, PASSWORD = "dev@example.test", 's3cret "\\ å'
_PROGRAM = """
import sys
from pymap.backend.dict import Config
from pymap.main import main
limit = int(sys.argv.pop())
from_args = Config.from_args
Config.from_args = lambda args, **more: from_args(args, max_append_len=limit, **more)
main()
"""
_PATIENCE_S = 30


@contextmanager
def pymap(certificate: Certificate, folder: Path) -> Iterator[int]:
    """A server with one mailbox that only has an INBOX, for STARTTLS; gives its port."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-c", _PROGRAM, "--host", "127.0.0.1", "--port", str(port)]
    command += ["--cert", str(certificate.cert), "--key", str(certificate.key)]
    command += ["dict", "--demo-user", USER, "--demo-password", PASSWORD, str(LIMIT)]
    with (folder / "pymap.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        until = time.monotonic() + _PATIENCE_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > until:
                    raise RuntimeError((folder / "pymap.log").read_text()) from None
                time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait(_PATIENCE_S)


@contextmanager
def visiting_pymap(port: int, certificate: Certificate) -> Iterator[imaplib.IMAP4]:
    """The mailbox, to arrange it and to look into it."""
    with imaplib.IMAP4("localhost", port, timeout=_PATIENCE_S) as visitor:
        visitor.starttls(ssl.create_default_context(cafile=certificate.cert))
        visitor.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
        yield visitor
