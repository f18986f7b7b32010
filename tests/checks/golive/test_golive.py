"""Recorded calls are judged by the conditions to go live: each rule passes, fails, and says when it cannot see."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from bundler.checks.golive import RULES as JUDGED
from bundler.checks.golive import GoLiveItem, go_live
from bundler.model import Exchange, Request, Response
from bundler.providers import load
from bundler.redact import mask_exchange
from tests.build import hostile_ticket, safe_ticket
from tests.checks.makers import API, MERCHANT
from tests.checks.traffic import (
    DONE,
    OTHER_PAYMENT,
    RULES,
    card,
    declined,
    exchange,
    get,
    merchant,
    patch,
    profile,
    start,
    step,
)

PROFILE = profile()
LIVE = "https://api.mobilepay.dk/cardpassthrough-restapi/api/v3/payments"


def judged(rule: str, *exchanges: Exchange, own: tuple[str, ...] = ()) -> GoLiveItem:
    masked = [mask_exchange(each, PROFILE) for each in exchanges]
    return next(item for item in go_live(masked, PROFILE, own_names=own) if item.rule == rule)


def test_every_condition_of_the_provider_has_a_rule() -> None:
    assert set(JUDGED) == set(RULES) == {row.name for row in load("vipps-mobilepay").mandatory}


def test_nothing_can_be_seen_where_nothing_was_recorded() -> None:
    items = go_live((), PROFILE)
    assert [item.rule for item in items] == [row.name for row in PROFILE.mandatory]
    assert {item.state for item in items} == {"unseen"}
    assert all(item.reason and item.link for item in items)


def test_a_good_payment_passes_all_that_calls_can_show() -> None:
    calls = (merchant(), start(), declined(), get(DONE), patch(), step("captures"))
    masked = [mask_exchange(each, PROFILE) for each in calls]
    states = {item.rule: item.state for item in go_live(masked, PROFILE)}
    assert {rule for rule, state in states.items() if state == "unseen"} == {"merchant-buttons", "news"}
    assert set(states.values()) == {"pass", "unseen"}
    assert all(item.origins for item in go_live(masked, PROFILE) if item.state == "pass")


@pytest.mark.parametrize(
    ("rule", "calls", "state", "said"),
    [
        ("delegated-authentication", (start(),), "pass", "VISA-DEBIT"),
        ("delegated-authentication", (start(allowedCardTypes=[card("DANKORT"), card("MC-DEBIT")]),), "pass", "Dankort"),
        ("delegated-authentication", (start(allowedCardTypes=[card("DANKORT")]),), "unseen", "Visa or Mastercard"),
        (
            "delegated-authentication",
            (start(), start(allowedCardTypes=[card("VISA-DEBIT"), card("MC-DEBIT", tokenCallbackUrl=None)])),
            "fail",
            "for MC-DEBIT:",
        ),
        ("delegated-authentication", (start(allowedCardTypes=["VISA_DEBIT"]),), "fail", "VISA_DEBIT"),
        (
            "delegated-authentication",
            (start(allowedCardTypes=[card("VISA-DEBIT", tokenCallbackUrl="http://psp.example")]),),
            "fail",
            "https",
        ),
        ("delegated-authentication", (start("/api/v1/payments"),), "fail", "version 3"),
        ("delegated-authentication", (exchange("POST", API + "/api/v3/payments"),), "unseen", "could not be read"),
        ("three-d-secure-fallback", (start(), patch()), "unseen", "1008"),
        ("three-d-secure-fallback", (start(), declined()), "pass", "not recorded"),
        ("three-d-secure-fallback", (start(), declined(reasonCode="1008"), get(DONE)), "pass", "sandprod-products"),
        ("three-d-secure-fallback", (declined(threeDSecureUrl=None),), "fail", "1 of 1 soft decline"),
        ("three-d-secure-fallback", (declined(), declined(threeDSecureUrl="http://psp.example")), "fail", "1 of 2"),
        (
            "three-d-secure-fallback",
            (start(), declined(), get(DONE.replace("sandprod-", ""))),
            "fail",
            "products.mobilepay.dk, which is production",
        ),
        ("individual-merchants", (start(), start(payment=OTHER_PAYMENT)), "pass", "1 merchant, each"),
        ("individual-merchants", (start(), start(merchantName="FJORD  bikes")), "pass", "1 merchant"),
        ("individual-merchants", (start(), start(merchantName="Harbour Books")), "fail", "2 shops"),
        ("individual-merchants", (start(), start(merchantUrl="https://books.example")), "fail", "books.example"),
        ("individual-merchants", (start(merchantUrl="https://psp.example/shops/7"),), "fail", "your own callbacks"),
        (
            "individual-merchants",
            (merchant(), merchant(externalId="m-2", name="Harbour Books")),
            "fail",
            "VAT number DK10000000",
        ),
        ("individual-merchants", (merchant(), merchant(externalId="m-2")), "pass", "2 merchants"),
        ("merchant-category-code", (start(),), "unseen", "creates a merchant"),
        ("merchant-category-code", (merchant(),), "pass", "1 merchant"),
        ("merchant-category-code", (merchant(merchantCategoryCode="5940"),), "pass", "1 merchant"),
        ("merchant-category-code", (merchant(merchantCategoryCode=None),), "fail", "without"),
        ("merchant-category-code", (merchant(merchantCategoryCode=0),), "fail", "0;"),
        ("merchant-category-code", (merchant(merchantCategoryCode=10_000),), "fail", "10000"),
        ("merchant-category-code", (merchant(merchantCategoryCode=True),), "fail", "True"),
        ("merchant-category-code", (merchant(merchantCategoryCode=1234),), "fail", "example"),
        ("merchant-category-code", (exchange("POST", API + "/api/v1/merchants"),), "unseen", "no body"),
        ("shop-name-and-logo", (start(),), "pass", "Fjord Bikes"),
        ("shop-name-and-logo", (start(merchantName="Test Shop"),), "fail", "placeholder"),
        ("shop-name-and-logo", (start(merchantName=" "),), "fail", "missing"),
        ("shop-name-and-logo", (start(merchantLogoUrl=None),), "fail", "merchantLogoUrl is missing"),
        ("shop-name-and-logo", (start(merchantLogoUrl="https://no-logo.png"),), "fail", "placeholder for no logo"),
        ("shop-name-and-logo", (start(merchantLogoUrl="http://a.example/l.png"),), "fail", "no https"),
        ("shop-name-and-logo", (start(merchantLogoUrl="https://a.example/l.svg"),), "fail", ".png or .jpg"),
        ("shop-name-and-logo", (start(merchantLogoUrl="https://a.example/l.JPG?v=2"),), "pass", "Fjord"),
        (
            "shop-name-and-logo",
            (start(), get("https://fjordbikes.example/logo.png", "text/html")),
            "fail",
            "answers with text/html",
        ),
        ("shop-name-and-logo", (start(), get("https://fjordbikes.example/logo.png", "image/png")), "pass", "Fjord"),
        ("payments-updated", (start(),), "unseen", "authorised"),
        ("payments-updated", (start(), patch(succeeded=False, reasonCode=1001)), "unseen", "authorised"),
        ("payments-updated", (start(), patch(status=409)), "unseen", "authorised"),
        ("payments-updated", (start(), patch()), "fail", "1 of 1 authorised payment"),
        ("payments-updated", (start(), patch(), step("captures", status=409)), "fail", "that succeeded"),
        ("payments-updated", (start(), patch(), patch(OTHER_PAYMENT), step("captures")), "fail", OTHER_PAYMENT),
        ("payments-updated", (start(), patch(), step("cancels")), "pass", "1 authorised payment"),
        ("payments-updated", (start(autoCapture=True), patch()), "pass", "1 authorised payment"),
        ("environment-pages", (start(),), "pass", "sandbox"),
        ("environment-pages", (step("captures"),), "unseen", "no page"),
        ("environment-pages", (start(), exchange("POST", LIVE, {})), "fail", "api.mobilepay.dk (production)"),
        (
            "environment-pages",
            (start(), get("https://products.mobilepay.dk/remote-website/?id=1")),
            "fail",
            "products.mobilepay.dk (production)",
        ),
        ("dynamic-linking", (start(),), "pass", "1 payment"),
        ("dynamic-linking", (start(merchantUrl=None),), "pass", "merchantId stands for it"),
        ("dynamic-linking", (start(merchantName=None),), "fail", "not named"),
        ("dynamic-linking", (start(merchantUrl=None, merchantId=None),), "fail", "neither"),
        ("merchant-buttons", (start(),), "unseen", "screenshot"),
    ],
)
def test_a_rule_says_pass_or_fail_or_that_it_cannot_see(
    rule: str, calls: tuple[Exchange, ...], state: str, said: str
) -> None:
    item = judged(rule, *calls)
    assert (item.state, said in item.reason) == (state, True), item.reason
    assert bool(item.origins) is (state != "unseen")


def test_a_shop_does_not_go_by_the_integrators_name() -> None:
    call = start(merchantName="FjordPay")
    assert judged("individual-merchants", call, own=("fjordpay ",)).state == "fail"
    assert judged("shop-name-and-logo", call, own=("FjordPay",)).state == "fail"
    assert judged("shop-name-and-logo", call, own=("",)).state == "pass"


def test_names_that_were_masked_are_not_compared() -> None:
    calls = (start(merchantName="[name-1]"), start(merchantName="[name-2]"))
    assert judged("individual-merchants", *calls).state == "pass"


def test_calls_of_other_apis_are_not_judged() -> None:
    others = exchange("POST", "https://apitest.vipps.no/epayment/v1/payments", {"reference": "acme-20771"})
    item = judged("shop-name-and-logo", others)
    assert item.state == "unseen"
    assert item.reason == "asked of integrations with MobilePay Online (PSP MP API); no call of that is in the evidence"


def test_shops_of_one_merchant_are_named_as_the_calls_write_them() -> None:
    item = judged("individual-merchants", start(merchantName="Fjordbloom"), start(merchantName="Other Shop"))
    assert item.reason.endswith("stands for 2 shops: Fjordbloom, Other Shop")


EPAYMENT = "https://apitest.vipps.no/epayment/v1/payments/acme-20771"
READ = exchange("GET", EPAYMENT, answer={"reference": "acme-20771", "state": "AUTHORIZED"})
CAPTURED = {
    "reference": "acme-20771",
    "state": "AUTHORIZED",
    "aggregate": {"authorizedAmount": {"value": 500}, "capturedAmount": {"value": 500, "currency": "NOK"}},
}


def webhook(name: str, reference: str = "acme-20771", **more: Any) -> Exchange:
    sent = {"msn": "210045", "reference": reference, "pspReference": "p-1", "name": name, "success": True}
    sent |= {"timestamp": "2026-11-23T13:02:11Z", **more}
    return replace(exchange("POST", "https://shop.example/hook", sent), direction="incoming")


@pytest.mark.parametrize(
    ("calls", "state"),
    [
        ((READ,), "fail"),
        ((READ, exchange("POST", EPAYMENT + "/capture", {"modificationAmount": {"value": 500}})), "pass"),
        ((READ, exchange("POST", EPAYMENT + "/capture", {}, 400)), "fail"),
        ((READ, exchange("GET", EPAYMENT, answer=CAPTURED)), "pass"),
        ((webhook("AUTHORIZED"),), "fail"),
        ((webhook("AUTHORIZED"), webhook("CAPTURED", "ACME-20771")), "pass"),
        ((webhook("AUTHORIZED"), webhook("CAPTURED", "acme-20772")), "fail"),
        ((webhook("AUTHORIZED"), webhook("CANCELLED", success=False)), "fail"),
        ((webhook("ABORTED"),), "unseen"),
        ((exchange("POST", EPAYMENT.replace("v1/", "v1/test/") + "/approve", {"customer": {}}),), "fail"),
    ],
)
def test_payments_of_another_api_are_followed_by_what_was_read_and_reported(
    calls: tuple[Exchange, ...], state: str
) -> None:
    item = judged("payments-updated", *calls)
    assert item.state == state, item.reason


def test_an_origin_names_the_call_and_the_field() -> None:
    item = judged("merchant-category-code", replace(merchant(merchantCategoryCode=0), place="entry 7"))
    assert [str(origin) for origin in item.origins] == ["trace.har, entry 7, request body, merchantCategoryCode"]


def test_many_broken_calls_give_few_origins() -> None:
    calls = [replace(merchant(merchantCategoryCode=0), place=f"entry {count}") for count in range(1, 40)]
    item = judged("merchant-category-code", *calls)
    assert len(item.origins) == 5
    assert item.reason.startswith("39 merchants")


ODD = [
    Exchange("x", 1, None, Response(200)),
    Exchange("x", 2, Request("POST", "https://[broken/api/v3/payments")),
    exchange("POST", API + "/api/v3/payments", ["no", "object"]),
    exchange("POST", API + "/api/v3/payments", {"allowedCardTypes": {"name": "VISA-DEBIT"}, "merchantName": 7}),
    exchange("POST", API + "/api/v3/payments", {"allowedCardTypes": [None, 3, []], "merchantId": [MERCHANT]}),
    exchange("PATCH", API + "/api/v1/payments/%00/authorizationattempts/x", {"reasonCode": 1e400, "succeeded": "yes"}),
    exchange("GET", "https://[broken.png", headers=(("Location", "https://[broken"),)),
    exchange("POST", API + "/api/v1/merchants", {"merchantCategoryCode": {"a": 1}, "name": None}),
]


def test_odd_and_hostile_calls_break_nothing() -> None:
    calls = [*ODD, *hostile_ticket().exchanges, *safe_ticket().exchanges]
    items = go_live(calls, PROFILE)
    assert len(items) == len(PROFILE.mandatory)
    assert all(len(item.reason) < 1000 for item in items)
