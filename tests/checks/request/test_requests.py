"""What is wrong with a request is named by its place, and is the cause only where the answer fits it."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from bundler.checks import run
from bundler.checks.types import View
from bundler.model import BodyState, Exchange, Finding, SafeTicket
from bundler.providers.demands import FieldRule
from tests.checks.makers import AT, NOW, excerpt
from tests.checks.payment_calls import (
    ECOM,
    EPAYMENT,
    FIELDS,
    HEADERS,
    ONLINE,
    REFERENCE,
    TEST,
    about,
    changed,
    ecom,
    of_code,
    online,
    profile,
    sent,
)


def checked(ticket: SafeTicket, **tables: Any) -> SafeTicket:
    return run(ticket, profile(**tables), now=NOW)


def found(ticket: SafeTicket, code: str) -> list[Finding]:
    return of_code(checked(ticket).findings, code)


def test_a_missing_field_is_the_cause_when_the_answer_gives_no_reason() -> None:
    made = checked(about(sent(changed(EPAYMENT, reference=None))))
    assert made.cause is not None
    assert (made.cause.code, made.cause.message) == ("REQ004", "reference is missing.")
    assert made.cause.confidence == 0.85
    assert str(made.cause.origins[0]) == "trace.har, entry 1, request body, reference"
    assert made.cause.advice == "8 to 64 letters, digits and -."


def test_it_is_surer_when_the_answer_names_the_field() -> None:
    answer = b'{"title":"Bad request","status":400,"extraDetails":[{"name":"Amount.Value","reason":"too small"}]}'
    made = checked(about(sent(changed(EPAYMENT, amount__value=10), answer=answer)))
    assert made.cause is not None
    assert (made.cause.code, made.cause.confidence) == ("REQ005", 0.96)
    assert made.cause.message == "amount.value is 10, below 100."


def test_a_field_named_in_the_text_of_the_answer_counts_as_named() -> None:
    answer = b'{"title":"Bad request","status":400,"detail":"The reference is not accepted."}'
    (finding,) = found(about(sent(changed(EPAYMENT, reference="no_underscores"), answer=answer)), "REQ007")
    assert finding.confidence == 0.96


@pytest.mark.parametrize(
    ("status", "confidence"),
    [(400, 0.85), (500, 0.85), (422, 0.85), (401, None), (404, None), (503, None), (201, None)],
)
def test_the_status_tells_whether_the_body_can_be_the_cause(status: int, confidence: float | None) -> None:
    (finding,) = found(about(sent(changed(EPAYMENT, amount__value=4.5), status, answer=b"{}")), "REQ005")
    assert finding.confidence == confidence
    assert finding.severity == ("note" if status == 201 else "warning")


def test_a_missing_reference_explains_too_many_calls_and_a_wrong_amount_does_not() -> None:
    body = changed(EPAYMENT, reference=None, amount__value=4.5)
    body["Reference"] = REFERENCE
    ticket = about(sent(body, 429))
    (misspelt,) = found(ticket, "REQ004")
    (amount,) = found(ticket, "REQ005")
    assert misspelt.message == "reference is written Reference."
    assert misspelt.confidence == 0.85
    assert amount.confidence is None


def test_a_documented_code_that_says_something_else_is_believed() -> None:
    answer = b'{"title":"Conflict","status":409,"extraDetails":[{"name":"ErrorCode","reason":"6080"}],"traceId":"x"}'
    (finding,) = found(about(sent(changed(EPAYMENT, amount__value=4.5), 409, answer=answer)), "REQ005")
    assert finding.confidence is None


def test_a_status_that_only_a_log_tells_is_enough() -> None:
    line = b"2026-11-23 13:02:38 ERROR create payment failed, status=400 for %s\n" % REFERENCE.encode()
    ticket = about(sent(changed(EPAYMENT, reference=None), None), logs=(excerpt(AT, line),))
    (finding,) = found(ticket, "REQ004")
    assert finding.confidence == 0.85


def test_fallback_is_not_fall_back() -> None:
    body = changed(ECOM, merchantInfo__fallBack=None, merchantInfo__fallback="https://shop.example")
    made = checked(about(ecom(body, 500), family="ecom"))
    assert made.cause is not None
    assert made.cause.message == "merchantInfo.fallBack is written fallback."


def test_a_code_that_is_the_name_of_a_field_blames_that_field() -> None:
    body = changed(ECOM, merchantInfo__fallBack=None, merchantInfo__fallback="https://shop.example")
    answer = b'[{"errorGroup":"InvalidRequest","errorCode":"merchantInfo.fallBack","errorMessage":"must not be blank"}]'
    (finding,) = found(about(ecom(body, 400, answer=answer), family="ecom"), "REQ004")
    assert finding.confidence == 0.96


def test_card_types_with_an_underscore_are_named_with_the_right_one() -> None:
    body = changed(ONLINE)
    body["allowedCardTypes"][1]["name"] = "MC_CREDIT"
    (finding,) = found(about(online(body, 409), family="mobilepay-online"), "REQ008")
    assert finding.message == 'allowedCardTypes[1].name is "MC_CREDIT"; MC-CREDIT is meant.'


def test_a_local_address_is_named() -> None:
    (finding,) = found(about(sent(changed(EPAYMENT, returnUrl="https://localhost:3000/done"))), "REQ006")
    assert "points at localhost, which nobody outside can reach" in finding.message


@pytest.mark.parametrize(
    ("family", "exchange"),
    [("epayment", sent(EPAYMENT)), ("ecom", ecom(ECOM)), ("mobilepay-online", online(ONLINE))],
    ids=("epayment", "ecom", "online"),
)
def test_a_sound_request_gives_no_finding(family: str, exchange: Exchange) -> None:
    made = checked(about(exchange, family=family))
    assert not [finding for finding in made.findings if finding.code.startswith(("REQ", "CFG01"))]


def test_what_was_answered_by_another_service_is_never_the_cause() -> None:
    made = checked(about(sent(changed(EPAYMENT, reference=None), url="https://api.other.example/v1/pay")))
    assert not [finding for finding in made.findings if finding.code == "REQ004"]


def test_other_calls_give_a_few_notes_and_no_cause() -> None:
    wrong = changed(EPAYMENT, amount__value=4.5, reference="a b", amount__currency="nok", returnUrl="http://x.example")
    others = [sent(wrong, 200, index=count) for count in range(2, 9)]
    made = checked(about(sent(EPAYMENT), *others))
    notes = of_code(made.findings, "REQ005")
    assert [(note.severity, note.confidence) for note in notes] == [("note", None)]
    assert notes[0].message.startswith("In another call, amount.value is 4.5")
    assert made.cause is None or not made.cause.code.startswith("REQ0")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"amount": 1,}', "line 1, column"),
        (b"{'amount': 1}", "line 1, column 2"),
        (b"amount=1&reference=x", "is not JSON"),
        (b"", "has no body; the call needs amount.value, reference."),
        (b'{"amount": {"value": 49900', "is not JSON"),
    ],
)
def test_a_body_that_is_no_json_is_told_with_the_place_where_it_breaks(body: bytes, said: str) -> None:
    (finding,) = found(about(sent(body)), "REQ003")
    assert said in finding.message
    assert finding.confidence == 0.9


@pytest.mark.parametrize("state", [BodyState.TRUNCATED, BodyState.ABSENT, BodyState.UNRESOLVED, BodyState.REBUILT])
def test_a_body_that_is_not_whole_is_not_judged(state: BodyState) -> None:
    exchange = sent(b'{"amount": 1,')
    assert exchange.request is not None
    exchange = replace(exchange, request=replace(exchange.request, body_state=state))
    assert not {"REQ003", "REQ004", "REQ005"} & {finding.code for finding in checked(about(exchange)).findings}


def test_a_form_where_json_belongs_is_told_by_its_content_type() -> None:
    headers = (*HEADERS[:-1], ("Content-Type", "application/x-www-form-urlencoded"))
    (finding,) = found(about(sent(EPAYMENT, 415, headers=headers)), "REQ003")
    assert "x-www-form-urlencoded" in finding.message
    assert finding.confidence == 0.9


def test_the_token_call_has_no_body_and_needs_none() -> None:
    assert not found(about(sent(b"", 401, url=f"{TEST}/accesstoken/get"), family="access-token"), "REQ003")


def test_a_removed_call_is_a_finished_diagnosis() -> None:
    url = (
        "https://api.sandbox.mobilepay.dk/cardpassthrough-restapi/api/v3/payments/1b0c5c2e-6f0e-4a55-9d0b-3f8e5a7c2d11"
    )
    made = checked(about(sent(b"", 404, url=url, method="GET", answer=b""), family="mobilepay-online"))
    assert made.cause is not None
    assert (made.cause.code, made.cause.confidence) == ("REQ012", 0.95)
    assert "March 2024" in made.cause.message


def test_a_removed_field_is_a_note_and_no_cause() -> None:
    old = FieldRule(family="epayment", field="validUntil", removed="always ten minutes since 2024", remedy="Leave it.")
    made = checked(about(sent(changed(EPAYMENT, validUntil="2026-11-23T14:00:00Z"))), fields=(*FIELDS, old))
    (finding,) = of_code(made.findings, "REQ013")
    assert (finding.severity, finding.confidence) == ("note", None)


def test_an_order_number_in_the_place_of_a_uuid_is_named() -> None:
    url = "https://api.sandbox.mobilepay.dk/cardpassthrough-restapi/api/v1/payments/order-20771/captures"
    (finding,) = found(about(sent({"amount": 1}, 404, url=url), family="mobilepay-online"), "REQ007")
    assert finding.message == "paymentId in the URL is order-20771, which is no paymentId."
    assert finding.confidence == 0.85


@pytest.mark.parametrize(
    ("url", "left"),
    [
        (f"{TEST}/epayment/v1/payments/{{reference}}/capture", "“{reference}” was left in the URL path."),
        (f"{TEST}/epayment/v1/payments/%7Breference%7D/capture", "“{reference}” was left in the URL path."),
        (f"{TEST}/epayment/v1/payments/:reference/capture", "“:reference” was left in the URL path."),
        (f"{TEST}/epayment/v1/payments/undefined/capture", "“undefined” was left in the URL path."),
        (f"{TEST}/epayment/v1/payments/None/capture", "“None” was left in the URL path."),
        (f"{TEST}/epayment/v1/payments/$REFERENCE/capture", "“$REFERENCE” was left in the URL path."),
    ],
)
def test_what_was_left_in_the_path_is_quoted(url: str, left: str) -> None:
    made = checked(about(sent({"modificationAmount": {"value": 1, "currency": "NOK"}}, 404, url=url)))
    (finding,) = of_code(made.findings, "REQ015")
    assert finding.message == left
    assert finding.confidence == 0.9


@pytest.mark.parametrize(
    "value", ["string", "{{orderId}}", "<your reference>", "YOUR-REFERENCE-HERE", "null", "${REF}"]
)
def test_what_was_left_in_the_body_is_quoted(value: str) -> None:
    (finding,) = found(about(sent(changed(EPAYMENT, reference=value))), "REQ015")
    assert value in finding.message


@pytest.mark.parametrize(
    ("name", "value"), [("Merchant-Serial-Number", "YOUR-MSN"), ("Ocp-Apim-Subscription-Key", "[key-1:last4=-KEY]")]
)
def test_what_was_left_in_a_header_is_quoted(name: str, value: str) -> None:
    headers = tuple((each, value if each == name else held) for each, held in HEADERS)
    (finding,) = found(about(sent(EPAYMENT, 401, headers=headers)), "REQ015")
    assert finding.message == f"“{value}” was left in the request header {name}."


def test_values_of_browsers_and_ordinary_words_are_not_left_in() -> None:
    headers = (*HEADERS, ("Origin", "null"), ("Sec-Fetch-Site", "none"))
    body = changed(EPAYMENT, paymentDescription="A string of pearls {gold}", userFlow="NONE")
    url = f"{TEST}/epayment/v1/payments?$filter=a:b&x=12%3A30"
    assert not found(about(sent(body, headers=headers, url=url)), "REQ015")


def test_the_calls_of_a_view_are_those_to_the_provider() -> None:
    ticket = about(
        sent(EPAYMENT),
        sent({}, url="https://shop.example/cart", index=2),
        sent({}, url="https://landing.vipps.no/x", index=3),
        replace(sent({}, index=4), direction="incoming"),
        replace(sent({}, index=5), request=None),
    )
    assert [call.exchange.index for call in View(ticket, profile(), NOW).calls] == [1]


def test_card_passthrough_is_told_by_its_header_and_by_its_method_of_payment() -> None:
    own = FieldRule(family="epayment-psp", field="cardPassthrough", required=True, remedy="Add it.")
    by_field = sent(changed(EPAYMENT, paymentMethod__type="CARD_PASSTHROUGH"))
    by_header = sent(EPAYMENT, headers=(*HEADERS, ("psp-id", "5B0E41C7A9D24F3896E1B70D2C84FA55")))
    for exchange, count in ((by_field, 1), (by_header, 1), (sent(EPAYMENT), 0)):
        assert len(of_code(checked(about(exchange), fields=(own,)).findings, "REQ004")) == count


def test_an_error_that_was_saved_without_its_status_is_a_failure_all_the_same() -> None:
    exchange = sent(changed(EPAYMENT, reference=None))
    assert exchange.response is not None
    (finding,) = found(about(replace(exchange, response=replace(exchange.response, status=None))), "REQ004")
    assert finding.confidence == 0.85
    unknown = replace(exchange, response=replace(exchange.response, status=None, body=b"<p>"))
    (finding,) = found(about(unknown), "REQ004")
    assert finding.confidence is None


def test_card_passthrough_keeps_the_rules_of_its_own_api_and_of_the_one_it_is_like() -> None:
    own = FieldRule(family="epayment-psp", field="cardPassthrough", required=True, remedy="Add it.")
    ticket = about(sent(changed(EPAYMENT, reference=None)), family="epayment-psp")
    messages = {finding.message for finding in of_code(checked(ticket, fields=(*FIELDS, own)).findings, "REQ004")}
    assert messages == {"reference is missing.", "cardPassthrough is missing."}
