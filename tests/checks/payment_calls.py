"""Makers of calls in the shapes of three APIs of Vipps MobilePay, and of a profile with a few rules of our own.

All ids, keys and shops are invented.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from bundler.model import BodyState, Exchange, Fact, Facts, Finding, Request, Response, SafeTicket
from bundler.providers import load
from bundler.providers.causes import TestAmount
from bundler.providers.demands import Deadline, FieldRule, HeaderDemand
from bundler.providers.profile import Profile
from tests.checks.makers import AT, HERE, MERCHANT, moment, ticket

TEST = "https://apitest.vipps.no"
PRODUCTION = "https://api.vipps.no"
TOKEN = "[jwt-1:alg=RS256,iat=2026-11-23T12:58:00Z,exp=2026-11-23T13:58:00Z]"
EXPIRED = "[jwt-1:alg=RS256,iat=2026-11-23T11:59:26Z,exp=2026-11-23T12:59:26Z]"
REFERENCE = "acme-shop-20771"
HEADERS = (
    ("Authorization", f"Bearer {TOKEN}"),
    ("Ocp-Apim-Subscription-Key", "[key-1:last4=a6b5]"),
    ("Merchant-Serial-Number", "210045"),
    ("Vipps-System-Name", "acme"),
    ("Vipps-System-Version", "3.1.2"),
    ("Vipps-System-Plugin-Name", "acme-shop"),
    ("Vipps-System-Plugin-Version", "4.5.6"),
    ("Idempotency-Key", "5d1f8a60-7b1e-4c59-9a37-2f6d0e4b8c11"),
    ("Content-Type", "application/json"),
)
ONLINE_HEADERS = (
    ("x-ibm-client-id", "[secret-1:last4=a913]"),
    ("x-ibm-client-secret", "[secret-2]"),
    ("CorrelationId", "5d1f8a60-7b1e-4c59-9a37-2f6d0e4b8c11"),
    ("Content-Type", "application/json"),
)
EPAYMENT: dict[str, Any] = {
    "amount": {"value": 49900, "currency": "NOK"},
    "paymentMethod": {"type": "WALLET"},
    "customer": {"phoneNumber": "[phone-1]"},
    "reference": REFERENCE,
    "userFlow": "WEB_REDIRECT",
    "returnUrl": f"https://shop.example/orders/{REFERENCE}",
    "paymentDescription": "Two pairs of socks",
}
ONLINE: dict[str, Any] = {
    "allowedCardTypes": [
        {
            "name": name,
            "encryptedPanCallbackUrl": "https://psp.example/pan",
            "tokenCallbackUrl": "https://psp.example/token",
        }
        for name in ("VISA-DEBIT", "MC-CREDIT")
    ],
    "amount": 24900,
    "currencyCode": "DKK",
    "merchantId": MERCHANT,
    "merchantLogoUrl": "https://shop.example/logo.png",
    "merchantName": "Acme Socks",
    "merchantOrderId": "order-20771",
    "merchantUrl": "https://shop.example",
    "pspReferenceId": "psp-2026-000417",
    "publicKeyId": 42,
    "redirectFromMobilePayUrl": "https://shop.example/return",
}
ECOM: dict[str, Any] = {
    "customerInfo": {"mobileNumber": "[phone-1]"},
    "merchantInfo": {
        "merchantSerialNumber": "210045",
        "callbackPrefix": "https://shop.example/callbacks",
        "fallBack": "https://shop.example/orders/20771",
        "isApp": False,
    },
    "transaction": {"orderId": "acme-20771", "amount": 49900, "transactionText": "Two pairs of socks"},
}
REFUSED = b'{"title":"Bad Request","status":400,"detail":"The request is not valid.","traceId":"x"}'


def changed(body: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """``body`` with these fields; one that is None is left out. ``amount__value`` is a field within a field."""
    made: dict[str, Any] = json.loads(json.dumps(body))
    for path, value in fields.items():
        *around, last = path.split("__")
        inner = made
        for key in around:
            inner = inner[key]
        if value is None:
            inner.pop(last, None)
        else:
            inner[last] = value
    return made


def sent(
    body: Any,
    status: int | None = 400,
    *,
    url: str = f"{TEST}/epayment/v1/payments",
    method: str = "POST",
    headers: tuple[tuple[str, str], ...] = HEADERS,
    answer: bytes = REFUSED,
    started: datetime | None = AT,
    error: str | None = None,
    index: int = 1,
) -> Exchange:
    """One call with a JSON body (bytes are sent as they are) and its answer; none came where ``status`` is None."""
    written = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = Request(method, url, headers=headers, body=written, body_state=BodyState.PRESENT)
    response = Response(status, body=answer, body_state=BodyState.PRESENT) if status is not None else None
    return Exchange(
        "trace.har", index, request, response, started, duration_ms=90.0, place=f"entry {index}", error=error
    )


def online(body: Any, status: int | None = 400, **more: Any) -> Exchange:
    url = "https://api.sandbox.mobilepay.dk/cardpassthrough-restapi/api/v3/payments"
    return sent(body, status, url=url, **({"headers": ONLINE_HEADERS} | more))


def ecom(body: Any, status: int | None = 400, **more: Any) -> Exchange:
    return sent(body, status, url=f"{TEST}/ecomm/v2/payments", **more)


def token_call(**more: Any) -> Exchange:
    """A call for an access token, which answered with the token of ``HEADERS``."""
    held: dict[str, Any] = {
        "url": f"{TEST}/accesstoken/get",
        "headers": (("client_id", "[secret-1:last4=a913]"), *HEADERS[1:3]),
        "answer": json.dumps({"token_type": "Bearer", "access_token": TOKEN}).encode(),
        "index": 7,
    }
    return sent(b"", 200, **(held | more))


def about(*exchanges: Exchange, family: str | None = "epayment", failing: int = 0, **changes: Any) -> SafeTicket:
    """A ticket of these calls, of which one failed."""
    facts = Facts(
        merchant_id=Fact("MSN", "210045", HERE),
        payment_id=Fact("reference", REFERENCE, HERE),
        occurred_at=moment(),
        trace_ids=(Fact("traceId", "x", HERE),),
    )
    held: dict[str, Any] = {"family": family, "exchanges": exchanges, "failing": failing, "facts": facts}
    return ticket(**(held | changes))


FIELDS = (
    FieldRule(
        family="epayment",
        operations=("create payment",),
        field="amount.value",
        required=True,
        type="integer",
        least=100,
        remedy="Send øre.",
    ),
    FieldRule(
        family="epayment",
        operations=("create payment",),
        field="reference",
        required=True,
        type="string",
        pattern="[A-Za-z0-9-]{8,64}",
        remedy="8 to 64 letters, digits and -.",
    ),
    FieldRule(family="epayment", field="returnUrl", form="https-url", remedy="Send an https address."),
    FieldRule(family="epayment", field="amount.currency", choices=("NOK", "DKK", "EUR"), remedy="Use a currency."),
    FieldRule(
        family="ecom",
        operations=("initiate payment",),
        field="merchantInfo.fallBack",
        required=True,
        misspelt=("fallback",),
        remedy="Write fallBack.",
    ),
    FieldRule(
        family="mobilepay-online",
        operations=("initiate payment",),
        field="allowedCardTypes[].name",
        required=True,
        choices=("VISA-DEBIT", "MC-CREDIT"),
        remedy="Write the codes with hyphens.",
    ),
)
DEMANDS = (
    HeaderDemand(name="Authorization", need="required", pattern="Bearer .+", remedy="Bearer", families=("epayment",)),
    HeaderDemand(name="Ocp-Apim-Subscription-Key", need="required", remedy="Add it.", families=("epayment", "ecom")),
    HeaderDemand(name="Ocp-Apim-Subscription-Key", need="forbidden", remedy="Leave it out.", families=("userinfo",)),
    HeaderDemand(name="Vipps-System-Name", need="expected", longest=30, remedy="Name it.", families=("epayment",)),
)


def profile(**tables: Any) -> Profile:
    """The shipped profile with these tables in place of its own: the rules of this file where none are given."""
    held: dict[str, Any] = {
        "fields": FIELDS,
        "header_demands": DEMANDS,
        "test_amounts": (
            TestAmount(family="epayment", value=151, title="too little money", steps=("initiate",)),
            TestAmount(family="epayment", value=123, title="the user is gone", steps=("refund",)),
        ),
        "deadlines": (
            Deadline(
                family="access-token", name="token-life", seconds=3600, environment="sandbox", remedy="Fetch a new one."
            ),
            Deadline(
                family="access-token", name="token-life", seconds=86400, environment="production", remedy="Fetch it."
            ),
        ),
    }
    return replace(load("vipps-mobilepay"), **(held | tables))


def of_code(findings: tuple[Finding, ...], code: str) -> list[Finding]:
    """The findings of one check, in their order."""
    return [finding for finding in findings if finding.code == code]
