"""The environment is that of the hosts that were called, and unknown where one host serves both."""

from __future__ import annotations

import pytest

from bundler.assemble.calls import Calls
from bundler.assemble.facts import environment_of
from bundler.model import Exchange, Request
from bundler.providers import load


def calls(slug: str, *urls: str) -> Calls:
    exchanges = tuple(Exchange("trace.har", count, Request("POST", url), None) for count, url in enumerate(urls, 1))
    return Calls(
        profile=load(slug), assumed_provider="", exchanges=exchanges, failing=0, reasons=(), read_count=len(urls)
    )


@pytest.mark.parametrize(
    ("slug", "urls", "environment"),
    [
        ("paypal", ("https://api-m.sandbox.paypal.com/v2/checkout/orders",), "sandbox"),
        ("paypal", ("https://api-m.sandbox.paypal.com/", "https://api-m.paypal.com/"), "mixed"),
        ("adyen", ("https://acme-checkout-live.adyenpayments.com/checkout/v71/payments",), "production"),
        ("stripe", ("https://api.stripe.com/v1/charges",), None),
        ("mollie", ("https://api.mollie.com/v2/payments",), None),
    ],
)
def test_the_environment_is_told_by_hosts_that_serve_one_only(
    slug: str, urls: tuple[str, ...], environment: str | None
) -> None:
    assert environment_of(calls(slug, *urls), ()) == environment
