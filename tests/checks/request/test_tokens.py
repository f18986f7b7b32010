"""A token is judged by what its placeholder tells: its times against the call, how it is written, where it is from."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bundler.checks import run
from bundler.checks.request.shown_tokens import find_token
from bundler.model import Exchange, Finding
from tests.checks.makers import AT, NOW
from tests.checks.payment_calls import (
    EPAYMENT,
    EXPIRED,
    HEADERS,
    PRODUCTION,
    TOKEN,
    about,
    of_code,
    profile,
    sent,
    token_call,
)


def authorized(*values: str, status: int = 401, url: str = "") -> Exchange:
    headers = (*(("Authorization", value) for value in values), *HEADERS[1:])
    exchange = sent(EPAYMENT, status, headers=headers, answer=b"")
    if url and exchange.request is not None:
        exchange = replace(exchange, request=replace(exchange.request, url=url))
    return exchange


def found(code: str, *exchanges: Exchange, failing: int = 0) -> list[Finding]:
    return of_code(run(about(*exchanges, failing=failing), profile(), now=NOW).findings, code)


def test_an_expired_token_is_the_cause_and_says_by_how_much() -> None:
    made = run(about(authorized(f"Bearer {EXPIRED}")), profile(), now=NOW)
    assert made.cause is not None
    assert (made.cause.code, made.cause.confidence, made.cause.who) == ("CFG010", 0.95, "code")
    assert made.cause.message == "The access token had expired 3 min 12 s before the call."


def test_a_web_page_of_a_gateway_says_more_than_an_expired_token() -> None:
    headers = (("Authorization", f"Bearer {EXPIRED}"), *HEADERS[1:])
    page = b"<!DOCTYPE html><title>Sorry, you have been blocked</title>"
    made = run(about(sent(EPAYMENT, 403, headers=headers, answer=page)), profile(), now=NOW)
    assert made.cause is not None
    assert made.cause.code == "RSP006"
    assert [finding.confidence for finding in of_code(made.findings, "CFG010")] == [0.6]


def test_the_providers_clock_decides_on_the_moment_of_the_call() -> None:
    slow = replace(authorized(f"Bearer {EXPIRED}"), started=AT - timedelta(minutes=10))
    assert not found("CFG010", slow)
    assert slow.response is not None
    dated = replace(slow, response=replace(slow.response, headers=(("Date", "Mon, 23 Nov 2026 13:02:38 GMT"),)))
    (finding,) = found("CFG010", dated)
    assert "3 min" in finding.message
    (finding,) = found("CFG010", replace(dated, started=None))
    assert "3 min 12 s" in finding.message


@pytest.mark.parametrize("status", [200, 400, 500])
def test_an_expired_token_is_not_the_cause_of_another_failure(status: int) -> None:
    (finding,) = found("CFG010", authorized(f"Bearer {EXPIRED}", status=status))
    assert finding.confidence is None


def test_a_token_without_an_end_is_judged_by_how_long_tokens_live_there() -> None:
    old = "Bearer [jwt-1:alg=RS256,iat=2026-11-23T11:00:00Z]"
    (finding,) = found("CFG010", authorized(old))
    assert finding.message == "The access token was 2 h 2 min old; in test one lives 60 min."
    assert not found("CFG010", authorized(old, url=f"{PRODUCTION}/epayment/v1/payments"))


def test_the_call_that_fetched_a_token_tells_its_age() -> None:
    answer = b'{"access_token":"[token-1]"}'
    fetched = token_call(answer=answer, started=AT - timedelta(hours=3))
    (finding,) = found("CFG010", fetched, authorized("Bearer [token-1]"), failing=1)
    assert finding.message == "The access token was 3 h old; in test one lives 60 min."
    assert not found("CFG010", fetched, authorized("Bearer [token-2]"), failing=1)


def test_a_token_that_begins_after_the_call_tells_of_a_wrong_clock() -> None:
    (finding,) = found("CFG011", authorized("Bearer [jwt-1:alg=RS256,iat=2026-11-23T13:12:38Z]"))
    assert finding.message == "The access token becomes valid 10 min after the call."
    assert finding.confidence == 0.88
    assert not found("CFG011", authorized("Bearer [jwt-1:alg=RS256,nbf=2026-11-23T13:02:41Z]"))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((f"bearer {TOKEN}",), "says bearer; the provider reads Bearer"),
        ((f"BEARER {TOKEN}",), "says BEARER"),
        ((TOKEN,), "The word Bearer is missing"),
        (("[token-1]",), "The word Bearer is missing"),
        ((f"Bearer Bearer {TOKEN}",), "stands twice"),
        ((f'"Bearer {TOKEN}"',), "stands in quotes"),
        ((f"Bearer: {TOKEN}",), "is written Bearer: before the token"),
        ((f"Bearer {TOKEN}", f"Bearer {TOKEN}"), "is sent twice"),
        (("Bearer",), "holds no token"),
        ((), "is missing"),
    ],
)
def test_how_the_token_is_written_is_judged(values: tuple[str, ...], said: str) -> None:
    (finding,) = found("CFG012", authorized(*values))
    assert said in finding.message
    assert finding.confidence is not None
    assert finding.confidence >= 0.65
    assert TOKEN not in finding.message


def test_a_header_that_browsers_leave_out_is_less_sure_than_one_that_a_program_left_out() -> None:
    (in_har,) = found("CFG012", authorized())
    (in_text,) = found("CFG012", replace(authorized(), source="request.http"))
    assert in_har.confidence == 0.65
    assert in_text.confidence == 0.85


@pytest.mark.parametrize("value", [f"Bearer {TOKEN}", "Bearer [token-4]", "Basic [basic-1]"])
def test_a_token_that_is_written_right_gives_no_finding(value: str) -> None:
    assert not [code for code in ("CFG010", "CFG011", "CFG012", "CFG013") if found(code, authorized(value))]


@pytest.mark.parametrize("claim", ["iss=apitest.vipps.no", "aud=apitest.vipps.no"])
def test_a_token_of_the_other_environment_is_named(claim: str) -> None:
    value = f"Bearer [jwt-1:alg=RS256,{claim}]"
    (finding,) = found("CFG013", authorized(value, url=f"{PRODUCTION}/epayment/v1/payments"))
    assert "apitest.vipps.no, sandbox; the call went to production" in finding.message
    assert finding.confidence == 0.94
    assert not found("CFG013", authorized(value))


def test_a_token_that_was_fetched_from_the_other_environment_is_named() -> None:
    call = authorized(f"Bearer {TOKEN}", url=f"{PRODUCTION}/epayment/v1/payments")
    (finding,) = found("CFG013", token_call(), call, failing=1)
    assert finding.message == "The token was fetched from apitest.vipps.no, but the call went to api.vipps.no."


@pytest.mark.parametrize(
    ("name", "value"), [("Ocp-Apim-Subscription-Key", "[key-2:last4=77c1]"), ("Merchant-Serial-Number", "330011")]
)
def test_a_token_that_was_fetched_with_another_key_is_named(name: str, value: str) -> None:
    headers = tuple((each, value if each == name else held) for each, held in HEADERS)
    (finding,) = found("CFG013", token_call(headers=headers), authorized(f"Bearer {TOKEN}"), failing=1)
    assert finding.message == f"The token was fetched with a different {name} than the call uses."
    assert finding.confidence == 0.7


def test_keys_that_only_one_of_the_calls_shows_are_not_compared() -> None:
    bare = token_call(headers=(("client_id", "[secret-1:last4=a913]"), ("Content-Length", "0")))
    assert not found("CFG013", bare, authorized(f"Bearer {TOKEN}"), failing=1)


@given(st.text(alphabet="[]jwtoken-1:algiatexp=RS256,2026T13:00Z. ", max_size=80))
def test_no_placeholder_whatever_makes_the_reading_raise(text: str) -> None:
    found = find_token(text)
    assert found is None or found.written in text
