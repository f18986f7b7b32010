"""The calls of the full ticket, as a HAR of the sandbox would hold them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from bundler.model import (
    BodyState,
    Exchange,
    Request,
    Response,
)

MERCHANT = "65a1c0de-4f02-4c1b-8d3a-9b7e2f5a1c44"
PAYMENT = "1b0c5c2e-7a54-4d63-9f0e-2c9a6f1d83b7"
ATTEMPT = "c3f7d210-95be-4e0a-8a6d-0e4b1f9a7d25"
CORRELATION = "8d0f6a52-3c1b-47e9-a2f4-5b7d9e1c0a63"
FAILED_AT = datetime(2026, 11, 23, 13, 2, 11, 482000, tzinfo=UTC)
CREATED = datetime(2026, 11, 23, 13, 20, tzinfo=UTC)

_API = "https://api.sandbox.mobilepay.dk/cardpassthrough-restapi/api"
_JSON = ("Content-Type", "application/json; charset=utf-8")
_SENT = (
    ("Host", "api.sandbox.mobilepay.dk"),
    ("Authorization", "Bearer [jwt-1:alg=RS256,iat=2026-11-23T12:58:02Z,exp=2026-11-23T13:58:02Z]"),
    ("X-IBM-Client-Id", "[secret-1:last4=7c1e]"),
    ("Accept", "application/json"),
    ("Accept-Encoding", "gzip"),
    ("User-Agent", "fjordpay-gateway/4.11.2"),
    _JSON,
)


def exchange(index: int, method: str, path: str, status: int, sent: bytes, answer: bytes, **changes: Any) -> Exchange:
    """An exchange with the sandbox API as a HAR would hold it."""
    made = Exchange(
        source="checkout.har",
        index=index,
        place=f"entry {index}",
        request=Request(method, _API + path, "HTTP/1.1", _SENT, sent, _state(sent)),
        response=Response(
            status,
            "",
            "HTTP/1.1",
            (("Date", "Mon, 23 Nov 2026 13:02:11 GMT"), _JSON, ("CorrelationId", CORRELATION)),
            answer,
            _state(answer),
        ),
    )
    return replace(made, **changes)


def _state(body: bytes) -> BodyState:
    return BodyState.PRESENT if body else BodyState.EMPTY


def exchanges() -> tuple[Exchange, ...]:
    """Created, card data received, authorization patched too late, capture refused."""
    callback = Request(
        "POST",
        "https://psp.example.com/callbacks/mobilepay/card",
        "HTTP/1.1",
        (("Host", "psp.example.com"), _JSON, ("X-Forwarded-For", "[ip-1]")),
        f'{{"PaymentId":"{PAYMENT}","AuthorizationAttemptId":"{ATTEMPT}","CardType":"VISA-DEBIT",'
        '"MaskedCardNumber":"479694XXXXXX1234","EncryptedCardData":"[card-1]"}'.encode(),
        BodyState.PRESENT,
    )
    created = (
        f'{{"merchantId":"{MERCHANT}","pspReferenceId":"FP-90417","merchantOrderId":"1048-2213","amount":24900,'
        '"currencyCode":"DKK","allowedCardTypes":["VISA-DEBIT","DANKORT"],"mobileNumber":"[phone-1]",'
        '"cardDataCallbackUrl":"https://psp.example.com/callbacks/mobilepay/card?key=[token-1]"}'
    )
    return (
        exchange(
            4,
            "POST",
            "/v3/payments",
            200,
            created.encode(),
            f'{{"paymentId":"{PAYMENT}"}}'.encode(),
            started=FAILED_AT - timedelta(seconds=61.204),
            duration_ms=212.0,
        ),
        Exchange(
            "checkout.har",
            7,
            callback,
            Response(200, "OK", "HTTP/1.1", (("Content-Length", "0"),), b"", BodyState.EMPTY),
            started=FAILED_AT - timedelta(seconds=29.87),
            duration_ms=41.0,
            direction="incoming",
            place="entry 7",
        ),
        exchange(
            11,
            "PATCH",
            f"/v1/payments/{PAYMENT}/authorizationattempts/{ATTEMPT}",
            204,
            b'{"succeeded":true,"authorizedAmount":24900}',
            b"",
            started=FAILED_AT - timedelta(seconds=2.511),
            duration_ms=96.4,
        ),
        exchange(
            14,
            "POST",
            f"/v1/payments/{PAYMENT}/captures",
            409,
            b'{"amount":24900,"currencyCode":"DKK","captureIdentifier":"FP-90417-1"}',
            b'{"code":"3410","message":"The payment has no valid authorization to capture.","correlationId":"'
            + CORRELATION.encode()
            + b'"}',
            started=FAILED_AT,
            duration_ms=84.3,
        ),
    )
