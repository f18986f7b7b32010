"""A sender to be killed: hands one letter over as ``send`` does, or goes on with what waits; a program for tests.

``killed.py PORT CERTIFICATE post|resume N``: kills itself right before it has flushed to the disk for the N-th time, or
never for 0.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bundler.delivery.accounts import Account, Credential, Server
from bundler.delivery.outbox import Waiting
from bundler.delivery.outcome import Outcome
from bundler.delivery.posting import post, resume
from bundler.delivery.smtp import deliver_by_smtp
from bundler.delivery.state import state_folder
from bundler.mail.letter import Letter, Sender

USER, PASSWORD, SUPPORT = "dev@example.test", "pæss wörd", "support@example.test"
DATA = (
    b"From: dev@example.test\r\nTo: support@example.test\r\nMessage-ID: <t1@example.test>\r\n\r\n"
    + (b"x" * 70 + b"\r\n") * 1_000
)


def _main(port: int, certificate: str, what: str, flushes: int) -> None:
    count, flush = 0, os.fsync

    def counting(fd: Any) -> None:
        nonlocal count
        count += 1
        if count == flushes:
            os.kill(os.getpid(), signal.SIGKILL)
        flush(fd)

    os.fsync = counting
    server = Server("127.0.0.1", port, "starttls")
    account = Account(name="work", sender=Sender(USER), smtp=server, ca_file=certificate)

    def ready(waiting: Waiting) -> Callable[[], Outcome]:
        return lambda: deliver_by_smtp(waiting.letter, account, Credential(PASSWORD))

    def now() -> datetime:
        return datetime(2026, 11, 23, 18, 30, tzinfo=UTC)

    if what == "post":
        letter = Letter(DATA, "send", USER, (SUPPORT,), "T-1", "subject", "<t1@example.test>")
        post(state_folder(), Waiting("20261123T183000Z-T-1", letter, "smtp", "work"), ready, now)
    else:
        for _ in resume(state_folder(), ready, now, has_looked=what == "resume-looked"):
            pass


if __name__ == "__main__":
    _main(int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))
