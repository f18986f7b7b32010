"""The line that says it all, and the subject that support's search box finds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bundler.model import Exchange, Fact, Facts, Finding, Origin, Request, Response
from bundler.render import headline
from tests.build import ATTEMPT, MERCHANT, PAYMENT, empty_ticket, exchange, hostile_ticket, safe_ticket

SEEN = (Origin("trace.har", "entry 1"),)


def failing(method: str, url: str, status: int | None = 409, **changes: object) -> Exchange:
    return replace(Exchange("s", 1, Request(method, url), Response(status)), **changes)


@pytest.mark.parametrize(
    ("url", "shape"),
    [
        (f"https://api.example.com/v1/payments/{PAYMENT}/captures?x=1", "/v1/payments/{id}/captures"),
        (f"/v1/payments/{PAYMENT.upper()}", "/v1/payments/{id}"),
        (
            "https://api.example.com/epayment/v1/payments/acme-shop-17/capture",
            "/epayment/v1/payments/acme-shop-17/capture",
        ),
        ("https://api.example.com/ecomm/v2/payments/order%201/capture", "/ecomm/v2/payments/{id}/capture"),
        ("https://api.example.com/v3/agreements/agr_5kSeq1z/charges/chr-9Xy7Q", "/v3/agreements/{id}/charges/{id}"),
        ("https://api.example.com/v1/orders/0012345", "/v1/orders/{id}"),
        ("https://api.example.com/x/[token-1]/y", "/x/{id}/y"),
        (
            "https://api.example.com/access-management-1.0/access/oauth2/token",
            "/access-management-1.0/access/oauth2/token",
        ),
        ("https://api.example.com", "/"),
        ("http://[broken/path", "http://[broken/path"),
    ],
)
def test_identifiers_in_a_path_become_one_word(url: str, shape: str) -> None:
    assert headline.path_shape(url, ("order 1",)) == shape


def test_symptom_is_the_failing_call_and_its_outcome() -> None:
    path = "/cardpassthrough-restapi/api/v1/payments/{id}/captures"
    assert headline.symptom(safe_ticket()) == f"POST {path} → 409 Conflict"
    assert headline.symptom(safe_ticket(), "->") == f"POST {path} -> 409 Conflict"


def test_symptom_without_a_call_is_the_event() -> None:
    ticket = empty_ticket(event="User tapped Pay,\n  the app said no")
    assert headline.symptom(ticket) == "User tapped Pay, the app said no"
    assert headline.symptom(empty_ticket()) == "No failing call and no event in the evidence"


def test_symptom_of_logs_alone_is_what_the_probable_cause_says_first() -> None:
    told = "Error 2020: Merchant is deleted. It cannot be brought back."
    cause = Finding(code="RSP001", severity="warning", message=told, advice="Create a new one.", confidence=0.92)
    ticket = empty_ticket(findings=(cause,), cause=cause)
    assert headline.symptom(ticket) == "Error 2020: Merchant is deleted"
    assert headline.symptom(replace(ticket, event="The capture failed")) == "The capture failed"


def test_subject_is_the_one_of_the_house() -> None:
    subject = headline.subject(safe_ticket())
    assert subject == f"[sandbox] POST /v1/payments/{{id}}/captures -> 409, PaymentId {PAYMENT} [TB-7F3A2C91]"


@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        (
            {"exchanges": (failing("GET", "https://api.example.com/v1/p"),), "failing": 0, "environment": "production"},
            f"[production] GET /v1/p -> 409, PaymentId {PAYMENT}",
        ),
        (
            {"exchanges": (failing("GET", "https://a.test/v1/p", response=None, error="timeout"),), "failing": 0},
            f"[sandbox] GET /v1/p -> no response, PaymentId {PAYMENT}",
        ),
        (
            {"exchanges": (failing("GET", "x", None, request=None),), "failing": 0, "environment": None},
            f"[environment unknown] Response alone -> status not known, PaymentId {PAYMENT}",
        ),
        ({"failing": None, "event": "Beløbet er ugyldigt…"}, f"[sandbox] Beloebet er ugyldigt..., PaymentId {PAYMENT}"),
        (
            {"facts": Facts(payment_id=Fact("reference", "acme-shop-17", SEEN)), "environment": "mixed"},
            "[mixed] POST /cardpassthrough-restapi/api/v1/payments/{id}/captures -> 409, Reference acme-shop-17",
        ),
        (
            {"facts": Facts(merchant_id=Fact("MSN", "123456", SEEN))},
            "[sandbox] POST /cardpassthrough-restapi/api/v1/payments/{id}/captures -> 409, MSN 123456",
        ),
        ({"facts": Facts()}, "[sandbox] POST /cardpassthrough-restapi/api/v1/payments/{id}/captures -> 409"),
    ],
)
def test_subject_says_what_there_is(changes: dict[str, object], subject: str) -> None:
    assert headline.subject(safe_ticket(**changes)) == f"{subject} [TB-7F3A2C91]"


def test_long_path_loses_its_beginning_and_the_id_stays_whole() -> None:
    url = "https://api.example.com/" + "/".join(f"segment{word}" for word in "abcdefghij") + "/captures"
    subject = headline.subject(safe_ticket(exchanges=(failing("POST", url),), failing=0))
    assert len(subject) <= 120
    assert subject.endswith(f"/captures -> 409, PaymentId {PAYMENT} [TB-7F3A2C91]")
    assert subject.startswith("[sandbox] POST .../segment")


def test_id_that_would_fill_the_line_is_left_out_and_not_cut() -> None:
    long = "x1" * 60
    subject = headline.subject(safe_ticket(facts=Facts(payment_id=Fact("orderId", long, SEEN))))
    assert "x1x1" not in subject
    assert subject.endswith("-> 409 [TB-7F3A2C91]")


words = st.text(max_size=200)


@settings(max_examples=60)
@given(method=words, path=words, event=words, name=words, identifier=st.text(max_size=60), call=st.booleans())
def test_subject_is_always_one_short_line_of_ascii(
    method: str, path: str, event: str, name: str, identifier: str, call: bool
) -> None:
    facts = Facts(payment_id=Fact(name, identifier, SEEN))
    changes = {"exchanges": (failing(method, f"https://a.test/{path}"),), "failing": 0 if call else None}
    ticket = empty_ticket(facts=facts, event=event, **changes)
    for subject in (headline.subject(ticket), headline.fitted(f"{event} {name} {identifier} {path}", ticket)):
        assert subject.isascii()
        assert subject.isprintable()
        assert len(subject) <= 120


def test_own_subject_without_an_id_is_cut_at_its_end() -> None:
    assert headline.fitted("word " * 60, empty_ticket()) == "word " * 22 + "word..."


def test_hostile_subject_is_one_line_too() -> None:
    subject = headline.subject(hostile_ticket())
    assert subject.isprintable()
    assert subject.isascii()
    assert subject.endswith(f", PaymentId {PAYMENT}")


def test_block_for_programs_has_stable_names_first_and_the_providers_own_after() -> None:
    ticket = safe_ticket(
        facts=Facts(
            merchant_id=Fact("MSN", "123456", SEEN),
            payment_id=Fact("reference", "acme-shop-17", SEEN),
            trace_ids=(Fact("traceId", "00-ab", SEEN),),
            others=(Fact("Reference", "again", SEEN), Fact("x y\nz", "a\nb", SEEN)),
        )
    )
    assert headline.fields(ticket) == (
        ("MerchantId", "123456"),
        ("PaymentId", "acme-shop-17"),
        ("Environment", "sandbox"),
        ("MSN", "123456"),
        ("Reference", "acme-shop-17"),
        ("TraceId", "00-ab"),
        ("X-y-nz", "a\\nb"),
        ("ErrorCode", "3410"),
        ("Ticket", ticket.ticket_id),
    )


def test_full_ticket_names_everything_once() -> None:
    fields = dict(headline.fields(safe_ticket()))
    assert list(fields)[:4] == ["MerchantId", "PaymentId", "Timestamp", "Environment"]
    assert (fields["MerchantId"], fields["PaymentId"]) == (MERCHANT, PAYMENT)
    assert fields["AuthorizationAttemptId"] == ATTEMPT


@pytest.mark.parametrize(
    ("confidence", "words"),
    [(0.97, "almost certain"), (0.8, "very likely"), (0.5, "probable"), (0.3, "possible"), (None, "")],
)
def test_confidence_is_told_in_words(confidence: float | None, words: str) -> None:
    assert headline.confidence(Finding(code="X", severity="note", message="m", confidence=confidence)) == words


def test_story_is_in_time_order_with_the_timeless_last() -> None:
    first, second, third, last = safe_ticket().exchanges
    timeless = exchange(20, "GET", "/v1/x", 200, b"", b"")
    steps = headline.story(safe_ticket(exchanges=(timeless, last, second, first), failing=1))
    assert [step.number for step in steps] == [4, 3, 2, 1]
    assert [step.is_failing for step in steps] == [False, False, True, False]
    assert third not in [step.exchange for step in steps]


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("fits", 4, "fits"),
        ("one two three", 12, "one two..."),
        ("one twothreefourfive", 12, "one twoth..."),
        ("anything", 0, ""),
        ("anything", 2, ".."),
    ],
)
def test_shortened_text_ends_with_dots(text: str, limit: int, short: str) -> None:
    assert headline.shortened(text, limit) == short


def test_words_for_kinds_and_people() -> None:
    assert headline.environment("production") == "Production (live)"
    assert headline.environment(None) == "Environment not known"
    assert headline.kind("operations-list") == "List for operations"
    assert headline.who("wait").startswith("nobody yet")
    assert headline.who(None) == ""
