"""What the provider asks for follows from what the problem is about; each item says where it is and why it is asked."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from msgspec.structs import replace

from bundler.checks.answer.said import find_said
from bundler.checks.desk import asked as asking
from bundler.checks.desk.asked import NAMES, score
from bundler.checks.desk.problems import problem_of
from bundler.model import Asked, Exchange, Facts, Request, Response, SafeTicket
from bundler.providers import PROVIDERS, load
from bundler.providers.desks import Problem
from bundler.providers.profile import Profile
from tests.checks.makers import API, FULL_FACTS, INITIATE, asked, call, fact, failing, ticket, with_facts
from tests.checks.samples_desks import words

VIPPS = load("vipps-mobilepay")
SEVEN = ["merchant_id", "payment_id", "occurred_at", "request", "response", "screenshot", "logs"]
IN_APP = "User tapped Pay in the app"


def review(of: SafeTicket, profile: Profile) -> tuple[Asked, ...]:
    return asking.review(of, profile, find_said(of, profile))


def items(of: SafeTicket, provider: str = "vipps-mobilepay") -> dict[str, Asked]:
    return {each.item: each for each in review(of, load(provider))}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_of_every_incident_the_seven_items_are_reviewed_first_and_in_the_providers_order(provider: str) -> None:
    for event in (IN_APP, "The WooCommerce plugin 5.1.2 fails", "The webhook fails", ""):
        reviewed = items(ticket(event=event), provider)
        assert list(reviewed)[:7] == SEVEN
        assert all(reviewed[item].found and reviewed[item].where and reviewed[item].how for item in SEVEN)


def test_of_an_incident_only_the_seven_are_required_unless_a_plugin_is_concerned() -> None:
    for of in (ticket(event=IN_APP), ticket()):
        assert {each.item for each in review(of, VIPPS) if each.required} <= set(SEVEN)
    assert items(ticket(event="Our Magento plugin fails"))["system"].required


def test_a_reason_that_all_missing_things_share_is_said_once() -> None:
    nothing = ticket(facts=Facts(), logs=(), pictures=(), exchanges=(), failing=None, environment=None)
    assert score(review(nothing, load("nexi"))).endswith(", logs — a call of yours failed")
    assert score(review(nothing, load("nexi"))).count("a call of yours failed") == 1


def test_a_payment_that_did_not_come_into_being_is_not_asked_for() -> None:
    nameless = replace(FULL_FACTS, payment_id=None)
    create = call_of("POST", INITIATE, 409)
    refused = items(failing(create, facts=nameless))["payment_id"]
    assert (refused.required, refused.helps) == (False, False)
    assert refused.why == "the call that creates it was refused, so there is none"
    later = call_of("POST", "/api/v1/payments/x/captures", 409)
    unanswered = replace(create, response=None, error="no answer")
    assert all(items(failing(each, facts=nameless))["payment_id"].required for each in (later, unanswered))


def test_a_call_of_an_api_without_payments_needs_no_payment() -> None:
    token = Exchange("a", 1, Request("POST", "https://apitest.vipps.no/accesstoken/get"), Response(401))
    asked_for = items(failing(token, facts=replace(FULL_FACTS, payment_id=None)))["payment_id"]
    assert (asked_for.required, asked_for.why) == (False, "no payment is involved in this call")


def call_of(method: str, path: str, status: int) -> Exchange:
    return Exchange("a", 1, Request(method, API + path), Response(status))


def test_a_screenshot_is_asked_for_only_when_it_happened_in_the_app() -> None:
    for event, wanted in (
        (IN_APP, True),
        ("The capture answered 409", False),
        ("Betalingen fejlede på telefonen", True),
    ):
        screenshot = items(ticket(event=event, pictures=()))["screenshot"]
        assert screenshot.required is wanted
        assert screenshot.why == ("the event was in the app" if wanted else "only where the error was in the app")


def test_the_score_counts_what_is_required_and_says_why_the_rest_is_asked() -> None:
    assert score(review(ticket(event=IN_APP, pictures=()), VIPPS)) == (
        "6 of 7; missing: screenshot — the event was in the app"
    )
    assert score(review(ticket(event=IN_APP), VIPPS)) == "7 of 7; nothing is missing"
    assert score(review(ticket(pictures=()), VIPPS)) == "6 of 6; nothing is missing"
    assert score(review(with_facts(merchant_id=None, payment_id=None), VIPPS)).startswith(
        "4 of 6; missing: merchant id — support looks the payment up by it; payment id — without it"
    )
    assert score((Asked("news", "News", found=False, required=False),)) == "nothing in particular"
    assert score((Asked("news", "News", found=False, required=True),)) == "0 of 1; missing: news"


CALLBACK = Exchange("trace.har", 1, Request("POST", "https://psp.example/cb"), Response(500), direction="incoming")
PLUGIN_HEADER = (("Vipps-System-Plugin-Name", "acme-pay"), ("Vipps-System-Plugin-Version", "5.1.2"))


@pytest.mark.parametrize(
    ("of", "problem"),
    [
        (ticket(), "api-call"),
        (ticket(exchanges=(), failing=None), "api-call"),
        (failing(CALLBACK), "webhook"),
        (words("No webhook came since Monday"), "webhook"),
        (failing(call(INITIATE), event="No webhook came"), "api-call"),
        (ticket(event=IN_APP), "app"),
        (failing(asked(headers=PLUGIN_HEADER)), "plugin"),
        (failing(asked(headers=(("Vipps-System-Name", "WooCommerce"),))), "plugin"),
        (failing(asked(headers=(("Vipps-System-Name", "acme"),))), "api-call"),
        (ticket(event="Shopify shows an empty checkout in the app"), "plugin"),
        (ticket(event="Our plug-in hangs"), "plugin"),
        (ticket(kind="question", event="Which plugin?"), "question"),
        (ticket(kind="onboarding"), "onboarding"),
        (ticket(kind="feature"), "feature"),
        (ticket(kind="operations-list"), "operations-list"),
    ],
)
def test_the_problem_follows_from_kind_words_and_evidence(of: SafeTicket, problem: str) -> None:
    assert problem_of(of, VIPPS) == problem


def test_the_name_of_an_event_makes_it_a_webhooks_problem() -> None:
    event = next((row for row in VIPPS.events if row.kind == "webhook"), None)
    name = event.name if event is not None else "webhook"
    assert problem_of(words(f"{name.upper()} did not arrive"), VIPPS) == "webhook"


@pytest.mark.parametrize("provider", ["vipps-mobilepay", "generic"])
@pytest.mark.parametrize("problem", get_args(Problem))
def test_something_is_asked_for_whatever_the_problem(provider: str, problem: Problem) -> None:
    rows = [ask for ask in load(provider).asks if not ask.problems or problem in ask.problems]
    assert any(ask.need == "required" for ask in rows)


def test_what_is_no_incident_needs_no_payment() -> None:
    asked_for = items(replace(words("May a reference be reused?"), kind="question", facts=Facts()))
    assert "payment_id" not in asked_for
    assert asked_for["request"].label == "Your question"
    assert asked_for["request"].found
    assert not any(each.required and not each.found for each in asked_for.values())
    joining = items(ticket(kind="onboarding", event="Ordered on Monday"))
    assert joining["organisation"].required
    assert not joining["organisation"].found


@pytest.mark.parametrize(
    ("item", "of", "where"),
    [
        ("environment", ticket(), "sandbox"),
        ("family", ticket(), "mobilepay-online"),
        ("family", ticket(family=None, event="ePayment API: capture fails"), "ePayment API, in your words"),
        ("trace_id", ticket(), "trace.har, entry 1"),
        ("organisation", ticket(event="Org. nr. 987 654 321"), "in your words"),
        ("organisation", ticket(facts=replace(FULL_FACTS, others=(fact("orgNo", "987654321"),))), "trace.har, entry 1"),
        ("app_version", ticket(event="Swiped, iOS 26.1, app 5.2.0"), "in your words"),
        ("system", ticket(event="WooCommerce 9.8 fails"), "in your words"),
        ("steps", ticket(event="1. Open the shop. 2. Tap Pay."), "in your words"),
        ("steps", ticket(event="1) Open the shop.\n2) Tap Pay."), "in your words"),
        ("contact", ticket(), "the configuration (reporter)"),
        (
            "system",
            failing(asked(headers=PLUGIN_HEADER)),
            "trace.har, entry 1, request header Vipps-System-Plugin-Name",
        ),
    ],
)
def test_an_item_says_where_it_was_found(item: str, of: SafeTicket, where: str) -> None:
    assert items(of)[item].found
    assert items(of)[item].where == where


@pytest.mark.parametrize(
    ("item", "of"),
    [
        ("environment", ticket(environment=None)),
        ("family", ticket(family=None, event="It was reported by our login team")),
        ("trace_id", with_facts(trace_ids=())),
        ("organisation", ticket(event="Order 987654321 failed")),
        ("app_version", ticket(event="Swiped on iOS")),
        ("app_version", ticket(event="Swiped in app 5.2.0")),
        ("system", ticket(event="WooCommerce fails")),
        ("steps", ticket(event="Version 1.1.2 fails")),
    ],
)
def test_an_item_that_is_not_there_is_not_found(item: str, of: SafeTicket) -> None:
    assert not items(of)[item].found


def test_the_user_journey_is_asked_for_only_where_charges_have_no_schedule() -> None:
    refused = call(INITIATE, 400, b'{"detail":"Cannot create a charge with type \'UNSCHEDULED\'"}')
    assert items(failing(refused))["journey"].helps
    assert "journey" not in items(failing(call(INITIATE, 400)))


def test_every_item_has_a_short_name_that_reads_well() -> None:
    names: dict[str, Any] = {ask.item: NAMES.get(ask.item, ask.item) for ask in VIPPS.asks}
    assert not any("_" in name for name in names.values())
