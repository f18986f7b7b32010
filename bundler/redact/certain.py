"""The shapes that only a secret has: what a finished file is searched for, whoever made it and whatever was masked."""

from __future__ import annotations

from functools import lru_cache

from msgspec.structs import replace

from bundler.providers.profile import Profile
from bundler.redact.fast_finder import FastFinder
from bundler.redact.proofs import is_personnummer
from bundler.redact.rule import Locate, Proof, Rank, Rule
from bundler.redact.rules import RULES
from bundler.redact.search import Search

_CHECKED_KINDS = frozenset(("card", "iban", "national-id"))
_STRICTER: dict[str, Proof] = {"nordic-birth-number": is_personnummer}
"""Rules of checked kinds some of whose values have no check digit: order numbers look the same."""

_UNPROVEN = frozenset(("us-social-security-number", "latvian-personal-code"))
"""Rules of checked kinds whose numbers have no check digit at all."""
_NO_NAMES = ("qxqxq",)
"""No field is called so: with the names of fields left out, most lines of a log need not be read."""


@lru_cache(maxsize=8)
def certain_search(profile: Profile) -> Search:
    """The search with these shapes alone, made once for each provider; ``certain_hits`` is what it is for.

    Numbers under a name that stands for what support needs are none of its hits.
    """
    return _CertainSearch(profile).search


class _CertainSearch:
    """The rules ask the search that they are part of whether a number is kept."""

    def __init__(self, profile: Profile) -> None:
        rules = tuple(self._certain(rule) for rule in RULES if is_certain(rule))
        self.search = Search(profile, rules, FastFinder(rules, _NO_NAMES, _NO_NAMES))

    def _certain(self, rule: Rule) -> Rule:
        if rule.certain or rule.locate is None or rule.proof is None:
            return rule
        locate = self._unless_kept(rule.locate, _STRICTER.get(rule.name, rule.proof))
        return replace(rule, certain=True, proof=None, locate=locate, keys=(), endings=())

    def _unless_kept(self, locate: Locate, proof: Proof) -> Locate:
        """The same with the proof, which rules out almost everything, before the question whether a number is kept."""

        def place(text: bytes, start: int, end: int) -> tuple[int, int] | None:
            found = locate(text, start, end)
            if found is None:
                return None
            value = text[found[0] : found[1]]
            return found if proof(value) and not self.search.is_kept(text, found[0], value) else None

        return place


def is_certain(rule: Rule) -> bool:
    """True for a rule that goes by what no other text looks like: marked so, or proven by check digits alone.

    A number that only a word beside it tells of is none.
    """
    if rule.certain or not rule.anchors:
        return rule.certain and bool(rule.anchors)
    needs_no_word = rule.kind == "card" or rule.view in ("grouped", "signs")
    has_proof = rule.rank is Rank.CHECKED and rule.proof is not None
    return rule.kind in _CHECKED_KINDS and needs_no_word and has_proof and rule.name not in _UNPROVEN
