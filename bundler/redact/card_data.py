"""Finds card data by shape and by name, wherever it stands: what is never handed over, whatever a ticket says of it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from bundler.model import Kept
from bundler.providers.profile import Profile
from bundler.redact.kept import digest_of
from bundler.redact.leaks import Look, find_leaks
from bundler.redact.pseudonyms_numbers import may_stand_for_card
from bundler.redact.rule import Hit
from bundler.redact.rules import RULES
from bundler.redact.search import Search

_KINDS = frozenset(("card", "cvv"))

TEST_CARDS = (
    *("4111111111111111", "4242424242424242", "4000056655665556", "4012888888881881", "4917610000000000"),
    *("5555555555554444", "5105105105105100", "5200828282828210", "2223003122003222", "5454545454545454"),
    *("378282246310005", "371449635398431", "30569309025904", "38520000023237", "3530111333300000"),
    *("3566002020360505", "6011111111111117", "6011000990139424", "6200000000000005", "5019717010103742"),
)
"""Numbers that schemes and payment providers publish for tests, and that no issuer has given to anybody."""


def find_card_data(data: bytes, name: str, profile: Profile, protected: Iterable[str]) -> Look:
    """Every card number and security code in a finished file that is not masked; ``name`` is how the file is called.

    All its layers are searched (``layers``), for what only a card number looks like and for what fields of such names
    hold. Numbers that are published for tests are told as kept. ``protected`` are the ticket's identifiers. Raises
    ``RuleFailure``: a file that could not be searched is not clean.
    """
    tests = [
        Kept("card-number", "a number that is published for tests", digest_of(each.encode())) for each in TEST_CARDS
    ]
    search = _search(profile)
    return find_leaks(
        [(name, data)],
        vault=None,
        profile=profile,
        protected=protected,
        kept=tests,
        hits=lambda text: [hit for hit in search.hits(text) if _is_card_data(hit)],
    )


@lru_cache(maxsize=8)
def _search(profile: Profile) -> Search:
    return Search(profile, [rule for rule in RULES if rule.kind in _KINDS])


def _is_card_data(hit: Hit) -> bool:
    return hit.rule.kind in _KINDS and not may_stand_for_card(hit.value)
