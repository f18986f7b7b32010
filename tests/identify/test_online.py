"""MobilePay Online: MerchantId and PaymentId are UUIDs; the merchant is named only when the payment is initiated."""

from __future__ import annotations

from msgspec.structs import replace

from tests.identify.makers import (
    ATTEMPT,
    CORRELATION,
    MERCHANT,
    ONLINE,
    OTHER_PAYMENT,
    PAYMENT,
    exchange,
    facts,
    initiate,
    pairs,
    patch_refused,
    places,
)


def test_a_refused_patch_has_its_payment_in_the_path_and_its_merchant_in_the_initiate_call() -> None:
    found = facts(initiate(3), patch_refused(14), failing=1)
    assert found.payment_id is not None
    assert (found.payment_id.name, found.payment_id.value) == ("paymentId", PAYMENT)
    assert places(found.payment_id) == ["trace.har, entry 14, URL path", "trace.har, entry 3, response body, paymentId"]
    assert found.merchant_id is not None
    assert (found.merchant_id.name, found.merchant_id.value) == ("merchantId", MERCHANT)
    assert places(found.merchant_id) == ["trace.har, entry 3, request body, merchantId"]
    assert found.occurred_at is None


def test_trace_ids_are_those_of_the_failing_call() -> None:
    found = facts(initiate(3), patch_refused(14), failing=1)
    assert pairs(found.trace_ids) == [("correlationId", CORRELATION)]
    assert places(found.trace_ids[0]) == [
        "trace.har, entry 14, response header CorrelationId",
        "trace.har, entry 14, response body, correlationId",
    ]


def test_everything_else_that_identifies_is_kept_under_its_own_name_and_amounts_are_not() -> None:
    found = facts(initiate(3), patch_refused(14), failing=1)
    assert pairs(found.others) == [
        ("authorizationAttemptId", ATTEMPT),
        ("pspReferenceId", "psp-2026-000417"),
        ("merchantOrderId", "order-20771"),
    ]


def test_trace_ids_of_earlier_calls_stand_in_where_the_failing_call_has_none() -> None:
    bare = exchange("POST", f"{ONLINE}/v1/payments/{PAYMENT}/captures", entry=9, status=None)
    found = facts(initiate(3), bare, failing=1)
    assert pairs(found.trace_ids) == [("correlationId", "0b6e0c1d-7d2f-4b4e-9f7e-0d9a51c7e2aa")]


def test_a_refused_initiate_call_has_a_merchant_and_no_payment() -> None:
    refused = replace(
        initiate(5),
        response=patch_refused().response,
    )
    retried = initiate(7)
    found = facts(refused, retried, failing=0)
    assert found.payment_id is None
    assert found.merchant_id is not None
    assert found.merchant_id.value == MERCHANT
    assert ("pspReferenceId", "psp-2026-000417") in pairs(found.others)


def test_capital_letters_of_a_uuid_do_not_make_another_payment() -> None:
    shouted = exchange("POST", f"{ONLINE}/v1/payments/{PAYMENT.upper()}/captures", entry=9, status=409)
    found = facts(initiate(3), shouted, failing=1)
    assert found.payment_id is not None
    assert found.payment_id.rivals == ()
    assert len(found.payment_id.origins) == 2
    assert found.merchant_id is not None


def test_a_callback_to_the_psp_gives_the_attempt() -> None:
    callback = exchange(
        "POST",
        "https://psp.example.com/mobilepay/card",
        entry=6,
        sent={"EncryptedCardData": "…", "PaymentId": PAYMENT, "AuthorizationAttemptId": ATTEMPT},
    )
    failed = exchange("POST", f"{ONLINE}/v1/payments/{PAYMENT}/captures", entry=9, status=409)
    found = facts(replace(callback, direction="incoming"), failed, failing=1)
    assert ("authorizationAttemptId", ATTEMPT) in pairs(found.others)
    assert "trace.har, entry 6, request body, PaymentId" in places(found.payment_id)


def test_another_payment_in_the_same_recording_is_no_rival() -> None:
    another = exchange("POST", f"{ONLINE}/v1/payments/{OTHER_PAYMENT}/captures", entry=2)
    found = facts(another, initiate(3), patch_refused(14), failing=2)
    assert found.payment_id is not None
    assert (found.payment_id.value, found.payment_id.rivals) == (PAYMENT, ())


def test_two_payments_in_one_call_disagree() -> None:
    mixed = exchange(
        "POST", f"{ONLINE}/v1/payments/{PAYMENT}/captures", entry=4, sent={"paymentId": OTHER_PAYMENT}, status=409
    )
    found = facts(mixed, failing=0)
    assert found.payment_id is not None
    assert found.payment_id.value == PAYMENT
    assert [(rival.value, str(rival.origins[0])) for rival in found.payment_id.rivals] == [
        (OTHER_PAYMENT, "trace.har, entry 4, request body, paymentId")
    ]


def test_a_list_of_payments_means_none_of_them() -> None:
    listing = exchange(
        "GET",
        "https://api.mobilepay.dk/v1/payments",
        answer={"payments": [{"paymentId": PAYMENT}, {"paymentId": OTHER_PAYMENT}]},
        status=500,
    )
    assert facts(listing, failing=0).payment_id is None


def test_an_answer_that_names_what_it_created_in_location_only_is_read() -> None:
    created = exchange(
        "POST", "https://api.mobilepay.dk/v1/payments", answer_headers=[("Location", f"/v1/payments/{PAYMENT}")]
    )
    assert places(facts(created, failing=0).payment_id) == ["trace.har, entry 1, response header Location"]


def test_a_call_that_failed_without_an_id_is_joined_to_its_payment_by_a_shared_id() -> None:
    lost = exchange(
        "POST",
        "https://shop.example.com/pay/confirm",
        entry=8,
        headers=[("X-Correlation-Id", CORRELATION)],
        status=500,
    )
    calls = [initiate(3), patch_refused(5), exchange("POST", f"{ONLINE}/v1/payments/{OTHER_PAYMENT}/captures", entry=6)]
    found = facts(*calls, lost, failing=3)
    assert found.payment_id is not None
    assert found.payment_id.value == PAYMENT


def test_a_call_that_failed_without_any_id_is_not_given_one_of_several_payments() -> None:
    lost = exchange("POST", "https://shop.example.com/pay/confirm", entry=8, status=500)
    calls = [initiate(3), exchange("POST", f"{ONLINE}/v1/payments/{OTHER_PAYMENT}/captures", entry=6)]
    assert facts(*calls, lost, failing=2).payment_id is None


def test_without_a_failing_call_the_only_payment_is_the_payment() -> None:
    found = facts(initiate(3), patch_refused(14))
    assert found.payment_id is not None
    assert found.payment_id.value == PAYMENT
    assert found.merchant_id is not None
