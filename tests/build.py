"""Makers of tickets for the whole suite: a full one, an empty one, and one made of everything that tries to break out.

All ids, keys, people and shops are invented.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from bundler.model import (
    Asked,
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
    Redaction,
    Reporter,
    Request,
    Response,
    Rival,
    SafeTicket,
    Severity,
    Taken,
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


def safe_ticket(**changes: Any) -> SafeTicket:
    """A full ticket: a capture refused because the authorization was patched too late; ``changes`` replace fields."""
    return replace(_full(), **changes)


def empty_ticket(**changes: Any) -> SafeTicket:
    """A ticket of which nothing is known but that it exists."""
    return replace(SafeTicket(ticket_id="empty", created=CREATED, provider="generic"), **changes)


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


def _exchanges() -> tuple[Exchange, ...]:
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


_LINES = f"""\
2026-11-23 14:01:10,280 INFO gateway.payments payment {PAYMENT} created for order 1048-2213
2026-11-23 14:01:41,655 INFO gateway.callbacks card data received payment={PAYMENT} attempt={ATTEMPT}
2026-11-23 14:01:41,660 WARNING gateway.acquirer queue is 26 deep, authorization will wait
2026-11-23 14:02:08,969 INFO gateway.payments patched authorization attempt={ATTEMPT} after 27.3 s
2026-11-23 14:02:11,480 INFO gateway.payments capture 24900 DKK payment={PAYMENT}
2026-11-23 14:02:11,571 ERROR gateway.payments capture refused payment={PAYMENT} correlationId={CORRELATION}
Traceback (most recent call last):
  File "/srv/gateway/payments.py", line 214, in capture
    answer.raise_for_status()
  File "/srv/gateway/http.py", line 88, in raise_for_status
    raise ApiError(self.status, self.json())
gateway.http.ApiError: 409 3410 The payment has no valid authorization to capture.
2026-11-23 14:02:11,574 INFO gateway.orders order 1048-2213 set to failed, [email-1] informed
""".encode()


def _logs() -> tuple[Excerpt, ...]:
    spans = [(20511, 1, -61.202), (20877, 1, -29.827), (20878, 1, -29.822), (21306, 1, -2.513)]
    spans += [(21340, 1, -0.002), (21341, 7, 0.089), (21348, 1, 0.092)]
    return (
        Excerpt(
            source="logs/gateway.log",
            format="Python logging",
            data=_LINES,
            spans=tuple(RecordSpan(line, count, FAILED_AT + timedelta(seconds=at)) for line, count, at in spans),
            omitted=(
                Omission(20510, "before the window around the error, and no id in them"),
                Omission(824, "inside the window, no id in them, beyond the budget"),
                Omission(3911, "after the window around the error, and no id in them"),
            ),
            first=FAILED_AT - timedelta(seconds=61.202),
            last=FAILED_AT + timedelta(seconds=0.092),
            source_first=FAILED_AT - timedelta(hours=6),
            source_last=FAILED_AT + timedelta(minutes=52),
            zone="Europe/Copenhagen",
            zone_from="the configuration (time_zone)",
            hits=5,
        ),
        Excerpt(
            source="logs/access.log.1.gz",
            format="nginx and Apache access log",
            data=b'198.51.100.7 - - [23/Nov/2026:14:01:41 +0100] "POST /callbacks/mobilepay/card?key=[token-1]"'
            b" 200 0\n",
            spans=(RecordSpan(88112, 1, FAILED_AT - timedelta(seconds=30)),),
            omitted=(Omission(88111, "outside the window around the error"),),
            first=FAILED_AT - timedelta(seconds=30),
            last=FAILED_AT - timedelta(seconds=30),
            zone="+01:00",
            zone_from="each line",
        ),
    )


def _facts() -> Facts:
    request = Origin("checkout.har", "entry 14, request URL")
    return Facts(
        merchant_id=Fact("merchantId", MERCHANT, (Origin("checkout.har", "entry 4, request body, merchantId"),)),
        payment_id=Fact(
            "paymentId",
            PAYMENT,
            (
                request,
                Origin("checkout.har", "entry 4, response body, paymentId"),
                Origin("checkout.har", "entry 7, request body, PaymentId"),
                Origin("logs/gateway.log", "line 20511"),
            ),
        ),
        occurred_at=OccurredAt(
            FAILED_AT,
            "2026-11-23T14:02:11.482+01:00",
            "the offset in the text itself",
            (Origin("checkout.har", "entry 14, startedDateTime"),),
            local="2026-11-23 14:02:11.482 +01:00",
        ),
        trace_ids=(
            Fact(
                "correlationId",
                CORRELATION,
                (
                    Origin("checkout.har", "entry 14, response body, correlationId"),
                    Origin("logs/gateway.log", "line 21341"),
                ),
            ),
        ),
        others=(
            Fact("authorizationAttemptId", ATTEMPT, (Origin("checkout.har", "entry 11, request URL"),)),
            Fact(
                "merchantOrderId",
                "1048-2213",
                (Origin("checkout.har", "entry 4, request body, merchantOrderId"),),
                (Rival("1048-2231", (Origin("app.png", "typed with --order-id"),)),),
            ),
        ),
    )


def _asked() -> tuple[Asked, ...]:
    har = "checkout.har, entry 14"
    return (
        Asked("merchant_id", "MerchantId", True, True, "checkout.har, entry 4, request body, merchantId"),
        Asked("payment_id", "PaymentId", True, True, f"{har}, request URL and 3 more places"),
        Asked("occurred_at", "Timestamp of the error", True, True, f"{har}, startedDateTime"),
        Asked("request", "Request or event that caused the error", True, True, f"{har}, request"),
        Asked("response", "Error response", True, True, f"{har}, response"),
        Asked("screenshot", "Screenshot", True, True, "app.png"),
        Asked("logs", "Relevant logs", True, True, "logs/gateway.log (7 records), logs/access.log.1.gz (1 record)"),
    )


def _full() -> SafeTicket:
    cause = Finding(
        code="RSP014",
        severity="note",
        message="The authorization was patched 27.4 s after the card callback; MobilePay waits 20 s and then drops it.",
        advice="Answer the callback at once, authorize in the background, and patch within 20 s; then pay anew.",
        provider_code=ProviderCode("3410"),
        who="code",
        confidence=0.92,
        link="https://developer.vippsmobilepay.com/docs/",
        origins=(Origin("checkout.har", "entry 7, started"), Origin("checkout.har", "entry 11, started")),
    )
    return SafeTicket(
        ticket_id="1b0c5c2e-20261123T132000Z",
        created=CREATED,
        provider="vipps-mobilepay",
        family="mobilepay-online",
        environment="sandbox",
        summary="Captures fail for some payments since the queue in front of our acquirer grew.",
        event="The customer tapped Pay and swiped. Our app then said: Betalingen mislykkedes.",
        notes=("Reproducible: 4 of 200 payments in the load test.",),
        reporter=Reporter("Ida Fjeld", "FjordPay", "ida.fjeld@example.com", "fjordpay-gateway", "4.11.2"),
        facts=_facts(),
        exchanges=_exchanges(),
        failing=3,
        failing_reasons=("status 409", "host of the provider", "carries the payment id", "last call of this payment"),
        logs=_logs(),
        pictures=(app_screen(),),
        findings=(
            cause,
            Finding(
                code="IDS003",
                severity="warning",
                message="merchantOrderId is 1048-2213 in checkout.har, entry 4, but 1048-2231 was typed.",
                advice="Say which one is meant.",
                origins=(Origin("checkout.har", "entry 4, request body, merchantOrderId"),),
            ),
            Finding(code="LOG003", severity="note", message="The log's zone was taken from the configuration."),
        ),
        evidence=(
            Taken(
                "checkout.har", "har", "a JSON object with log.entries", size=1_843_220, notes=("21 entries, 4 used",)
            ),
            Taken("logs/gateway.log", "log: Python logging", "37 of 40 lines fit", size=9_120_004),
            Taken("logs/access.log.1.gz", "log: nginx and Apache access log", "40 of 40 lines fit", size=611_200),
            Taken("app.png", "picture", "begins as PNG", size=402_118),
            Taken("logs/core.4711", "unknown", "binary, and nobody knows it", used=False, size=88_000_000),
        ),
        not_looked_into=("logs/old/: beyond the limit of 3 folders in depth",),
        redactions=(
            Redaction("jwt", "[jwt-1]", 3),
            Redaction("secret", "[secret-1]", 3),
            Redaction("token", "[token-1]", 2),
            Redaction("card", "[card-1]", 1),
            Redaction("phone", "[phone-1]", 1),
            Redaction("email", "[email-1]", 1),
            Redaction("ip", "[ip-1]", 1),
        ),
        cause=cause,
        asked=_asked(),
    )


def app_screen(**changes: Any) -> Picture:
    """A screenshot of an app that says that the payment failed."""
    made = Picture(
        name="app.png",
        data=Path(__file__).with_name("golden").joinpath("app-screen.png").read_bytes(),
        format="png",
        width=360,
        height=640,
        source="app.png",
        original_sha256="5f" * 32,
        original_size=402_118,
        removed=("EXIF", "GPS position", "text chunks"),
        box_count=1,
        caption="The app after the swipe: “Betalingen mislykkedes”",
    )
    return replace(made, **changes)


SCRIPT = "\"><script>alert(document.domain)</script><img src=x onerror=alert(1)>'--></style></title></textarea>"
FENCES = "``````\n# no heading\n~~~~~~\n<details open>\n</details>\n[a](javascript:alert(1)) ![b](https://evil.example/b.png)"
HIDDEN = "a\x00b\x1b[31mc\x07\x08d\x7fe\x85f\u202eexe.gnp\u2066g\u200bh\ufeffi\u2028j\ud800k\U000e0041l\tm\r\nn\rz"
BREAK = "value\r\nBcc: thief@evil.example\r\n\r\nX-Injected: yes\nMerchantId: forged"
CLIMB = "../../../../etc/passwd"
TEMPLATE = "{{ 7 * 191 }}{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}{# gone #}"
GIANT = "A" * 1_000_000
HOSTILE = (SCRIPT, FENCES, HIDDEN, BREAK, CLIMB, TEMPLATE)


def hostile_ticket(**changes: Any) -> SafeTicket:
    """A ticket in which every text from outside tries to break out of every document and to fill the disk."""
    return replace(_hostile(), **changes)


def _hostile() -> SafeTicket:
    everything = "\n".join(HOSTILE)
    origin = Origin(f"{CLIMB}\x00{SCRIPT}", everything)
    body = f'{{"{everything}": "{GIANT}"}}'.encode("utf-8", "surrogatepass")
    headers = (
        *((f"X-{text}", text) for text in HOSTILE),
        ("Set-Cookie", BREAK),
        ("@/etc/passwd", "x"),
        ("Empty", ""),
        ("Long", GIANT),
    )
    url = f"https://api.example.com/v1/{CLIMB}/{SCRIPT}?q={everything}&[1-9]{{a,b}}#{GIANT}"
    request = Request(f"POST{BREAK}", url, everything, headers, body, BodyState.PRESENT)
    quoting = Request(
        "PUT", "https://api.example.com/[token-1]/a'b$(id)`id`", "", headers, body[:400], BodyState.PRESENT
    )
    response = Response(599, everything, everything, headers, b"\x00\xff\xfe" + body, BodyState.PRESENT)
    exchanges = (
        Exchange(
            origin.source, 1, request, response, started=FAILED_AT, direction="incoming", notes=HOSTILE, place=BREAK
        ),
        Exchange(CLIMB, 2, quoting, None, error=everything, started_written=everything, place=FENCES),
        Exchange(SCRIPT, 3, None, replace(response, status=None, body=b"[" * 5000), place=""),
        *(Exchange(GIANT[:3000], index, request, response, place=everything) for index in range(4, 36)),
    )
    lines = [text.replace("\r", "").split("\n")[0].encode("utf-8", "surrogatepass") for text in HOSTILE]
    records = [*lines, GIANT.encode(), *[b"\xff\xfe noise " + line for line in lines * 200]]
    excerpt = Excerpt(
        origin.source,
        everything,
        b"\n".join(records) + b"\n",
        tuple(RecordSpan(index * 3 + 1, 1, None) for index in range(len(records))),
        omitted=tuple(Omission(10**9, everything) for _ in range(40)),
        zone=everything,
        zone_from=everything,
        notes=HOSTILE,
    )
    facts = tuple(
        Fact(text, text, (origin,) * 30, tuple(Rival(other, (origin,)) for other in HOSTILE))
        for text in (*HOSTILE, GIANT)
    )
    weights: tuple[tuple[str, Severity, str], ...] = (
        ("XSS001", "blocker", "javascript:alert(1)"),
        ("XSS002", "warning", 'https://evil.example/"onclick="alert(1)'),
        ("XSS003", "note", "https://example.com/docs"),
    )
    findings = tuple(
        Finding(
            code=code,
            severity=severity,
            message=text,
            advice=everything,
            who="other-desk",
            confidence=0.5,
            provider_code=ProviderCode(text, text),
            link=link,
            origins=(origin,) * 40,
        )
        for code, severity, link in weights
        for text in HOSTILE * 8
    )
    picture = app_screen(name=CLIMB, source=origin.source, caption=everything, removed=HOSTILE, notes=HOSTILE)
    return SafeTicket(
        ticket_id=everything,
        created=CREATED,
        provider="generic",
        kind="incident",
        family=everything,
        environment="mixed",
        summary=everything,
        event=everything * 400,
        notes=HOSTILE * 20,
        reporter=Reporter(*HOSTILE[:5]),
        facts=Facts(
            merchant_id=replace(facts[0], name="merchantId"),
            payment_id=Fact("paymentId", PAYMENT, (origin,)),
            occurred_at=OccurredAt(
                FAILED_AT,
                everything,
                everything,
                (origin,) * 30,
                local=everything,
                certainty="ambiguous",
                readings=(FAILED_AT, CREATED),
                rivals=(Rival(everything, (origin,)),),
            ),
            trace_ids=facts * 10,
            others=facts * 10,
        ),
        exchanges=exchanges,
        failing=0,
        failing_reasons=HOSTILE,
        logs=(excerpt, replace(excerpt, data=b"", spans=())) * 10,
        pictures=(picture, replace(picture, format="jpeg", width=20_000)) * 4,
        findings=findings,
        evidence=tuple(Taken(text, text, everything, False, 10**12, HOSTILE) for text in HOSTILE * 30),
        not_looked_into=HOSTILE * 50,
        redactions=tuple(Redaction(text, text, 10**9) for text in HOSTILE * 20),
        cause=findings[0],
        asked=tuple(
            Asked(text, text, index % 2 == 0, True, everything, everything) for index, text in enumerate(HOSTILE * 4)
        ),
    )
