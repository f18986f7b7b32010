"""No body, header, address or token makes a check raise, and none of them makes a ticket long."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundler.checks.request import environments, headers, leftovers, requests, tokens
from bundler.checks.types import View
from bundler.model import BodyState, Exchange, Finding, Request, Response
from bundler.providers import load
from tests.checks.makers import AT, NOW
from tests.checks.payment_calls import ECOM, EPAYMENT, EXPIRED, HEADERS, ONLINE, TEST, about, sent

CHECKS = (*requests.CHECKS, *headers.CHECKS, *leftovers.CHECKS, *tokens.CHECKS, *environments.CHECKS)
PROFILE = load("vipps-mobilepay")
PATHS = (
    "https://apitest.vipps.no/epayment/v1/payments",
    "https://api.vipps.no/ecomm/v2/payments/{orderId}/capture",
    "https://api.sandbox.mobilepay.dk/cardpassthrough-restapi/api/v3/payments?x=https://api.vipps.no/",
    "https://apitest.vipps.no/accesstoken/get",
    "https://api.vips.no:99999/epayment",
    "https://[::1/epayment/v1/payments",
)
NAMES = tuple(sorted({name for body in (EPAYMENT, ECOM, ONLINE) for name in body} | {"value", "name", "msn"}))

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.sampled_from(PATHS)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), inner, max_size=6)
    ),
    max_leaves=25,
)
bodies = values.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=60)
fields = st.lists(
    st.tuples(
        st.sampled_from([name for name, _ in HEADERS] + ["Origin", "Psp-Id", "", "ocp_apim_subscription_key"])
        | st.text(max_size=20),
        st.sampled_from([value for _, value in HEADERS] + [f"bearer {EXPIRED}", "Bearer", "[jwt-1:exp=,iss=]"])
        | st.text(max_size=30),
    ),
    max_size=12,
).map(tuple)


def judged(*exchanges: Exchange, family: str | None = "epayment") -> list[Finding]:
    view = View(about(*exchanges, family=family), PROFILE, NOW)
    return [finding for check in CHECKS for finding in check.judge(view)]


@given(
    method=st.sampled_from(["POST", "post", "GET", "PATCH", "", "\x00"]),
    url=st.sampled_from(PATHS) | st.text(max_size=40).map(lambda end: f"{TEST}/epayment/v1/payments/{end}"),
    sent_headers=fields,
    body=bodies,
    answer=bodies,
    status=st.none() | st.integers(0, 600),
)
def test_no_call_whatever_makes_a_check_raise(
    method: str, url: str, sent_headers: Any, body: bytes, answer: bytes, status: int | None
) -> None:
    call = Exchange(
        "a.har",
        1,
        Request(method, url, headers=sent_headers, body=body, body_state=BodyState.PRESENT),
        Response(status, headers=sent_headers, body=answer),
        AT,
    )
    for finding in judged(call, call):
        assert finding.confidence is None or 0 < finding.confidence < 1
        assert json.dumps(finding.message).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"a":' * 200_000,
        json.dumps({"allowedCardTypes": [{"name": "{x}"}] * 50_000}).encode(),
        json.dumps({f"k{count}": "https://api.vipps.no/{x}" for count in range(50_000)}).encode(),
        json.dumps({"reference": "x" * 2_000_000}).encode(),
        b'{"amount":{"value":' + b"9" * 100_000 + b"}}",
        json.dumps({"amount": {"value": "{" * 100_000}, "reference": "<a" * 100_000}).encode(),
    ],
    ids=("brackets", "deep", "long-list", "many-keys", "long-text", "long-number", "open-braces"),
)
@pytest.mark.parametrize("url", PATHS[:3])
def test_a_giant_body_gives_few_and_short_findings(body: bytes, url: str) -> None:
    many = tuple((f"Ocp-Apim-Subscription-Kex{count}", "{x}" * 1_000) for count in range(5_000))
    found = judged(sent(body, url=url, headers=many))
    assert len(found) < 60
    assert max(len(finding.message) for finding in found) < 1_000
