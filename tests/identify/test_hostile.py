"""Bodies and logs that were never meant well: nothing raises, and time grows with size and no faster."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundler.model import BodyState, Exchange, Response
from tests.identify.makers import EPAYMENT, PAYMENT, excerpt, exchange, facts, places

BODIES = {
    "deep arrays": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b'"' + PAYMENT.encode() + b'"' + b"}" * 100_000,
    "deep and open": b'{"reference":' * 100_000,
    "long array": b"[" + b"1," * 200_000 + b"1]",
    "many ids": b"[" + b'{"reference":"acme-shop-1"},' * 20_000 + b'{"reference":"acme-shop-2"}]',
    "many distinct ids": b"[" + b",".join(b'{"reference":"acme-%d"}' % n for n in range(10_000, 30_000)) + b"]",
    "not a number": b'{"reference": NaN, "amount": Infinity}',
    "broken text": b'{"reference": "\xff\xfe\xfd"}',
    "binary": bytes(range(256)) * 1000,
    "one word": b"a" * 400_000,
    "one key": b"reference=" * 40_000,
    "quotes": b'"' * 200_000,
    "backslashes": b"\\" * 200_000,
    "blanks": b"reference" + b" " * 200_000,
    "slashes": b"/a" * 100_000,
    "addresses": b"https://api.vipps.no/epayment/v1/payments/x " * 4_000,
    "form": b"reference=acme-shop-1&" * 20_000,
    "huge number": b'{"reference": ' + b"9" * 100_000 + b"}",
    "number too long to print": b'{"reference": 1' + b"0" * 5000 + b"}",
    "long value": b'{"reference": "' + b"a" * 200_000 + b'"}',
    "nested strings": b'{"body": "{\\"body\\": \\"{}\\"}"}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_hostile_body_is_read_to_its_end(body: bytes) -> None:
    failing = exchange("POST", f"{EPAYMENT}/acme-shop-20771/capture", sent=body, status=400, answer=body)
    found = facts(failing, failing=0, logs=[])
    assert found.payment_id is not None
    assert found.payment_id.value == "acme-shop-20771"


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_hostile_log_is_read_to_its_end(body: bytes) -> None:
    log = excerpt(body.decode("latin-1").replace("\r", " ").replace("\n", " "), f"ERROR paymentId={PAYMENT}")
    found = facts(logs=[log], typed={"payment_id": PAYMENT})
    assert "shop.log, line 101" in places(found.payment_id)


def test_a_long_list_does_not_hide_the_payment_of_the_path() -> None:
    failing = exchange("POST", f"{EPAYMENT}/acme-shop-20771/capture", answer=BODIES["many distinct ids"], status=400)
    found = facts(failing, failing=0)
    assert found.payment_id is not None
    assert found.payment_id.rivals == ()


def test_many_exchanges_are_read() -> None:
    calls = [
        exchange("POST", f"{EPAYMENT}/acme-shop-{n}/capture", entry=n + 1, sent={"reference": f"acme-shop-{n}"})
        for n in range(10_000, 11_000)
    ]
    found = facts(*calls, failing=700)
    assert found.payment_id is not None
    assert found.payment_id.value == "acme-shop-10700"


@pytest.mark.parametrize(
    "url", ["", "https://[", "/", "?reference", "https://api.vipps.no:x/", "\x00", "vipps://?token=1"]
)
def test_any_url_is_survived(url: str) -> None:
    assert facts(exchange("", url, answer_headers=[("Location", "https://[")]), failing=0).payment_id is None


def test_half_a_character_in_a_key_does_not_get_out() -> None:
    body = b'{"\\ud800": {"reference": "acme-shop-1"}}'
    found = facts(exchange("POST", "https://shop.example.com/", answer=body, status=500), failing=0)
    assert places(found.payment_id) == ["trace.har, entry 1, response body, ?.reference"]


def test_a_response_without_a_request_is_read() -> None:
    lone = Exchange(
        "answer.json",
        1,
        None,
        Response(None, body=f'{{"paymentId":"{PAYMENT}"}}'.encode(), body_state=BodyState.PRESENT),
    )
    assert places(facts(lone, failing=0).payment_id) == ["answer.json, response body, paymentId"]


def test_a_picture_in_a_body_is_not_read() -> None:
    body = b'{"reference": "acme-shop-1"}'
    answer = Response(400, body=body, body_state=BodyState.NOT_TEXT)
    assert facts(Exchange("a.har", 1, None, answer), failing=0).payment_id is None


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.text(max_size=100), st.text(max_size=60))
def test_any_bytes_anywhere_never_raise(body: bytes, text: str, url: str) -> None:
    headers = [("CorrelationId", text), (text, text)]
    call = exchange(
        "POST", "https://api.vipps.no/" + url, sent=body, headers=headers, answer=body, answer_headers=headers
    )
    facts(call, failing=0, logs=[excerpt(text.replace("\r", ""), body.decode("latin-1").replace("\r", ""))])
