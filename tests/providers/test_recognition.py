"""A provider is recognised by the hosts that were called and by answers that nobody else gives, and else not at all."""

from __future__ import annotations

import json

import pytest

from bundler.providers import PROVIDERS, find_host, load, recognise, recognise_body
from bundler.providers.profile import Profile

OF_NOBODY = (
    b"",
    b"null",
    b"[]",
    b"[[]]",
    b"{}",
    b'"PayPal"',
    b"<html><title>502 Bad Gateway</title></html>",
    b'{"error":{"type":"card_error","code":"card_declined","message":"The card was declined."}}',
    b'{"error":{"type":"invalid_request_error","doc_url":"https://shop.example.com/docs/error-codes/x"}}',
    b'{"error":{"type":7,"doc_url":"https://stripe.com/docs/error-codes/x"}}',
    b'{"errorCode":"101","message":"Invalid card number"}',
    b'{"pspReference":"KTV9XH2QB7M4WN38","resultCode":"Authorised"}',
    b'{"name":"Kari","message":"Hei","debug_id":"a3f1c9b27d4e8"}',
    b'{"name":"UNPROCESSABLE_ENTITY","message":"No."}',
    b'{"correlation_id":"7d3f0a52-91c4-4b1e-8f66-20c5b7e4a913","error_code":"BAD_VALUE"}',
    b'{"error_id":"7d3f0a52-91c4-4b1e-8f66-20c5b7e4a913","error_type":"input","error_code":"BAD_VALUE"}',
    b'{"type":"https://shop.example.com/psp/errordetail/inputerror","title":"Input error","status":400}',
    b'{"errors":[{"message":"No.","extensions":{"code":"FORBIDDEN"}}],"extensions":{"requestId":"1"}}',
    b'{"errors":["No."],"extensions":{"requestId":"1"}}',
    b'{"status":422,"title":"Unprocessable Entity","_links":{"documentation":{"href":"https://shop.example.com"}}}',
    b'{"status":422,"title":"Unprocessable Entity","_links":{"documentation":"https://docs.mollie.com/"}}',
    b'{"message":"No.","code":"1001","source":"gateway"}',
    b'{"message":"No.","code":"1001","source":"Internal","status":400}',
    b'{"message":"No.","code":1001,"source":"Internal"}',
    b'{"code":"2040","message":"No.","correlationId":"7d3f0a52-91c4-4b1e-8f66-20c5b7e4a913"}',
    b'{"title":"Bad Request","extraDetails":[]}',
)

TOLD = {
    "vipps-mobilepay": (
        b'{"title":"Bad Request","traceId":"00-4f1c9a7e2b6d4830a5e8c1d7b3f90a62-8c2e5b7a9d1f3046","extraDetails":[]}',
        b'[{"errorGroup":"Payments","errorCode":"44","errorMessage":"Refused."}]',
    ),
    "stripe": (
        b'{"error":{"type":"card_error","code":"card_declined","doc_url":"https://docs.stripe.com/error-codes"}}',
        b'{"error":{"type":"api_error","request_log_url":"https://dashboard.stripe.com/test/logs/req_7Vb2Kd9RtXw0Mn"}}',
    ),
    "adyen": (
        b'{"status":422,"errorCode":"137","errorType":"validation","pspReference":"KTV9XH2QB7M4WN38"}',
        b'{"type":"https://docs.adyen.com/errors/forbidden","title":"Forbidden","status":403}',
        b'{"pspReference":"KTV9XH2QB7M4WN38","resultCode":"Refused","refusalReasonCode":"12"}',
    ),
    "paypal": (b'{"name":"INTERNAL_SERVER_ERROR","message":"No.","debug_id":"a3f1c9b27d4e8","details":[]}',),
    "klarna": (
        b'{"correlation_id":"7d3f0a52-91c4-4b1e-8f66-20c5b7e4a913","error_code":"BAD_VALUE","error_messages":[]}',
        b'{"error_id":"c41e8b90-5a27-4d63-b0f8-9e3172d6a54b","error_type":"INPUT_ERROR","error_code":"VALIDATION_ERROR"}',
    ),
    "swedbank-pay": (b'{"type":"https://api.payex.com/psp/errordetail/creditcard/carddeclined","status":403}',),
    "nexi": (
        b'{"message":"The amount is above what is left.","code":"1001","source":"Internal"}',
        b'{"code":"1001","source":"internal","message":"Overcharge"}',
    ),
    "braintree": (
        b'{"errors":[{"message":"No.","extensions":{"errorClass":"NOT_FOUND"}}],"extensions":{"requestId":"7d3f0a52"}}',
    ),
    "mollie": (
        b'{"status":401,"_links":{"documentation":{"href":"https://docs.mollie.com/reference/handling-errors"}}}',
    ),
}


def samples() -> list[object]:
    return [
        pytest.param(slug, sample, id=f"{slug}-{shape.name}-{number}")
        for slug in PROVIDERS[:-1]
        for shape in load(slug).shapes
        for number, sample in enumerate(shape.samples)
    ]


@pytest.mark.parametrize(("slug", "sample"), samples())
def test_an_answer_is_taken_for_its_providers_or_for_nobodys_but_never_for_anothers(slug: str, sample: str) -> None:
    assert recognise_body(sample.encode()) in (slug, None)


@pytest.mark.parametrize(("slug", "body"), [(slug, body) for slug, bodies in TOLD.items() for body in bodies])
def test_an_unmistakable_answer_tells_its_provider(slug: str, body: bytes) -> None:
    assert recognise_body(body) == slug
    assert recognise_body(json.dumps(json.loads(body), indent=2).encode("utf-8-sig")) == slug


@pytest.mark.parametrize("body", OF_NOBODY)
def test_an_answer_that_may_be_anybodys_is_nobodys(body: bytes) -> None:
    assert recognise_body(body) is None


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"error":' * 50_000, b'{"errors":[' + b"{}," * 100_000 + b"{}]}"])
def test_a_hostile_answer_is_nobodys(body: bytes) -> None:
    assert recognise_body(body) is None


@pytest.mark.parametrize("profile", [pytest.param(load(slug), id=slug) for slug in PROVIDERS[:-1]])
def test_a_provider_is_recognised_by_each_of_its_hosts(profile: Profile) -> None:
    for row in profile.hosts:
        host = f"acme{row.host}" if row.host.startswith(".") else row.host
        assert recognise(["https://shop.example.com/", f"https://{host}{row.path}/x"]).slug == profile.slug


def test_no_host_belongs_to_two_providers() -> None:
    for slug in PROVIDERS[:-1]:
        for row in load(slug).hosts:
            url = f"https://acme{row.host}{row.path}/" if row.host.startswith(".") else f"https://{row.host}{row.path}/"
            owners = [other for other in PROVIDERS if find_host(load(other), url) is not None]
            assert owners == [slug], url


@pytest.mark.parametrize(
    ("url", "environment"),
    [
        ("https://1797a841fbb37ca7-AcmeShop-checkout-live.adyenpayments.com/checkout/v71/payments", "production"),
        ("https://checkout-test.adyen.com/v71/payments", "sandbox"),
        ("https://api-m.sandbox.paypal.com/v2/checkout/orders", "sandbox"),
        ("https://api-na.playground.klarna.com/payments/v1/sessions", "sandbox"),
        ("https://api.externalintegration.payex.com/psp/paymentorders", "sandbox"),
        ("https://test.api.dibspayment.eu/v1/payments", "sandbox"),
        ("https://payments.braintree-api.com/graphql", "production"),
        ("https://api.stripe.com/v1/charges", ""),
        ("https://api.mollie.com/v2/payments", ""),
    ],
)
def test_the_host_tells_the_environment_where_it_serves_one(url: str, environment: str) -> None:
    row = find_host(recognise([url]), url)
    assert row is not None
    assert row.environment == environment


@pytest.mark.parametrize(
    "url",
    [
        "https://js.stripe.com/v3/",
        "https://www.paypal.com/sdk/js?client-id=x",
        "https://checkoutshopper-live.adyen.com/checkoutshopper/sdk/5.1.0/adyen.js",
        "https://api.stripe.com.example.com/v1/charges",
        "https://adyenpayments.com.example.com/",
        "https://test.checkout.dibspayment.eu/v1/checkout.js",
    ],
)
def test_scripts_in_a_page_and_hosts_that_only_look_alike_tell_no_provider(url: str) -> None:
    assert recognise([url]).slug == "generic"


def test_the_provider_that_was_called_most_is_the_one() -> None:
    calls = ["https://api.stripe.com/v1/charges/1", "https://api.mollie.com/v2/payments/1"]
    assert recognise([*calls, "https://api.mollie.com/v2/payments/2"]).slug == "mollie"
