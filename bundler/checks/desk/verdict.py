"""What a ticket comes down to in one sentence: the probable cause, how sure that is, and who acts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bundler.model import Finding, Who

SETTLED = 0.85
"""From this confidence on the cause needs no second opinion."""

_SURENESS = ((0.9, "Almost certainly"), (0.75, "Very likely"), (0.5, "Probably"))
_SENDERS: frozenset[Who] = frozenset(("code", "config", "user", "test"))
_TO_SENDER: dict[Who, str] = {
    "code": "Your code",
    "config": "Your set-up",
    "user": "The person who pays",
    "wait": "Nobody has to act yet",
    "provider": "The provider",
    "test": "Your test set-up",
    "other-desk": "Another desk",
}
_TO_SUPPORT: dict[Who, str] = {
    **_TO_SENDER,
    "code": "The integration's code",
    "config": "The account's set-up",
    "test": "The test set-up",
}
_END_OF_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\[])(?<!e\.g\.\s)(?<!i\.e\.\s)")
_ERROR_CODE = re.compile(r"Error [^\s:]{1,40}: ")
_LONGEST = 300
_LITTLE_WORDS = frozenset(
    (
        *("The", "A", "An", "One", "No", "This", "That", "It", "Its", "Your", "There", "Only", "Two", "All", "Too"),
        *("Cannot", "Not", "Nothing", "Several", "More", "Calls", "Invalid", "Wrong", "Missing", "Refused", "Unknown"),
    )
)
_PROPER = frozenset(
    ("Vipps", "Visa", "Mastercard", "Dankort", "Stripe", "Adyen", "Klarna", "Braintree", "Mollie", "Nexi")
)


def sentence(cause: Finding, *, to_sender: bool = False) -> str:
    """``Almost certainly: card type not valid (2040). The integration's code: use hyphenated names.``

    ``to_sender`` speaks to the person who makes the ticket ("Your code") instead of to support.
    """
    sureness = next((words for least, words in _SURENESS if (cause.confidence or 0) >= least), "Possibly")
    code = cause.provider_code.code if cause.provider_code is not None else ""
    said = _first_sentence(cause.message)
    if code and (found := _ERROR_CODE.match(said)) is not None:
        said = said[found.end() :]
    told = f"{sureness}: {_continued(said, _LITTLE_WORDS)}{f' ({code})' if code and code not in said else ''}."
    who = (_TO_SENDER if to_sender else _TO_SUPPORT)[cause.who] if cause.who is not None else ""
    advice = _first_sentence(cause.advice)
    if not advice:
        return f"{told} To act: {who[:1].lower()}{who[1:]}." if who else told
    if not who:
        return f"{told} {advice}."
    if cause.who == "user":  # the advice is as often about that person as to them
        who = f"Up to {who[:1].lower()}{who[1:]}"
    return f"{told} {who}: {_continued(advice)}."


def is_senders(cause: Finding | None, findings: Iterable[Finding]) -> bool:
    """True when all evidence says that the sender can settle it: a sure cause on that side, and nothing against it."""
    if cause is None or (cause.confidence or 0) < SETTLED or cause.who not in _SENDERS:
        return False
    return not any(finding.who == "provider" for finding in findings)


def _continued(text: str, only: frozenset[str] = frozenset()) -> str:
    """``text`` as it reads after a colon: its first word small, unless that is a name, or not one of ``only``."""
    word = text.partition(" ")[0]
    is_small = word.isalpha() and (word[1:].islower() or len(word) == 1) and word not in _PROPER
    return text[:1].lower() + text[1:] if is_small and (not only or word in only) else text


def _first_sentence(text: str) -> str:
    """Without its full stop; a very long one is cut after a word."""
    plain = " ".join(text[: 4 * _LONGEST].split())
    first = _END_OF_SENTENCE.split(plain, maxsplit=1)[0].rstrip(".")
    if len(first) <= _LONGEST:
        return first
    end = first.rfind(" ", 0, _LONGEST)
    return f"{first[: end if end > 0 else _LONGEST]} …"
