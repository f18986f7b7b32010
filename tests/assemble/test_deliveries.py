"""A callback tells by its form whose it is, and what was answered to it was answered by the integrator."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Invoke

WEBHOOK = {
    "msn": "210045",
    "reference": "acme-shop-20771",
    "pspReference": "7d3f0a52-91c4-4b1e-8f66-20c5b7e4a913",
    "name": "AUTHORIZED",
    "amount": {"currency": "NOK", "value": 49900},
    "timestamp": "2026-11-23T13:02:11.482Z",
    "success": True,
}
ONLINE = {
    "EncryptedCardData": "RXhhbXBsZQ==",
    "PaymentId": "1b0c5c2e-6f0e-4a55-9d0b-3f8e5a7c2d11",
    "AuthorizationAttemptId": "c41e8b90-5a27-4d63-b0f8-9e3172d6a54b",
}
STRIPE = {
    "id": "evt_1Qz7Vb2Kd9RtXw0M",
    "api_version": "2024-06-20",
    "type": "charge.failed",
    "data": {"object": {"id": "ch_3Qz7Vb2Kd9RtXw0M1pTn6cLa"}},
}


def delivered(invoke: Invoke, folder: Path, body: object, *more: str, answer: str = "500 Internal Server Error") -> Any:
    path = folder / "received.http"
    path.write_text(
        "POST /webhooks/pay HTTP/1.1\nHost: shop.example.com\nContent-Type: application/json\n\n"
        f"{json.dumps(body)}\n\nHTTP/1.1 {answer}\nDate: Mon, 23 Nov 2026 13:02:14 GMT\n\nno\n",
        encoding="utf-8",
    )
    outcome = invoke("check", path, "--json", *more)
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)["ticket"]


@pytest.mark.parametrize("more", [(), ("--provider", "vipps-mobilepay")], ids=["by its form", "by name"])
def test_what_the_shop_answered_to_a_webhook_is_the_shops_fault(
    invoke: Invoke, tmp_path: Path, more: tuple[str, ...]
) -> None:
    found = delivered(invoke, tmp_path, WEBHOOK, *more)
    assert (found["provider"], found["family"]) == ("vipps-mobilepay", "epayment")
    assert found["facts"]["payment_id"]["value"] == "acme-shop-20771"
    assert found["facts"]["merchant_id"]["value"] == "210045"
    assert found["exchanges"][0]["direction"] == "incoming"
    assert (found["cause"]["code"], found["cause"]["who"]) == ("TIM018", "code")
    assert found["summary"] == "payment webhook AUTHORIZED: our endpoint answered 500"
    codes = {finding["code"] for finding in found["findings"]}
    assert not codes & {"RSP004", "RSP006", "IDS004"}


def test_a_page_of_the_shops_own_server_is_no_gateway_of_the_provider(invoke: Invoke, tmp_path: Path) -> None:
    found = delivered(
        invoke, tmp_path, ONLINE, answer="502 Bad Gateway\nContent-Type: text/html\n\n<html><title>x</title>"
    )
    assert (found["provider"], found["family"]) == ("vipps-mobilepay", "mobilepay-online")
    assert "RSP006" not in {finding["code"] for finding in found["findings"]}


def test_callbacks_of_other_providers_are_told_apart(invoke: Invoke, tmp_path: Path) -> None:
    assert delivered(invoke, tmp_path, STRIPE)["provider"] == "stripe"


@pytest.mark.parametrize(
    "body", [{"event": "paid", "reference": "A-1"}, {"reference": "a", "sessionState": "x"}, [], "x"]
)
def test_a_form_that_could_be_anybodys_is_nobodys(invoke: Invoke, tmp_path: Path, body: object) -> None:
    assert delivered(invoke, tmp_path, body)["provider"] == "generic"


def test_the_provider_is_said_to_be_assumed(invoke: Invoke, tmp_path: Path) -> None:
    delivered(invoke, tmp_path, WEBHOOK)
    told = invoke("check", tmp_path / "received.http").out
    assert "Assumed by the form of a callback (--provider names another)." in told
    assert "a call that came in" in told
