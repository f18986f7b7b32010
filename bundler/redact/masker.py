"""Masks texts in two passes: first every secret is found in every text, then every text is written without them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bundler.providers.profile import Profile
from bundler.redact.base64_runs import Run
from bundler.redact.forms import Occurrence
from bundler.redact.headers import header_hits, rule_of_kind
from bundler.redact.inert import Span, blanked, inert_spans
from bundler.redact.known import KnownValues
from bundler.redact.needles import CREDENTIALS
from bundler.redact.placeholders import Placeholders, Secret
from bundler.redact.rule import Hit, Rank, Rule, RuleFailure
from bundler.redact.rules import RULES
from bundler.redact.search import Search, quote_for_number, search_for, settled
from bundler.redact.splicing import Change, spliced
from bundler.redact.stretches import as_utf8, cut, encoded, glued_lines, inside
from bundler.redact.vault import basic_parts, canonical
from bundler.redact.wishes import Wishes, refuse_secrets_kept
from bundler.redact.words import NO_WORDS, Words

_TOKEN = re.compile(rb"[^\s\"'`&,;:<>(){}\[\]=\\]{6,}+|[\"'>=:] ?([^\"'<>\\\r\n]{4,64}+)[\"'<]")
_CRUDE_LIMIT = 5_000
_LESSON_LIMIT = 10_000
"""So many finds are remembered in a stream, where the same ones come again and again and teach nothing new."""
_ROUNDS = 3


class _Reading(NamedTuple):
    """What the first pass found in a text; ``failed`` names the rule for which it has to be withheld.

    ``unnamed`` is Base64 of text in which no rule found anything.
    """

    hits: tuple[Hit, ...]
    failed: str
    unnamed: tuple[Run, ...] = ()


class Masker:
    """The two passes over the texts of one ticket.

    ``discover`` every text, then ``settle``, then ``mask`` every text. ``identifiers`` are never masked, unless a rule
    that beats identifiers finds one of them as its secret; ``untouchable`` never at all. ``words`` are what the user
    wants kept and masked; raises ``MisuseError`` where they keep what only a secret looks like.
    """

    def __init__(
        self,
        profile: Profile,
        identifiers: Iterable[str] = (),
        untouchable: Iterable[str] = (),
        *,
        rules: Iterable[Rule] = RULES,
        placeholders: Placeholders | None = None,
        words: Words = NO_WORDS,
    ) -> None:
        identifiers = (*identifiers, *words.keep)
        untouchable = (*untouchable, *(secret.text for secret in words.kept_secrets))
        rules = (*rules, *words.rules) if words.rules else rules
        self.search = search_for(profile) if rules is RULES else Search(profile, rules)
        refuse_secrets_kept(words, self.search)
        self.wishes = Wishes(words, identifiers, untouchable)
        self.placeholders = placeholders or Placeholders()
        self.placeholders.withholds = self.wishes.withholds
        self.failed_rules: set[str] = set()
        self.used_as_secret: set[str] = set()
        self.withheld_count = 0
        self.known = KnownValues()
        self._lessons: set[tuple[bytes, str, Rank, bool]] = set()
        self._untouchable = {canonical(text.encode("utf-8", "surrogatepass")) for text in untouchable if text}
        self._identifiers = {canonical(text.encode("utf-8", "surrogatepass")) for text in identifiers if len(text) > 2}
        self._readings: dict[tuple[str, bytes], _Reading] = {}
        self.settle()  # what an earlier run knew

    def is_identifier(self, value: bytes) -> bool:
        """True for what support needs, who writes the ticket, and what stands for a value already: it stays."""
        known = canonical(value)
        return known in self._identifiers or known in self._untouchable or self.placeholders.is_stand_in(value)

    def discover(self, data: bytes, header: str = "") -> None:
        """First pass: learn the secrets of one text, or of the value of a header of that name. Never raises."""
        key = (header, data)
        if key not in self._readings:
            self._readings[key] = self._read(data, header)

    def settle(self) -> None:
        """Between the passes: from now on everything learned is known everywhere."""
        for value, secret in self.placeholders.secrets.items():
            if secret.spreads and value not in self._identifiers and value not in self._untouchable:
                self.known.add(value, secret.written, secret.kind)

    def mask(self, data: bytes, header: str = "", changes: list[Change] | None = None) -> bytes:
        """Second pass: the text without its secrets, or a marker that tells by which rule it is withheld."""
        self.discover(data, header)
        reading = self._readings[header, data]
        if reading.failed:
            self.withheld_count += 1
            return f"[withheld: the rule {reading.failed} failed]".encode()
        text, encoding = as_utf8(data)
        hits = self._unprotected(reading.hits)
        hits = self._with_all_known(text, hits, inert_spans(text), reading.unnamed)
        masked = spliced(text, hits, self.placeholders, changes)
        glued = glued_lines(text, hits)
        try:
            for _ in range(_ROUNDS if glued else 0):
                masked, is_changed = self._mask_lines(masked, glued)
                if not is_changed:
                    break
        except RuleFailure as failure:  # in the second look
            self.failed_rules.add(failure.rule)
            self.withheld_count += 1
            return f"[withheld: the rule {failure.rule} failed]".encode()
        return masked if encoding == "" else encoded(masked.decode("utf-8", "surrogatepass"), encoding)

    def _mask_lines(self, masked: bytes, numbers: set[int]) -> tuple[bytes, bool]:
        """Look once more at the lines of these numbers: what stood beside a secret may now look like one itself."""
        lines = masked.split(b"\n")
        chosen = sorted(_with_lead(lines, numbers))
        text = b"\n".join(lines[number] for number in chosen)
        hits = self._clear(text, self.search.hits(text), inert_spans(text))
        hits = self._unprotected(hits)
        for number, line in zip(chosen, spliced(text, hits, self.placeholders).split(b"\n"), strict=True):
            lines[number] = line
        return b"\n".join(lines), bool(hits)

    def read_on(self, text: bytes) -> list[Hit]:
        """One pass over a part of a stream: what has to go from it, values of earlier parts included.

        Raises ``RuleFailure`` when a rule does.
        """
        inert = inert_spans(text)
        unnamed: list[Run] = []
        hits = self.learn_from(text, self.search.hits(text, None, unnamed), inert)
        return self._with_all_known(text, hits, inert, unnamed)

    def learn_from(self, text: bytes, hits: list[Hit], inert: Sequence[Span]) -> list[Hit]:
        """What has to go from a part of a stream, of the ``hits`` of a search; from now on their values are known."""
        if inert:
            self.placeholders.avoid(text)
        hits = self._clear(text, hits, inert)
        for hit in hits:
            lesson = hit.value, hit.rule.name, hit.rank, hit.spreads
            if lesson in self._lessons:
                continue
            self._lessons.add(lesson)
            for secret in self._learn(hit, ""):
                if secret.spreads and not self.is_identifier(secret.value):
                    self.known.add(secret.value, secret.written, secret.kind)
        if len(self._lessons) > _LESSON_LIMIT:
            self._lessons.clear()
        return self._unprotected(hits)

    def learned_from(self, text: bytes, hits: list[Hit], inert: Sequence[Span]) -> list[Hit]:
        """The same for a part that was learned from before."""
        return self._unprotected(self._clear(text, hits, inert))

    def splice(self, text: bytes, hits: list[Hit], changes: list[Change] | None = None) -> bytes:
        """``text`` with each hit replaced by its placeholder, line by line; what was done is added to ``changes``."""
        return spliced(text, hits, self.placeholders, changes)

    def _read(self, data: bytes, header: str) -> _Reading:
        failures: list[str] = []
        unnamed: list[Run] = []
        try:
            text, _ = as_utf8(data)
            self.placeholders.avoid(text)
            if header:
                hits = header_hits(self.search, text, header, failures, unnamed)
            else:
                hits = self.search.hits(text, failures, unnamed)
            hits = self._clear(text, hits, inert_spans(text))
            for hit in hits:
                self._learn(hit, header)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, this text is withheld and the others go on
            failures.append(f"engine {type(error).__name__.lower()}")
            hits = []
        if failures:
            self.failed_rules.update(failures)
            self._learn_crudely(data)
            return _Reading((), failures[0])
        return _Reading(tuple(hits), "", tuple(unnamed))

    def _learn(self, hit: Hit, header: str) -> tuple[Secret, ...]:
        """Remember the value of a hit, and what stands within it and is a secret of its own."""
        secret = self.placeholders.learn(hit.value, hit.rule.kind, hit.rank, spreads=hit.spreads)
        value = secret.value
        if not self.wishes.note(value, hit.rule):
            self._identifiers.discard(value)
        elif value in self._identifiers and hit.rule.beats_identifiers:
            self._identifiers.discard(value)
            self.used_as_secret.add(hit.rule.name)
        if header and self.search.names.header_class(header) == "partly-secret":
            self.placeholders.show_last_four(value)
        if hit.rule.kind == "basic" and (parts := basic_parts(value)) is not None and len(parts[1]) >= 6:
            return secret, self.placeholders.learn(parts[1], "secret", Rank.KEYED, spreads=True)
        if hit.rule.view == "decoded":
            from bundler.redact.packed_runs import text_of

            return secret, *(
                more for inner in self.search.hits(text_of(hit.value), []) for more in self._learn(inner, "")
            )
        return (secret,)

    def _learn_crudely(self, data: bytes) -> None:
        """A rule failed on this text: whatever in it could be a secret is kept out of all the other texts as well."""
        for count, found in enumerate(_TOKEN.finditer(data)):
            if count > _CRUDE_LIMIT:
                return
            value = (found[1] or found[0]).strip()
            if any(48 <= byte <= 57 or 65 <= byte <= 90 for byte in value) and not self.is_identifier(value):
                self.placeholders.learn(value, "secret", Rank.SEEN_ELSEWHERE, spreads=True)

    def _unprotected(self, hits: Iterable[Hit]) -> list[Hit]:
        if not (self._untouchable or self._identifiers):
            return list(hits)
        return [hit for hit in hits if not self._is_protected(hit)]

    def _is_protected(self, hit: Hit) -> bool:
        value = canonical(hit.value)
        if value in self._untouchable:
            return True
        return value in self._identifiers and not hit.rule.beats_identifiers

    def _clear(self, text: bytes, hits: list[Hit], inert: Sequence[Span]) -> list[Hit]:
        """The hits without what is inert in them: placeholders, and identifiers that a longer match would swallow."""
        cleared: list[Hit] = []
        protected = self._identifiers | self._untouchable
        ends = [end for _, end in inert]
        for hit in hits:
            if self.placeholders.is_stand_in(hit.value):
                continue
            if not (inert or protected):
                cleared.append(hit)
                continue
            spans = list(inert[bisect_right(ends, hit.start) : bisect_left(inert, (hit.end, 0))])
            if not hit.rule.beats_identifiers:
                spans += inside(hit, text, protected)
            cleared += [hit] if not spans else cut(hit, text, sorted(spans))
        return cleared

    def _with_all_known(self, text: bytes, hits: list[Hit], inert: Iterable[Span], encoded: Sequence[Run]) -> list[Hit]:
        rest = blanked(text, [*((hit.start, hit.end) for hit in hits), *inert])
        return self.with_known(text, hits, self.known.find(rest, encoded))

    def with_known(self, text: bytes, hits: list[Hit], places: Iterable[Occurrence]) -> list[Hit]:
        """The hits, and what is known to stand at ``places`` in the rest of the text."""
        more: list[Hit] = []
        for place in sorted(places):
            secret = self.placeholders.secret(place.value)
            value = place.value
            if secret.kind == "phone" and self.search.is_kept(text, place.start, text[place.start : place.end]):
                continue  # an amount that happens to read the same
            kind = secret.kind
            if place.is_encoded:
                kind = kind if kind in CREDENTIALS else "secret"
                whole = text[place.start : place.end]
                value = self.placeholders.learn(whole, kind, secret.rank, spreads=False).value
            rule = rule_of_kind(kind)
            if not self.is_identifier(text[place.start : place.end]):
                start = place.start
                if text[max(0, start - 1) : start] == b"-" and quote_for_number(text, start - 1, place.end):
                    start -= 1  # the sign of a bare JSON number goes with it
                quote = quote_for_number(text, start, place.end)
                more.append(Hit(start, place.end, rule, Rank.SEEN_ELSEWHERE, value, quote))
        more += self.wishes.hits(text, self.is_identifier)
        return settled([*hits, *more]) if more else hits


def _with_lead(lines: Sequence[bytes], numbers: Iterable[int]) -> set[int]:
    """The numbers, and those of the lines before them that a soft line break of quoted-printable leads on from."""
    led: set[int] = set()
    for number in numbers:
        led.add(number)
        while number and number - 1 not in led and lines[number - 1].endswith((b"=", b"=\r")):
            number -= 1
            led.add(number)
    return led
