"""What a ticket comes down to is said in one sentence; whether the sender can settle it is decided by all findings."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from bundler.checks.desk.verdict import is_senders, sentence
from bundler.model import Finding, ProviderCode, Who


def cause(message: str = "Error 2040: Card type VISA_DEBIT is not valid. See the list.", **changes: Any) -> Finding:
    held: dict[str, Any] = {
        "code": "RSP001",
        "severity": "warning",
        "advice": "Use hyphenated names. VISA-DEBIT is one.",
        "provider_code": ProviderCode("2040"),
        "who": "code",
        "confidence": 0.97,
    }
    return Finding(message=message, **(held | changes))


def test_the_sentence_says_how_sure_what_who_and_what_to_do() -> None:
    assert sentence(cause(), to_sender=True) == (
        "Almost certainly: Card type VISA_DEBIT is not valid (2040). Your code: use hyphenated names."
    )
    assert "The integration's code: use hyphenated names." in sentence(cause())


@pytest.mark.parametrize(
    ("confidence", "words"),
    [(0.97, "Almost certainly"), (0.9, "Almost certainly"), (0.8, "Very likely"), (0.6, "Probably"), (0.2, "Possibly")],
)
def test_sureness_is_said_in_words(confidence: float, words: str) -> None:
    assert sentence(cause(confidence=confidence)).startswith(f"{words}: ")


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (cause("HTTP 401: the key is wrong.", provider_code=None), "Almost certainly: HTTP 401: the key is wrong. The"),
        (cause("The code 2040 says so", who=None), "certainly: the code 2040 says so. Use hyphenated names."),
        (cause(advice=""), "(2040). To act: the integration's code."),
        (cause(advice="", who=None), "Almost certainly: Card type VISA_DEBIT is not valid (2040)."),
        (cause(advice="MobilePay has to act.", who="provider"), "The provider: MobilePay has to act."),
        (
            cause("Amounts, e.g. 10.50, are whole. Yes.", provider_code=None),
            "certainly: Amounts, e.g. 10.50, are whole.",
        ),
        (cause("Cannot capture yet.", provider_code=None), "Almost certainly: cannot capture yet. The"),
        (cause(advice="The payer takes another card.", who="user"), "Up to the person who pays: the payer takes"),
        (cause("", advice=""), "(2040). To act"),
    ],
)
def test_a_sentence_reads_well_whatever_is_known(finding: Finding, said: str) -> None:
    assert said in sentence(finding)


def test_an_endless_message_is_cut() -> None:
    assert len(sentence(cause("long " * 10_000, advice="word " * 10_000))) < 800
    assert len(sentence(cause("x" * 10_000, advice="y" * 10_000))) < 800


@pytest.mark.parametrize("who", ["code", "config", "user", "test"])
def test_a_sure_cause_on_the_senders_side_is_the_senders(who: Who) -> None:
    assert is_senders(cause(who=who, confidence=0.85), ())


@pytest.mark.parametrize(
    ("changes", "others"),
    [
        ({"confidence": 0.84}, ()),
        ({"confidence": None}, ()),
        ({"who": None}, ()),
        ({"who": "provider"}, ()),
        ({"who": "wait"}, ()),
        ({"who": "other-desk"}, ()),
        ({}, (Finding(code="RSP004", severity="note", message="m", who="provider"),)),
    ],
)
def test_doubt_leaves_the_ticket_to_support(changes: dict[str, Any], others: tuple[Finding, ...]) -> None:
    found = replace(cause(), **changes)
    assert not is_senders(found, (found, *others))


def test_no_cause_is_nobodys() -> None:
    assert not is_senders(None, ())
