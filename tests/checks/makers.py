"""Makers of tickets that checks are tried on. All ids are invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from bundler.model import (
    BodyState,
    Excerpt,
    Exchange,
    Fact,
    Facts,
    OccurredAt,
    Origin,
    Picture,
    RecordSpan,
    Reporter,
    Request,
    Response,
    Rival,
    SafeTicket,
    Taken,
)

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
AT = datetime(2026, 11, 23, 13, 2, 38, tzinfo=UTC)
PAYMENT = "1b0c5c2e-6f0e-4a55-9d0b-3f8e5a7c2d11"
ATTEMPT = "7d2f9b34-8a51-4c0e-b6d7-1e9a4c5f2b83"
MERCHANT = "c0ffee11-2233-4455-8677-8899aabbccdd"
API = "https://api.sandbox.mobilepay.dk/cardpassthrough-restapi"
JSON = (("Content-Type", "application/json"),)
HERE = (Origin("trace.har", "entry 1"),)


def fact(name: str, value: str, *rivals: Rival) -> Fact:
    return Fact(name, value, HERE, rivals)


def moment(value: datetime = AT, **more: Any) -> OccurredAt:
    return OccurredAt(value, value.isoformat(), "the source", HERE, **more)


def call(path: str, status: int | None = 409, body: bytes = b'{"code":"x"}', **more: Any) -> Exchange:
    asked = Request("PATCH", API + path, body=b"{}", body_state=BodyState.PRESENT)
    answer = Response(status, headers=JSON, body=body, body_state=BodyState.PRESENT)
    return Exchange("trace.har", 1, asked, answer, AT, duration_ms=90.0, place="entry 1", **more)


PATCH = f"/api/v1/payments/{PAYMENT}/authorizationattempts/{ATTEMPT}"
INITIATE = "/api/v3/payments"
FULL_FACTS = Facts(
    merchant_id=fact("merchantId", MERCHANT),
    payment_id=fact("paymentId", PAYMENT),
    occurred_at=moment(),
    trace_ids=(fact("correlationId", "5e0b1d9c-2a44-4f7e-9c3b-0d1e2f3a4b5c"),),
)
LOG = b"2026-11-23 13:02:11 callback for %s\n" % ATTEMPT.encode()


def excerpt(moment_of_record: datetime = AT - timedelta(seconds=27), data: bytes = LOG) -> Excerpt:
    spans = (RecordSpan(1, 1, moment_of_record),) if data else ()
    return Excerpt("service.log", "python-logging", data, spans)


def log_taken(first_minute: int, last_minute: int, **more: Any) -> Taken:
    first, last = AT + timedelta(minutes=first_minute), AT + timedelta(minutes=last_minute)
    return Taken("service.log", "log: python-logging", "it looks like one", first=first, last=last, **more)


PICTURE = Picture("app.png", b"", "png", 1, 1, "app.png", "", 0, box_count=1)


def ticket(**changes: Any) -> SafeTicket:
    """A complete ticket that no check has anything to say of but the unknown error code."""
    held: dict[str, Any] = {
        "ticket_id": "TB-TEST",
        "created": NOW,
        "provider": "vipps-mobilepay",
        "family": "mobilepay-online",
        "environment": "sandbox",
        "reporter": Reporter(email="kim@psp.example"),
        "facts": FULL_FACTS,
        "exchanges": (call("/api/v1/payments/x/captures", 200),),
        "failing": 0,
        "logs": (excerpt(data=b"2026-11-23 13:02:11 nothing\n"),),
        "pictures": (PICTURE,),
    }
    return SafeTicket(**(held | changes))


def with_facts(**changes: Any) -> SafeTicket:
    return ticket(facts=replace(FULL_FACTS, **changes))


def failing(exchange: Exchange, **changes: Any) -> SafeTicket:
    return ticket(exchanges=(exchange,), **changes)


def answered(**changes: Any) -> Exchange:
    exchange = call(INITIATE)
    assert exchange.response is not None
    return replace(exchange, response=replace(exchange.response, **changes))


def asked(**changes: Any) -> Exchange:
    exchange = call(INITIATE)
    assert exchange.request is not None
    return replace(exchange, request=replace(exchange.request, **changes))
