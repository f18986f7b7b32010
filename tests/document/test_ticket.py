"""``ticket.json`` as design.md section 4 promises it to other programs."""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundler.document import decode, encode, exchange_document, moment_text, to_document
from bundler.errors import UnreadableInput
from bundler.model import BodyState, Exchange, Request, SafeTicket
from tests.document.tickets import MOMENT, PAYMENT_ID, capture, empty_ticket, full_ticket, hostile_ticket


def test_ticket_has_the_promised_shape() -> None:
    told = json.loads(encode(to_document(full_ticket())))
    assert list(told)[:9] == [
        "schema",
        "ticket_id",
        "kind",
        "provider",
        "family",
        "environment",
        "summary",
        "event",
        "facts",
    ]
    assert told["schema"] == "ticket-bundler/ticket/1"
    assert told["facts"]["merchant_id"] == {
        "name": "merchantId",
        "value": "65a1c0de",
        "origins": [{"source": "trace.har", "place": "entry 14, request body, merchantId"}],
        "rivals": [],
    }
    assert told["facts"]["payment_id"]["rivals"][0]["value"] == "another"
    assert told["facts"]["occurred_at"]["value"] == "2026-11-23T13:02:11.482Z"
    assert told["facts"]["occurred_at"]["written"] == "2026-11-23T14:02:11.482+01:00"
    assert told["facts"]["trace_ids"][0]["name"] == "correlationId"
    assert [each["failing"] for each in told["exchanges"]] == [False, True]
    assert told["exchanges"][0]["response"] is None
    assert told["exchanges"][0]["error"] == "net::ERR_CONNECTION_RESET"
    assert told["exchanges"][1]["file"] == "exchanges/02-POST-captures.http"
    assert told["exchanges"][1]["request"]["headers"][1] == ["Authorization", "Bearer [token-1]"]
    assert told["exchanges"][1]["response"]["body"].endswith('"Beløbet er for højt"}\n')
    (log,) = told["logs"]
    assert (log["file"], log["source"], log["records"]) == ("logs/01-service.log", "logs/service.log.gz", 5)
    assert (log["from"], log["to"]) == ("2026-11-23T13:02:11.482Z", "2026-11-23T13:02:15.482Z")
    assert log["omitted"] == [{"records": 1204, "why": "outside the window"}]
    assert told["pictures"][0]["file"] == "pictures/01-phone.png"
    assert told["cause"] == told["findings"][0]
    assert told["cause"]["provider_code"] == {"code": "2040", "group": None}
    assert told["cause"]["confidence"] == 0.97
    assert told["redactions"][0] == {"kind": "token", "placeholder": "[token-1]", "count": 1}
    assert told["fingerprint"] is None
    assert told["not_looked_into"] == ["notes.bin"]


def test_exchange_says_what_inspect_promises() -> None:
    document = exchange_document(capture())
    assert document.started == "2026-11-23T13:02:11.482Z"
    assert document.request is not None
    assert document.request.url.endswith(f"{PAYMENT_ID}/captures?dry=1")
    assert document.request.body_state == "present"


@pytest.mark.parametrize("ticket", [full_ticket(), empty_ticket()], ids=["full", "empty"])
def test_what_is_encoded_is_decoded_to_the_same(ticket: SafeTicket) -> None:
    document = to_document(ticket)
    assert decode(encode(document)) == document
    assert encode(decode(encode(document))) == encode(document)
    assert encode(document).endswith(b"}\n")


@given(st.binary(max_size=40))
def test_any_body_survives(body: bytes) -> None:
    exchange = Exchange(
        source="a", index=1, request=Request("PUT", "https://example.com", body=body, body_state=BodyState.PRESENT)
    )
    ticket = SafeTicket(ticket_id="t", created=MOMENT, provider="generic", exchanges=(exchange,))
    told = json.loads(encode(to_document(ticket)))["exchanges"][0]["request"]["body"]
    assert (told.encode() if isinstance(told, str) else b64decode(told["base64"])) == body


def test_lone_surrogates_do_not_stop_the_ticket() -> None:
    data = encode(to_document(hostile_ticket()))
    assert "\N{REPLACEMENT CHARACTER}" in data.decode("utf-8")
    assert decode(data).ticket_id == "t-1"


def test_unknown_keys_are_ignored() -> None:
    told = json.loads(encode(to_document(full_ticket())))
    told["news"] = [1]
    told["exchanges"][0]["request"]["news"] = {"a": None}
    assert decode(json.dumps(told).encode()) == to_document(full_ticket())


def test_newer_major_version_is_refused() -> None:
    data = encode(to_document(empty_ticket())).replace(b"ticket/1", b"ticket/2", 1)
    with pytest.raises(UnreadableInput, match=r"version 2 .* versions up to 1"):
        decode(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'{"schema": "ticket-bundler/ticket/1"}',
        b'{"schema": "ticket-bundler/ticket/0"}',
        b'{"schema": "ticket-bundler/ticket/"}',
        b'{"schema": "ticket-bundler/manifest/1"}',
        b'{"schema": "ticket-bundler/ticket/99999999999999999999"}',
        b'{"schema": "ticket-bundler/ticket/1", "x": ' + b"[" * 100_000,
        b'{"x": ' * 50_000,
    ],
)
def test_what_is_no_ticket_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableInput):
        decode(data)


@given(st.binary(max_size=200))
def test_random_bytes_are_unreadable_at_most(data: bytes) -> None:
    with pytest.raises(UnreadableInput):
        decode(data)


def test_refusal_names_the_place_and_no_value() -> None:
    told = json.loads(encode(to_document(full_ticket())))
    told["facts"]["payment_id"]["value"] = ["5413330089010483"]
    with pytest.raises(UnreadableInput, match=r"\$\.facts\.payment_id\.value") as caught:
        decode(json.dumps(told).encode())
    assert "5413" not in str(caught.value)
    told = json.loads(encode(to_document(full_ticket()))) | {"kind": "5413330089010483"}
    with pytest.raises(UnreadableInput, match=r"\$\.kind") as caught:
        decode(json.dumps(told).encode())
    assert "5413" not in str(caught.value)


def test_moment_that_is_no_moment_is_refused() -> None:
    with pytest.raises(UnreadableInput):
        decode(encode(to_document(empty_ticket())).replace(b"2026-11-23T13:02:11.482Z", b"2026-11-23 13:02:11.482Z"))


def test_moments_are_utc_and_cut_to_milliseconds() -> None:
    oslo = timezone(timedelta(hours=1))
    assert moment_text(datetime(2026, 1, 1, 0, 30, 0, 999_999, tzinfo=oslo)) == "2025-12-31T23:30:00.999Z"
    assert moment_text(datetime(2026, 1, 1, tzinfo=oslo)) == "2025-12-31T23:00:00.000Z"
