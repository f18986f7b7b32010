"""What the user typed wins, and says so."""

from __future__ import annotations

from tests.identify.makers import (
    CORRELATION,
    MERCHANT,
    OTHER_PAYMENT,
    PAYMENT,
    excerpt,
    facts,
    initiate,
    pairs,
    patch_refused,
    places,
)


def test_a_typed_payment_wins_and_what_the_call_says_becomes_its_rival() -> None:
    found = facts(initiate(3), patch_refused(14), failing=1, typed={"payment_id": OTHER_PAYMENT})
    assert found.payment_id is not None
    assert found.payment_id.value == OTHER_PAYMENT
    assert places(found.payment_id) == ["you, --payment-id"]
    assert [(rival.value, str(rival.origins[0])) for rival in found.payment_id.rivals] == [
        (PAYMENT, "trace.har, entry 14, URL path")
    ]


def test_a_typed_payment_that_agrees_lists_where_else_it_was_seen() -> None:
    found = facts(initiate(3), patch_refused(14), failing=1, typed={"payment_id": f" {PAYMENT.upper()} "})
    assert found.payment_id is not None
    assert found.payment_id.name == "paymentId"
    assert places(found.payment_id)[:2] == ["you, --payment-id", "trace.har, entry 14, URL path"]
    assert found.payment_id.rivals == ()


def test_a_typed_merchant_wins() -> None:
    found = facts(initiate(3), patch_refused(14), failing=1, typed={"merchant_id": OTHER_PAYMENT})
    assert found.merchant_id is not None
    assert places(found.merchant_id) == ["you, --merchant-id"]
    assert [rival.value for rival in found.merchant_id.rivals] == [MERCHANT]


def test_what_is_typed_is_taken_even_if_it_looks_like_no_id_of_the_provider() -> None:
    found = facts(typed={"payment_id": "order 17/B"})
    assert found.payment_id is not None
    assert found.payment_id.value == "order 17/B"


def test_typed_ids_get_the_providers_name_by_their_form() -> None:
    names = []
    for value in (PAYMENT, "acme-shop-20771"):
        fact = facts(typed={"payment_id": value}).payment_id
        assert fact is not None
        names.append(fact.name)
    for value in (MERCHANT, "210045"):
        fact = facts(typed={"merchant_id": value}).merchant_id
        assert fact is not None
        names.append(fact.name)
    assert names == ["paymentId", "reference", "merchantId", "MSN"]


def test_a_typed_trace_id_comes_first() -> None:
    found = facts(patch_refused(14), failing=0, typed={"trace_id": "abc-123"})
    assert pairs(found.trace_ids) == [("traceId", "abc-123"), ("correlationId", CORRELATION)]
    assert places(found.trace_ids[0]) == ["you, --trace-id"]


def test_a_typed_trace_id_that_was_seen_is_called_as_it_was_seen() -> None:
    found = facts(patch_refused(14), failing=0, typed={"trace_id": CORRELATION})
    assert pairs(found.trace_ids) == [("correlationId", CORRELATION)]
    assert places(found.trace_ids[0])[:2] == ["you, --trace-id", "trace.har, entry 14, response header CorrelationId"]


def test_any_other_typed_id_keeps_its_name() -> None:
    found = facts(typed={"order-id": "order-9", "till": "7", "correlation_id": CORRELATION})
    assert pairs(found.others) == [("orderId", "order-9"), ("till", "7")]
    assert pairs(found.trace_ids) == [("correlationId", CORRELATION)]


def test_a_typed_payment_is_looked_for_in_logs() -> None:
    log = excerpt(f"INFO merchantId={MERCHANT} paymentId={PAYMENT} initiated", "INFO other")
    found = facts(logs=[log], typed={"payment_id": PAYMENT})
    assert places(found.payment_id) == ["you, --payment-id", "shop.log, line 100"]
    assert places(found.merchant_id) == ["shop.log, line 100"]


def test_an_empty_option_is_not_typed() -> None:
    assert facts(typed={"payment_id": "  ", "merchant_id": ""}) == facts()


def test_nothing_found_gives_empty_facts() -> None:
    found = facts(logs=[excerpt("INFO started", "ERROR stopped")])
    assert (found.merchant_id, found.payment_id, found.trace_ids, found.others) == (None, None, (), ())
