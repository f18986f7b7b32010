"""The ticket that the tests of masking start from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from bundler.model import (
    BodyState,
    Excerpt,
    Exchange,
    Fact,
    Facts,
    Finding,
    OccurredAt,
    Omission,
    Origin,
    Picture,
    ProviderCode,
    RecordSpan,
    Reporter,
    Request,
    Response,
    Rival,
    SafeTicket,
    Taken,
    Ticket,
)
from bundler.providers import load

VIPPS = load("vipps-mobilepay")
PAYMENT = "1b0c5c2e-7a54-4d63-9f0e-2c9a6f1d83b7"
MERCHANT = "65a1c0de-4f02-4c1b-8d3a-9b7e2f5a1c44"
NOW = datetime(2026, 11, 23, 13, 20, tzinfo=UTC)
SECRET = "kq7Zr2x9tAvB4mN8sLd0"
HERE = Origin("trace.har", "entry 14, request body, merchantId")


def full_ticket(**changes: Any) -> Ticket:
    """A ticket in which every field that can hold a text holds one."""
    facts = Facts(
        merchant_id=Fact("merchantId", MERCHANT, (HERE,), (Rival("other-merchant-77", (HERE,)),)),
        payment_id=Fact("paymentId", PAYMENT, (HERE,)),
        occurred_at=OccurredAt(NOW, "2026-11-23 13:02:11", "--tz", (HERE,), "local", rivals=(Rival("14:02", (HERE,)),)),
        trace_ids=(Fact("correlationId", "8d0f6a52-3c1b-47e9-a2f4-5b7d9e1c0a63", (HERE,)),),
        others=(Fact("pspReference", "4111111111111111", (HERE,)),),
    )
    exchange = Exchange(
        "checkout.har",
        4,
        Request(
            "POST",
            f"https://api.mobilepay.dk/cardpassthrough-restapi/api/v1/payments/{PAYMENT}/captures",
            "HTTP/1.1",
            (("Authorization", f"Bearer {SECRET}"), ("CorrelationId", "8d0f6a52-3c1b-47e9-a2f4-5b7d9e1c0a63")),
            b'{"amount":24900,"pspReference":4111111111111111,"card":"4242424242424242"}',
            BodyState.PRESENT,
        ),
        Response(409, "Conflict", "HTTP/1.1", (("X", "y"),), b'{"code":"2040","message":"no"}', BodyState.PRESENT),
        NOW,
        "written",
        12.5,
        error="reset by peer",
        notes=("a note",),
        place="entry 4",
    )
    line = f"2026-11-23 13:02:11 INFO capture {PAYMENT} for +4791234567\n".encode()
    ticket = Ticket(
        ticket_id="tick-0001",
        created=NOW,
        provider="vipps-mobilepay",
        family="mobilepay-online",
        environment="production",
        summary="a summary",
        event="an event",
        notes=("a note",),
        reporter=Reporter("Kari Nordmann", "Acme", "kari@example.com", "acme-shop", "1.2"),
        facts=facts,
        exchanges=(exchange,),
        failing=0,
        failing_reasons=("status 409",),
        logs=(Excerpt("svc.log", "python", line, (RecordSpan(1, 1, NOW),), (Omission(7, "outside"),), notes=("n",)),),
        pictures=(
            Picture("p.png", b"\x89PNG", "png", 1, 1, "phone.png", "ab12", 9, ("exif",), caption="c", notes=("n",)),
        ),
        findings=(
            Finding(
                code="REQ001",
                severity="note",
                message="m",
                advice="a",
                provider_code=ProviderCode("2040", "g"),
                link="https://example.com/x",
                origins=(HERE,),
            ),
        ),
        evidence=(Taken("trace.har", "har", "looks like it", notes=("n",)),),
        not_looked_into=("p.png",),
    )
    return replace(ticket, **changes)


def text_of(ticket: SafeTicket) -> str:
    """All that the ticket holds, as one text."""
    return repr(ticket)
