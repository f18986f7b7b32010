"""Checks of a payment's state, and of what may be used once: what they say, how surely, and when they are silent."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from bundler.checks.payment.money import money
from bundler.model import SafeTicket
from tests.checks.samples_states import AUTHORISED, SAMPLES_OF_STATES
from tests.checks.stories import (
    EPAYMENT,
    REFERENCE,
    change,
    codes,
    create,
    kr,
    log,
    read,
    sent,
    story,
    the,
    webhook,
)


def answered(status: int, body: Any = None) -> SafeTicket:
    """A refund of a payment that was only authorised, refused with the status."""
    refused = sent(2, 90, "POST", f"{EPAYMENT}/refund", status, {"modificationAmount": kr(24900)}, body)
    return story(create(), AUTHORISED, refused)


@pytest.mark.parametrize("code", SAMPLES_OF_STATES)
def test_an_impossible_step_explains_the_failure_and_shows_both_places(code: str) -> None:
    finding = the(code, SAMPLES_OF_STATES[code][0])
    assert finding.confidence is not None
    assert 0.8 <= finding.confidence <= 0.9
    assert finding.who == "code"
    assert len(finding.origins) > 1


@pytest.mark.parametrize("code", SAMPLES_OF_STATES)
def test_the_same_step_that_was_done_explains_nothing(code: str) -> None:
    ticket = SAMPLES_OF_STATES[code][0]
    assert ticket.failing is not None
    exchanges = list(ticket.exchanges)
    failing = exchanges[ticket.failing]
    assert failing.response is not None
    exchanges[ticket.failing] = replace(failing, response=replace(failing.response, status=200, body=b"{}"))
    assert code not in codes(replace(ticket, exchanges=tuple(exchanges)))


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_an_answer_about_keys_rates_or_troubles_says_nothing_about_the_state(status: int) -> None:
    assert "REQ033" in codes(answered(409))
    assert not {"REQ033"} & set(codes(answered(status, {"title": "x"})))


def test_sums_are_told_as_they_are_sent_and_as_money() -> None:
    message = the("REQ031", SAMPLES_OF_STATES["REQ031"][0]).message
    assert "4901 (49.01 NOK) were to be captured after 20000 (200.00 NOK)" in message
    assert "in all 24901 (249.01 NOK); 24900 (249.00 NOK) were authorised" in message


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (5, "DKK", "5 (0.05 DKK)"),
        (1234, "208", "1234 (12.34 DKK)"),
        (1234, "jpy", "1234 (1234 JPY)"),
        (1234, "KWD", "1234 (1.234 KWD)"),
        (1234, "[card-1]", "1234 (12.34)"),
        (-50, "", "-50 (-0.50)"),
    ],
)
def test_money_is_written_with_the_decimals_of_its_currency(amount: int, currency: str, shown: str) -> None:
    assert money(amount, currency) == shown


def test_a_single_capture_above_what_the_payment_was_created_with_is_named() -> None:
    finding = the("REQ031", story(create(), webhook(30, "CAPTURED", 0), change("capture", 60, 25000, 400)))
    assert "asked for when the payment was created" in finding.message


def test_nothing_is_said_of_a_capture_whose_authorisation_nobody_saw() -> None:
    assert codes(story(create(), change("capture", 60, 24900, 409))) == []


def test_a_webhook_right_after_a_refused_capture_proves_nothing() -> None:
    late = log((22.0, f"INFO got epayments.payment.authorized.v1 for {REFERENCE}"))
    assert "REQ030" not in codes(story(create(), change("capture", 20, 24900, 409), logs=(late,)))


def test_a_log_record_long_after_a_refused_capture_makes_it_probable() -> None:
    late = log((50.0, f"INFO got epayments.payment.authorized.v1 for {REFERENCE}"))
    assert the("REQ030", story(create(), change("capture", 20, 24900, 409), logs=(late,))).confidence == 0.8


def test_a_payment_that_was_read_as_created_was_not_authorised_yet() -> None:
    made = story(create(), read(30, "CREATED"), change("capture", 31, 24900, 409))
    assert "said CREATED" in the("REQ030", made).message


def test_a_log_alone_makes_an_impossible_step_probable_not_certain() -> None:
    lines = (
        (10.0, f"INFO event epayments.payment.aborted.v1 for {REFERENCE}"),
        (20.0, f"INFO POST {EPAYMENT}/capture -> 409"),
    )
    finding = the("REQ035", story(failing=None, logs=(log(*lines),)))
    assert finding.confidence == 0.8
    assert {origin.place for origin in finding.origins} == {"line 1", "line 2"}


def test_a_part_that_was_captured_lets_the_rest_be_cancelled_and_a_refund_be_made() -> None:
    part = (create(), AUTHORISED, change("capture", 60, 900))
    assert "REQ034" not in codes(story(*part, change("cancel", 90, None, 409)))
    ended = story(*part, change("cancel", 70, None), change("refund", 90, 900, 409))
    assert not {"REQ033", "REQ035"} & set(codes(ended))


def test_a_reused_key_names_both_calls_and_what_differs() -> None:
    first = change("capture", 60, 100, key="k-17", index=5)
    finding = the("REQ036", story(create(), first, change("capture", 90, 200, 409, key="k-17", index=8)))
    assert "k-17" in finding.message
    assert "entry 5" in finding.message
    assert "(modificationAmount)" in finding.message
    assert [origin.place for origin in finding.origins] == ["entry 8, call", "entry 5, request"]


def test_a_key_of_another_call_is_reused_as_well() -> None:
    made = story(create(key="k-1"), AUTHORISED, change("capture", 60, 100, 409, key="k-1"))
    assert "the call create payment" in the("REQ036", made).message


def test_a_body_that_differs_in_its_blanks_only_is_the_same_body() -> None:
    first = change("capture", 60, 100, key="k-1")
    assert first.request is not None
    spaced = replace(first.request, body=first.request.body.replace(b" ", b"\n  "))
    again = change("capture", 90, 100, 409, key="k-1", index=3)
    assert "REQ036" not in codes(story(create(), replace(first, request=spaced), again))


def test_a_key_that_the_answer_complains_of_is_surer() -> None:
    first = change("capture", 60, 100, key="k-1")
    again = change("capture", 90, 200, 409, key="k-1", index=3)
    assert again.response is not None
    told = replace(again, response=replace(again.response, body=b'{"detail":"Idempotency key was used before"}'))
    assert the("REQ036", story(create(), first, told)).confidence == 0.95


def test_a_reference_whose_first_try_was_never_answered_may_be_taken() -> None:
    finding = the("REQ037", story(create(status=None, key="k-1"), create(30, 24900, 409, key="k-2", index=2)))
    assert "not known" in finding.message
    assert finding.confidence == 0.8
