"""What a failing rule cannot search is withheld, and the ticket says so."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from bundler.model import Excerpt, RecordSpan, Ticket
from bundler.redact import RULES, Rule, redact
from tests.redact.tickets import PAYMENT, VIPPS, full_ticket, text_of


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
