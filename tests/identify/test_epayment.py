"""ePayment: the payment is the merchant's own reference, the merchant is an MSN in a header."""

from __future__ import annotations

import pytest

from bundler.model import Exchange
from tests.identify.makers import CORRELATION, EPAYMENT, TRACE, exchange, facts, pairs, places

REFERENCE = "acme-shop-20771"
MSN = ("Merchant-Serial-Number", "210045")
KEY = ("Idempotency-Key", "cap-20771-1")


def create(entry: int = 2) -> Exchange:
    return exchange(
        "POST",
        EPAYMENT,
        entry=entry,
        headers=[MSN, ("Idempotency-Key", "new-20771")],
        sent={
            "reference": REFERENCE,
            "amount": {"currency": "NOK", "value": 49900},
            "paymentMethod": {"type": "WALLET"},
        },
        status=201,
        answer={"reference": REFERENCE, "redirectUrl": "https://landing.vipps.no/?token=x"},
    )


def capture(entry: int = 4, reference: str = REFERENCE) -> Exchange:
    problem = {
        "type": "https://httpstatuses.io/400",
        "title": "Cannot capture before reservation",
        "status": 400,
        "instance": f"/v1/payments/{reference}/capture",
        "extraDetails": [{"name": "ErrorCode", "reason": "6080"}],
        "traceId": TRACE,
    }
    return exchange(
        "POST",
        f"{EPAYMENT}/{reference}/capture",
        entry=entry,
        headers=[MSN, KEY, ("Ocp-Apim-Subscription-Key", "0f14ebcab0eb4b29ae0cb90d91b4a8aa")],
        sent={"modificationAmount": {"currency": "NOK", "value": 49900}},
        status=400,
        answer=problem,
    )


def test_reference_and_msn_are_what_support_looks_up() -> None:
    found = facts(create(2), capture(4), failing=1)
    assert found.payment_id is not None
    assert (found.payment_id.name, found.payment_id.value) == ("reference", REFERENCE)
    assert places(found.payment_id) == [
        "trace.har, entry 4, URL path",
        "trace.har, entry 2, request body, reference",
        "trace.har, entry 2, response body, reference",
    ]
    assert found.merchant_id is not None
    assert (found.merchant_id.name, found.merchant_id.value) == ("MSN", "210045")
    assert places(found.merchant_id)[0] == "trace.har, entry 4, request header Merchant-Serial-Number"
    assert found.payment_id.rivals == found.merchant_id.rivals == ()


def test_an_idempotency_key_is_the_callers_own_and_no_trace_id() -> None:
    found = facts(create(2), capture(4), failing=1)
    assert pairs(found.trace_ids) == [("traceId", TRACE)]
    assert pairs(found.others) == [("Idempotency-Key", "cap-20771-1")]
    assert places(found.trace_ids[0]) == ["trace.har, entry 4, response body, traceId"]


@pytest.mark.parametrize(
    ("url", "role"), [("https://api.vipps.no/ecomm/v2/payments/acme-1/capture", "others"), (EPAYMENT, "trace_ids")]
)
def test_the_x_request_id_is_an_idempotency_key_in_ecom_only(url: str, role: str) -> None:
    found = facts(exchange("POST", url, headers=[MSN, ("X-Request-Id", "cap-20771-1")], status=400), failing=0)
    assert ("X-Request-Id", "cap-20771-1") in pairs(getattr(found, role))
    assert len([fact for fact in found.ids() if fact.name == "X-Request-Id"]) == 1


def test_the_path_in_instance_is_no_trace_id() -> None:
    assert "instance" not in dict(pairs(facts(capture(), failing=0).trace_ids))


def test_secrets_are_never_facts() -> None:
    found = facts(create(2), capture(4), failing=1)
    assert "0f14ebcab0eb4b29ae0cb90d91b4a8aa" not in [fact.value for fact in found.ids()]


def test_another_msn_for_the_same_payment_is_a_rival() -> None:
    reader = exchange("GET", f"{EPAYMENT}/{REFERENCE}", entry=5, headers=[("Merchant-Serial-Number", "999001")])
    found = facts(create(2), capture(4), reader, failing=1)
    assert found.merchant_id is not None
    assert found.merchant_id.value == "210045"
    assert [(rival.value, str(rival.origins[0])) for rival in found.merchant_id.rivals] == [
        ("999001", "trace.har, entry 5, request header Merchant-Serial-Number")
    ]


def test_a_reference_is_not_part_of_a_longer_one() -> None:
    longer = exchange("GET", f"{EPAYMENT}/{REFERENCE}-2", entry=1, headers=[("Merchant-Serial-Number", "999001")])
    found = facts(longer, capture(4), failing=1)
    assert found.merchant_id is not None
    assert found.merchant_id.rivals == ()


def test_psp_reference_goes_with_the_others() -> None:
    answer = {"reference": REFERENCE, "pspReference": CORRELATION, "state": "AUTHORIZED"}
    found = facts(exchange("GET", f"{EPAYMENT}/{REFERENCE}", answer=answer), failing=0)
    assert pairs(found.others) == [("pspReference", CORRELATION)]


def test_an_invalid_field_named_in_the_error_is_not_an_id() -> None:
    answer = {"errors": {"reference": "is-required"}, "traceId": TRACE}
    found = facts(exchange("POST", EPAYMENT, sent={"reference": "xx"}, status=400, answer=answer), failing=0)
    assert found.payment_id is None


@pytest.mark.parametrize("dummy", ["string", "null", "undefined", "00000000", "{{reference}}", "****", "<reference>"])
def test_a_placeholder_is_not_an_id(dummy: str) -> None:
    found = facts(exchange("POST", EPAYMENT, sent={"reference": dummy}, status=400), failing=0)
    assert found.payment_id is None


def test_other_apis_name_their_payments_themselves() -> None:
    ecom = exchange(
        "POST",
        "https://api.vipps.no/ecomm/v2/payments/acme-20771/capture",
        sent={"merchantInfo": {"merchantSerialNumber": "210045"}},
        status=400,
        answer=[{"errorGroup": "Payment", "errorCode": "61", "errorMessage": "m", "contextId": CORRELATION}],
    )
    found = facts(ecom, failing=0)
    assert found.payment_id is not None
    assert found.merchant_id is not None
    assert (found.payment_id.name, found.payment_id.value) == ("orderId", "acme-20771")
    assert places(found.merchant_id) == ["trace.har, entry 1, request body, merchantInfo.merchantSerialNumber"]
    assert places(found.trace_ids[0]) == ["trace.har, entry 1, response body, [0].contextId"]


def test_a_charge_comes_before_its_agreement() -> None:
    url = "https://api.vipps.no/recurring/v3/agreements/agr_7Kd2pWx/charges/chr-Qm4kT9a/capture"
    found = facts(exchange("POST", url, status=400), failing=0)
    assert found.payment_id is not None
    assert (found.payment_id.name, found.payment_id.value) == ("chargeId", "chr-Qm4kT9a")
    assert pairs(found.others) == [("agreementId", "agr_7Kd2pWx")]


def test_a_sales_unit_that_was_refused_has_no_number() -> None:
    url = "https://api.vipps.no/merchant-management/psp/v1/merchants"
    earlier = exchange("GET", f"{EPAYMENT}/acme-shop-1", entry=1, headers=[MSN])
    assert facts(earlier, exchange("POST", url, entry=2, status=400), failing=1).merchant_id is None


def test_pages_in_a_browsers_recording_give_no_merchant() -> None:
    advert = exchange("POST", "https://ads.example.com/collect", entry=9, sent={"msn": "555555"})
    bare = exchange("GET", f"{EPAYMENT}/{REFERENCE}", status=404)
    assert facts(bare, advert, failing=0).merchant_id is None


def test_a_merchant_of_other_calls_is_taken_when_there_is_only_one() -> None:
    bare = exchange("GET", f"{EPAYMENT}/{REFERENCE}", status=404)
    other = exchange("GET", f"{EPAYMENT}/acme-shop-1", entry=2, headers=[MSN])
    third = exchange("GET", f"{EPAYMENT}/acme-shop-2", entry=3, headers=[("Merchant-Serial-Number", "999001")])
    merchant = facts(bare, other, failing=0).merchant_id
    assert places(merchant) == ["trace.har, entry 2, request header Merchant-Serial-Number"]
    assert facts(bare, other, third, failing=0).merchant_id is None


def test_a_body_wrapped_in_a_string_is_read() -> None:
    wrapped = {"body": '{"msn": 210045, "reference": "acme-shop-20771"}', "requestId": "6f0e2c31-aa"}
    found = facts(exchange("POST", "https://shop.example.com/hooks", sent=wrapped), failing=0)
    assert places(found.payment_id) == ["trace.har, entry 1, request body, body, reference"]
    assert found.merchant_id is not None
    assert found.merchant_id.value == "210045"


def test_query_and_form_are_read() -> None:
    query = exchange("GET", f"https://shop.example.com/return?reference={REFERENCE}&state=ok", status=500)
    assert places(facts(query, failing=0).payment_id)[0] == "trace.har, entry 1, URL query, reference"
    form = exchange(
        "POST", "https://shop.example.com/return", sent=b"msn=210045&reference=acme%2Dshop-20771", status=500
    )
    found = facts(form, failing=0)
    assert places(found.payment_id) == ["trace.har, entry 1, request body, reference"]
    assert found.merchant_id is not None


def test_a_body_that_breaks_off_is_read_as_text() -> None:
    broken = exchange(
        "POST", "https://shop.example.com/hooks", sent=b'{"reference": "acme-shop-20771", "amou', status=500
    )
    assert places(facts(broken, failing=0).payment_id) == ["trace.har, entry 1, request body"]
