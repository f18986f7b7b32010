"""Searches one text with all rules, and settles who names what: the core of the engine."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from bundler.providers.profile import Profile
from bundler.redact.escapes import DEPTH, unescape
from bundler.redact.finder import Finder, StandardFinder
from bundler.redact.keyed import Fields
from bundler.redact.names import Names
from bundler.redact.rule import Hit, Rule, RuleFailure
from bundler.redact.rules import RULES

_NUMERIC_KINDS = frozenset(("card", "national-id", "phone", "iban"))
_NAME_BEFORE = re.compile(
    rb"([A-Za-z0-9_.\-\x80-\xff]{1,48})\\{0,15}[\"']?[ \t]{0,4}(?:[:=]|=>)[ \t]{0,4}\\{0,15}[\"']?$"
)
_PATH_BEFORE = re.compile(
    rb"(?i:/(?:payments?|orders?|transactions?|charges?|captures?|refunds?|cancels?|agreements?|sessions?|settlements?|"
    rb"merchants?|ledgers?|receipts?|invoices?|paymentorders?|reference|psppayments)/)$"
)
_ESCAPE_WIDTH = dict.fromkeys(b'bfnrt"/\\', 1)
_BARE_BEFORE = re.compile(
    rb"(\\{0,15}[\"'])[ \t]{0,8}:[ \t\r\n]{0,64}"
    rb"(?:\[[ \t\r\n]{0,64}(?:[-0-9.eE+]{1,24}[ \t]{0,8},[ \t\r\n]{0,64}){0,8})?$"
)
_ELEMENT_BEFORE = re.compile(
    rb"([\"'])[ \t\r\n]{0,64},[ \t\r\n]{0,64}(?:[-0-9.eE+]{1,24}[ \t]{0,8},[ \t\r\n]{0,64}){0,8}$"
)
_TOP_LIST_BEFORE = re.compile(
    rb"(?:^|\[|,)[ \t\r\n]{0,64}\[[ \t\r\n]{0,64}(?:[-0-9.eE+]{1,24}[ \t]{0,8},[ \t\r\n]{0,64}){0,8}$"
)
_BARE_AFTER = re.compile(rb"[ \t\r\n]{0,64}(?:[,}\]]|\Z)")


@lru_cache(maxsize=8)
def search_for(profile: Profile) -> Search:
    """The search with all our rules for this provider, compiled once."""
    return Search(profile)


class Search:
    """All rules, compiled for one provider: finds what has to go in a text, and where exactly."""

    def __init__(self, profile: Profile, rules: Iterable[Rule] = RULES, finder: Finder | None = None) -> None:
        rules = tuple(rules)
        self.rules = rules
        self.names = Names(profile, rules)
        self._finder = finder or StandardFinder(rules, self.names.anchors())

    def hits(self, text: bytes, failures: list[str] | None = None) -> list[Hit]:
        """What has to go, from the left to the right, nothing overlapping.

        A rule that raises is added to ``failures`` and the search goes on; without, ``RuleFailure`` is raised.
        """
        found = self._through_escapes(text, failures, DEPTH)
        return settled([_clear_of_escapes(text, hit) for hit in found])

    def certain_hits(self, text: bytes) -> list[Hit]:
        """What only a secret looks like, for the last look at a finished file; raises ``RuleFailure``."""
        return settled([hit for hit in self._shapes(text, None) if hit.rule.certain or hit.rule.kind == "card"])

    def _through_escapes(self, text: bytes, failures: list[str] | None, depth: int) -> list[Hit]:
        found = self._shapes(text, failures) + self._fields(text, failures)
        view = unescape(text) if depth else None
        if view is not None:
            for hit in self._through_escapes(view.text, failures, depth - 1):
                start, end = view.origin(hit.start, hit.end)
                quote = _quote_as_written(text, start, hit.quote)
                found.append(hit._replace(start=start, end=end, quote=quote))
        return found

    def _fields(self, text: bytes, failures: list[str] | None) -> list[Hit]:
        found: list[Hit] = []
        fields = Fields(text, self.names)
        for place in self._finder.names(text):
            try:
                found += fields.at(place)
            except RuleFailure as failure:
                _note(failures, failure)
        try:
            found += fields.in_pairs()
        except RuleFailure as failure:
            _note(failures, failure)
        return found

    def _shapes(self, text: bytes, failures: list[str] | None) -> list[Hit]:
        found: list[Hit] = []
        passed: dict[str, int] = {}
        for start, end, rules in self._finder.shapes(text):
            for rule in rules:
                if start < passed.get(rule.name, 0):
                    continue
                try:
                    hit = self._shape(text, rule, start, end, passed)
                except Exception as error:  # noqa: BLE001 - whatever a rule raises, the text it looked at is withheld
                    _note(failures, RuleFailure(rule.name), error)
                    continue
                if hit is not None:
                    found.append(hit)
        return found

    def _shape(self, text: bytes, rule: Rule, start: int, end: int, passed: dict[str, int]) -> Hit | None:
        place = rule.locate(text, start, end) if rule.locate is not None else None
        if place is None:
            return None
        value = text[place[0] : place[1]]
        if rule.proof is not None and not rule.proof(value):
            if len(value) > 4096:
                passed[rule.name] = place[1]  # the same long run need not be read again from its middle
            return None
        if rule.kind in _NUMERIC_KINDS and not rule.certain and self._is_kept(text, place[0], value):
            return None
        passed[rule.name] = place[1]
        return Hit(*place, rule, rule.rank, value, quote_for_number(text, *place), rule.everywhere)

    def _is_kept(self, text: bytes, start: int, value: bytes) -> bool:
        """True for a number under a name, or in a place of a path, that stands for what support needs."""
        before = text[max(0, start - 72) : start]
        if _PATH_BEFORE.search(before):
            return True
        name = _NAME_BEFORE.search(before)
        return name is not None and self.names.keeps(name[1], value)


def _note(failures: list[str] | None, failure: RuleFailure, cause: Exception | None = None) -> None:
    if failures is None:
        raise failure from cause
    failures.append(failure.rule)


def quote_for_number(text: bytes, start: int, end: int) -> bytes:
    """The quote that a bare JSON number needs around its replacement, as it must be written there; else nothing."""
    if not (48 <= text[start] <= 57 and 48 <= text[end - 1] <= 57) or _BARE_AFTER.match(text, end) is None:
        return b""
    before = text[max(0, start - 320) : start]
    for pattern in (_BARE_BEFORE, _ELEMENT_BEFORE):
        if (found := pattern.search(before)) is not None:
            return found[1]
    return b'"' if _TOP_LIST_BEFORE.search(before) else b""


def _quote_as_written(text: bytes, start: int, quote: bytes) -> bytes:
    """The same quote with the escapes that stand around ``start`` in the original."""
    if not quote:
        return b""
    before = text[max(0, start - 96) : start]
    forms = (b"%22", b"&quot;", b"\\u0022", b"%27", b"&#39;", b"\\u0027", b"%5C%22")
    place, form = max((before.rfind(form), form) for form in forms)
    plain = max(before.rfind(b'"'), before.rfind(b"'"))
    return form if place > plain else quote


def _clear_of_escapes(text: bytes, hit: Hit) -> Hit:
    """The hit without the letter of an escape (``\\n``) that it begins with, so that strings stay strings."""
    start = hit.start
    slashes = 0
    while start - slashes > 0 and slashes < 64 and text[start - slashes - 1] == 92:
        slashes += 1
    if slashes % 2 == 0 or start >= hit.end:
        return hit
    width = 5 if text[start] == 117 and _is_hex(text[start + 1 : start + 5]) else _ESCAPE_WIDTH.get(text[start], 0)
    if not width or start + width >= hit.end:
        return hit
    return hit._replace(
        start=start + width, value=hit.value[width:] if hit.value == text[start : hit.end] else hit.value
    )


def _is_hex(value: bytes) -> bool:
    return len(value) == 4 and all(byte in b"0123456789abcdefABCDEF" for byte in value)


def settled(hits: list[Hit]) -> list[Hit]:
    """The same hits without overlaps: what lies within another is masked with it, the rest is cut at its end.

    Of two hits on the same stretch the one of the lower rank names it; of equal ones the later found, which has seen
    the value without its escapes.
    """
    kept: list[Hit] = []
    for hit in sorted(hits, key=_order):
        if kept and hit.start < kept[-1].end:
            last = kept[-1]
            if (hit.start, hit.end) == (last.start, last.end):
                if hit.rank <= last.rank:
                    kept[-1] = hit._replace(spreads=hit.spreads or last.spreads, quote=hit.quote or last.quote)
                continue
            if hit.end <= last.end:
                continue
            hit = hit._replace(start=last.end, value=hit.value[last.end - hit.start :], spreads=False, quote=b"")
        kept.append(hit)
    return kept


def _order(hit: Hit) -> tuple[int, int, int]:
    return hit.start, -hit.end, -hit.rank
