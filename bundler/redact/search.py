"""Searches one text with all rules, and settles who names what: the core of the engine."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate
from operator import itemgetter

from bundler.providers.profile import Profile
from bundler.redact.base64_runs import Run, find_runs, runs_outside
from bundler.redact.befores import name_before, name_behind
from bundler.redact.escape_forms import DEPTH, readable
from bundler.redact.escapes import unescape
from bundler.redact.fast_finder import FastFinder
from bundler.redact.finder import Finder
from bundler.redact.keyed import Fields
from bundler.redact.names import Names
from bundler.redact.quoting import QUOTE
from bundler.redact.rule import Hit, Rule, RuleFailure
from bundler.redact.rules import RULES
from bundler.redact.rules_bearer import ENCODED
from bundler.redact.shapes import SOFT_BREAK_AT_END
from bundler.redact.tables import kept_cells

_PLACE = itemgetter(0, 1)  # of a candidate; a function of ours would cost as much as the sorting
_NUMERIC_KINDS = frozenset(("card", "national-id", "phone", "iban"))
_PATH_BEFORE = re.compile(
    rb"(?i:/(?:payments?|orders?|transactions?|charges?|captures?|refunds?|cancels?|agreements?|sessions?|settlements?|"
    rb"merchants?|ledgers?|receipts?|invoices?|paymentorders?|reference|psppayments)/)$"
)
_ESCAPE_WIDTH = dict.fromkeys(b'bfnrt"/\\', 1)
_NAME_END = re.compile(rb"(" + QUOTE + rb")[ \t]{0,16}:$")
_SIGN_AT_LINE_END = re.compile(rb"(?:=|3[Dd])(?:[\r\n]|\\{1,9}[rn]|%(?:25){0,3}0[AaDd])")
_ELEMENTS_END = re.compile(rb"(?:[ \t\r\n]{0,64}-?[0-9][0-9.eE+-]{0,24})?[ \t\r\n]{0,64},$")
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
        self._finder = finder or FastFinder(rules, self.names.wholes(), self.names.endings())

    def expect_much(self) -> None:
        """Compile now what pays only with megabytes: they are to come, perhaps to children of this process."""
        self._finder.expect_much()

    def hits(self, text: bytes, failures: list[str] | None = None, unnamed: list[Run] | None = None) -> list[Hit]:
        """What has to go, from the left to the right, nothing overlapping.

        A rule that raises is added to ``failures`` and the search goes on; without, ``RuleFailure`` is raised.
        Base64 of text in which no rule finds anything is added to ``unnamed``: something known may stand in it.
        """
        found = self._through_escapes(text, failures, DEPTH, [] if unnamed is None else unnamed)
        return settled([_whole(text, hit) for hit in self._out_of_kept_cells(text, found)])

    def _out_of_kept_cells(self, text: bytes, found: list[Hit]) -> list[Hit]:
        """The hits without numbers under a column that stands for what support needs."""
        if not any(map(_is_by_looks, found)):
            return found
        kept = set(kept_cells(text, self.names))
        return [hit for hit in found if (hit.start, hit.end) not in kept or not _is_by_looks(hit)] if kept else found

    def certain_hits(self, text: bytes) -> list[Hit]:
        """What only a secret looks like, for the last look at a finished file; raises ``RuleFailure``."""
        return settled([hit for hit in self._shapes(text, None) if hit.rule.certain or hit.rule.kind == "card"])

    def _through_escapes(self, text: bytes, failures: list[str] | None, depth: int, unnamed: list[Run]) -> list[Hit]:
        found = self._shapes(text, failures) + self._fields(text, failures)
        if not depth:
            return found
        found += self._encoded(text, found, failures, depth - 1, unnamed)
        for view in unescape(text, b"`"):
            behind: list[Run] = []
            if view.keeps_pluses:
                hits = self._encoded(view.text, [], failures, depth - 1, behind)
            else:
                hits = self._through_escapes(view.text, failures, depth - 1, behind)
            unnamed += [run.moved(*view.origin(run.start, run.end)) for run in behind]
            for hit in hits:
                start, end = view.origin(hit.start, hit.end)
                bare_quote = text.find(b'"', start, end)
                end = bare_quote if bare_quote >= 0 else end  # what ends a string here cannot be within a value there
                if start < end:
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
        passed: dict[str, tuple[int, int]] = {}
        for start, end, rules in sorted(self._finder.shapes(text), key=_PLACE):
            for rule in rules:
                if rule.name in passed and passed[rule.name][0] <= start < passed[rule.name][1]:
                    continue
                try:
                    place = rule.locate(text, start, end) if rule.locate is not None else None
                    hit = self._shape(text, rule, place, passed) if place is not None else None
                except Exception as error:  # noqa: BLE001 - whatever a rule raises, the text it looked at is withheld
                    _note(failures, RuleFailure(rule.name), error)
                    continue
                if hit is not None:
                    found.append(hit)
        return found

    def _shape(self, text: bytes, rule: Rule, place: tuple[int, int], passed: dict[str, tuple[int, int]]) -> Hit | None:
        value = text[place[0] : place[1]]
        if rule.proof is not None and not rule.proof(value):
            if len(value) > 4096:
                passed[rule.name] = place  # the same long run need not be read again from its middle
            return None
        if rule.kind in _NUMERIC_KINDS and not rule.certain and self.is_kept(text, place[0], value):
            return None
        passed[rule.name] = place
        return Hit(*place, rule, rule.rank, value, quote_for_number(text, *place), rule.everywhere)

    def _encoded(
        self, text: bytes, found: list[Hit], failures: list[str] | None, depth: int, unnamed: list[Run]
    ) -> list[Hit]:
        """Base64 with something to mask in what it encodes, whole, outside of what was ``found``.

        The rest of it is added to ``unnamed``.
        """
        runs = [_opened(run) for run in runs_outside([(hit.start, hit.end) for hit in found], find_runs(text))]
        if not runs:
            return []
        starts = list(accumulate((len(run.plain) + 1 for run in runs), initial=0))
        deeper: list[Run] = []
        inner = self._through_escapes(b"\n".join(run.plain for run in runs), failures, depth, deeper)
        named = {bisect_right(starts, hit.start) - 1 for hit in inner}
        named |= {number for number, run in enumerate(runs) if run.is_packed}  # nobody can look into it
        around = [(bisect_right(starts, run.start) - 1, run) for run in deeper]
        unnamed += [run for number, run in enumerate(runs) if number not in named]
        unnamed += [run.moved(*runs[number].place) for number, run in around if number not in named]
        return [
            Hit(*runs[number].place, ENCODED, ENCODED.rank, text[slice(*runs[number].place)])
            for number in sorted(named)
        ]

    def is_kept(self, text: bytes, start: int, value: bytes) -> bool:
        """True for a number under a name, or in a place of a path, that stands for what support needs."""
        written = text[max(0, start - 192) : start]
        before = readable(SOFT_BREAK_AT_END.sub(b"", written) if written[-1:] in (b"\n", b"n") else written)
        if before.endswith(b"/"):
            return _PATH_BEFORE.search(before) is not None
        name = name_before(before)
        if name.lower() in (b"value", b"val"):
            end = start + len(value)
            name = name_behind(readable(text[end : end + 160])) or name
        if name != b"" and self.names.keeps(name, value):
            return True
        if _SIGN_AT_LINE_END.search(written) is None:
            return False
        name = name_before(readable(written, joins=False))
        return name != b"" and self.names.keeps(name, value)


def _opened(run: Run) -> Run:
    if not run.is_packed:
        return run
    from bundler.redact.packed_runs import opened

    return opened(run)


def _is_by_looks(hit: Hit) -> bool:
    """True for a number that has the form of one that is personal, and might be another."""
    return hit.rule.kind in _NUMERIC_KINDS and not hit.rule.certain


def _note(failures: list[str] | None, failure: RuleFailure, cause: Exception | None = None) -> None:
    if failures is None:
        raise failure from cause
    failures.append(failure.rule)


def quote_for_number(text: bytes, start: int, end: int) -> bytes:
    """The quote that a bare JSON number needs around its replacement, as it must be written there; else nothing."""
    if not (text[start] in b"-0123456789" and 48 <= text[end - 1] <= 57) or _BARE_AFTER.match(text, end) is None:
        return b""
    before = text[max(0, start - 320) : start].rstrip()
    if before.endswith(b":"):
        named = _NAME_END.search(before)
        return named[1] if named is not None else b""
    if before.endswith(b","):
        for _ in range(8):
            before = _ELEMENTS_END.sub(b"", before)
        if not before.endswith((b"[", b'"', b"'", b"`", b"}", b"]", b"true", b"false", b"null")):
            return b""
    elif not before.endswith(b"[") or before[:-1].rstrip()[-1:] not in (b"", b"[", b",", b":", b'"', b"'", b"`"):
        return b""
    return _nearest_quote(before)


def _nearest_quote(before: bytes) -> bytes:
    """The quote in use at the end of ``before``: the last one, escaped once more where it opens our string."""
    at = max(before.rfind(b'"'), before.rfind(b"'"), before.rfind(b"`"))
    if at < 0:
        return b'"' if before.lstrip()[:1] in (b"[", b"{") else b""
    slashes = len(before[:at]) - len(before[:at].rstrip(b"\\"))
    if before[at + 1 :].lstrip()[:1] in (b"[", b"{"):
        slashes = 2 * slashes + 1
    return b"\\" * min(slashes, 15) + before[at : at + 1]


def _quote_as_written(text: bytes, start: int, quote: bytes) -> bytes:
    """The same quote with the escapes that stand around ``start`` in the original."""
    if not quote:
        return b""
    before = text[max(0, start - 96) : start]
    forms = (b"%22", b"&quot;", b"\\u0022", b"%27", b"&#39;", b"\\u0027", b"%5C%22")
    place, form = max((before.rfind(form), form) for form in forms)
    plain = max(before.rfind(b'"'), before.rfind(b"'"))
    return form if place > plain else quote.replace(b"`", b'"')


def _whole(text: bytes, hit: Hit) -> Hit:
    """The hit with whole characters, and without the letter of an escape (``\\n``) that it begins with."""
    start, end = hit.start, hit.end
    while start < end and text[start] & 0xC0 == 0x80 and start and text[start - 1] > 127:
        start += 1
    while end < len(text) and text[end] & 0xC0 == 0x80 and text[end - 1] > 127:
        end += 1
    slashes = 0
    while start - slashes > 0 and slashes < 64 and text[start - slashes - 1] == 92:
        slashes += 1
    if slashes % 2:
        width = 5 if text[start] == 117 and _is_hex(text[start + 1 : start + 5]) else _ESCAPE_WIDTH.get(text[start], 0)
        start += width if start + width < end else 0
    if (start, end) == (hit.start, hit.end):
        return hit
    return hit._replace(
        start=start, end=end, value=hit.value if hit.value != text[hit.start : hit.end] else text[start:end]
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
