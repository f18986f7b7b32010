"""What the tests of ``send`` share: configured accounts, talks at a terminal, and a server that lets one down."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from bundler import config
from bundler.mail.read import read_mail
from tests.conftest import Invoke, Outcome
from tests.delivery.certificates import Certificate
from tests.delivery.rigs import PASSWORD, USER, Sink

ROOT = Path(__file__).parents[3]
SUPPORT = "developer@vippsmobilepay.com"
"""Whom the demo's ticket is for; the servers of these tests all listen on loopback and forward nothing."""
PAYMENT = "bf9b5a01-78cd-4f9e-b0eb-4e3c5c57ded7"
_PATIENCE_S = 60
_AT_TERMINAL = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "bundler", *sys.argv[1:]])
"""
"""Makes the terminal the program's own, so that Ctrl-C on it interrupts the program."""


def printing(password: str = PASSWORD, *, then: str = "") -> str:
    """A ``password_command`` that prints a password, as it stands in a configuration."""
    hidden = password.encode().hex()  # so that the password stands in no file and no argument
    program = f"import sys; sys.stdout.buffer.write(bytes.fromhex('{hidden}')); {then}"
    return "[" + ", ".join(f'"{word}"' for word in (sys.executable, "-c", program)) + "]"


def configure(*lines: str, name: str = "work", sender: str = f"Søren Å <{USER}>") -> None:
    """The user's configuration has this account, and no other."""
    path = config.user_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join((f"[account.{name}]", f'from = "{sender}"', *lines, "")), encoding="utf-8")


def configure_smtp(port: int, certificate: Certificate | None, *lines: str, password: str = PASSWORD) -> None:
    """The account sends by a server on loopback that ``certificate`` vouches for."""
    trust = [f'ca_file = "{certificate.cert}"'] if certificate is not None else []
    secret = [] if any(line.startswith("password") for line in lines) else [f"password_command = {printing(password)}"]
    configure(f'smtp = "smtp+starttls://127.0.0.1:{port}"', "timeout = 10", *trust, *secret, *lines)


class Fickle(Sink):
    """Keeps the mail and then drops the connection, as long as it is told to."""

    drops = True

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        if self.drops and server.transport is not None:
            server.transport.close()
        return answer


def talk(folder: Path, *argv: str | Path, replies: Sequence[tuple[str, str]]) -> tuple[int, str]:
    """The real program at a real terminal, which types each reply when it is asked; how it ends, and what it says."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "100"}
    command = [sys.executable, "-c", _AT_TERMINAL, *map(str, argv)]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    said, seen = "", 0
    waiting = list(replies)
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        if waiting and waiting[0][0] in said[seen:]:
            seen = len(said)
            time.sleep(0.2)  # the program turns the echo off after it has asked
            os.write(ours, waiting.pop(0)[1].encode())
        if not select.select([ours], [], [], 0.1)[0]:
            continue
        try:
            block = os.read(ours, 4096)
        except OSError:  # the terminal is gone with the program
            break
        if not block:
            break
        said += block.decode("utf-8", "replace")
    os.close(ours)
    code = process.wait(timeout=20)
    assert not waiting, f"never asked {waiting[0][0]!r}: {said}"
    return code, said


def split_ticket(invoke: Invoke, folder: Path, *argv: str, size: str = "60KB", word: str = "word") -> Path:
    """The bundle of a ticket whose log is too much for one mail of ``size``; several lie beside it."""
    log = write_noise(folder / "shop.log", 900, word)
    typed = ("--payment-id", PAYMENT, "--log", log, "--at", "2026-11-23T13:02:11Z", "--split", "--size-limit", size)
    outcome = invoke("create", *typed, *argv, "--json")
    assert outcome.code == 0, outcome.err
    made = json.loads(outcome.out)
    assert len([name for name in made["files"] if name.startswith("mail")]) > 2
    return folder / str(made["files"]["bundle"])


def write_noise(log: Path, count: int, word: str = "word") -> Path:
    """So many lines of some 155 bytes about one payment; no two are alike."""
    line = "2026-11-23T13:02:11.482Z ERROR payment {} step {}: {}\n"
    noise = (" ".join(f"{word}{(n * 7919 + place * 104729) % 99991:05}" for place in range(7)) for n in range(count))
    log.write_text("".join(line.format(PAYMENT, n, text) for n, text in enumerate(noise)), encoding="utf-8")
    return log


def mails_of(bundle: Path) -> list[Path]:
    """The numbered mails beside a bundle, in their order."""
    return sorted(bundle.parent.glob(f"{bundle.stem}.*of*.eml"))


def mail_of(ticket: Path) -> Path:
    """The draft beside a bundle."""
    return ticket.with_suffix(".eml")


def state() -> Path:
    """The folder of ledger and outbox."""
    return Path(os.environ["XDG_STATE_HOME"]) / "ticket-bundler" / "mail"


def ledger() -> list[dict[str, object]]:
    """All lines of the ledger."""
    file = state() / "ledger.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


def outbox() -> list[Path]:
    """The letters that wait."""
    return sorted((state() / "outbox").glob("*.letter"))


def attached(data: bytes) -> dict[str, bytes]:
    """The files of a mail by their names."""
    return {name: content for name, _, content in read_mail(data).attachments}


def is_one_sentence(outcome: Outcome) -> bool:
    """Whether an error is told in one sentence."""
    lines = outcome.err.splitlines()
    errors = [line for line in lines if line.startswith("Error: ")]
    return len(errors) == 1 and "Traceback" not in outcome.err and errors[0].rstrip().endswith((".", "?"))
