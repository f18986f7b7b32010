"""Every check has a ticket that trips it and one that does not, and explains itself; none minds an odd ticket."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bundler import checks
from bundler.checks import CHECKS, explain, review, run
from bundler.model import (
    BodyState,
    Excerpt,
    Exchange,
    Fact,
    Facts,
    Finding,
    OccurredAt,
    Origin,
    Picture,
    RecordSpan,
    Redaction,
    Reporter,
    Request,
    Response,
    Rival,
    SafeTicket,
    Taken,
)
from bundler.providers import load
from tests.build import empty_ticket, hostile_ticket, safe_ticket

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
    from msgspec.structs import replace

    return ticket(facts=replace(FULL_FACTS, **changes))


def failing(exchange: Exchange, **changes: Any) -> SafeTicket:
    return ticket(exchanges=(exchange,), **changes)


def answered(**changes: Any) -> Exchange:
    from msgspec.structs import replace

    exchange = call(INITIATE)
    assert exchange.response is not None
    return replace(exchange, response=replace(exchange.response, **changes))


def asked(**changes: Any) -> Exchange:
    from msgspec.structs import replace

    exchange = call(INITIATE)
    assert exchange.request is not None
    return replace(exchange, request=replace(exchange.request, **changes))


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
    "RSP001": (failing(call(INITIATE, body=b'{"code":"2040","message":"m","correlationId":"c"}')), ticket()),
    "RSP002": (ticket(exchanges=(Exchange("a.sh", 1, Request("GET", API)),)), ticket()),
    "RSP003": (
        failing(call(PATCH, body=b'{"paymentId":"%s"}' % ATTEMPT.encode())),
        failing(call(PATCH, body=b'{"paymentId":"%s"}' % PAYMENT.upper().encode())),
    ),
    "RSP004": (failing(call(INITIATE, 401)), ticket()),
    "RSP005": (failing(answered(body=b"", body_state=BodyState.ABSENT)), ticket()),
    "RSP006": (failing(answered(body=b"<!DOCTYPE html><title>502 Bad Gateway</title>")), ticket()),
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


def codes(of: SafeTicket) -> list[str]:
    return [finding.code for finding in run(of, load("vipps-mobilepay"), now=NOW).findings]


@pytest.mark.parametrize("code", [check.code for check in CHECKS])
def test_a_check_trips_where_it_should_and_only_there(code: str) -> None:
    trips, does_not = SAMPLES[code]
    assert code in codes(trips)
    assert code not in codes(does_not)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_a_check_explains_itself(check: checks.Check) -> None:
    assert re.fullmatch(r"(?:REQ|RSP|IDS|LOG|TIM|PRV|PIC|CFG)\d{3}", check.code)
    assert check.title.endswith(".")
    assert len(check.text) > 40
    assert explain(check.code.lower()) is check


def test_codes_are_unique() -> None:
    assert len({check.code for check in CHECKS}) == len(CHECKS)


@pytest.mark.parametrize("make", [safe_ticket, empty_ticket, hostile_ticket])
@pytest.mark.parametrize("provider", ["vipps-mobilepay", "generic"])
def test_every_ticket_can_be_checked(make: Any, provider: str) -> None:
    made = make()
    said = run(made, load(provider), now=NOW).findings[len(made.findings) :]
    assert all(finding.message and "\n" not in finding.message for finding in said)


def test_the_late_patch_is_the_cause_and_says_by_how_much() -> None:
    checked = run(SAMPLES["TIM010"][0], load("vipps-mobilepay"), now=NOW)
    assert checked.cause is not None
    assert checked.cause.code == "TIM010"
    assert "27 s" in checked.cause.message
    assert {origin.source for origin in checked.cause.origins} == {"service.log", "trace.har"}


def test_a_documented_code_is_surer_than_a_status() -> None:
    checked = run(SAMPLES["RSP001"][0], load("vipps-mobilepay"), now=NOW)
    assert checked.cause is not None
    assert checked.cause.provider_code is not None
    assert checked.cause.provider_code.code == "2040"
    assert checked.cause.who == "code"


def test_nothing_unsure_is_ever_the_cause() -> None:
    unsure = Finding(code="RSP001", severity="warning", message="perhaps", confidence=0.49)
    assert checks.find_cause([unsure]) is None


def test_the_seven_items_are_reviewed_in_the_providers_order() -> None:
    items = review(ticket(event=IN_APP), load("vipps-mobilepay"))
    assert [asked.item for asked in items] == [
        "merchant_id",
        "payment_id",
        "occurred_at",
        "request",
        "response",
        "screenshot",
        "logs",
    ]
    assert all(asked.found and asked.where and asked.how for asked in items)


def test_a_screenshot_is_asked_for_only_when_it_happened_in_the_app() -> None:
    for event, wanted in (
        (IN_APP, True),
        ("The capture answered 409", False),
        ("Betalingen fejlede på telefonen", True),
    ):
        items = {asked.item: asked for asked in review(ticket(event=event, pictures=()), load("vipps-mobilepay"))}
        assert items["screenshot"].required is wanted
