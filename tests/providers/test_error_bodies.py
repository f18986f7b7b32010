from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundler.providers import ErrorReading, find_code, load, read_error

VIPPS = load("vipps-mobilepay")
GENERIC = load("generic")
TRACE = "00-4f1c9a7e2b6d4830a5e8c1d7b3f90a62-8c2e5b7a9d1f3046-01"
CORRELATION = "8d72ece4-1b0b-464b-98d9-6bbb02199daa"


def reading(family: str | None, body: object) -> ErrorReading:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    found = read_error(VIPPS, family, data)
    assert found is not None
    return found


def test_mobilepay_online_conflict() -> None:
    found = reading("mobilepay-online", {"code": "2040", "message": "Invalid card type", "correlationId": CORRELATION})
    assert (found.code, found.detail) == ("2040", "Invalid card type")
    assert found.traces == (("correlationId", CORRELATION),)


def test_epayment_code_is_the_reason_of_the_entry_named_error_code() -> None:
    body = {
        "title": "Cannot capture before reservation",
        "detail": "Not reserved.",
        "instance": "/v1/payments/577210438856190447/capture",
        "extraDetails": [{"name": "amount", "reason": "odd"}, {"name": "ErrorCode", "reason": "6080"}],
        "traceId": TRACE,
    }
    found = reading("epayment", body)
    assert (found.code, found.title) == ("6080", "Cannot capture before reservation")
    assert found.traces == (("traceId", TRACE),)
    assert found.reasons == (("amount", "odd"), ("ErrorCode", "6080"))


def test_epayment_psp_is_read_like_epayment() -> None:
    body = {"title": "t", "traceId": TRACE, "extraDetails": [{"name": "ErrorCode", "reason": 4160}]}
    assert reading("epayment-psp", body).code == "4160"


def test_an_instance_that_is_a_path_is_no_trace_and_one_that_is_a_uuid_is() -> None:
    assert reading(None, {"title": "t", "instance": "/v1/payments"}).traces == ()
    assert reading(None, {"title": "t", "instance": f"urn:uuid:{CORRELATION}"}).traces == (
        ("instance", f"urn:uuid:{CORRELATION}"),
    )


def test_recurring_code_is_the_fragment_of_the_type() -> None:
    found = reading(
        "recurring", {"type": "https://x.test/p#charge-due-too-soon", "title": "t", "contextId": CORRELATION}
    )
    assert found.code == "charge-due-too-soon"


def test_ecom_code_comes_with_its_group() -> None:
    found = reading("ecom", [{"errorGroup": "Payment", "errorCode": "44", "errorMessage": "Expired card"}])
    assert (found.group, found.code, found.detail) == ("Payment", "44", "Expired card")


@pytest.mark.parametrize(
    ("family", "body", "title"),
    [
        ("vipps-psp", {"errorMessage": {"errorId": "82", "errorText": "Refused by Issuer"}}, "Refused by the issuer"),
        ("mobilepay-online", {"Code": "100", "Reason": "Payment expired", "PaymentId": CORRELATION}, "Payment expired"),
        ("epayment-psp", {"status": "FAIL", "errorCode": 300, "errorMessage": "Refused"}, "Refused by the issuer"),
    ],
)
def test_what_a_form_says_of_all_its_codes_leads_to_the_right_table(family: str, body: object, title: str) -> None:
    found = reading(family, body)
    assert found.code is not None
    row = find_code(VIPPS, family, found.code, found.group)
    assert row is not None
    assert row.title == title


def test_several_messages_are_joined_and_repeated_ones_are_not() -> None:
    found = reading(None, ["Amount must be positive", "Reference is required", "Amount must be positive"])
    assert found.detail == "Amount must be positive; Reference is required"


def test_numbers_and_strings_are_the_same_code() -> None:
    for code in (2040, "2040", 2040.0, " 2040 "):
        assert reading("mobilepay-online", {"code": code, "message": "m", "correlationId": "x"}).code == "2040"


def test_null_and_true_are_no_codes() -> None:
    for code in ("null", "true", "[]", "{}"):
        assert reading("mobilepay-online", f'{{"code": {code}, "message": "m"}}'.encode()).code is None


def test_field_errors_are_reasons() -> None:
    found = reading(None, {"errors": {"Transaction.Reference": ["is required", "is short"], "Amount": "odd"}})
    assert found.reasons == (("Transaction.Reference", "is required"), ("Amount", "odd"))


def test_the_gateway_may_answer_for_any_api() -> None:
    found = reading(
        "mobilepay-online", {"statusCode": 401, "message": "Access denied due to invalid subscription key."}
    )
    assert found.shape == "gateway error"
    assert found.detail == "Access denied due to invalid subscription key."


def test_a_body_of_another_familys_shape_is_read_by_that_one() -> None:
    found = reading("mobilepay-online", [{"errorGroup": "Payment", "errorCode": "44", "errorMessage": "m"}])
    assert (found.group, found.code) == ("Payment", "44")


def test_byte_order_marks_nan_and_broken_text_are_tolerated() -> None:
    plain = {"code": "2040", "message": "m", "correlationId": "x"}
    text = json.dumps(plain)
    assert reading("mobilepay-online", b"\xef\xbb\xbf" + text.encode()).code == "2040"
    assert reading("mobilepay-online", text.encode("utf-16")).code == "2040"
    assert reading("mobilepay-online", text.replace('"m"', "NaN").encode()).code == "2040"
    assert reading("mobilepay-online", text.encode().replace(b'"m"', b'"\xff"')).code == "2040"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body><h1>502 Bad Gateway</h1></body></html>",
        b"null",
        b"17",
        b"true",
        b"[]",
        b"{}",
        b'[{"id": 1}, {"id": 2}]',
        b'{"code": "2040", "mess',
        b"\x00\x01\x02\xff",
        b"[" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"code": ' + b"9" * 10_000,
        b" " * 9_000_000,
    ],
    ids=range(14),
)
def test_what_is_no_error_body_is_not_read_as_one(body: bytes) -> None:
    assert read_error(VIPPS, "mobilepay-online", body) is None
    assert read_error(GENERIC, None, body) is None


def test_a_number_of_ten_thousand_digits_is_no_code() -> None:
    found = read_error(VIPPS, None, b'{"message": "m", "code": ' + b"9" * 10_000 + b"}")
    assert found is None or found.code is None


def test_half_a_character_does_not_get_out() -> None:
    found = reading(None, b'{"message": "odd \\ud800 text"}')
    assert found.detail == "odd ? text"


def test_reasons_that_are_no_objects_are_left_out() -> None:
    body = {"title": "t", "traceId": TRACE, "extraDetails": ["odd", {"name": "amount", "reason": "odd"}]}
    assert reading("epayment", body).reasons == (("amount", "odd"),)


def test_a_list_of_a_hundred_thousand_errors_is_read_by_its_beginning() -> None:
    found = reading("ecom", [{"errorGroup": "Payment", "errorCode": "44", "errorMessage": "m"}] * 100_000)
    assert found.code == "44"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["code", "message", "title", "extraDetails", "name", "reason", "errors", "error", "type"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_any_json_is_read_or_not_and_never_raises(value: object) -> None:
    body = json.dumps(value).encode()
    for family in ("epayment", "ecom", None):
        read_error(VIPPS, family, body)
    read_error(GENERIC, None, body)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_not_and_never_raise(body: bytes) -> None:
    read_error(VIPPS, None, body)
