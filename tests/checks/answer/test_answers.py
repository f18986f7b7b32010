"""What is made of an answer: whole, cut, quoted in a log in many ways, of a gateway, of another service."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundler.checks import run
from bundler.checks.answer.embedded import embedded_bodies
from bundler.model import Excerpt, Finding, RecordSpan, SafeTicket
from bundler.providers import load
from tests.checks.makers import AT, INITIATE, NOW, call, failing, ticket
from tests.checks.payment_calls import ECOM, EPAYMENT, TEST, about, ecom, of_code, sent
from tests.checks.samples_answers import elsewhere, unanswered

VIPPS = load("vipps-mobilepay")
BODY = (
    b'{"code":"2040","message":"One or more card types are invalid",'
    b'"correlationId":"8d72ece4-1b0b-464b-98d9-6bbb02199daa"}'
)


def cause(of: SafeTicket) -> Finding | None:
    return run(of, VIPPS, now=NOW).cause


def cause_code(of: SafeTicket) -> str | None:
    found = cause(of)
    return found.provider_code.code if found is not None and found.provider_code is not None else None


def logged(*records: str, **changes: Any) -> SafeTicket:
    """A ticket that has nothing but a log; each record is a minute after the one before."""
    spans, data = [], b""
    for count, record in enumerate(records):
        encoded = record.encode() + b"\n"
        line = data.count(b"\n") + 1
        spans.append(RecordSpan(line, encoded.count(b"\n"), AT + timedelta(minutes=count), mentions=True))
        data += encoded
    excerpt = Excerpt("service.log", "python-logging", data, tuple(spans))
    return ticket(exchanges=(), failing=None, logs=(excerpt,), **changes)


@pytest.mark.parametrize("cut", [70, 60, 40, 20])
def test_a_cut_body_still_tells_its_code(cut: int) -> None:
    assert cause_code(failing(call(INITIATE, body=BODY[:cut]))) == "2040"


def test_half_a_code_is_no_code() -> None:
    assert cause_code(failing(call(INITIATE, body=b'{"code":"20'))) is None


QUOTED = {
    "axios": "ERROR AxiosError: Request failed with status code 409 " + BODY.decode(),
    "guzzle": "ERROR Client error: `POST https://api.sandbox.mobilepay.dk/cardpassthrough-restapi/api/v3/payments` "
    'resulted in a `409 Conflict` response:\n{"code":"2040","message":"One or more card types are inv (truncated...)',
    "python": "ERROR requests.exceptions.HTTPError: 409 Client Error "
    "body={'code': '2040', 'message': 'x', 'correlationId': None}",
    "json line": json.dumps({"level": "error", "msg": "call failed", "err": {"response": {"data": json.loads(BODY)}}}),
    "string in a json line": json.dumps({"level": "error", "msg": "call failed: " + BODY.decode()}),
    "escaped": 'ERROR body="{\\"code\\":\\"2040\\",\\"message\\":\\"x\\",\\"correlationId\\":\\"c\\"}"',
    "logfmt": "level=error msg=failed status=409 error_code=2040",
    "exception": "ERROR com.example.PayException: 409 : [" + BODY.decode() + "]\n\tat com.example.Pay.go(Pay.java:12)",
}


@pytest.mark.parametrize("name", QUOTED)
def test_an_answer_that_only_a_log_quotes_is_understood(name: str) -> None:
    found = cause(logged("INFO start", QUOTED[name]))
    assert found is not None
    assert found.provider_code is not None
    assert found.provider_code.code == "2040"
    assert found.origins[0].place == "line 2"


def test_a_log_of_many_failures_is_read_at_the_one_with_a_code() -> None:
    assert cause_code(logged("ERROR timeout after 3 s", QUOTED["axios"], "ERROR giving up")) == "2040"


def test_an_answer_of_another_host_is_never_believed() -> None:
    checked = run(elsewhere("https://pay.example.com/charge", BODY), VIPPS, now=NOW)
    assert checked.cause is None
    assert any(finding.code == "RSP008" and "pay.example.com" in finding.message for finding in checked.findings)


def test_a_proxy_that_keeps_the_path_is_believed() -> None:
    behind = elsewhere("https://proxy.example.com/cardpassthrough-restapi/api/v3/payments", BODY)
    assert cause_code(behind) == "2040"


def test_a_gateway_page_is_named_with_title_server_and_status() -> None:
    found = cause(failing(call(INITIATE, 502, body=b"<html>\r\n<head><title>502 Bad Gateway</title></head>")))
    assert found is not None
    assert found.code == "RSP006"
    assert "502 Bad Gateway" in found.message
    assert "status 502" in found.message
    assert found.who == "wait"


def test_an_unknown_code_says_so() -> None:
    checked = run(failing(call(INITIATE, body=b'{"code":"2049","message":"m","correlationId":"c"}')), VIPPS, now=NOW)
    said = [finding for finding in checked.findings if finding.code == "RSP001"]
    assert [finding.confidence for finding in said] == [None]
    assert "not in" in said[0].message
    assert "Codes from 2000 to 2099 are about initiating a payment" in said[0].message
    assert said[0].link == "https://developer.vippsmobilepay.com/docs/APIs/psp-mp-api/mp-psp-api-api/#error-codes"
    assert VIPPS.valid_from in said[0].advice


def test_an_unknown_code_outside_of_all_bands_is_told_with_the_nearest() -> None:
    body = b'{"title":"New","status":400,"traceId":"c","extraDetails":[{"name":"ErrorCode","reason":"8200"}]}'
    checked = run(about(sent(EPAYMENT, 400, answer=body)), VIPPS, now=NOW)
    (said,) = of_code(checked.findings, "RSP001")
    assert "The nearest that are documented, 7000 to 7999, are about the user who is to pay" in said.message
    assert said.link == "https://developer.vippsmobilepay.com/docs/APIs/epayment-api/api-guide/errors"
    assert said.who is None


def test_the_general_words_on_a_status_are_left_out_beside_a_sure_cause_only() -> None:
    known = run(failing(call(INITIATE, body=b'{"code":"2040","message":"m","correlationId":"c"}')), VIPPS, now=NOW)
    unknown = run(failing(call(INITIATE, body=b'{"code":"2049","message":"m","correlationId":"c"}')), VIPPS, now=NOW)
    assert known.cause is not None
    assert known.cause.provider_code is not None
    assert known.cause.provider_code.code == "2040"
    assert not of_code(known.findings, "RSP004")
    assert of_code(unknown.findings, "RSP004")


@pytest.mark.parametrize(
    ("body", "begins"),
    [
        (
            {"code": "2049", "message": "A new rule. See there.", "correlationId": "c"},
            "HTTP 409, code 2049, “A new rule”: ",
        ),
        ({"title": "Conflict", "status": 409, "detail": "No more.", "traceId": "c"}, "HTTP 409, “No more”: "),
        ({"title": "Conflict", "status": 409, "traceId": "c"}, "HTTP 409: "),
    ],
    ids=["an unknown code", "a detail", "a title that says no more than the status"],
)
def test_what_no_table_explains_is_quoted_beside_the_status(body: dict[str, Any], begins: str) -> None:
    checked = run(failing(call(INITIATE, body=json.dumps(body).encode())), VIPPS, now=NOW)
    (said,) = (finding for finding in checked.findings if finding.code == "RSP004")
    assert said.message.startswith(begins)


def test_a_text_that_says_word_for_word_what_the_code_says_is_left_out() -> None:
    answer = b'[{"errorGroup":"Merchant","errorCode":"37","errorMessage":"Merchant not available or active"}]'
    checked = run(about(ecom(ECOM, 402, answer=answer), family="ecom"), VIPPS, now=NOW)
    assert checked.cause is not None
    assert checked.cause.code == "RSP001"
    assert not of_code(checked.findings, "RSP007")


def test_a_code_in_words_is_believed_in_a_form_that_all_apis_share() -> None:
    token = sent({}, 401, url=f"{TEST}/accesstoken/get", answer=b'{"error":"invalid_client","error_description":"No."}')
    checked = run(about(token, family="access-token"), VIPPS, now=NOW)
    assert checked.cause is not None
    assert checked.cause.provider_code is not None
    assert checked.cause.provider_code.code == "invalid_client"
    assert (checked.cause.confidence or 0) >= 0.9


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("(6) Could not resolve host: api.vips.no", "its name was not found"),
        ("java.net.UnknownHostException: api.vipps.no", "its name was not found"),
        ("(7) Failed to connect to api.vipps.no port 443 after 3 ms: Connection refused", "no connection was made"),
        ("net::ERR_CONNECTION_REFUSED", "no connection was made"),
        ("(60) SSL certificate problem: unable to get local issuer certificate", "no safe connection was made"),
    ],
)
def test_a_call_that_never_arrived_is_told_apart_from_one_without_an_answer(error: str, told: str) -> None:
    found = run(unanswered(error), VIPPS, now=NOW)
    assert found.cause is not None
    assert (found.cause.code, found.cause.who) == ("RSP010", "config")
    assert f"did not reach api.sandbox.mobilepay.dk: {told}" in found.cause.message
    assert not of_code(found.findings, "RSP004")


@pytest.mark.parametrize(
    "error", ["Operation timed out after 5000 ms", "net::ERR_CONNECTION_RESET", "Recv failure: Connection timed out"]
)
def test_a_call_that_may_have_arrived_is_never_called_lost(error: str) -> None:
    found = run(unanswered(error), VIPPS, now=NOW)
    assert found.cause is not None
    assert (found.cause.code, found.cause.who) == ("RSP004", "wait")
    assert found.cause.message.startswith("No answer came in time.")


def test_a_message_tells_more_than_a_code_that_stands_for_several_causes() -> None:
    answer = (
        b'{"code":"invalid_payment_state","correlationId":"8d4243bc-aa83-43c3-a55d-5da221facdaa",'
        b'"message":"Cannot cancel payment that is already captured.","origin":"MPY"}'
    )
    url = "https://api.sandbox.mobilepay.dk/v1/payments/7f4b6f2e-11aa-4f0a-8a4e-58d6a1a7c001/cancel"
    found = run(about(sent({}, 409, url=url, answer=answer), family="app-payments"), VIPPS, now=NOW)
    assert found.cause is not None
    assert (found.cause.code, found.cause.advice) == ("RSP007", "Refund it instead.")


def test_a_long_title_is_quoted_in_part() -> None:
    body = {"title": "word " * 60, "status": 409, "traceId": "c"}
    checked = run(failing(call(INITIATE, body=json.dumps(body).encode())), VIPPS, now=NOW)
    (said,) = (finding for finding in checked.findings if finding.code == "RSP004")
    assert said.message.startswith("HTTP 409, “word word")
    assert len(said.message) < 500


def test_reasons_that_end_in_a_full_stop_do_not_end_in_two() -> None:
    reason = {"name": "amount", "reason": "The value is not valid."}
    body = {"title": "Bad Request", "status": 400, "extraDetails": [reason], "traceId": "c"}
    checked = run(failing(call(INITIATE, 400, body=json.dumps(body).encode())), VIPPS, now=NOW)
    (said,) = (finding for finding in checked.findings if finding.code == "RSP009")
    assert said.message.endswith("not valid.")
    assert not said.message.endswith("..")


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="{}[]\"\\',:a1 \n", max_size=120))
def test_any_text_is_searched_for_bodies_without_raising(text: str) -> None:
    for body in embedded_bodies(text):
        assert isinstance(body.value, dict | list)


def test_a_record_of_nothing_but_brackets_is_given_up_soon() -> None:
    assert list(embedded_bodies('{"' * 200_000)) == []
