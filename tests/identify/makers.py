"""Makes exchanges and log excerpts for the tests beside it; all ids are invented."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bundler.identify import identify
from bundler.model import BodyState, Excerpt, Exchange, Fact, Facts, RecordSpan, Request, Response
from bundler.providers import load

VIPPS = load("vipps-mobilepay")
GENERIC = load("generic")
ONLINE = "https://api.sandbox.mobilepay.dk/cardpassthrough-restapi/api"
EPAYMENT = "https://apitest.vipps.no/epayment/v1/payments"

MERCHANT = "3f7be2a4-0c51-4d8e-9b17-66d02f8a1c35"
PAYMENT = "7d3f0a52-91c4-4b1e-8f66-20c5b7e4a913"
OTHER_PAYMENT = "e0a9c3d7-45b8-4f02-a6d1-8b7e3c9f5012"
ATTEMPT = "c41e8b90-5a27-4d63-b0f8-9e3172d6a54b"
CORRELATION = "8d72ece4-1b0b-464b-98d9-6bbb02199daa"
TRACE = "00-4f1c9a7e2b6d4830a5e8c1d7b3f90a62-8c2e5b7a9d1f3046-01"

Headers = Sequence[tuple[str, str]]


def encoded(body: object) -> bytes:
    if body is None:
        return b""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def exchange(
    method: str,
    url: str,
    *,
    entry: int = 1,
    sent: object = None,
    headers: Headers = (),
    status: int | None = 200,
    answer: object = None,
    answer_headers: Headers = (),
    source: str = "trace.har",
) -> Exchange:
    """An exchange of a HAR; ``status`` None means that no answer came."""
    response = None
    if status is not None:
        response = Response(status, headers=tuple(answer_headers), body=encoded(answer), body_state=state(answer))
    request = Request(method, url, headers=tuple(headers), body=encoded(sent), body_state=state(sent))
    return Exchange(source, entry, request, response, place=f"entry {entry}")


def state(body: object) -> BodyState:
    return BodyState.ABSENT if body is None else BodyState.PRESENT


def excerpt(*records: str, source: str = "shop.log", first: int = 100) -> Excerpt:
    """A log excerpt whose first record stands on line ``first`` of its source."""
    spans, line = [], first
    for record in records:
        count = record.count("\n") + 1
        spans.append(RecordSpan(line, count))
        line += count
    data = "".join(record + "\n" for record in records).encode()
    return Excerpt(source, "text", data, tuple(spans))


def facts(
    *exchanges: Exchange,
    failing: int | None = None,
    logs: Sequence[Excerpt] = (),
    typed: dict[str, str] | None = None,
    generic: bool = False,
) -> Facts:
    profile = GENERIC if generic else VIPPS
    return identify(profile, typed=typed or {}, exchanges=exchanges, failing=failing, logs=logs)


def places(fact: Fact | None) -> list[str]:
    assert fact is not None
    return [str(origin) for origin in fact.origins]


def pairs(found: Sequence[Fact]) -> list[tuple[str, str]]:
    return [(fact.name, fact.value) for fact in found]


def initiate(entry: int = 3) -> Exchange:
    """MobilePay Online: the call that brings the PaymentId into being."""
    return exchange(
        "POST",
        f"{ONLINE}/v3/payments",
        entry=entry,
        headers=[("CorrelationId", "0b6e0c1d-7d2f-4b4e-9f7e-0d9a51c7e2aa"), ("Content-Type", "application/json")],
        sent={
            "merchantId": MERCHANT,
            "merchantOrderId": "order-20771",
            "pspReferenceId": "psp-2026-000417",
            "amount": 12900,
            "currencyCode": "DKK",
            "publicKeyId": 12,
        },
        answer={
            "paymentId": PAYMENT,
            "redirectToMobilePayUrl": f"https://sandprod-products.mobilepay.dk/?id={PAYMENT}",
        },
    )


def patch_refused(entry: int = 14) -> Exchange:
    """MobilePay Online: the authorization is patched and answered with a domain error."""
    return exchange(
        "PATCH",
        f"{ONLINE}/v1/payments/{PAYMENT}/authorizationattempts/{ATTEMPT}",
        entry=entry,
        headers=[("x-ibm-client-id", "11c8f2de-6a40-4c7c-91b0-4f1f1f0a77aa")],
        sent={"succeeded": True, "reasonCode": 0},
        status=409,
        answer={"code": "2040", "message": "Invalid", "correlationId": CORRELATION},
        answer_headers=[("CorrelationId", CORRELATION)],
    )
