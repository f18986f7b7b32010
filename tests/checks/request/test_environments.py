"""Where a call was made is judged by its host, the addresses in it, its amount, and the marks of a browser."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bundler.checks import run
from bundler.model import Exchange, Finding, SafeTicket
from tests.checks.makers import NOW
from tests.checks.payment_calls import (
    EPAYMENT,
    HEADERS,
    ONLINE,
    PRODUCTION,
    REFERENCE,
    TEST,
    about,
    changed,
    of_code,
    online,
    profile,
    sent,
)

PAYMENTS = "/epayment/v1/payments"
IN_PRODUCTION = f"{PRODUCTION}{PAYMENTS}"
LANDING = "https://products.mobilepay.dk/remote-website/done3ds.html"


def found(code: str, ticket: SafeTicket) -> list[Finding]:
    return of_code(run(ticket, profile(), now=NOW).findings, code)


def amounting(value: int) -> Exchange:
    return sent(changed(EPAYMENT, amount__value=value), 400)


def test_a_test_amount_is_why_the_call_failed() -> None:
    made = run(about(amounting(151)), profile(), now=NOW)
    assert made.cause is not None
    assert (made.cause.code, made.cause.who, made.cause.confidence) == ("CFG014", "test", 0.93)
    assert "too little money" in made.cause.message


def test_a_test_amount_explains_a_payment_that_the_approval_of_failed() -> None:
    created = sent(changed(EPAYMENT, amount__value=151), 201, answer=b'{"reference":"%s"}' % REFERENCE.encode())
    approving = sent({}, 400, url=f"{TEST}/epayment/v1/test/payments/{REFERENCE}/approve", index=2)
    (finding,) = found("CFG014", about(created, approving, failing=1))
    assert finding.confidence == 0.93
    assert str(finding.origins[0]).startswith("trace.har, entry 1")


def test_a_test_amount_is_less_sure_when_only_words_tell_of_a_failure() -> None:
    created = sent(changed(EPAYMENT, amount__value=151), 201)
    (said,) = found("CFG014", about(created, event="The app said that the payment failed"))
    (unsaid,) = found("CFG014", about(created))
    assert (said.confidence, unsaid.confidence) == (0.6, None)


@pytest.mark.parametrize(
    ("exchange", "environment"),
    [(amounting(151), "production"), (amounting(15100), "sandbox"), (amounting(123), "sandbox")],
    ids=("in-production", "another-amount", "an-amount-of-another-step"),
)
def test_other_amounts_and_places_have_no_meaning_of_their_own(exchange: Exchange, environment: str) -> None:
    assert not found("CFG014", replace(about(exchange), environment=environment))


def test_a_page_of_the_other_environment_in_the_call_is_named() -> None:
    body = changed(ONLINE, redirectFromMobilePayUrl=LANDING)
    (finding,) = found("CFG015", about(online(body), family="mobilepay-online"))
    assert finding.message == ("products.mobilepay.dk is production, but the call went to api.sandbox.mobilepay.dk.")
    assert finding.confidence == 0.85
    same = changed(ONLINE, redirectFromMobilePayUrl=LANDING.replace("products", "sandprod-products"))
    assert not found("CFG015", about(online(same), family="mobilepay-online"))


def test_a_test_machine_in_a_call_to_production_is_a_note() -> None:
    body = changed(EPAYMENT, returnUrl="https://staging.shop.example/done")
    (finding,) = found("CFG016", about(sent(body, url=IN_PRODUCTION), environment="production"))
    assert (finding.severity, finding.confidence) == ("note", None)
    assert "staging.shop.example" in finding.message
    assert not found("CFG016", about(sent(body)))
    fine = changed(EPAYMENT, returnUrl="https://contest.shop.example/latest")
    assert not found("CFG016", about(sent(fine, url=IN_PRODUCTION), environment="production"))


def test_one_key_for_two_units_in_test_is_a_key_of_a_partner() -> None:
    other = tuple((name, "330011" if name == "Merchant-Serial-Number" else value) for name, value in HEADERS)
    calls = sent(EPAYMENT, 401, answer=b""), sent(EPAYMENT, 401, headers=other, index=2)
    (finding,) = found("CFG017", about(*calls))
    assert finding.confidence == 0.7
    assert not found("CFG017", about(calls[0], sent(EPAYMENT, 401, index=2)))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"https://apitest.vipps.com{PAYMENTS}", "apitest.vipps.no is probably meant"),
        (f"https://api.vips.no{PAYMENTS}", "api.vipps.no is probably meant"),
        (f"https://api.vipps.no:8080{PAYMENTS}", "port 8080"),
        (f"http://api.vipps.no{PAYMENTS}", "over http"),
    ],
)
def test_an_address_that_is_nearly_the_providers_is_named(url: str, said: str) -> None:
    exchange = sent(EPAYMENT, None, url=url, error="getaddrinfo ENOTFOUND")
    made = run(about(exchange), profile(), now=NOW)
    assert made.cause is not None
    assert (made.cause.code, made.cause.confidence) == ("CFG018", 0.9)
    assert said in made.cause.message


def test_an_address_that_the_api_answered_from_is_not_the_cause() -> None:
    (finding,) = found("CFG018", about(sent(EPAYMENT, 400, url=f"http://apitest.vipps.no{PAYMENTS}")))
    assert finding.confidence is None


@pytest.mark.parametrize(
    "url",
    [
        f"https://api.vipps.no{PAYMENTS}",
        "https://api.shop.example/pay",
        "https://callback-5.vipps.no/x",
        "mailto:a",
        "",
    ],
)
def test_the_providers_hosts_and_those_of_others_are_left_alone(url: str) -> None:
    assert not found("CFG018", about(sent(EPAYMENT, None, url=url, error="timeout")))


def test_a_call_that_the_browser_stopped_belongs_on_the_server() -> None:
    headers = (*HEADERS, ("Origin", "https://shop.example"), ("Sec-Fetch-Mode", "cors"))
    stopped = sent(EPAYMENT, None, headers=headers, error="blocked by CORS policy")
    made = run(about(stopped), profile(), now=NOW)
    assert made.cause is not None
    assert (made.cause.code, made.cause.confidence) == ("CFG019", 0.93)
    assert "the browser stopped it" in made.cause.message


def test_a_call_from_a_page_that_was_answered_is_a_warning_and_no_cause() -> None:
    (finding,) = found("CFG019", about(sent(EPAYMENT, 400, headers=(*HEADERS, ("Origin", "https://shop.example")))))
    assert finding.confidence is None
    assert not found("CFG019", about(sent(EPAYMENT, 400)))
