"""Ids beside the payment's are found by their names, whatever the log's format."""

from __future__ import annotations

import pytest

from bundler.logs.following import MOST, find_beside

PAYMENT = "8f14e45f-ceea-4672-8b1d-1e4f0a7c9b21"
TRACE = "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"
PLAIN = TRACE.replace("-", "")


@pytest.mark.parametrize(
    ("record", "name", "value"),
    [
        (f"paymentId={PAYMENT} correlationId={TRACE}", "correlationId", TRACE),
        ('{"paymentId":"x","merchantOrderId":"FB-20261123-T07"}', "merchantOrderId", "FB-20261123-T07"),
        (r'body="{\"x-request-id\":\"r-7f3a9c21\"}"', "x-request-id", "r-7f3a9c21"),
        (f"traceparent: 00-{PLAIN}-00f067aa0ba902b7-01", "traceparent", PLAIN),
        ("INFO shop [req-6f91217e] captured", "", "req-6f91217e"),
        (f"AuthorizationAttemptId={TRACE}", "AuthorizationAttemptId", TRACE),
    ],
)
def test_named_ids_are_found(record: str, name: str, value: str) -> None:
    (found,) = find_beside([record.encode()], [PAYMENT])
    assert (found.name, found.value, found.record_count) == (name, value, 1)


@pytest.mark.parametrize(
    "record",
    [
        f"paymentId={PAYMENT}",
        f"orderId={PAYMENT.upper()}",
        "requestId=null orderId=unknown",
        "requestTime=2026-11-23 orderNo=2026-11-23T14:03:27Z",
        f"traceId={'0' * 32} traceparent: 00-{'0' * 32}-{'0' * 16}-00 requestId=00000000-0000-0000-0000-000000000000",
        "merchantId=76fc041f-d5f0-44bc-9be2-a4ac1e883422 userId=4711-4711",
    ],
)
def test_what_is_no_further_id_is_not_followed(record: str) -> None:
    assert find_beside([record.encode()], [PAYMENT]) == ()


def test_excluded_ids_are_left_out_in_any_spelling() -> None:
    record = b"traceId=4bf92f3577b34da6a3ce929d0e0e4736"
    assert find_beside([record], [PAYMENT], ["4BF92F35-77B3-4DA6-A3CE-929D0E0E4736"]) == ()


def test_the_most_frequent_are_followed_and_no_more_than_a_few() -> None:
    records = [b"orderId=A-1000000"] * 3 + [f"orderId=B-{number:07}".encode() for number in range(50)]
    found = find_beside(records, [PAYMENT])
    assert len(found) == MOST
    assert (found[0].value, found[0].record_count) == ("A-1000000", 3)


def test_an_id_in_two_cases_is_followed_in_both_unless_a_search_finds_either() -> None:
    records = [b"orderId=fb-2026-x7", b"orderId=FB-2026-X7", f"traceId={PLAIN}".encode(), f"traceId={TRACE}".encode()]
    found = find_beside(records, [PAYMENT])
    assert [each.value for each in found] == ["fb-2026-x7", "FB-2026-X7", PLAIN]
    assert [each.record_count for each in found] == [2, 2, 2]
