"""Checks of deadlines, of the rhythm of calls and of documented behaviour; and all of them with the shipped profile."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bundler.checks import run
from bundler.checks.payment.windows import find_deadline
from bundler.model import SafeTicket
from bundler.providers import load
from tests.checks.makers import NOW
from tests.checks.samples_behaviours import SAMPLES_OF_BEHAVIOURS
from tests.checks.samples_deadlines import SAMPLES_OF_DEADLINES, captures, initiate, online, patch
from tests.checks.samples_states import AUTHORISED, SAMPLES_OF_STATES
from tests.checks.stories import (
    CONFLICT,
    EPAYMENT,
    change,
    codes,
    create,
    findings,
    kr,
    log,
    read,
    sent,
    story,
    the,
    view,
    webhook,
)

SAMPLES = SAMPLES_OF_STATES | SAMPLES_OF_DEADLINES | SAMPLES_OF_BEHAVIOURS


@pytest.mark.parametrize("code", SAMPLES)
def test_a_check_trips_where_it_should_and_only_there(code: str) -> None:
    trips, does_not = SAMPLES[code]
    assert code in codes(trips)
    assert code not in codes(does_not)


def test_an_expiry_of_its_own_counts_before_the_usual_life() -> None:
    body = {"amount": 100, "expiresAt": "2026-11-23T15:00:00Z"}
    asked = initiate().request
    assert asked is not None
    longer = replace(initiate(), request=sent(1, 0, "POST", asked.url, 200, body).request)
    assert "TIM011" not in codes(online(longer, patch(700, 409)))


def test_the_window_for_capturing_follows_the_market() -> None:
    def danish(after_days: float) -> SafeTicket:
        made = change("capture", after_days * 86_400, 24900, 400)
        assert made.request is not None
        body = made.request.body.replace(b"NOK", b"DKK")
        return story(create(), webhook(30, "AUTHORIZED"), replace(made, request=replace(made.request, body=body)))

    assert "14 days 23 h after the payment was authorised; it has 14 days" in the("TIM012", danish(15)).message
    assert "TIM012" not in codes(danish(13))


def test_where_the_market_is_not_known_the_longest_window_holds() -> None:
    deadline = find_deadline(view(story(create())), "capture")
    assert deadline is not None
    assert deadline.market == "NO"


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
