"""The full ticket: one failed payment, told as support would read it. All ids, keys, people and shops are invented."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from bundler.model import (
    Asked,
    Excerpt,
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
    Rival,
    SafeTicket,
    Taken,
)
from tests.tickets.exchanges import ATTEMPT, CORRELATION, CREATED, FAILED_AT, MERCHANT, PAYMENT, exchanges

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
            spans=tuple(
                RecordSpan(line, count, FAILED_AT + timedelta(seconds=at), line != 20878) for line, count, at in spans
            ),
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
    in_app = "the event was in the app"
    found = (
        Asked("merchant_id", "MerchantId", True, True, "checkout.har, entry 4, request body, merchantId"),
        Asked("payment_id", "PaymentId", True, True, f"{har}, request URL and 3 more places"),
        Asked("occurred_at", "Timestamp of the error", True, True, f"{har}, startedDateTime"),
        Asked("request", "Request or event that caused the error", True, True, f"{har}, request"),
        Asked("response", "Error response", True, True, f"{har}, response"),
        Asked("screenshot", "Screenshot", True, True, "app.png", why=in_app),
        Asked("logs", "Relevant logs", True, True, "logs/gateway.log (7 records), logs/access.log.1.gz (1 record)"),
        Asked("environment", "Environment", True, False, "sandbox", helps=True),
    )
    return (
        *found,
        Asked(
            "app_version",
            "iOS or Android, and the version of the app",
            found=False,
            required=False,
            how="Add both with --note.",
            why=in_app,
            helps=True,
        ),
    )


def full_ticket() -> SafeTicket:
    """A capture refused because the authorization was patched too late, with everything a ticket may hold."""
    cause = Finding(
        code="TIM010",
        severity="note",
        message="The authorization attempt was patched 27 s after its callback; MobilePay Online allows 20 s.",
        advice="Answer the callback at once and patch within 20 s, with reason code 3000 if the acquirer is slow.",
        provider_code=ProviderCode("3410"),
        who="code",
        confidence=0.9,
        link="https://developer.vippsmobilepay.com/docs/",
        origins=(Origin("checkout.har", "entry 7, started"), Origin("checkout.har", "entry 11, started")),
    )
    return SafeTicket(
        ticket_id="TB-7F3A2C91",
        created=CREATED,
        provider="vipps-mobilepay",
        family="mobilepay-online",
        environment="sandbox",
        summary="Captures fail for some payments since the queue in front of our acquirer grew.",
        event="The customer tapped Pay and swiped. Our app then said: Betalingen mislykkedes.",
        notes=("Reproducible: 4 of 200 payments in the load test.",),
        reporter=Reporter("Ida Fjeld", "FjordPay", "ida.fjeld@example.com", "fjordpay-gateway", "4.11.2"),
        facts=_facts(),
        exchanges=exchanges(),
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
        data=Path(__file__).parents[1].joinpath("golden", "app-screen.png").read_bytes(),
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
