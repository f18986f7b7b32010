"""From ``Ticket`` to ``SafeTicket``: identifiers stay, what is secret or personal goes, and the map brings it back."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import fields, replace

from bundler.model import BodyState, Excerpt, Fact, Facts, RecordSpan, Response, Ticket
from bundler.redact import Vault, read_vault, redact
from tests.redact.tickets import HERE, MERCHANT, PAYMENT, SECRET, VIPPS, full_ticket, text_of

PLANTED = f"see client_secret={SECRET} there"


def test_identifiers_stay_and_the_rest_goes() -> None:
    safe, vault = redact(full_ticket(), VIPPS)
    assert safe.facts == full_ticket().facts
    assert safe.reporter == full_ticket().reporter
    assert safe.exchanges[0].request is not None
    assert safe.exchanges[0].request.url.endswith(f"/payments/{PAYMENT}/captures")
    assert safe.exchanges[0].request.headers[0] == ("Authorization", "Bearer [token-1]")
    assert json.loads(safe.exchanges[0].request.body) == {
        "amount": 24900,
        "pspReference": 4111111111111111,
        "card": "[card-1:last4=4242]",
    }
    assert safe.logs[0].data == f"2026-11-23 13:02:11 INFO capture {PAYMENT} for [phone-1]\n".encode()
    assert safe.findings == full_ticket().findings
    assert {redaction.placeholder: redaction.count for redaction in safe.redactions} == {
        "[token-1]": 1,
        "[card-1:last4=4242]": 1,
        "[phone-1]": 1,
    }
    assert [entry.value for entry in vault.entries] == [SECRET, "4242424242424242", "+4791234567"]


def test_numbers_follow_the_order_of_the_ticket() -> None:
    ticket = full_ticket(summary="mail b@example.com", event="mail a@example.com and b@example.com")
    safe, _ = redact(ticket, VIPPS)
    assert (safe.summary, safe.event) == ("mail [email-1]", "mail [email-2] and [email-1]")


def test_the_reporter_is_never_masked_anywhere() -> None:
    ticket = full_ticket(
        summary="from Kari@example.com", event='{"fullName":"Kari Nordmann","email":"ola@example.com"}'
    )
    safe, _ = redact(ticket, VIPPS)
    assert safe.summary == "from Kari@example.com"
    assert safe.event == '{"fullName":"Kari Nordmann","email":"[email-1]"}'


def test_redacting_twice_is_redacting_once() -> None:
    safe, _ = redact(full_ticket(summary=PLANTED), VIPPS)
    names = [field.name for field in fields(Ticket)]
    again, vault = redact(Ticket(**{name: getattr(safe, name) for name in names}), VIPPS)
    assert {name: getattr(again, name) for name in names} == {name: getattr(safe, name) for name in names}
    assert vault.entries == ()


def test_a_placeholder_that_was_there_before_is_not_given_again() -> None:
    safe, _ = redact(full_ticket(summary="[token-1] was seen", event=f"token={SECRET}"), VIPPS)
    assert safe.event == "token=[token-2]"


def test_an_identifier_that_is_a_secret_is_masked_and_told() -> None:
    safe, _ = redact(full_ticket(event=f"client_secret={MERCHANT}"), VIPPS)
    assert MERCHANT not in text_of(safe)
    assert [finding.code for finding in safe.findings][-1] == "PRV902"


def test_a_token_taken_for_an_identifier_is_masked() -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.QUJDREVGR0hJSktM"
    safe, _ = redact(full_ticket(facts=Facts(payment_id=Fact("paymentId", token, (HERE,)))), VIPPS)
    assert safe.facts.payment_id is not None
    assert safe.facts.payment_id.value == "[jwt-1:alg=HS256]"


def test_an_identifier_under_the_name_of_a_token_stays() -> None:
    safe, _ = redact(full_ticket(event=f"https://landing.test/?token={PAYMENT}"), VIPPS)
    assert safe.event == f"https://landing.test/?token={PAYMENT}"
    assert not [finding for finding in safe.findings if finding.code.startswith("PRV")]


def test_an_identifier_within_a_longer_value_stays() -> None:
    safe, _ = redact(full_ticket(event=f"Cookie: cart={PAYMENT}; sid=4b1fe2"), VIPPS)
    assert safe.event == f"Cookie: cart={PAYMENT}; sid=[cookie-1]"


def test_a_telephone_number_goes_whole_where_the_digits_of_the_merchant_stand_in_it() -> None:
    facts = replace(full_ticket().facts, merchant_id=Fact("MSN", "123456", (HERE,)))
    notes = ('{"phoneNumber": "4512345678"}', "phone: 123456 78, MSN 123456")
    safe, _ = redact(full_ticket(facts=facts, notes=notes), VIPPS)
    assert "123456" not in safe.notes[0]
    assert safe.notes[1].endswith("MSN 123456")


def test_a_body_that_is_no_text_is_left_out_and_listed() -> None:
    ticket = full_ticket()
    answer = Response(200, body=b"\x1f\x8b\x00\x00" + SECRET.encode(), body_state=BodyState.NOT_TEXT)
    safe, _ = redact(replace(ticket, exchanges=(replace(ticket.exchanges[0], response=answer),)), VIPPS)
    assert SECRET not in text_of(safe)
    assert safe.exchanges[0].response is not None
    assert safe.exchanges[0].response.body == b"[withheld: a body that is not text]"
    assert "checkout.har, entry 4, response body" in safe.not_looked_into[-1]


def test_utf_16_stays_utf_16() -> None:
    log = Excerpt("w.log", "plain", "password=hunter2x\r\nnext\r\n".encode("utf-16"), (RecordSpan(1, 2),))
    safe, _ = redact(full_ticket(logs=(log,)), VIPPS)
    assert safe.logs[0].data.decode("utf-16") == "password=[secret-1]\r\nnext\r\n"


def test_bytes_that_are_no_hit_are_not_touched() -> None:
    data = b"\xef\xbb\xbfone\r\ntwo \xff\xfe\x80 bad\rthree\x00 password=hunter2x\r\n\r\n"
    safe, _ = redact(full_ticket(logs=(Excerpt("w.log", "plain", data, (RecordSpan(1, 5),)),)), VIPPS)
    assert safe.logs[0].data == data.replace(b"hunter2x", b"[secret-1]")


def test_the_private_map_restores_what_was_written() -> None:
    safe, vault = redact(full_ticket(event="Authorization: Bearer abc123def456 for ola@example.com"), VIPPS)
    assert safe.event is not None
    read = read_vault(vault.to_json("tick-0001"))
    assert read == vault
    assert read.restore(safe.event) == "Authorization: Bearer abc123def456 for ola@example.com"
    assert Vault.from_json(vault.to_json()) == vault


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b'{"schema":"x/2","ticket_id":"","entries":[]}', b"\xff"])
def test_something_else_is_no_private_map(data: bytes) -> None:
    from bundler.errors import UnreadableInput

    with pytest.raises(UnreadableInput):
        read_vault(data)
