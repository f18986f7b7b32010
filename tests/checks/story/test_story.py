"""The story of a payment is rebuilt from calls, callbacks, readings and logs, in order, each thing told once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bundler.checks.story import Story, Totals
from bundler.checks.story.ledger import balance
from bundler.model import Excerpt, Exchange, RecordSpan, SafeTicket
from tests.checks.makers import AT
from tests.checks.samples_behaviours import SAMPLES_OF_BEHAVIOURS
from tests.checks.samples_deadlines import SAMPLES_OF_DEADLINES, initiate, online, patch
from tests.checks.samples_states import SAMPLES_OF_STATES
from tests.checks.stories import (
    ATTEMPT,
    CHARGE,
    CHECKS,
    ECOM,
    EPAYMENT,
    ONLINE,
    ORDER,
    PAYMENT,
    REFERENCE,
    change,
    create,
    kr,
    log,
    read,
    sent,
    story,
    view,
    webhook,
)


def told(of: SafeTicket) -> Story:
    return view(of).story


def steps(of: SafeTicket) -> list[tuple[str, int | None, bool | None]]:
    return [(each.step, each.amount, each.ok) for each in told(of).moments]


CARD = {"EncryptedCardData": "[card-1]", "PaymentId": PAYMENT, "AuthorizationAttemptId": ATTEMPT, "CardType": "DANKORT"}


def card_callback(after_s: float, **more: Any) -> Exchange:
    return sent(7, after_s, "POST", "https://psp.example/card", 200, CARD, direction="incoming", **more)


def test_mobilepay_online_goes_from_initiating_over_the_card_callback_to_capture_and_refund() -> None:
    capture = sent(11, 60, "POST", f"{ONLINE}/captures", 200, {"captureIdentifier": "c1", "amount": 20000})
    refund = sent(12, 90, "POST", f"{ONLINE}/refunds", 409, {"refundIdentifier": "r1", "amount": 30000})
    made = online(initiate(), card_callback(30), patch(40, 204), capture, refund)
    moments = told(made).moments
    assert [each.step for each in moments] == ["initiate", "", "authorise", "capture", "refund"]
    assert [each.name for each in moments][1:3] == ["card callback", "patch authorization attempt"]
    assert moments[0].amount == 24900
    assert moments[0].currency == "DKK"
    assert told(made).failing == moments[-1]
    assert balance(moments).captured.total == 20000


def test_patching_an_attempt_that_failed_authorises_nothing() -> None:
    url = f"{ONLINE}/authorizationattempts/{ATTEMPT}"
    made = sent(2, 40, "PATCH", url, 204, {"succeeded": False, "reasonCode": 1001, "reasonMessage": "no money"})
    assert steps(online(initiate(), made))[-1][0] == ""


def test_webhooks_of_epayment_tell_when_it_happened_and_how_much() -> None:
    made = story(create(), webhook(30, "AUTHORIZED"), change("capture", 60, 24900), webhook(62, "CAPTURED"))
    moments = told(made).moments
    assert [each.step for each in moments] == ["initiate", "authorise", "capture", "capture"]
    assert moments[1].kind == "callback"
    assert moments[1].when == AT + timedelta(seconds=29.5)
    assert moments[1].is_exact
    assert moments[1].amount == 24900
    assert balance(moments).captured.total == 24900


def test_a_webhook_that_came_twice_and_was_logged_as_well_is_told_once() -> None:
    once = webhook(30, "CAPTURED", 500)
    assert once.request is not None
    again = replace(once, index=9, started=AT + timedelta(seconds=70))
    record = (30.1, f"INFO webhook received {once.request.body.decode()}")
    moments = told(story(create(), once, again, logs=(log(record),))).moments
    assert [each.step for each in moments] == ["initiate", "capture"]


def test_an_event_that_did_not_succeed_is_no_step() -> None:
    made = webhook(30, "CAPTURED")
    assert made.request is not None
    failed = replace(made.request, body=made.request.body.replace(b'"success": true', b'"success": false'))
    assert not told(story(create(), replace(made, request=failed))).of("capture")


def test_the_event_log_of_an_epayment_is_read_entry_by_entry() -> None:
    entries = [
        {"reference": REFERENCE, "name": name, "amount": kr(24900), "timestamp": f"2026-11-23T13:0{minute}:00Z"}
        for minute, name in ((2, "CREATED"), (3, "AUTHORIZED"), (4, "CAPTURED"))
    ]
    other = {"reference": "another-order", "name": "REFUNDED", "amount": kr(1), "timestamp": "2026-11-23T13:05:00Z"}
    made = sent(5, 600, "GET", f"{EPAYMENT}/events", 200, None, [*entries, other])
    moments = told(story(made)).moments
    assert sorted(each.step for each in moments) == ["authorise", "capture", "initiate", "read"]


def test_a_reading_tells_the_state_and_the_totals() -> None:
    moments = told(story(create(), read(30, "AUTHORIZED", 24900, 5000, 100))).moments
    assert moments[-1].kind == "state"
    assert moments[-1].name == "AUTHORIZED"
    assert moments[-1].totals == Totals(24900, 5000, 100, 0)
    ledger = balance(moments)
    assert (ledger.ceiling, ledger.captured.total, ledger.captured.is_whole) == (24900, 5000, True)


def test_captures_after_the_last_reading_count_on_top_of_no_stale_total() -> None:
    ledger = balance(told(story(create(), read(30, "AUTHORIZED", 24900, 0), change("capture", 60, 700))).moments)
    assert (ledger.captured.total, ledger.captured.is_whole) == (700, False)


def test_ecom_tells_by_its_callback_and_by_the_history_of_its_transactions() -> None:
    info = {"amount": 24900, "status": "RESERVED", "timeStamp": "2026-11-23T13:03:00Z", "transactionId": "5001420062"}
    called = {"merchantSerialNumber": 210045, "orderId": ORDER, "transactionInfo": info}
    callback = sent(4, 30, "POST", f"https://shop.example/v2/payments/{ORDER}", 200, called, direction="incoming")
    history = [{"operation": "CAPTURE", "operationSuccess": True, "amount": 900, "timeStamp": "2026-11-23T13:04:00Z"}]
    summary = {"capturedAmount": 900, "refundedAmount": 0, "remainingAmountToCapture": 24000}
    answer = {"orderId": ORDER, "transactionSummary": summary, "transactionLogHistory": history}
    details = sent(5, 120, "GET", f"{ECOM}/details", 200, None, answer)
    moments = told(story(callback, details, family="ecom", payment=ORDER)).moments
    assert [(each.step, each.amount) for each in moments if each.amount] == [("authorise", 24900), ("capture", 900)]
    assert moments[-1].totals is not None
    assert moments[-1].totals.captured == 900


def test_the_idempotency_key_of_ecom_is_its_request_id() -> None:
    body = {"transaction": {"amount": 100, "transactionText": "x"}}
    made = sent(2, 30, "POST", f"{ECOM}/capture", 200, body)
    assert made.request is not None
    keyed = replace(made, request=replace(made.request, headers=(("X-Request-Id", "k-1"),)))
    assert told(story(keyed, family="ecom", payment=ORDER)).moments[0].key == "k-1"
    other = sent(2, 30, "POST", f"{EPAYMENT}/capture", 200, {"modificationAmount": kr(100)})
    assert other.request is not None
    traced = replace(other, request=replace(other.request, headers=(("X-Request-Id", "trace-1"),)))
    assert told(story(traced)).moments[0].key == ""


def test_a_log_alone_tells_calls_events_and_what_was_refused() -> None:
    lines = (
        (0.0, f"INFO POST https://api.vipps.no/epayment/v1/payments 201 reference={REFERENCE}"),
        (20.0, f"INFO capture: POST {EPAYMENT}/capture -> 409 in 93 ms"),
        (45.0, f"INFO event epayments.payment.authorized.v1 for {REFERENCE}"),
        (50.0, "INFO POST https://api.vipps.no/epayment/v1/payments/another-order-1/capture 200"),
    )
    made = told(story(failing=None, logs=(log(*lines),)))
    assert [(each.step, each.ok) for each in made.moments] == [
        ("initiate", True),
        ("capture", False),
        ("authorise", True),
    ]
    assert made.failing is made.moments[1]
    assert made.failing.status == 409


@pytest.mark.parametrize(
    "line",
    [
        f"payment {REFERENCE} is not CAPTURED yet",
        f"waiting for AUTHORIZED of {REFERENCE}",
        f"HTTP 201 CREATED for {REFERENCE}",
        f"token EXPIRED while reading {REFERENCE}",
        f"job FAILED for {REFERENCE}",
        "payment acme-shop-207710 CAPTURED",
    ],
)
def test_words_that_tell_of_no_event_are_not_taken_for_one(line: str) -> None:
    assert told(story(failing=None, logs=(log((1.0, line)),))).moments == ()


@pytest.mark.parametrize(
    "line", [f"state=EXPIRED reference={REFERENCE}", f'{{"status": "EXPIRED", "order": "{REFERENCE}"}}']
)
def test_an_everyday_word_is_an_event_behind_its_key(line: str) -> None:
    assert [each.step for each in told(story(failing=None, logs=(log((1.0, line)),))).moments] == ["fail"]


def test_what_has_no_time_keeps_the_order_of_its_source() -> None:
    made = story(create(None), change("capture", None, 100), change("refund", None, 100, 409, index=3))
    moments = told(made).moments
    assert [each.step for each in moments] == ["initiate", "capture", "refund"]
    assert moments[1].precedes(moments[2])
    assert not moments[2].precedes(moments[1])


def test_two_sources_without_times_prove_no_order() -> None:
    first, second = create(None), replace(change("capture", None, 100, 409), source="other.har")
    moments = told(story(first, second)).moments
    assert not moments[0].precedes(moments[1])
    assert not moments[1].precedes(moments[0])


def test_calls_of_another_payment_are_no_part_of_the_story() -> None:
    other = sent(2, 30, "POST", EPAYMENT.replace(REFERENCE, "another-order-1") + "/capture", 200)
    assert [each.step for each in told(story(create(), other, failing=0)).moments] == ["initiate"]


def test_an_answer_that_never_came_is_neither_done_nor_refused() -> None:
    assert told(story(create(), change("capture", 60, 100, None))).moments[-1].ok is None


def test_no_more_than_the_thirty_calls_around_the_failing_one_are_read() -> None:
    many = [change("capture", 10 + number, 1, index=number + 2) for number in range(80)]
    made = story(create(), *many, failing=40)
    assert len(told(made).moments) == 30
    assert told(made).failing is not None


def test_a_charge_of_recurring_is_captured_and_refunded() -> None:
    charges = f"https://apitest.vipps.no/recurring/v3/agreements/agr_7Kd2pWx/charges/{CHARGE}"
    capture = sent(2, 60, "POST", f"{charges}/capture", 204, {"amount": 500, "description": "x"}, key="k-1")
    refund = sent(3, 90, "POST", f"{charges}/refund", 400, {"amount": 900, "description": "x"}, key="k-2")
    assert steps(story(capture, refund, family="recurring", payment=CHARGE)) == [
        ("capture", 500, True),
        ("refund", 900, False),
    ]


ALL = {code: pair[0] for code, pair in (SAMPLES_OF_STATES | SAMPLES_OF_DEADLINES | SAMPLES_OF_BEHAVIOURS).items()}


@given(st.sampled_from(sorted(ALL)), st.data())
def test_no_order_doubling_or_odd_bytes_make_a_check_raise(code: str, data: st.DataObject) -> None:
    exchanges = list(ALL[code].exchanges)
    mixed = data.draw(st.lists(st.sampled_from(exchanges), min_size=1, max_size=12)) if exchanges else []
    spoilt = [_spoilt(data, each) for each in mixed]
    record = data.draw(st.binary(max_size=200)) + REFERENCE.encode() + data.draw(st.binary(max_size=200))
    excerpt = Excerpt("odd.log", "?", record, (RecordSpan(1, 1, AT), RecordSpan(2, 3, None)))
    made = replace(
        ALL[code],
        exchanges=tuple(spoilt),
        failing=data.draw(st.none() | st.integers(0, len(spoilt) - 1)) if spoilt else None,
        logs=(excerpt,),
        family=data.draw(st.sampled_from(("epayment", "ecom", "mobilepay-online", None, "no such API"))),
    )
    for check in CHECKS:
        for finding in check.judge(view(made)):
            assert finding.message
            assert finding.confidence is None or 0 < finding.confidence < 1


@given(st.sampled_from(sorted(ALL)), st.randoms())
def test_telling_everything_twice_in_any_order_changes_no_story(code: str, chance: Any) -> None:
    made = ALL[code]
    doubled = [*made.exchanges, *(replace(each, source="again.har") for each in made.exchanges)]
    chance.shuffle(doubled)
    first = told(replace(made, failing=None))
    second = told(replace(made, exchanges=tuple(doubled), failing=None))
    assert sorted(each.name for each in first.moments) == sorted(each.name for each in second.moments)


def _spoilt(data: st.DataObject, exchange: Exchange) -> Exchange:
    if exchange.request is None or data.draw(st.booleans()):
        return exchange
    body = data.draw(
        st.binary(max_size=60)
        | st.sampled_from(
            (b"[]", b"[[[", b"{}", b"null", b'{"name":1e999}', b'{"amount":{"value":-1}}', b'[{"name":[]}]')
        )
    )
    request = replace(
        exchange.request, body=body, url=data.draw(st.sampled_from((exchange.request.url, "", "http://[")))
    )
    when = data.draw(st.sampled_from((exchange.started, None)))
    answer = replace(exchange.response, body=body) if exchange.response is not None else None
    return replace(
        exchange, request=request, response=answer, started=when, duration_ms=data.draw(st.none() | st.floats())
    )


def test_a_payment_that_was_not_created_sets_no_limit() -> None:
    refused = create(0, 100, 400)
    assert balance(told(story(refused, create(5, 24900, index=2))).moments).ceiling == 24900
    assert balance(told(story(refused, change("capture", 60, 200, 400))).moments).ceiling is None
