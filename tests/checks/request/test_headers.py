"""Headers are judged by what the provider demands of them, and a payment by the one unit that it belongs to."""

from __future__ import annotations

import pytest

from bundler.checks import run
from bundler.model import Exchange, Finding
from bundler.providers.demands import HeaderDemand
from tests.checks.makers import NOW
from tests.checks.payment_calls import (
    ECOM,
    EPAYMENT,
    HEADERS,
    REFERENCE,
    TEST,
    about,
    changed,
    ecom,
    of_code,
    profile,
    sent,
)

MSN = "Merchant-Serial-Number"
KEY = "Ocp-Apim-Subscription-Key"


def with_header(name: str, *values: str) -> tuple[tuple[str, str], ...]:
    """The headers with these values for ``name``, none of them with no value."""
    return (*(each for each in HEADERS if each[0] != name), *((name, value) for value in values))


def found(code: str, *exchanges: Exchange, family: str = "epayment") -> list[Finding]:
    return of_code(run(about(*exchanges, family=family), profile(), now=NOW).findings, code)


@pytest.mark.parametrize(("status", "confidence"), [(401, 0.8), (400, 0.8), (500, 0.8), (404, None), (429, None)])
def test_a_missing_header_is_the_cause_by_the_status(status: int, confidence: float | None) -> None:
    (finding,) = found("REQ010", sent(EPAYMENT, status, headers=with_header(KEY), answer=b"{}"))
    assert finding.message == f"The header {KEY} is missing."
    assert finding.confidence == confidence


REFUSED = b'{"title":"New","status":400,"traceId":"c","extraDetails":[{"name":"ErrorCode","reason":"6999"}]}'


@pytest.mark.parametrize(("status", "answer"), [(400, REFUSED), (200, b"{}")], ids=["an error of its own", "a success"])
def test_keys_that_the_api_accepted_were_cut_out_of_the_evidence(status: int, answer: bytes) -> None:
    for name in (KEY, "Authorization"):
        exchange = sent(EPAYMENT, status, headers=with_header(name), answer=answer)
        assert not found("REQ010", exchange)
        assert not found("CFG012", exchange)


def test_a_key_is_missing_all_the_same_where_the_answer_says_so() -> None:
    reason = b'{"title":"Bad Request","status":400,"extraDetails":[{"name":"key","reason":"Missing subscription key"}]}'
    (finding,) = found("REQ010", sent(EPAYMENT, 400, headers=with_header(KEY), answer=reason))
    assert finding.confidence == 0.96


def test_a_missing_header_is_hardly_the_cause_where_the_answer_has_a_code_that_nobody_knows() -> None:
    demand = HeaderDemand(name="Idempotency-Key", need="required", remedy="Add one.", families=("epayment",))
    ticket = about(sent(EPAYMENT, 400, headers=with_header("Idempotency-Key"), answer=REFUSED))
    checked = run(ticket, profile(header_demands=(demand,)), now=NOW)
    (finding,) = of_code(checked.findings, "REQ010")
    assert finding.confidence == 0.5


def test_it_is_surer_when_the_answer_speaks_of_the_header() -> None:
    answer = b'{"statusCode":401,"message":"Access denied due to missing subscription key."}'
    (finding,) = found("REQ010", sent(EPAYMENT, 401, headers=with_header(KEY, " "), answer=answer))
    assert finding.confidence == 0.96


def test_a_header_that_support_only_asks_for_is_never_the_cause() -> None:
    (finding,) = found("REQ010", sent(EPAYMENT, 401, headers=with_header("Vipps-System-Name")))
    assert (finding.severity, finding.confidence) == ("note", None)
    assert finding.message == "Headers that support finds a call by are missing: Vipps-System-Name."


def test_no_call_is_turned_away_for_want_of_an_idempotency_key() -> None:
    demand = HeaderDemand(name="Idempotency-Key", need="required", remedy="Add one.", families=("epayment",))
    for status, confidence in ((401, None), (400, 0.8)):
        ticket = about(sent(EPAYMENT, status, headers=with_header("Idempotency-Key"), answer=b"{}"))
        (finding,) = of_code(run(ticket, profile(header_demands=(demand,)), now=NOW).findings, "REQ010")
        assert finding.confidence == confidence


def test_headers_that_nobody_recorded_are_not_missing() -> None:
    assert not found("REQ010", sent(EPAYMENT, 401, headers=()))


@pytest.mark.parametrize("written", ["Ocp_Apim_Subscription_Key", "OcpApimSubscriptionKey", "Ocp-Apim-Subscripton-Key"])
def test_a_misspelt_header_is_named_instead_of_a_missing_one(written: str) -> None:
    exchange = sent(EPAYMENT, 401, headers=(*with_header(KEY), (written, "[key-1:last4=a6b5]")), answer=b"{}")
    assert not found("REQ010", exchange)
    (finding,) = found("REQ011", exchange)
    assert finding.message == f"The header {KEY} is written {written.lower()}."
    assert finding.confidence == 0.8


def test_a_header_that_must_not_be_there_is_named() -> None:
    exchange = sent(b"", 401, url=f"{TEST}/vipps-userinfo-api/userinfo", method="GET", answer=b"")
    (finding,) = found("REQ011", exchange, family="userinfo")
    assert finding.message == f"The header {KEY} must not be sent with this call."
    assert finding.confidence == 0.8


def test_a_header_that_is_too_long_is_named_and_a_masked_one_is_not_judged() -> None:
    (finding,) = found("REQ011", sent(EPAYMENT, headers=with_header("Vipps-System-Name", "x" * 31)))
    assert "31 characters; at most 30" in finding.message
    assert not found("REQ011", sent(EPAYMENT, headers=with_header("Vipps-System-Name", f"[name-1]{'x' * 40}")))


def test_a_unit_in_the_body_that_is_not_the_one_of_the_header_is_named() -> None:
    body = changed(ECOM, merchantInfo__merchantSerialNumber="210046")
    (finding,) = found("REQ014", ecom(body, 403), family="ecom")
    assert "MSN 210045 in its header, but 210046 stands in trace.har, entry 1, request body" in finding.message
    assert finding.confidence == 0.8
    assert len(finding.origins) == 2


def test_the_unit_of_an_earlier_call_of_the_payment_counts_and_that_of_another_payment_does_not() -> None:
    reading = sent(b"", 404, url=f"{TEST}/epayment/v1/payments/{REFERENCE}", method="GET")
    created = sent(EPAYMENT, 201, headers=with_header(MSN, "330011"), index=2)
    (finding,) = found("REQ014", reading, created)
    assert (finding.who, finding.confidence) == ("config", 0.8)
    other = sent(
        changed(EPAYMENT, reference="another-order-1", returnUrl=None), 201, headers=with_header(MSN, "330011"), index=2
    )
    assert not found("REQ014", reading, other)


def test_the_same_unit_everywhere_gives_no_finding() -> None:
    assert not found("REQ014", ecom(ECOM, 403), family="ecom")
    assert not found("REQ014", sent(EPAYMENT, 403), sent(EPAYMENT, 200, index=2))
