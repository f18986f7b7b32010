"""From ``Ticket`` to ``SafeTicket``: every field is searched, identifiers stay, and what fails is withheld."""

from __future__ import annotations

import json
import typing
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import fields, replace

from bundler.model import (
    BodyState,
    Excerpt,
    Exchange,
    Fact,
    Facts,
    Finding,
    OccurredAt,
    Omission,
    Origin,
    Picture,
    ProviderCode,
    RecordSpan,
    Reporter,
    Request,
    Response,
    Rival,
    SafeTicket,
    Taken,
    Ticket,
)
from bundler.providers import load
from bundler.redact import RULES, Rule, Vault, read_vault, redact

VIPPS = load("vipps-mobilepay")
PAYMENT = "1b0c5c2e-7a54-4d63-9f0e-2c9a6f1d83b7"
MERCHANT = "65a1c0de-4f02-4c1b-8d3a-9b7e2f5a1c44"
NOW = datetime(2026, 11, 23, 13, 20, tzinfo=UTC)
SECRET = "kq7Zr2x9tAvB4mN8sLd0"
PLANTED = f"see client_secret={SECRET} there"
HERE = Origin("trace.har", "entry 14, request body, merchantId")


def full_ticket(**changes: Any) -> Ticket:
    """A ticket in which every field that can hold a text holds one."""
    facts = Facts(
        merchant_id=Fact("merchantId", MERCHANT, (HERE,), (Rival("other-merchant-77", (HERE,)),)),
        payment_id=Fact("paymentId", PAYMENT, (HERE,)),
        occurred_at=OccurredAt(NOW, "2026-11-23 13:02:11", "--tz", (HERE,), "local", rivals=(Rival("14:02", (HERE,)),)),
        trace_ids=(Fact("correlationId", "8d0f6a52-3c1b-47e9-a2f4-5b7d9e1c0a63", (HERE,)),),
        others=(Fact("pspReference", "4111111111111111", (HERE,)),),
    )
    exchange = Exchange(
        "checkout.har",
        4,
        Request(
            "POST",
            f"https://api.mobilepay.dk/cardpassthrough-restapi/api/v1/payments/{PAYMENT}/captures",
            "HTTP/1.1",
            (("Authorization", f"Bearer {SECRET}"), ("CorrelationId", "8d0f6a52-3c1b-47e9-a2f4-5b7d9e1c0a63")),
            b'{"amount":24900,"pspReference":4111111111111111,"card":"4242424242424242"}',
            BodyState.PRESENT,
        ),
        Response(409, "Conflict", "HTTP/1.1", (("X", "y"),), b'{"code":"2040","message":"no"}', BodyState.PRESENT),
        NOW,
        "written",
        12.5,
        error="reset by peer",
        notes=("a note",),
        place="entry 4",
    )
    line = f"2026-11-23 13:02:11 INFO capture {PAYMENT} for +4791234567\n".encode()
    ticket = Ticket(
        ticket_id="tick-0001",
        created=NOW,
        provider="vipps-mobilepay",
        family="mobilepay-online",
        environment="production",
        summary="a summary",
        event="an event",
        notes=("a note",),
        reporter=Reporter("Kari Nordmann", "Acme", "kari@example.com", "acme-shop", "1.2"),
        facts=facts,
        exchanges=(exchange,),
        failing=0,
        failing_reasons=("status 409",),
        logs=(Excerpt("svc.log", "python", line, (RecordSpan(1, 1, NOW),), (Omission(7, "outside"),), notes=("n",)),),
        pictures=(
            Picture("p.png", b"\x89PNG", "png", 1, 1, "phone.png", "ab12", 9, ("exif",), caption="c", notes=("n",)),
        ),
        findings=(
            Finding(
                code="REQ001",
                severity="note",
                message="m",
                advice="a",
                provider_code=ProviderCode("2040", "g"),
                link="https://example.com/x",
                origins=(HERE,),
            ),
        ),
        evidence=(Taken("trace.har", "har", "looks like it", notes=("n",)),),
        not_looked_into=("p.png",),
    )
    return replace(ticket, **changes)


OF_PROFILES = ("provider", "family")
"""Fields of a ticket whose values are names of our own profiles; nothing of the evidence gets there."""


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every text and every bytes in a record that is not one of a few words of our own."""
    if isinstance(value, Reporter | Enum):
        return
    if isinstance(value, str | bytes):
        yield path
    elif isinstance(value, tuple):
        for index, part in enumerate(value):
            yield from leaves(part, (*path, index))
    elif isinstance(value, Struct):
        hints = typing.get_type_hints(type(value))
        for field in fields(value):
            is_word = "Literal" in str(hints[field.name]) or (isinstance(value, Ticket) and field.name in OF_PROFILES)
            if not is_word and not (isinstance(value, Picture) and field.name == "data"):
                yield from leaves(getattr(value, field.name), (*path, field.name))


def planted(value: Any, path: tuple[Any, ...], secret: str) -> Any:
    """``value`` with ``secret`` in the place that ``path`` leads to."""
    if not path:
        return secret.encode() if isinstance(value, bytes) else secret
    step, *rest = path
    if isinstance(step, int):
        return (*value[:step], planted(value[step], tuple(rest), secret), *value[step + 1 :])
    return replace(value, **{step: planted(getattr(value, step), tuple(rest), secret)})


def text_of(ticket: SafeTicket) -> str:
    return repr(ticket)


LEAVES = list(leaves(full_ticket()))


def test_the_walk_over_the_fields_reaches_what_it_should() -> None:
    names = {path[-1] if isinstance(path[-1], str) else path[-2] for path in LEAVES}
    assert {
        "summary",
        "url",
        "body",
        "data",
        "caption",
        "message",
        "written",
        "place",
        "why",
        "reason",
        "link",
    } <= names
    assert len(LEAVES) > 60


def planted_everywhere(text: str) -> tuple[Ticket, dict[str, tuple[Any, ...]]]:
    """The full ticket with ``text`` in every place, each time with another secret in the place of ``%s``."""
    ticket, secrets = full_ticket(), {}
    for number, path in enumerate(LEAVES):
        secret = f"Zx{number:03d}wq72pl90kd{number:03d}"
        ticket, secrets[secret] = planted(ticket, path, text % secret), path
    return ticket, secrets


def test_a_secret_is_masked_wherever_it_is_planted() -> None:
    ticket, secrets = planted_everywhere("see client_secret=%s there")
    safe, vault = redact(ticket, VIPPS)
    assert [path for secret, path in secrets.items() if secret in text_of(safe)] == []
    known = " ".join(entry.value for entry in vault.entries)
    assert [path for secret, path in secrets.items() if secret not in known] == []


def test_a_value_found_by_name_is_masked_where_it_stands_bare() -> None:
    ticket, secrets = planted_everywhere("bare %s value")
    told = "\n".join(f"password={secret}" for secret in secrets)
    safe, _ = redact(replace(ticket, notes=(*ticket.notes, told)), VIPPS)
    assert [path for secret, path in secrets.items() if secret in text_of(safe)] == []


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


def _failing(rule: Rule) -> Rule:
    def fail(*_: Any) -> Any:
        raise RuntimeError("injected")

    return replace(rule, locate=fail if rule.locate else None, proof=fail if rule.proof else None, fits=fail)


SECRETS = {
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.QUJDREVGR0hJSktM",
    "password": "Tr0ub4dor-77x",
    "key": "0f14d0ab9605f4a8b7e2c0d1e9f3a6b5",
    "card": "4242424242424242",
    "mail": "ola.nordmann@example.com",
    "phone": "+4791234567",
    "fnr": "15108695088",
    "iban": "NO9386011117947",
    "name": "Ola Q. Nordmann",
    "street": "Storgata 12B",
    "cookie": "4b1fe2c09d77",
    "ip": "203.0.113.77",
    "stripe": "sk_live_51Nq0ZrExampleOnlyKey00",
    "basic": "c2hvcDpsZXRtZWluMTIz",
}


def _ticket_with_everything() -> Ticket:
    text = (
        "Authorization: Bearer {jwt}\nAuthorization: Basic {basic}\nCookie: sid={cookie}\n"
        "password={password} apiKey={key} {stripe}\n"
        '{{"firstName":"{name}","streetAddress":"{street}","email":"{mail}","phone":"{phone}","ssn":"{fnr}"}}\n'
        "card {card} iban {iban} from {ip} curl -u shop:{password} postgres://app:{password}@db.test/x token={jwt}\n"
        "-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----\n"
    ).format(**SECRETS)
    bare = "\n".join(SECRETS.values())
    return full_ticket(
        event=text, logs=(Excerpt("svc.log", "plain", bare.encode(), (RecordSpan(1, 14),)),), notes=(bare,)
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_nothing_gets_out_when_a_rule_fails(rule: Rule) -> None:
    rules = tuple(_failing(each) if each is rule else each for each in RULES)
    safe, _ = redact(_ticket_with_everything(), VIPPS, rules=rules)
    for secret in SECRETS.values():
        assert secret not in text_of(safe)
    assert PAYMENT in text_of(safe)
    if "[withheld: the rule" in text_of(safe):
        assert [finding.severity for finding in safe.findings if finding.code == "PRV901"] == ["warning"]


def test_a_failing_rule_withholds_the_text_and_says_so() -> None:
    rules = tuple(_failing(each) if each.name == "password" else each for each in RULES)
    safe, _ = redact(full_ticket(event="password=hunter2x", summary="hunter2x again, order 7"), VIPPS, rules=rules)
    assert safe.event == "[withheld: the rule password failed]"
    assert "hunter2x" not in safe.summary
    assert [finding.code for finding in safe.findings] == ["REQ001", "PRV901"]
    assert "password" in safe.findings[-1].message
    assert "hunter2x" not in safe.findings[-1].message


def test_a_withheld_excerpt_has_no_records() -> None:
    rules = tuple(_failing(each) if each.name == "password" else each for each in RULES)
    log = Excerpt("svc.log", "plain", b"password=hunter2x\n", (RecordSpan(1, 1),))
    safe, _ = redact(full_ticket(logs=(log,)), VIPPS, rules=rules)
    assert safe.logs[0].data == b"[withheld: the rule password failed]"
    assert list(safe.logs[0].records()) == []


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
