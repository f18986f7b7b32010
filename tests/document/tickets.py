"""Safe tickets made by hand for the tests of what leaves: a full one, an empty one and a hostile one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bundler.model import (
    BodyState,
    Excerpt,
    Exchange,
    Fact,
    Facts,
    Finding,
    Kept,
    OccurredAt,
    Omission,
    Origin,
    Picture,
    ProviderCode,
    RecordSpan,
    Redaction,
    Reporter,
    Request,
    Response,
    Rival,
    SafeTicket,
    Taken,
)

MOMENT = datetime(2026, 11, 23, 13, 2, 11, 482_900, tzinfo=UTC)
PAYMENT_ID = "1b0c5c2e-6d1f-4a6e-9a51-0d6a3c1f7e42"


def capture() -> Exchange:
    return Exchange(
        source="trace.har",
        index=14,
        place="entry 14",
        started=MOMENT,
        duration_ms=512.4,
        request=Request(
            method="POST",
            url=f"https://api.example.com/v1/payments/{PAYMENT_ID}/captures?dry=1",
            http_version="http/2.0",
            headers=(("Content-Type", "application/json"), ("Authorization", "Bearer [token-1]"), ("X-Two", "a")),
            body=b'{"amount": 1050}',
            body_state=BodyState.PRESENT,
        ),
        response=Response(
            status=409,
            reason="Conflict",
            http_version="http/2.0",
            headers=(("Content-Type", "application/json"), ("Set-Cookie", "[cookie-1]"), ("Set-Cookie", "[cookie-2]")),
            body='{"code": "2040", "message": "Bel\u00f8bet er for h\u00f8jt"}\n'.encode(),
            body_state=BodyState.PRESENT,
        ),
    )


def initiation() -> Exchange:
    return Exchange(
        source="curl.txt",
        index=1,
        request=Request(
            method="GET", url="https://api.example.com/v1/payments", headers=(("Accept", "*/*"),), http_version=""
        ),
        error="net::ERR_CONNECTION_RESET",
        started_written="23/11/2026 14:02",
        notes=("the response was not saved",),
    )


def excerpt() -> Excerpt:
    lines = [f"2026-11-23T13:02:1{n}Z INFO payment {PAYMENT_ID} step {n}\n" for n in range(5)]
    lines[3] += "    at com.example.Pay(Pay.java:12)\n"
    return Excerpt(
        source="logs/service.log.gz",
        format="line that begins with a timestamp",
        data="".join(lines).encode(),
        spans=tuple(RecordSpan(n + 100, 2 if n == 3 else 1, MOMENT + timedelta(seconds=n)) for n in range(5)),
        omitted=(Omission(1204, "outside the window"),),
        first=MOMENT,
        last=MOMENT + timedelta(seconds=4),
        zone="UTC",
        zone_from="written in the records",
        hits=5,
    )


def picture(name: str = "phone.png") -> Picture:
    # not a real picture: packing, mailing and describing never look inside
    return Picture(
        name=name,
        data=b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
        format="png",
        width=1080,
        height=2340,
        source=name,
        original_sha256="0" * 64,
        original_size=4711,
        removed=("EXIF", "GPS"),
        caption="the app shows an error",
    )


def full_ticket() -> SafeTicket:
    cause = Finding(
        code="RSP001",
        severity="warning",
        message="The amount is larger than what was reserved.",
        advice="Capture at most the reserved amount.",
        provider_code=ProviderCode("2040"),
        who="code",
        confidence=0.97,
        link="https://developer.example.com/errors",
        origins=(capture().origin("response body, code"),),
    )
    return SafeTicket(
        ticket_id="t-7f3a2c19d0",
        created=MOMENT + timedelta(hours=1),
        provider="vipps-mobilepay",
        family="mobilepay-online",
        environment="sandbox",
        summary="POST /v1/payments/{id}/captures -> 409",
        event="User tapped Pay, the app said “try again”",
        reporter=Reporter(name="Åse Example", company="Example AS", email="dev@example.com"),
        facts=Facts(
            merchant_id=Fact("merchantId", "65a1c0de", (Origin("trace.har", "entry 14, request body, merchantId"),)),
            payment_id=Fact(
                "paymentId",
                PAYMENT_ID,
                (capture().origin("request URL"),),
                rivals=(Rival("another", (Origin("curl.txt", ""),)),),
            ),
            occurred_at=OccurredAt(MOMENT, "2026-11-23T14:02:11.482+01:00", "written", (capture().origin("started"),)),
            trace_ids=(Fact("correlationId", "c0ffee", (capture().origin("response header"),)),),
        ),
        exchanges=(initiation(), capture()),
        failing=1,
        failing_reasons=("status 409", "the provider's host"),
        logs=(excerpt(),),
        pictures=(picture(),),
        findings=(cause,),
        cause=cause,
        evidence=(Taken("trace.har", "har", "a HAR 1.2 log", size=12_345),),
        redactions=(Redaction("token", "[token-1]", 1), Redaction("cookie", "[cookie-1]", 1)),
        kept=(Kept("bearer", "the token of the public sandbox", "9f" * 32),),
        not_looked_into=("notes.bin",),
    )


def empty_ticket() -> SafeTicket:
    return SafeTicket(ticket_id="t-0", created=MOMENT, provider="generic")


HOSTILE = "../../a\r\nBcc: x@example.com\0\x1b[31m<script>`\u202e" + "æ" * 300 + "\ud800"


def hostile_ticket() -> SafeTicket:
    return SafeTicket(
        ticket_id="t-1",
        created=MOMENT,
        provider="generic",
        summary=HOSTILE,
        event=HOSTILE,
        reporter=Reporter(name=HOSTILE, email="x@example.com\r\nBcc: y@example.com"),
        facts=Facts(payment_id=Fact("paymentId", HOSTILE, (Origin(HOSTILE, HOSTILE),))),
        exchanges=(
            Exchange(
                source=HOSTILE,
                index=1,
                place=HOSTILE,
                request=Request(
                    method=HOSTILE,
                    url="https://[" + HOSTILE,
                    headers=((HOSTILE, HOSTILE),),
                    body=b"\xff\xfe###\n",
                    body_state=BodyState.NOT_TEXT,
                ),
                response=Response(status=None, reason=HOSTILE, body=b"\x00", body_state=BodyState.NOT_TEXT),
                notes=(HOSTILE,),
            ),
            Exchange(source="CON", index=2, request=None, response=Response(status=500, reason=HOSTILE)),
        ),
        logs=tuple(Excerpt(source=name, format="", data=b"", spans=()) for name in (HOSTILE, "", "nul.log", "..")),
        pictures=(picture(HOSTILE), picture(".png")),
    )
