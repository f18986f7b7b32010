"""The last look at finished files."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest

from bundler.providers import load
from bundler.redact import Vault, VaultEntry, find_leaks

VIPPS = load("vipps-mobilepay")
SECRET = 'n0t/a "real"+secret'
VAULT = Vault((VaultEntry("[secret-1]", "secret", SECRET, 2), VaultEntry("[name-1]", "name", "Ola Nordmann", 1)))


def leaks(text: bytes, vault: Vault | None = VAULT, protected: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
    found = find_leaks([("report.md", text)], vault=vault, profile=VIPPS, protected=protected)
    return [(leak.place, leak.kind, leak.rule) for leak in found]


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        quote(SECRET, safe=""),
        json.dumps(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(b"user:" + SECRET.encode()).decode(),
        base64.urlsafe_b64encode(b"\xfb\xff" + SECRET.encode() + b"tail").decode(),
    ],
)
def test_a_value_of_the_map_is_found_however_it_is_written(written: str) -> None:
    assert leaks(f"first\nthen {written} end".encode()) == [("line 2", "secret", "value")]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.QUJDREVGR0hJSktM", "jwt"),
        ("Bearer kq7Zr2x9tAvB4mN8sLd0", "bearer"),
        ("Basic c2hvcDpsZXRtZWluMTIz", "basic"),
        ("4111111111111111", "card-number"),
        ("sk_live_51Nq0ZrExampleOnlyKey00", "stripe-key"),
        ("postgres://app:hunter2pass@db.example.com/x", "url-password"),
        ("-----BEGIN PRIVATE KEY-----MIIBVgIBADANBgkqhkiG9w0-----END PRIVATE KEY-----", "private-key"),
    ],
)
def test_what_only_a_secret_looks_like_is_found_without_a_map(text: str, rule: str) -> None:
    assert [found[2] for found in leaks(f"a\nb\n{text}\n".encode(), None)] == [rule]


def test_protected_values_and_placeholders_are_no_leaks() -> None:
    text = (
        b"[secret-1] [jwt-1:alg=RS256,exp=2026-11-23T14:00:00Z] Ola Nordmann 4111111111111111 Bearer [token-12345678]"
    )
    assert leaks(text, protected=("Ola Nordmann", "4111111111111111")) == []


def test_a_leak_never_holds_the_value() -> None:
    found = find_leaks([("n0t.txt", SECRET.encode())], vault=VAULT, profile=VIPPS, protected=())
    assert found
    assert SECRET not in repr(found)
    assert all(leak.hint for leak in found)


def test_the_name_of_a_file_is_searched_too() -> None:
    found = find_leaks([("Ola Nordmann.log", b"")], vault=VAULT, profile=VIPPS, protected=())
    assert [leak.kind for leak in found] == ["name"]


def test_a_mail_address_needs_a_map_and_one_of_a_machine_is_found_by_shape_before() -> None:
    text = b"support@example.com ola@example.com\n203.0.113.77"
    assert leaks(text, None) == []
    known = Vault(
        (VaultEntry("[email-1]", "email", "ola@example.com", 1), VaultEntry("[ip-1]", "ip", "203.0.113.77", 1))
    )
    assert leaks(text, known) == [("line 1", "email", "value")]


def test_values_that_any_text_holds_by_chance_are_not_searched_for() -> None:
    vault = Vault(
        (VaultEntry("[address-1]", "address", "Oslo", 1, False), VaultEntry("[cvv-1]", "cvv", "123", 1, False))
    )
    assert leaks(b"Europe/Oslo 123", vault) == []
