"""Makers of recorded calls that conditions to go live are tried on. All ids, shops and addresses are invented."""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import replace

from bundler.model import BodyState, Exchange, Request, Response
from bundler.providers import load
from bundler.providers.demands import Mandatory
from bundler.providers.profile import Profile
from tests.checks.makers import API, AT, ATTEMPT, MERCHANT, PAYMENT

RULES = (
    *("delegated-authentication", "three-d-secure-fallback", "individual-merchants", "merchant-category-code"),
    *("shop-name-and-logo", "payments-updated", "environment-pages", "merchant-buttons", "dynamic-linking"),
)
OTHER_PAYMENT = "2c1d6d3f-7a1f-4b66-8e1c-4a9f6b8d3e22"
PAGE = "https://sandprod-products.mobilepay.dk/remote-website/"
DONE = "https://sandprod-products.mobilepay.dk/remote-website/done3ds.html"


def profile() -> Profile:
    """The shipped profile, with one more condition that no rule of ours knows."""
    shipped = load("vipps-mobilepay")
    news = Mandatory(name="news", title="News", rule="r", families=("mobilepay-online",), link="https://news.example")
    return replace(shipped, mandatory=(*shipped.mandatory, news))


def exchange(method: str, url: str, sent: Any = None, status: int = 200, answer: Any = None, **more: Any) -> Exchange:
    """A call with JSON on both sides."""
    return Exchange(
        "trace.har",
        1,
        Request(method, url, body=_body(sent), body_state=BodyState.PRESENT if sent is not None else BodyState.EMPTY),
        Response(status, body=_body(answer), body_state=BodyState.PRESENT, headers=more.pop("headers", ())),
        AT,
        **({"place": "entry 1"} | more),
    )


def _body(value: Any) -> bytes:
    return b"" if value is None else json.dumps(value).encode()


def card(name: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "encryptedPanCallbackUrl": "https://psp.example/pan",
        "tokenCallbackUrl": "https://psp.example/token",
    } | more


def start(path: str = "/api/v3/payments", payment: str = PAYMENT, **changes: Any) -> Exchange:
    """A payment is started, as it should be; ``changes`` replace fields of its body, None takes one out."""
    sent = {
        "allowedCardTypes": [card("VISA-DEBIT"), card("MC-CREDIT")],
        "amount": 24900,
        "currencyCode": "DKK",
        "merchantId": MERCHANT,
        "merchantName": "Fjord Bikes",
        "merchantUrl": "https://fjordbikes.example",
        "merchantLogoUrl": "https://fjordbikes.example/logo.png",
        "pspReferenceId": "FP-90417",
    } | changes
    kept = {name: value for name, value in sent.items() if value is not None}
    return exchange("POST", API + path, kept, 200, {"paymentId": payment, "redirectToMobilePayUrl": PAGE})


def patch(payment: str = PAYMENT, status: int = 204, **sent: Any) -> Exchange:
    """An authorization attempt is reported."""
    url = f"{API}/api/v1/payments/{payment}/authorizationattempts/{ATTEMPT}"
    return exchange("PATCH", url, {"succeeded": True} | sent, status)


def declined(**changes: Any) -> Exchange:
    sent: dict[str, Any] = {
        "succeeded": False,
        "reasonCode": 1008,
        "threeDSecureUrl": "https://psp.example/3ds",
    } | changes
    return patch(**{name: value for name, value in sent.items() if value is not None})


def step(name: str, payment: str = PAYMENT, status: int = 200) -> Exchange:
    """A capture, cancel or refund."""
    return exchange("POST", f"{API}/api/v1/payments/{payment}/{name}", {"amount": 24900}, status)


def merchant(**changes: Any) -> Exchange:
    sent = {"externalId": "m-1", "merchantCategoryCode": 5940, "name": "Fjord Bikes", "vatNumber": "DK10000000"}
    kept = {name: value for name, value in (sent | changes).items() if value is not None}
    return exchange("POST", API + "/api/v1/merchants", kept, 200, {"merchantId": MERCHANT})


def get(url: str, kind: str = "text/html", **more: Any) -> Exchange:
    return exchange("GET", url, headers=(("Content-Type", kind),), **more)
