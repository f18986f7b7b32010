"""What the tests of the private map have in common: evidence, a map, and what a run made of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bundler.errors import ExitCode
from bundler.redact import Vault, VaultEntry
from tests.conftest import Invoke

CURL = """curl -i https://api.mobilepay.dk/merchant/v1/payments/bf9b5a01-78cd-4f9e-b0eb-4e3c5c57ded7/capture \\
  -H 'Authorization: Bearer kq7Zr2x9tAvB4mN8sLd0kq7Zr2x9' -d '{"email":"%s","phoneNumber":"+4791234567"}'
"""
VAULT = Vault((VaultEntry("[email-1]", "email", "ola@example.com", 1),), bytes(32), "TB-1")


def made(invoke: Invoke, *argv: str | Path) -> tuple[dict[str, Any], dict[str, Path]]:
    """A ticket and its files."""
    outcome = invoke("create", *argv, "--json")
    assert outcome.code == ExitCode.FINE, outcome.err
    told = json.loads(outcome.out)
    return told["ticket"], {name: Path(path) for name, path in told["files"].items()}


def request(tmp_path: Path, mail: str) -> Path:
    """A file with a request in which this address stands."""
    path = tmp_path / f"{mail.partition('@')[0]}.sh"
    path.write_text(CURL % mail)
    return path


def kinds(ticket: dict[str, Any]) -> dict[str, str]:
    return {each["kind"]: each["placeholder"] for each in ticket["redactions"]}


def placeholders(path: Path) -> list[tuple[str, str]]:
    return [(each["placeholder"], each["value"]) for each in json.loads(path.read_bytes())["entries"]]
