"""Checks of state, time and documented behaviour: they trip on their samples, and say what a person needs to know."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from bundler.checks import behaviours, deadlines, rates, reuse, run, states, webhooks
from bundler.checks.money import money
from bundler.checks.windows import find_deadline, span
from bundler.model import Finding, SafeTicket
from bundler.providers import load
from bundler.providers.profile import Profile
from tests.checks.makers import NOW
from tests.checks.samples_behaviours import SAMPLES_OF_BEHAVIOURS
from tests.checks.samples_deadlines import SAMPLES_OF_DEADLINES, captures, initiate, online, patch
from tests.checks.samples_states import AUTHORISED, SAMPLES_OF_STATES
from tests.checks.stories import (
    CONFLICT,
    EPAYMENT,
    REFERENCE,
    SMALL,
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

CHECKS = (*states.CHECKS, *reuse.CHECKS, *deadlines.CHECKS, *rates.CHECKS, *behaviours.CHECKS, *webhooks.CHECKS)
SAMPLES = SAMPLES_OF_STATES | SAMPLES_OF_DEADLINES | SAMPLES_OF_BEHAVIOURS


def findings(of: SafeTicket, profile: Profile = SMALL) -> list[Finding]:
    return [finding for check in CHECKS for finding in check.judge(view(of, profile))]


def codes(of: SafeTicket, profile: Profile = SMALL) -> list[str]:
    return [finding.code for finding in findings(of, profile)]


def the(code: str, of: SafeTicket) -> Finding:
    return next(finding for finding in findings(of) if finding.code == code)


def answered(status: int, body: Any = None) -> SafeTicket:
    """A refund of a payment that was only authorised, refused with the status."""
    refused = sent(2, 90, "POST", f"{EPAYMENT}/refund", status, {"modificationAmount": kr(24900)}, body)
    return story(create(), AUTHORISED, refused)


@pytest.mark.parametrize("code", SAMPLES)
def test_a_check_trips_where_it_should_and_only_there(code: str) -> None:
    trips, does_not = SAMPLES[code]
    assert code in codes(trips)
    assert code not in codes(does_not)


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


def test_an_expiry_of_its_own_counts_before_the_usual_life() -> None:
    body = {"amount": 100, "expiresAt": "2026-11-23T15:00:00Z"}
    longer = replace(initiate(), request=sent(1, 0, "POST", initiate().request.url, 200, body).request)  # type: ignore[union-attr]
    assert "TIM011" not in codes(online(longer, patch(700, 409)))


def test_the_window_for_capturing_follows_the_market() -> None:
    def danish(after_days: float) -> SafeTicket:
        made = change("capture", after_days * 86_400, 24900, 400)
        assert made.request is not None
        body = made.request.body.replace(b"NOK", b"DKK")
        return story(create(), webhook(30, "AUTHORIZED"), replace(made, request=replace(made.request, body=body)))

    assert "15 days after the payment was authorised; it has 14 days" in the("TIM012", danish(15)).message
    assert "TIM012" not in codes(danish(13))


def test_where_the_market_is_not_known_the_longest_window_holds() -> None:
    deadline = find_deadline(view(story(create())), "capture")
    assert deadline is not None
    assert deadline.market == "NO"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0.4 s"), (27, "27 s"), (90, "90 s"), (720, "12 min"), (5400, "90 min"), (1296000, "15 days")],
)
def test_times_are_told_as_people_say_them(seconds: float, words: str) -> None:
    assert span(seconds) == words


def test_a_repetition_before_the_time_that_the_answer_asked_for_explains_the_next_429() -> None:
    limited = change("capture", 30, 100, 429, index=2)
    assert limited.response is not None
    asked = replace(limited, response=replace(limited.response, headers=(("Retry-After", "30"),)))
    finding = the("TIM013", story(create(), asked, change("capture", 40, 100, 429, index=3)))
    assert "its answer asked for 30 s (Retry-After)" in finding.message
    assert finding.confidence == 0.85


@pytest.mark.parametrize("value", ["Mon, 23 Nov 2026 13:03:48 GMT", "soon", "", "99999999999", "-1", "Mon, 99 Nov"])
def test_any_retry_after_can_be_read(value: str) -> None:
    limited = change("capture", 30, 100, 429, index=2)
    assert limited.response is not None
    asked = replace(limited, response=replace(limited.response, headers=(("Retry-After", value),)))
    told = codes(story(create(), asked, change("capture", 40, 100, 429, index=3)))
    assert ("TIM013" in told) is value.endswith("GMT")


def test_a_reached_limit_names_count_window_and_limit_and_is_sure_only_of_a_429() -> None:
    finding = the("TIM016", story(create(), *captures(6, 3)))
    assert "called 6 times within 60 s; the limit is 5 per reference" in finding.message
    assert finding.confidence == 0.93
    assert the("TIM016", story(create(), *captures(6, 3, last=200))).confidence is None


def test_calls_in_a_log_count_and_are_not_added_to_the_same_calls_in_a_recording() -> None:
    lines = [(60.0 + each, f"INFO POST {EPAYMENT}/capture -> {200 if each < 5 else 429}") for each in range(6)]
    assert "called 6 times" in the("TIM016", story(failing=None, logs=(log(*lines),))).message
    both = story(create(), *captures(4, 3), logs=(log(*lines[:3]),))
    assert "TIM016" not in codes(both)


def test_a_log_that_writes_calls_down_twice_is_counted_once() -> None:
    asked = [(60.0 + 10 * each, f"INFO --> POST {EPAYMENT}/capture") for each in range(4)]
    answered = [(61.0 + 10 * each, f"INFO <-- 200 POST {EPAYMENT}/capture") for each in range(4)]
    assert "TIM016" not in codes(story(failing=None, logs=(log(*sorted(asked + answered)),)))


def test_a_slow_or_refused_callback_explains_the_failure_only_where_it_is_the_failing_call() -> None:
    slow = webhook(30, "AUTHORIZED", status=500, duration_ms=12_000.0)
    alone = findings(story(create(), slow))
    assert {finding.code: finding.confidence for finding in alone} == {"TIM017": 0.7, "TIM018": 0.85}
    beside = story(create(), slow, change("capture", 60, 24900, 401))
    assert {finding.confidence for finding in findings(beside) if finding.code in {"TIM017", "TIM018"}} == {None}


def test_the_words_of_a_person_find_documented_behaviour_with_its_page() -> None:
    finding = the("RSP020", SAMPLES_OF_BEHAVIOURS["RSP020"][0])
    assert finding.message == "No failed callback comes when the user rejects. It comes only when the payment expires."
    assert finding.link
    assert finding.confidence == 0.85


def test_words_of_an_unknown_api_are_believed_less() -> None:
    made = replace(SAMPLES_OF_BEHAVIOURS["RSP020"][0], family=None)
    assert the("RSP020", made).confidence == 0.6


def test_the_state_that_stays_authorised_is_told_only_to_who_speaks_of_it_or_read_it() -> None:
    captured = (create(), change("capture", 60, 24900), read(90, "AUTHORIZED", 24900, 24900))
    other = change("refund", 120, 100, 403, index=9)
    assert "RSP021" not in codes(story(*captured, other))
    spoken = story(*captured, failing=None, event="The status is still AUTHORIZED after we captured the payment")
    assert "24900 (249.00 NOK) are captured" in the("RSP021", spoken).message
    assert the("RSP021", spoken).confidence == 0.85


def test_a_misspelt_reference_that_shares_a_limit_is_shown_as_it_was_written() -> None:
    finding = the("RSP022", SAMPLES_OF_BEHAVIOURS["RSP022"][0])
    assert "'Reference'" in finding.message
    assert finding.confidence is not None
    assert finding.confidence > 0.93


def test_a_body_in_which_something_was_masked_is_not_compared_with_its_digest() -> None:
    made = SAMPLES_OF_BEHAVIOURS["RSP025"][0]
    failing = made.exchanges[1]
    assert failing.request is not None
    masked = replace(failing, request=replace(failing.request, body=b'{"name":"[name-1]"}'))
    assert "RSP025" not in codes(replace(made, exchanges=(made.exchanges[0], masked)))


@pytest.mark.parametrize(
    "code",
    [
        *SAMPLES_OF_STATES,
        "TIM011",
        "TIM012",
        "TIM016",
        "TIM017",
        "TIM018",
        "RSP020",
        "RSP021",
        "RSP022",
        "RSP025",
        "RSP026",
    ],
)
def test_with_the_shipped_profile_it_is_the_cause(code: str) -> None:
    checked = run(SAMPLES[code][0], load("vipps-mobilepay"), now=NOW)
    assert checked.cause is not None
    assert checked.cause.code == code
    assert checked.cause.link


def test_a_documented_code_stays_the_cause_and_the_sums_support_it() -> None:
    body = CONFLICT | {"extraDetails": [{"name": "ErrorCode", "reason": "6090"}]}
    refused = sent(9, 90, "POST", f"{EPAYMENT}/capture", 400, {"modificationAmount": kr(30000)}, body)
    checked = run(story(create(), AUTHORISED, refused), load("vipps-mobilepay"), now=NOW)
    assert checked.cause is not None
    assert checked.cause.provider_code is not None
    assert checked.cause.provider_code.code == "6090"
    assert "REQ031" in {finding.code for finding in checked.findings}


def test_calls_to_somebody_elses_host_tell_no_story() -> None:
    url = "https://api.other.example/v1/payments/1/refund"
    made = story(create(), AUTHORISED, sent(9, 90, "POST", url, 409, {"modificationAmount": kr(99999)}))
    assert codes(made) == []


def test_a_profile_without_rows_says_nothing_of_state_and_time() -> None:
    for trips, _ in (SAMPLES_OF_STATES | SAMPLES_OF_DEADLINES).values():
        told = codes(replace(trips, family=None), load("generic"))
        assert set(told) <= {"TIM018"}
