"""Tickets whose mails have to be of a size, and what is in such a mail."""

from __future__ import annotations

import email
import email.policy
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.conftest import Invoke
from tests.test_create_logs import FAILED, PAYMENT, line

TYPED = ("--payment-id", PAYMENT, "--tz", "UTC", "--at", FAILED.isoformat(), "--window", "30m", "--no-input", "-q")
HEX = "8d0f6a523c1b47e9a2f45b7d9e1c0a63" * 4
PARTS = ("bundle", "mail", "map")


def write_log(path: Path, record_count: int) -> None:
    """One record a quarter of a second, the error in the middle."""
    begin = FAILED - timedelta(seconds=record_count / 8)
    with path.open("w") as log:
        for number in range(record_count):
            moment = begin + timedelta(seconds=number / 4)
            is_error = number == record_count // 2
            log.write(line(moment, f"refused PaymentId={PAYMENT}" if is_error else f"tick {number} {HEX}"))


def make(invoke: Invoke, *argv: str | Path, code: int = 0) -> dict[str, Path]:
    outcome = invoke("create", *TYPED, *argv, "--json")
    assert outcome.code == code, outcome.err
    return {name: Path(path) for name, path in json.loads(outcome.out)["files"].items()}


def manifest_of(mail: Path) -> dict[str, Any]:
    attached: dict[str, Any] = json.loads(attachments_of(mail)["MANIFEST.json"])
    return attached


def attachments_of(mail: Path) -> dict[str, bytes]:
    """The files of a mail by the standard library."""
    message = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    found = {}
    for part in message.walk():
        if name := part.get_filename():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            found[name] = content
    return found


def text_of(mail: Path) -> str:
    return _body_of(mail, "plain")


def page_of(mail: Path) -> str:
    return _body_of(mail, "html")


def _body_of(mail: Path, kind: str) -> str:
    message = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    body = message.get_body((kind,))
    assert body is not None
    return " ".join(str(body.get_content()).split())
