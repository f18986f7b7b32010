"""A failing call of each of the other providers is explained by its own table, and by nobody else's."""

from __future__ import annotations

from typing import Any

import pytest

from bundler.checks import run
from bundler.model import BodyState, Excerpt, Exchange, Facts, RecordSpan, Request, Response, SafeTicket
from bundler.providers import find_family, load
from tests.checks.makers import AT, JSON, NOW, moment, ticket

THERE: dict[str, Any] = {"body_state": BodyState.PRESENT}

FAILURES = [
    (
        "stripe",
        "https://api.stripe.com/v1/payment_intents/pi_3Qz7Vb2Kd9RtXw0M1nYc4eHs/confirm",
        402,
        b'{"error":{"type":"card_error","code":"card_declined","decline_code":"insufficient_funds","message":"No."}}',
        ("RSP001", "user", "insufficient_funds"),
    ),
    (
        "stripe",
        "https://api.stripe.com/v1/payment_intents/pi_3Qz7Vb2Kd9RtXw0M1nYc4eHs/capture",
        400,
        b'{"error":{"type":"invalid_request_error","code":"payment_intent_unexpected_state","message":"No."}}',
        ("RSP001", "code", "payment_intent_unexpected_state"),
    ),
    (
        "adyen",
        "https://acme-checkout-live.adyenpayments.com/checkout/v71/payments",
        500,
        b'{"status":500,"errorCode":"905","message":"Payment details are not supported","errorType":"configuration"}',
        ("RSP001", "config", "905"),
    ),
    (
        "adyen",
        "https://pal-test.adyen.com/pal/servlet/Payment/v68/capture",
        422,
        b'{"status":422,"errorCode":"167","message":"No.","errorType":"validation","pspReference":"KTV9XH2QB7M4WN38"}',
        ("RSP001", "code", "167"),
    ),
    (
        "paypal",
        "https://api-m.paypal.com/v2/payments/captures/7KM41N8VWB3XQ92TH/refund",
        422,
        b'{"name":"X_Y","message":"No.","debug_id":"a3f1c9b27d4e8","details":[{"issue":"CAPTURE_FULLY_REFUNDED"}]}',
        ("RSP001", "code", "CAPTURE_FULLY_REFUNDED"),
    ),
    (
        "paypal",
        "https://api-m.sandbox.paypal.com/v1/oauth2/token",
        401,
        b'{"error":"invalid_client","error_description":"No."}',
        ("RSP001", "config", "invalid_client"),
    ),
    (
        "klarna",
        "https://api.klarna.com/ordermanagement/v1/orders/7d3f0a52-91c4-4b1e-8f66-20c5b7e4a913/refunds",
        403,
        b'{"correlation_id":"c41e8b90-5a27-4d63-b0f8-9e3172d6a54b","error_code":"REFUND_NOT_ALLOWED","error_messages":[]}',
        ("RSP001", "code", "REFUND_NOT_ALLOWED"),
    ),
    (
        "klarna",
        "https://api-global.klarna.com/v2/accounts/x/payment/requests",
        403,
        b'{"error_id":"c41e8b90-5a27-4d63","error_type":"RESOURCE_ERROR","error_code":"OPERATION_FORBIDDEN"}',
        ("RSP001", "config", "OPERATION_FORBIDDEN"),
    ),
    (
        "swedbank-pay",
        "https://api.externalintegration.payex.com/psp/creditcard/payments/1b0c5c2e-6f0e-4a55-9d0b-08d7a3ee4e14/captures",
        403,
        b'{"type":"https://api.payex.com/psp/errordetail/creditcard/cardbranddisabled","title":"No.","status":403}',
        ("RSP001", "config", "cardbranddisabled"),
    ),
    (
        "nexi",
        "https://test.api.dibspayment.eu/v1/payments",
        401,
        b"",
        ("RSP004", "config", None),
    ),
    (
        "braintree",
        "https://payments.braintree-api.com/graphql",
        200,
        b'{"data":null,"errors":[{"message":"No.","extensions":{"legacyCode":"91564"}}],"extensions":{"requestId":"1"}}',
        ("RSP001", "code", "91564"),
    ),
    (
        "mollie",
        "https://api.mollie.com/v2/payments/tr_7Kd9RtXw0M/refunds",
        422,
        b'{"status":422,"title":"Unprocessable Entity","detail":"The amount is higher than the maximum"}',
        ("RSP007", "code", None),
    ),
]


def checked(provider: str, url: str, status: int, body: bytes, **changes: Any) -> SafeTicket:
    """The ticket of this one call, checked; its environment is not known unless ``changes`` say it."""
    profile = load(provider)
    family = find_family(profile, url)
    answer = Response(status, headers=JSON, body=body, **(THERE if body else {}))
    held: dict[str, Any] = {
        "provider": provider,
        "family": family.slug if family else None,
        "environment": None,
        "exchanges": (
            Exchange("trace.har", 1, Request("POST", url, body=b"{}", **THERE), answer, AT, place="entry 1"),
        ),
        "facts": Facts(occurred_at=moment()),
    }
    return run(ticket(**(held | changes)), profile, now=NOW)


@pytest.mark.parametrize(("provider", "url", "status", "body", "cause"), FAILURES)
def test_the_failure_is_explained_by_the_providers_own_table(
    provider: str, url: str, status: int, body: bytes, cause: tuple[str, str, str | None]
) -> None:
    found = checked(provider, url, status, body).cause
    assert found is not None
    assert (found.code, found.who, found.provider_code.code if found.provider_code else None) == cause
    assert found.link


@pytest.mark.parametrize("provider", ["stripe", "mollie"])
@pytest.mark.parametrize("environment", ["production", "sandbox"])
def test_a_host_that_serves_both_environments_contradicts_none(provider: str, environment: str) -> None:
    url = f"https://{load(provider).hosts[0].host}/v1/x"
    found = [finding.code for finding in checked(provider, url, 404, b"", environment=environment).findings]
    assert "CFG004" not in found
    assert "CFG001" not in found


def test_a_decline_that_no_row_knows_is_still_a_decline() -> None:
    body = b'{"error":{"type":"card_error","code":"card_declined","decline_code":"of_tomorrow","message":"No."}}'
    found = checked("stripe", "https://api.stripe.com/v1/charges", 402, body).cause
    assert found is not None
    assert found.who == "user"
    assert "of_tomorrow" in found.message


def test_a_status_that_the_provider_says_nothing_of_means_what_it_means_everywhere() -> None:
    found = checked("klarna", "https://api.klarna.com/payments/v1/sessions", 415, b"").cause
    assert found is not None
    assert found.who == "code"
    assert "media type" in found.message


FOREIGN = [
    b'{"name":"INTERNAL_SERVER_ERROR","message":"No.","debug_id":"a3f1c9b27d4e8"}',
    b'{"errorCode":"704","errorType":"validation","message":"No.","pspReference":"KTV9XH2QB7M4WN38"}',
    b'{"correlation_id":"c41e8b90-5a27-4d63-b0f8-9e3172d6a54b","error_code":"CONFLICT","error_messages":[]}',
    b'{"error":{"type":"card_error","code":"2040","doc_url":"https://stripe.com/docs/error-codes/x","message":"No."}}',
    b'{"type":"https://api.payex.com/psp/errordetail/inputerror","title":"No.","status":400}',
]


@pytest.mark.parametrize("body", FOREIGN)
@pytest.mark.parametrize(
    "url",
    ["", "http://localhost:8080/v1/payments", "/epayment/v1/payments", "https://api.vipps.no/epayment/v1/payments"],
)
def test_the_answer_of_another_provider_is_never_believed(url: str, body: bytes) -> None:
    found = checked("vipps-mobilepay", url, 500, body)
    assert found.cause is None
    assert "RSP008" in [finding.code for finding in found.findings]


@pytest.mark.parametrize("body", FOREIGN)
def test_a_log_that_quotes_the_answer_of_another_provider_is_not_believed_either(body: bytes) -> None:
    log = Excerpt("shop.log", "python-logging", b"ERROR HTTP 500 " + body + b"\n", (RecordSpan(1, 1, AT),))
    found = run(ticket(exchanges=(), failing=None, logs=(log,)), load("vipps-mobilepay"), now=NOW)
    assert found.cause is None
    assert "RSP008" in [finding.code for finding in found.findings]
