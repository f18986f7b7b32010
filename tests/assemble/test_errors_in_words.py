"""An error that was saved in words tells by the address in it whose it is, of which API, and where it happened."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.conftest import Invoke


@pytest.mark.parametrize(
    ("address", "provider", "family", "environment", "is_assumed"),
    [
        ("https://api.vipps.no/epayment/v1/payments", "vipps-mobilepay", "epayment", "production", False),
        ("https://apitest.vipps.no/epayment/v1/payments", "vipps-mobilepay", "epayment", "sandbox", False),
        ("https://api.stripe.com/v1/charges", "stripe", None, None, False),
        ("https://psp.example.com/payments", "vipps-mobilepay", None, None, True),
    ],
)
def test_the_address_in_an_error_in_words_tells_whose_it_is(
    invoke: Invoke,
    tmp_path: Path,
    address: str,
    provider: str,
    family: str | None,
    environment: str | None,
    is_assumed: bool,
) -> None:
    text = f"The call to {address} failed: 401 Unauthorized"
    (tmp_path / "error.txt").write_text(text, encoding="utf-8")
    assert ("Assumed" in invoke("check", "error.txt").out) == is_assumed
    assert invoke("create", "error.txt", "-o", "out", "-q", "--no-input").code == 0
    with zipfile.ZipFile(next((tmp_path / "out").glob("*.zip"))) as bundle:
        document = json.loads(bundle.read("ticket.json"))
    assert document["provider"] == provider
    assert document.get("family") == family
    assert document.get("environment") == environment
