"""The shipped evidence and a smaller call, and what ``create`` makes of them."""

from __future__ import annotations

import email
import email.policy
import json
from email.message import Message
from pathlib import Path
from typing import Any

from tests.conftest import Invoke

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "bundler" / "demo"
HAR, LOG, PICTURE = DEMO / "checkout-trace.har", DEMO / "payment-service.log", DEMO / "app-error.png"
IN_APP = "User tapped Pay, the app said: something went wrong"
PAYMENT = "bf9b5a01-78cd-4f9e-b0eb-4e3c5c57ded7"
CURL = f"""curl 'https://api.sandbox.mobilepay.dk/cardpassthrough-restapi/api/v1/payments/{PAYMENT}/captures' \\
  -H 'x-ibm-client-secret: not-a-real-secret-0001' -H 'Content-Type: application/json' \\
  --data-raw '{{"captureIdentifier":"c-1","amount":1250}}'
"""
ANSWER = """HTTP/1.1 409 Conflict
Content-Type: application/json
Date: Mon, 23 Nov 2026 13:02:11 GMT

{"code":"2040","message":"One or more card types are invalid","correlationId":"8d0f6a52-3c1b-47e9-a2f4-5b7d9e1c0a63"}
"""


def made(invoke: Invoke, *argv: str | Path, code: int = 0) -> dict[str, Any]:
    """What ``create --json`` prints; it has to end with ``code``."""
    outcome = invoke("create", *argv, "--json")
    assert outcome.code == code, outcome.err
    shown: dict[str, Any] = json.loads(outcome.out)
    return shown


def parts(mail: bytes) -> dict[str, bytes]:
    """The parts of a mail by the names of their files, or by their types where they have none."""
    message = email.message_from_bytes(mail, policy=email.policy.default)
    leaves = [part for part in message.walk() if not part.is_multipart()]
    return {part.get_filename() or part.get_content_type(): _decoded(part) for part in leaves}


def _decoded(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    return data
