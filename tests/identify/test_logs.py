"""Ids in log records, in the ways in which programs write them."""

from __future__ import annotations

import pytest

from tests.identify.makers import (
    CORRELATION,
    EPAYMENT,
    MERCHANT,
    OTHER_PAYMENT,
    PAYMENT,
    excerpt,
    exchange,
    facts,
    initiate,
    pairs,
    patch_refused,
    places,
)

RECORDS = {
    "logfmt": f"time=2026-11-23T13:02:11Z level=error paymentId={PAYMENT} msg=refused",
    "quoted logfmt": f'level=error payment_id="{PAYMENT}" msg="refused"',
    "json": f'{{"level":"error","paymentId":"{PAYMENT}","msg":"refused"}}',
    "json with blanks": f'{{"level": "error", "PaymentId" : "{PAYMENT}"}}',
    "json in a string": f'{{"msg":"got {{\\"paymentId\\":\\"{PAYMENT}\\"}}"}}',
    "colon": f"2026-11-23 14:02:11,482 ERROR shop - PaymentId: {PAYMENT}, refused",
    "sentence": f"2026-11-23 14:02:11,482 ERROR Capture refused for paymentId {PAYMENT}.",
    "two words": f"ERROR payment id {PAYMENT} was refused",
    "brackets": f"ERROR [paymentId:{PAYMENT}] refused",
    "parenthesis": f"ERROR refused paymentId=({PAYMENT})",
    "arrow": f'ERROR array("paymentId" => "{PAYMENT}")',
    "context": f"ERROR mdc.paymentId={PAYMENT} refused",
    "query": f"GET /return?paymentId={PAYMENT}&x=1 500",
    "header": f"> payment-id: {PAYMENT}",
    "call": f'"PATCH /cardpassthrough-restapi/api/v1/payments/{PAYMENT}/authorizationattempts/x HTTP/1.1" 409',
    "address": f"POST https://api.mobilepay.dk/cardpassthrough-restapi/api/v1/payments/{PAYMENT}/captures 409",
    "stack": f"ERROR refused\n  at shop.Pay.capture(Pay.java:17)\n  paymentId={PAYMENT}",
}


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS.keys())
def test_a_payment_id_is_found_in(record: str) -> None:
    found = facts(logs=[excerpt("INFO started", record)])
    assert found.payment_id is not None
    assert (found.payment_id.name, found.payment_id.value) == ("paymentId", PAYMENT)
    assert places(found.payment_id) == [f"shop.log, line {101 + record.count(chr(10))}"]


@pytest.mark.parametrize(
    "record",
    [
        "ERROR reference was not found",
        "ERROR reference validation failed",
        "ERROR paymentId is missing",
        "ERROR paymentId=null merchantId=undefined",
        'ERROR "paymentId": "string"',
        f"ERROR prepaymentId={PAYMENT}",
        f"ERROR POST /api/v1/payments/{PAYMENT}/captures",
        f"ERROR https://shop.example.com/v1/payments/{PAYMENT}",
        f"ERROR {PAYMENT}",
        "ERROR reference: 20 kr",
    ],
)
def test_no_payment_id_is_found_in(record: str) -> None:
    assert facts(logs=[excerpt(record)]).payment_id is None


def test_the_api_that_a_log_names_decides_what_a_key_means() -> None:
    call = '"POST /epayment/v1/payments/acme-shop-20771/capture HTTP/1.1" 400'
    found = facts(logs=[excerpt(call, "ERROR reference=acme-shop-20771 msn=210045 merchantId=17")])
    assert found.payment_id is not None
    assert (found.payment_id.name, found.payment_id.value) == ("reference", "acme-shop-20771")
    assert found.merchant_id is not None
    assert (found.merchant_id.name, found.merchant_id.value) == ("MSN", "210045")


def test_of_several_payments_the_one_in_trouble_is_taken() -> None:
    log = excerpt(f"INFO paymentId={OTHER_PAYMENT} captured", f"ERROR paymentId={PAYMENT} refused")
    found = facts(logs=[log])
    assert found.payment_id is not None
    assert (found.payment_id.value, found.payment_id.rivals) == (PAYMENT, ())


def test_of_several_payments_in_trouble_none_is_taken() -> None:
    log = excerpt(f"ERROR paymentId={OTHER_PAYMENT} refused", f"ERROR paymentId={PAYMENT} refused")
    assert facts(logs=[log]).payment_id is None


def test_logs_add_origins_and_trace_ids_of_the_payment_and_nothing_of_other_payments() -> None:
    log = excerpt(
        f"INFO paymentId={PAYMENT} merchantId={MERCHANT} correlationId=from-the-log-1",
        f"INFO paymentId={OTHER_PAYMENT} merchantId={OTHER_PAYMENT} correlationId=of-another-2 pspReferenceId=other-9",
        f"WARN {PAYMENT} was patched late",
    )
    found = facts(initiate(3), patch_refused(14), failing=1, logs=[log])
    assert "shop.log, line 100" in places(found.payment_id)
    assert "shop.log, line 102" in places(found.payment_id)
    assert "shop.log, line 101" not in places(found.payment_id)
    assert places(found.merchant_id) == ["trace.har, entry 3, request body, merchantId", "shop.log, line 100"]
    assert found.merchant_id is not None
    assert found.merchant_id.rivals == ()
    assert pairs(found.trace_ids) == [("correlationId", CORRELATION), ("correlationId", "from-the-log-1")]
    assert "other-9" not in [fact.value for fact in found.others]


def test_a_record_of_the_payment_that_names_another_merchant_is_a_rival() -> None:
    log = excerpt(f"INFO paymentId={PAYMENT} merchantId={OTHER_PAYMENT}")
    found = facts(initiate(3), patch_refused(14), failing=1, logs=[log])
    assert found.merchant_id is not None
    assert [(rival.value, str(rival.origins[0])) for rival in found.merchant_id.rivals] == [
        (OTHER_PAYMENT, "shop.log, line 100")
    ]


def test_a_call_without_a_merchant_gets_it_from_a_record_of_its_payment() -> None:
    bare = exchange("GET", f"{EPAYMENT}/acme-shop-20771", status=404)
    log = excerpt("INFO msn=999001 reference=acme-shop-1", "INFO msn=210045 reference=acme-shop-20771")
    assert places(facts(bare, failing=0, logs=[log]).merchant_id) == ["shop.log, line 101"]


def test_origins_are_capped_at_twenty() -> None:
    log = excerpt(*[f"ERROR paymentId={PAYMENT} try {count}" for count in range(50)])
    assert len(places(facts(logs=[log]).payment_id)) == 20


def test_lines_are_counted_inside_a_record_of_many_lines() -> None:
    url = f"https://api.mobilepay.dk/cardpassthrough-restapi/api/v1/payments/{PAYMENT}/captures"
    found = facts(logs=[excerpt("INFO started", f"ERROR refused\n  POST {url}\n  merchantId={MERCHANT}")])
    assert places(found.payment_id) == ["shop.log, line 102"]
    assert places(found.merchant_id) == ["shop.log, line 103"]


def test_one_source_does_not_crowd_the_others_out_of_the_origins() -> None:
    log = excerpt(*[f"ERROR paymentId={PAYMENT} try {count}" for count in range(50)])
    other = excerpt(f"ERROR paymentId={PAYMENT}", source="gateway.log", first=7)
    found = places(facts(logs=[log, other]).payment_id)
    assert len(found) == 20
    assert "gateway.log, line 7" in found
    assert found[0] == "shop.log, line 100"


def test_the_generic_profile_reads_common_names() -> None:
    failed = exchange(
        "POST",
        "https://api.pay.test/orders",
        sent={"merchant_id": "m-20771", "order_id": "order-9", "payment": {"id": "pay-17"}},
        headers=[("X-Request-Id", "req-7Kd2pWx81")],
        answer={"error": {"message": "no", "requestId": "req-7Kd2pWx81"}},
        answer_headers=[("cf-ray", "8e6f1a2b3c4d5e6f-CPH")],
        status=422,
    )
    found = facts(failed, failing=0, generic=True)
    assert found.payment_id is not None
    assert found.merchant_id is not None
    assert (found.payment_id.name, found.payment_id.value) == ("paymentId", "pay-17")
    assert (found.merchant_id.name, found.merchant_id.value) == ("merchantId", "m-20771")
    assert pairs(found.trace_ids) == [("requestId", "req-7Kd2pWx81"), ("CF-Ray", "8e6f1a2b3c4d5e6f-CPH")]
    assert len(found.trace_ids[0].origins) == 2
    assert pairs(found.others) == [("orderId", "order-9")]


def test_the_path_of_a_request_line_tells_what_a_key_means() -> None:
    line = '192.0.2.1 - - "POST /recurring/v3/agreements?page=1&orderId=chr-Qm4kT9a HTTP/1.1" 409 36'
    found = facts(logs=[excerpt(line)])
    assert found.payment_id is not None
    assert found.payment_id.name == "chargeId"


def test_a_name_that_means_two_things_means_that_of_the_api_that_was_called() -> None:
    records = [
        excerpt(f"ERROR reference={each} X-Request-Id=req-20771-1 answered 500") for each in ("acme-shop-20771",)
    ]
    called = exchange("POST", f"{EPAYMENT}/acme-shop-20771/capture", status=500)
    found = facts(called, failing=0, logs=records)
    assert ("X-Request-Id", "req-20771-1") in pairs(found.trace_ids)
    assert "X-Request-Id" not in dict(pairs(found.others))
