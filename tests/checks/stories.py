"""Makers of payments' stories: calls, callbacks and log lines at so many seconds after the payment began."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from bundler.checks.payment import behaviours, deadlines, rates, reuse, states, webhooks
from bundler.checks.types import View
from bundler.model import BodyState, Excerpt, Exchange, Facts, Finding, RecordSpan, Request, Response, SafeTicket
from bundler.providers import load
from bundler.providers.causes import Behaviour
from bundler.providers.demands import Deadline, RateLimit
from bundler.providers.profile import Profile
from tests.checks.makers import AT, JSON, NOW, fact, moment, ticket

REFERENCE = "acme-shop-20771"
ORDER = "acme-order-31"
CHARGE = "chr-Qm4kT9a"
PAYMENT = "1b0c5c2e-6f0e-4a55-9d0b-3f8e5a7c2d11"
ATTEMPT = "7d2f9b34-8a51-4c0e-b6d7-1e9a4c5f2b83"
EPAYMENT = f"https://apitest.vipps.no/epayment/v1/payments/{REFERENCE}"
ECOM = f"https://apitest.vipps.no/ecomm/v2/payments/{ORDER}"
ONLINE = f"https://api.sandbox.mobilepay.dk/cardpassthrough-restapi/api/v1/payments/{PAYMENT}"
CONFLICT = {"title": "Conflict", "detail": "The operation is not possible", "traceId": "00-a-b-00"}

DEADLINES = (
    Deadline(family="mobilepay-online", name="patch-after-callback", seconds=20, remedy="Patch within 20 s."),
    Deadline(family="mobilepay-online", name="payment-life", seconds=600, remedy="Create a new payment."),
    Deadline(family="mobilepay-online", name="retry-wait", seconds=1, remedy="Wait a second."),
    Deadline(family="mobilepay-online", name="retry-count", seconds=6, remedy="Stop after six."),
    Deadline(family="epayment", name="capture", seconds=180 * 86_400, market="NO", remedy="Capture earlier."),
    Deadline(family="epayment", name="capture", seconds=14 * 86_400, market="DK", remedy="Capture earlier."),
    Deadline(family="epayment", name="refund", seconds=365 * 86_400, remedy="Pay it back otherwise."),
    Deadline(family="epayment", name="poll-wait", seconds=2, remedy="Read it every two seconds."),
    Deadline(family="epayment", name="webhook-answer", seconds=10, remedy="Answer at once."),
)
LIMITS = (
    RateLimit(
        family="epayment", operations=("create payment", "capture", "cancel", "refund"), count=5, per=("reference",)
    ),
    RateLimit(family="epayment", operations=("get payment",), count=120, per=("reference",)),
)
BEHAVIOURS = (
    Behaviour(
        name="no-callback-on-reject",
        title="No failed callback comes when the user rejects",
        explanation="It comes only when the payment expires.",
        remedy="Let the payment expire on your side as well.",
        who="code",
        mentions=(("callback",), ("reject", "cancel")),
        samples=("No callback when the user rejects",),
        misses=("The callback answered 500",),
        families=("mobilepay-online",),
        link="https://developer.vippsmobilepay.com/docs/APIs/psp-mp-api/mp-psp-api-guide",
    ),
)
SMALL: Profile = replace(load("vipps-mobilepay"), deadlines=DEADLINES, limits=LIMITS, behaviours=BEHAVIOURS)
"""The provider with a few rows of its own, so that these tests ask nothing of the shipped ones."""


def written(value: Any) -> bytes:
    return b"" if value is None else json.dumps(value).encode()


def sent(
    index: int,
    after_s: float | None,
    method: str,
    url: str,
    status: int | None,
    body: Any = None,
    answer: Any = None,
    *,
    key: str = "",
    **more: Any,
) -> Exchange:
    """A call ``after_s`` seconds after the beginning, None for one without a time; ``status`` None for no answer."""
    headers = (*JSON, ("Idempotency-Key", key)) if key else JSON
    data, answered = written(body), written(answer)
    state = BodyState.PRESENT if data else BodyState.EMPTY
    response = Response(status, headers=JSON, body=answered, body_state=BodyState.PRESENT) if status else None
    made = Exchange(
        "trace.har",
        index,
        Request(method, url, headers=headers, body=data, body_state=state),
        response,
        None if after_s is None else AT + timedelta(seconds=after_s),
        duration_ms=90.0,
        error=None if status else "timed out",
        place=f"entry {index}",
    )
    return replace(made, **more)


def kr(value: int) -> dict[str, Any]:
    return {"currency": "NOK", "value": value}


def create(
    after_s: float | None = 0, amount: int = 24900, status: int | None = 201, index: int = 1, **more: Any
) -> Exchange:
    url = EPAYMENT.rpartition("/")[0]
    return sent(index, after_s, "POST", url, status, {"reference": REFERENCE, "amount": kr(amount)}, **more)


def change(
    step: str, after_s: float | None, amount: int | None, status: int | None = 200, index: int = 0, **more: Any
) -> Exchange:
    """Capture, refund or cancel an ePayment; later calls have higher numbers."""
    body = None if amount is None else {"modificationAmount": kr(amount)}
    answer = CONFLICT if status and status >= 400 else {"reference": REFERENCE}
    number = index or 2 + int(after_s or 0) // 10
    return sent(number, after_s, "POST", f"{EPAYMENT}/{step}", status, body, answer, **more)


def read(
    after_s: float | None, state: str, authorised: int = 0, captured: int = 0, refunded: int = 0, index: int = 3
) -> Exchange:
    """An ePayment that was read, with its totals."""
    totals = {"authorizedAmount": kr(authorised), "capturedAmount": kr(captured), "refundedAmount": kr(refunded)}
    answer = {"reference": REFERENCE, "state": state, "aggregate": totals | {"cancelledAmount": kr(0)}}
    return sent(index, after_s, "GET", EPAYMENT, 200, None, answer)


def webhook(after_s: float, name: str, amount: int = 24900, index: int = 4, status: int = 200, **more: Any) -> Exchange:
    """A webhook of ePayment; its own time is half a second before it came."""
    body = {
        "msn": "210045",
        "reference": REFERENCE,
        "pspReference": f"7d3f0a52-91c4-4b1e-8f66-20c5b7e4{int(after_s) % 10_000:04}",
        "name": name,
        "amount": kr(amount),
        "timestamp": (AT + timedelta(seconds=after_s - 0.5)).isoformat(),
        "success": True,
    }
    return sent(index, after_s, "POST", "https://shop.example/hooks", status, body, direction="incoming", **more)


def log(*lines: tuple[float, str], source: str = "shop.log") -> Excerpt:
    """A log with one line a record."""
    spans = tuple(RecordSpan(number, 1, AT + timedelta(seconds=at)) for number, (at, _) in enumerate(lines, 1))
    data = "".join(f"{line}\n" for _, line in lines).encode()
    return Excerpt(source, "python-logging", data, spans)


def story(*exchanges: Exchange, family: str = "epayment", payment: str = REFERENCE, **more: Any) -> SafeTicket:
    """A ticket of these calls; the last one failed, unless ``failing`` says otherwise."""
    names = {"epayment": "reference", "ecom": "orderId", "mobilepay-online": "paymentId", "recurring": "chargeId"}
    held = {
        "family": family,
        "exchanges": exchanges,
        "failing": len(exchanges) - 1 if exchanges else None,
        "facts": Facts(payment_id=fact(names[family], payment), occurred_at=moment()),
        "logs": (),
    }
    return ticket(**(held | more))


def view(of: SafeTicket, profile: Profile = SMALL) -> View:
    return View(of, profile, NOW)


CHECKS = (*states.CHECKS, *reuse.CHECKS, *deadlines.CHECKS, *rates.CHECKS, *behaviours.CHECKS, *webhooks.CHECKS)


def findings(of: SafeTicket, profile: Profile = SMALL) -> list[Finding]:
    return [finding for check in CHECKS for finding in check.judge(view(of, profile))]


def codes(of: SafeTicket, profile: Profile = SMALL) -> list[str]:
    return [finding.code for finding in findings(of, profile)]


def the(code: str, of: SafeTicket) -> Finding:
    return next(finding for finding in findings(of) if finding.code == code)
