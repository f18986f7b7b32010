"""What the masker leaves, the last look lets pass: neither knows a way of writing that the other does not."""

from __future__ import annotations

import base64
import gzip
import html
import json
from collections.abc import Callable, Iterator
from itertools import cycle
from urllib.parse import quote, quote_plus

import pytest

from bundler.providers import load
from bundler.redact.leaks import find_leaks
from bundler.redact.masker import Masker
from tests.redact.planted.pieces import as_json, as_numeric_html

VIPPS = load("vipps-mobilepay")
FIELDS = {
    "email": "søren.ås@blåbær.example",
    "phoneNumber": "+47 912 34 567",
    "cardNumber": "4111 1111 1111 1111",
    "iban": "NO9386011117947",
    "customerName": "Kari Nordmann",
    "streetAddress": "Nørregade 177B",
    "client_secret": "Zm9vYm+FyYmF6cX/V4MTIzNDU2",
    "password": 'hunter2&x"y',
    "nationalIdentityNumber": "15108695088",
    "deviceId": "8f2bd744-b645-4749-a987-ec15152e3b4a",
}


def _in_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


WAYS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "JSON": as_json,
    "JSON, each sign": lambda text: "".join(f"\\u{ord(sign):04x}" for sign in text),
    "JSON, slashes": lambda text: text.replace("/", "\\/"),
    "JSON object": lambda text: json.dumps({"ref": "order-1001", "note": text}),
    "octets": lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()),
    "octets of nginx": lambda text: "".join(f"\\x{byte:02X}" if byte > 126 else chr(byte) for byte in text.encode()),
    "percent": lambda text: quote(text, safe=""),
    "percent, each sign": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "form": quote_plus,
    "HTML": html.escape,
    "HTML, numbers": as_numeric_html,
    "Base64": lambda text: _in_base64(f"user: {text} end".encode()),
    "Base64url": lambda text: base64.urlsafe_b64encode(f"user: {text} end".encode()).decode().rstrip("="),
    "gzip in Base64": lambda text: _in_base64(gzip.compress(text.encode(), mtime=0)),
}
CARRIERS: dict[str, Callable[[str], str]] = {
    "log line": lambda text: f"2026-11-20T09:05:01Z INFO note {text} end ref=order-1001",
    "JSON": lambda text: f'{{"note":"{text}","status":"409"}}',
    "query": lambda text: f"GET /x?note={text}&page=2 HTTP/1.1",
    "XML": lambda text: f"<note>{text}</note>",
}


def _written(outer: str) -> Iterator[tuple[str, str, str]]:
    """Each field once, and each way of writing it within another, in one carrier after the other."""
    carriers = cycle(CARRIERS.items())
    for name, value in FIELDS.items():
        for inner, write in WAYS.items():
            carrier, carry = next(carriers)
            yield f"{name}, {inner}, {carrier}", json.dumps({name: value}), carry(WAYS[outer](write(value)))


@pytest.mark.parametrize("outer", WAYS)
def test_what_is_masked_once_is_no_leak_anywhere_else(outer: str) -> None:
    refused: list[str] = []
    for what, *texts in _written(outer):
        masker = Masker(VIPPS)
        for text in texts:
            masker.discover(text.encode())
        masker.settle()
        files = [(f"{number}.log", masker.mask(text.encode())) for number, text in enumerate(texts)]
        look = find_leaks(files, vault=masker.placeholders.vault(), profile=VIPPS, protected=())
        refused += [f"{what}: {leak.place}" for leak in look.leaks[:1]]
    assert refused == []
