from __future__ import annotations

import pytest

from bundler.identify import payment_story
from tests.identify.makers import (
    EPAYMENT,
    ONLINE,
    OTHER_PAYMENT,
    PAYMENT,
    VIPPS,
    exchange,
    initiate,
    patch_refused,
)


def test_the_story_holds_the_call_that_created_the_payment_and_all_that_mention_it() -> None:
    exchanges = [
        exchange("GET", "https://shop.example.com/", entry=1),
        initiate(2),
        exchange("POST", f"{ONLINE}/v1/payments/{OTHER_PAYMENT}/captures", entry=3),
        exchange("GET", f"https://shop.example.com/return?id={PAYMENT.upper()}", entry=4),
        exchange("GET", "https://shop.example.com/x", entry=5, headers=[("Referer", f"https://a.test/{PAYMENT}")]),
        exchange("POST", "https://shop.example.com/cb", entry=6, sent={"PaymentId": PAYMENT}),
        patch_refused(7),
    ]
    assert payment_story(VIPPS, exchanges, PAYMENT) == (1, 3, 4, 5, 6)


def test_an_answer_that_lists_many_payments_is_no_part_of_the_story() -> None:
    listing = exchange(
        "GET", "https://api.mobilepay.dk/v1/payments", answer=[{"paymentId": PAYMENT}, {"paymentId": OTHER_PAYMENT}]
    )
    assert payment_story(VIPPS, [listing], PAYMENT) == ()


@pytest.mark.parametrize(
    "url", [f"{EPAYMENT}/acme-10", f"{EPAYMENT}/acme-1-b", f"{EPAYMENT}/xacme-1", f"{EPAYMENT}/z-acme-1"]
)
def test_an_id_is_a_whole_word(url: str) -> None:
    assert payment_story(VIPPS, [exchange("GET", url)], "acme-1") == ()


def test_a_very_short_id_is_found_under_its_key_only() -> None:
    keyed = exchange("POST", "https://api.vipps.no/psp/v3/psppayments/init", sent={"pspTransactionId": "17"})
    loose = exchange("GET", "https://shop.example.com/17")
    assert payment_story(VIPPS, [keyed, loose], "17") == (0,)


def test_no_id_has_no_story() -> None:
    assert payment_story(VIPPS, [initiate()], "") == ()
