"""What the tests of ``preview`` look at: the demo's evidence, a hostile bundle, and a terminal to look on."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from bundler.model import Redaction, SafeTicket
from bundler.pack.build import build
from bundler.redact import Vault, VaultEntry
from tests.build import SCRIPT, app_screen, hostile_ticket, safe_ticket
from tests.pack.bundles import members

DEMO = Path(__file__).parents[2] / "bundler" / "demo"
HAR, LOG, PICTURE = DEMO / "checkout-trace.har", DEMO / "payment-service.log", DEMO / "app-error.png"
PAYMENT = "bf9b5a01-78cd-4f9e-b0eb-4e3c5c57ded7"
SECRET = "tfWOMiS7P0N7iJJG63fViQHOj2yaQf2DPPnxfyOorqEXowgU"
HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


def hostile_bundle(folder: Path) -> Path:
    """A bundle in which every text tries to break out, and a map whose values do so too."""
    marked = f"{SCRIPT} \x1b[31mred\x1b[0m \u202eexe.gnp [token-1] <b>&amp;\t{'L' * 9000}\n"
    ticket: SafeTicket = hostile_ticket(
        redactions=(Redaction("token", "[token-1]", 3),),
        pictures=(app_screen(source=SCRIPT),),
        exchanges=safe_ticket().exchanges,
        failing=3,
    )
    (log,) = (replace(ticket.logs[0], data=marked.encode(), spans=()),)
    ticket = replace(ticket, logs=(log,), event="short", findings=ticket.findings[:6], cause=None)
    path = folder / "hostile.zip"
    path.write_bytes(build(members(ticket), ticket_id=ticket.ticket_id, tool="<i>tool</i>"))
    vault = Vault((VaultEntry("[token-1]", "token", f"{SCRIPT}\x1b]0;title\x07\u2066", 3),))
    (folder / "hostile.map.json").write_bytes(vault.to_json())
    (folder / "hostile.map.json").chmod(0o600)
    return path


def on_terminal(folder: Path, width: int, *argv: str | Path, **environment: str) -> str:
    """What the real program prints on a terminal so many columns wide."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    clean = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR")}
    command = [sys.executable, "-m", "bundler", *map(str, argv)]
    root = str(Path(__file__).parents[2])
    clean |= {"TERM": "xterm-256color", "PYTHONPATH": root, **environment}
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, cwd=folder, env=clean):
        os.close(theirs)
        seen = b""
        for piece in iter(partial(_read, ours), b""):
            seen += piece
    os.close(ours)
    return seen.decode().replace("\r\n", "\n")


def _read(number: int) -> bytes:
    try:
        return os.read(number, 65536)
    except OSError:  # Linux says so when the other end is closed
        return b""
