"""What the tests of ``scrub`` mask, and how they run it and look at what it wrote."""

from __future__ import annotations

import base64
import email
import email.policy
import gzip
import json
import os
import shutil
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.conftest import Outcome

ROOT = Path(__file__).parents[3]
SECRET = "kq7Zr2x9tAvB4mN8sLd0"
PAYMENT = "1b0c5c2e-6f0e-4a55-9d0b-3f8e5a7c2d11"
LINE = f"2026-11-23 14:03:11 INFO client_secret={SECRET} paymentId={PAYMENT}\n"
MASKED = LINE.replace(SECRET, "[secret-1]")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def filtered(*argv: str, stdin: bytes = b"", folder: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    """A filter as its own process, since its output is bytes."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "bundler", *argv]
    return subprocess.run(command, input=stdin, capture_output=True, env=environment, check=False, cwd=folder)


def run(program: str, *argv: str, folder: Path) -> bytes:
    """A real program; the test is skipped where it is not installed."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    return subprocess.run([program, *argv], cwd=folder, capture_output=True, check=True).stdout


def tree_of(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def told(outcome: Outcome) -> dict[str, object]:
    read: dict[str, object] = json.loads(outcome.out)
    return read


def mail(attachment: bytes = PNG, newline: str = "\n") -> bytes:
    message = EmailMessage(policy=email.policy.default.clone(linesep=newline))
    message["From"] = "Jane Ødegård <jane.doe@example.com>"
    message["Subject"] = "Kort 4111 1111 1111 1111 blev afvist, hvorfor? æøå"
    message.set_content(f"{LINE}blåbær\n", cte="quoted-printable")
    message.add_alternative(f"<p>{LINE}</p>", subtype="html", cte="base64")
    message.add_attachment(LINE.encode(), maintype="application", subtype="octet-stream", filename="a.log")
    message.add_attachment(gzip.compress(LINE.encode()), maintype="application", subtype="gzip", filename="b.log.gz")
    message.add_attachment(attachment, maintype="image", subtype="png", filename="kort 4111111111111111.png")
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"border-{number}")  # Python's own is a random number, and one in forty reads as a card
    return message.as_bytes()


def har(*bodies: bytes) -> bytes:
    contents = [{"mimeType": "x/y", "text": base64.b64encode(body).decode(), "encoding": "base64"} for body in bodies]
    entries = [{"startedDateTime": "x", "request": {}, "response": {"content": content}} for content in contents]
    return json.dumps({"log": {"creator": {}, "entries": entries}}).encode()
