from __future__ import annotations

import pytest

from bundler.providers import find_family, find_host, find_operation, load, recognise, related_families

VIPPS = load("vipps-mobilepay")
PAYMENT = "7d3f0a52-91c4-4b1e-8f66-20c5b7e4a913"
ONLINE = "https://api.sandbox.mobilepay.dk/cardpassthrough-restapi/api/v1"


def family_of(url: str) -> str | None:
    family = find_family(VIPPS, url)
    return family.slug if family else None


@pytest.mark.parametrize(
    ("url", "environment"),
    [
        ("https://api.vipps.no/epayment/v1/payments", "production"),
        ("https://apitest.vipps.no/epayment/v1/payments", "sandbox"),
        ("https://API.Sandbox.MobilePay.dk:443/x", "sandbox"),
        ("https://sandprod-products.mobilepay.dk/remote-website/?id=1", "sandbox"),
        ("https://callback-mt-1.vipps.no/", "sandbox"),
    ],
)
def test_the_host_tells_the_environment(url: str, environment: str) -> None:
    host = find_host(VIPPS, url)
    assert host is not None
    assert host.environment == environment


@pytest.mark.parametrize(
    "url", ["https://api.vipps.no.example.com/", "https://notapi.vipps.no.test/", "", "https://[", "vipps", "//:x"]
)
def test_a_host_that_only_looks_like_it_is_not_the_provider(url: str) -> None:
    assert find_host(VIPPS, url) is None


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        (ONLINE + "/payments", "mobilepay-online"),
        ("https://api.vipps.no/recurring/v3/agreements", "recurring"),
        ("https://api.vipps.no/recurring/v4/agreements/charges", "recurring-psp"),
        ("https://api.mobilepay.dk/v1/payments/" + PAYMENT, "app-payments"),
        ("https://api.mobilepay.dk/v1/webhooks", "webhooks"),
        ("https://api.vipps.no/webhooks/v1/webhooks", "webhooks"),
        ("https://products.mobilepay.dk/remote-website/authenticate", "mobilepay-online"),
        ("https://api.vipps.no/epaymentx/v1/payments", None),
        ("https://api.vipps.no/", None),
        ("https://gateway.example.com/outbound/epayment/v1/payments/acme-1", "epayment"),
        ("https://shop.example.com/v1/payments/" + PAYMENT, None),
        ("http://127.0.0.1:8080/v1/payments/" + PAYMENT, "app-payments"),
        ("https://[", None),
    ],
)
def test_the_path_tells_the_api(url: str, slug: str | None) -> None:
    assert family_of(url) == slug


def test_the_most_specific_operation_wins() -> None:
    found = find_operation(VIPPS, "POST", "https://api.mobilepay.dk/v1/payments/cancel")
    assert found is not None
    assert found.operation.path == "/v1/payments/cancel"


def test_a_template_may_begin_anywhere_in_the_path() -> None:
    found = find_operation(VIPPS, "POST", f"{ONLINE}/payments/{PAYMENT}/captures/")
    assert found is not None
    assert (found.operation.name, found.params) == ("capture", {"paymentId": PAYMENT})


def test_parameters_are_decoded() -> None:
    found = find_operation(VIPPS, "GET", "https://api.vipps.no/epayment/v1/payments/acme%2Dshop-1")
    assert found is not None
    assert found.params == {"reference": "acme-shop-1"}


def test_the_method_counts_unless_it_is_left_open() -> None:
    url = f"{ONLINE}/payments/{PAYMENT}/captures"
    assert find_operation(VIPPS, "DELETE", url) is None
    assert find_operation(VIPPS, "", url) is not None


def test_a_call_with_wrong_capitals_is_still_that_call() -> None:
    assert find_operation(VIPPS, "POST", f"{ONLINE}/Payments/{PAYMENT}/Captures") is not None


def test_a_removed_call_is_known_as_removed() -> None:
    found = find_operation(VIPPS, "PUT", f"{ONLINE}/payments/{PAYMENT}/invalidate")
    assert found is not None
    assert "2024" in found.operation.removed


def test_a_call_without_a_host_and_one_to_this_machine_are_stand_ins() -> None:
    for base in ("", "http://localhost:9000", "http://127.0.0.1:9000/mock"):
        found = find_operation(VIPPS, "POST", f"{base}/api/v1/payments/{PAYMENT}/captures")
        assert found is not None
        assert found.operation.family == "mobilepay-online"


def test_a_shops_own_call_is_not_the_providers() -> None:
    assert find_operation(VIPPS, "POST", f"https://shop.example.com/api/v1/payments/{PAYMENT}/captures") is None


def test_an_operation_of_another_api_on_the_same_path_end_is_not_taken() -> None:
    assert find_operation(VIPPS, "GET", "https://api.vipps.no/epayment/v1/refunds") is None


def test_the_generic_profile_knows_no_calls() -> None:
    assert find_operation(load("generic"), "GET", "/v1/payments/1") is None


def test_the_provider_is_recognised_by_its_hosts_or_not_at_all() -> None:
    assert (
        recognise(["https://shop.example.com/", "https://api.vipps.no/epayment/v1/payments"]).slug == "vipps-mobilepay"
    )
    assert recognise(["https://shop.example.com/vipps"]).slug == "generic"
    assert recognise([]).slug == "generic"


def test_a_family_brings_the_one_it_is_like() -> None:
    assert related_families(VIPPS, "epayment-psp") == ("epayment-psp", "epayment")
    assert related_families(VIPPS, "ecom") == ("ecom",)
    assert related_families(VIPPS, None) == ()


def test_a_path_of_a_million_segments_is_read_in_no_time() -> None:
    assert find_operation(VIPPS, "GET", "https://api.vipps.no/" + "a/" * 1_000_000) is None
