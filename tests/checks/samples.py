"""For every check a ticket that trips it, and one that does not; larger rooms have a file of their own beside this."""

from __future__ import annotations

from datetime import timedelta

from bundler.model import BodyState, Exchange, Finding, Picture, Redaction, Reporter, Request, Rival, SafeTicket
from tests.checks.makers import (
    API,
    AT,
    ATTEMPT,
    HERE,
    NOW,
    PATCH,
    PAYMENT,
    answered,
    asked,
    call,
    excerpt,
    fact,
    failing,
    log_taken,
    moment,
    ticket,
    with_facts,
)

IN_APP = "User tapped Pay in the app"
SAMPLES: dict[str, tuple[SafeTicket, SafeTicket]] = {
    "IDS001": (with_facts(merchant_id=None), ticket()),
    "IDS002": (with_facts(payment_id=None), ticket()),
    "IDS003": (with_facts(payment_id=fact("paymentId", PAYMENT, Rival(ATTEMPT, HERE))), ticket()),
    "IDS004": (with_facts(trace_ids=()), ticket()),
    "IDS005": (with_facts(payment_id=fact("paymentId", "order-17")), ticket()),
    "TIM001": (with_facts(occurred_at=None), ticket()),
    "TIM002": (with_facts(occurred_at=moment(certainty="assumed")), ticket()),
    "TIM003": (with_facts(occurred_at=moment(rivals=(Rival("2026-11-23T15:02:38Z", HERE),))), ticket()),
    "TIM004": (ticket(evidence=(log_taken(-180, -60),)), ticket(evidence=(log_taken(-180, -60), log_taken(-60, 5)))),
    "TIM005": (with_facts(occurred_at=moment(NOW + timedelta(days=3))), ticket(logs=())),
    "TIM006": (
        failing(answered(headers=(("Date", "Mon, 23 Nov 2026 13:05:00 GMT"),))),
        failing(answered(headers=(("Date", "Mon, 23 Nov 2026 13:02:38 GMT"),))),
    ),
    "TIM010": (
        failing(call(PATCH), logs=(excerpt(),)),
        failing(call(PATCH), logs=(excerpt(AT - timedelta(seconds=8)),)),
    ),
    "REQ001": (ticket(exchanges=(), failing=None), ticket(exchanges=(), failing=None, event=IN_APP)),
    "REQ002": (failing(asked(body_state=BodyState.ABSENT)), failing(asked(method="GET", body_state=BodyState.ABSENT))),
    "RSP002": (ticket(exchanges=(Exchange("a.sh", 1, Request("GET", API)),)), ticket()),
    "RSP003": (
        failing(call(PATCH, body=b'{"paymentId":"%s"}' % ATTEMPT.encode())),
        failing(call(PATCH, body=b'{"paymentId":"%s"}' % PAYMENT.upper().encode())),
    ),
    "RSP005": (failing(answered(body=b"", body_state=BodyState.ABSENT)), ticket()),
    "LOG001": (ticket(logs=()), ticket()),
    "LOG002": (ticket(evidence=(log_taken(-180, -60, used=False),)), ticket(evidence=(log_taken(-60, 5),))),
    "LOG003": (
        ticket(evidence=(log_taken(-60, 5, state="timed-out"),)),
        ticket(evidence=(log_taken(-60, 5),)),
    ),
    "PIC001": (ticket(event=IN_APP, pictures=()), ticket(event="A capture failed", pictures=())),
    "PIC002": (ticket(pictures=(Picture("app.png", b"", "png", 1, 1, "app.png", "", 0),)), ticket()),
    "PRV001": (
        ticket(event="my card [card-1] failed", redactions=(Redaction("card", "[card-1]", 1),)),
        ticket(event="my card failed", redactions=(Redaction("card", "[card-1]", 1),)),
    ),
    "PRV003": (ticket(findings=(Finding(code="PRV901", severity="warning", message="withheld"),)), ticket()),
    "CFG001": (ticket(environment=None), ticket()),
    "CFG002": (ticket(environment="mixed"), ticket()),
    "CFG004": (ticket(environment="production"), ticket(environment="mixed")),
    "CFG003": (ticket(reporter=Reporter()), ticket()),
}
