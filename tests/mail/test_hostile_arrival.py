"""Mails made to break whoever reads them: ``verify`` ends with a verdict or one sentence, and soon."""

from __future__ import annotations

import subprocess
import sys
from base64 import encodebytes
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from bundler.document import Manifest, encode_manifest
from bundler.document.manifest import ManifestFile
from bundler.errors import ExitCode
from tests.conftest import Invoke
from tests.mail.mails import mail

ROOT = Path(__file__).parents[2]
CPU_S = 30
"""Seconds of computing that a hostile mail may cost; the slowest takes a small part of it."""
SENT = b"Date: Mon, 23 Nov 2026 18:30:00 +0000\r\n" + mail()


def headed(*lines: bytes) -> bytes:
    """Our mail with lines above its header."""
    return b"".join(line + b"\r\n" for line in lines) + SENT


def mixed(*parts: bytes) -> bytes:
    head = b"X-Ticket-Id: TB-7F3A2C19\r\nDate: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    return head + b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"


def attached(name: bytes, data: bytes) -> bytes:
    return (
        b"Content-Type: application/json\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; filename=" + name + b"\r\n\r\n" + encodebytes(data)
    )


def listing(*names: str) -> bytes:
    files = tuple(
        ManifestFile(name=name, size=1, sha256=sha256(b"x").hexdigest(), origin="", redactions=(), omitted=())
        for name in names
    )
    return encode_manifest(Manifest(schema="ticket-bundler/manifest/1", ticket_id="TB-7F3A2C19", tool="", files=files))


def nested() -> bytes:
    inner = b"Content-Type: text/plain\r\n\r\nend\r\n"
    for number in range(1500):
        mark = b"b%d" % number
        inner = b"Content-Type: multipart/mixed; boundary=" + mark + b"\r\n\r\n--" + mark + b"\r\n" + inner
    return inner


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a name without a value": lambda: mixed(b"Content-Type: text/plain; name*\r\n\r\nx"),
    "addresses that parsers fall over": lambda: headed(b"Message-ID: <[1]@example.com]>", b"To: (c):", b'Cc: "'),
    "comments in comments": lambda: headed(b"From: " + b"(" * 50_000),
    "parts in parts": nested,
    "thousands of addresses": lambda: headed(b"Cc: " + b",\r\n ".join([b"a@example.com"] * 16_000)),
    "thousands of parameters": lambda: mixed(b"Content-Type: text/plain" + b"; a=b" * 16_000 + b"\r\n\r\nx"),
    "thousands of parts": lambda: mixed(*[b"\r\nx"] * 50_000),
    "character sets that there are not": lambda: mixed(
        b"Content-Type: text/plain; charset=DEFAULT_CHARSET\r\n\r\nx",
        b'Content-Type: text/html; charset="a\0b"\r\n\r\n<p>x',
        b"Content-Type: text/plain; charset=unknown-8bit\r\n\r\n\xff",
    ),
    "names that are paths": lambda: mixed(
        attached(b'"../../etc/passwd"', b"x"),
        attached(b"a.json; filename*=utf-8''..%2F..%2Fetc%2Fpasswd%00.png", b"x"),
        attached("evil\u202egnp.exe".encode(), b"x"),
        attached(b"MANIFEST.json", listing("../../etc/passwd", "logs/\u202egnp.exe")),
    ),
    "mails in mails": lambda: mixed(b"Content-Type: message/rfc822\r\n\r\n" * 200 + b"Subject: x\r\n\r\nx"),
    "one name over and over": lambda: mixed(
        attached(b"MANIFEST.json", listing(*["logs/1.log"] * 20_000)), *[attached(b"logs-1.log", b"y")] * 900
    ),
    "a page without an end": lambda: mixed(b"Content-Type: text/html\r\n\r\n" + b"<![" * 100_000 + b"<table" * 50_000),
    "a ticket that is deep": lambda: mixed(
        attached(b"ticket.json", b"[" * 200_000), attached(b"MANIFEST.json", b'{"a":' * 200_000)
    ),
    "lines that begin no mail": lambda: (b"From " + b"1:11 " * 60 + b"2026\n") * 5_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_gets_a_verdict_or_one_sentence(invoke: Invoke, name: str) -> None:
    for data in (HOSTILE[name](), b"From x Mon Nov 23 18:30:00 2026\n" + HOSTILE[name]()):
        outcome = invoke("verify", "-", stdin=data)
        assert outcome.code in (ExitCode.FINE, ExitCode.INPUT), outcome
        assert outcome.out or outcome.err.startswith("Error: ")
        assert "\u202e" not in outcome.out + outcome.err
        assert "\0" not in outcome.out + outcome.err


@pytest.mark.skipif(sys.platform == "win32", reason="the time of a process is limited as Unix does it")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_costs_no_more_than_its_size(name: str) -> None:
    def limited() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))

    command = [sys.executable, "-m", "bundler", "verify", "-"]
    root = Path(__file__).parents[2]
    done = subprocess.run(
        command, input=HOSTILE[name](), capture_output=True, cwd=root, preexec_fn=limited, check=False
    )
    assert done.returncode in (ExitCode.FINE, ExitCode.INPUT), done
    assert b"Traceback" not in done.stderr
