"""Knows what the name of a field or a header tells of its value: secret, personal, to be kept, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from bundler.providers.profile import Profile
from bundler.redact.rule import Form, Rank, Rule
from bundler.redact.rules import KEPT_KEYS, RULES

Meaning = Rule | Literal["keep"] | None

_NOISE = re.compile(r"[-_. \[\]]")
_FORMS: dict[str, Form] = {"phone": "digits", "name": "name", "address": "lines", "email": "mail"}


def plain(name: str) -> str:
    """``client_secret``, ``clientSecret`` and ``Client-Secret`` as one: lower case, no ``-``, ``_``, ``.``, blanks."""
    return _NOISE.sub("", name).lower()


class Names:
    """The rules by name, those of the provider's profile on top of our own."""

    def __init__(self, profile: Profile, rules: Iterable[Rule] = RULES) -> None:
        self._exact: dict[str, Meaning] = {}
        self._inside: dict[str, Rule] = {}
        self._in_query: dict[str, Rule] = {}
        self._headers: dict[str, str] = {}
        self._seen: dict[bytes, Meaning] = {}
        self._patterns: dict[str, list[re.Pattern[str]]] = {}
        by_kind: dict[str, Rule] = {}
        endings: dict[str, Rule] = {}
        for rule in rules:
            if rule.keys or rule.endings:
                by_kind.setdefault(rule.kind, rule)
            keys = self._in_query if rule.in_query else self._inside if rule.inside else self._exact
            keys.update(dict.fromkeys(rule.keys, rule))
            endings.update(dict.fromkeys(rule.endings, rule))
        longest_first = sorted(endings, key=len, reverse=True)
        self._endings = {ending: endings[ending] for ending in longest_first}
        for key in KEPT_KEYS:
            self._exact.setdefault(key, "keep")
        self._add_profile(profile, by_kind)

    def _add_profile(self, profile: Profile, by_kind: dict[str, Rule]) -> None:
        for key_rule in profile.keys:
            for written in key_rule.names:
                name = plain(written)
                if key_rule.kind == "keep":
                    self._exact[name] = "keep"
                elif not isinstance(self._by_name(name), Rule):
                    self._exact[name] = _provider_rule(key_rule.label, key_rule.kind, by_kind)
        for header_rule in profile.headers:
            self._headers.update({plain(name): header_rule.kind for name in header_rule.names})
        for identifier in profile.identifiers:
            compiled = re.compile(identifier.pattern)
            for written in (*identifier.keys, *identifier.headers):
                name = plain(written)
                if self._exact.get(name) is None and self._by_name(name) is None:
                    self._exact[name] = "keep"
                    self._patterns.setdefault(name, []).append(compiled)
                elif name in self._patterns:
                    self._patterns[name].append(compiled)

    def wholes(self) -> set[str]:
        """Whole names that mean something: what a finder has to look for before a separator."""
        words = {name for name, meaning in self._exact.items() if isinstance(meaning, Rule)}
        return (
            words
            | set(self._inside)
            | set(self._in_query)
            | {"value", "val", "input", "inputvalue", "received", "name", "rawheaders"}
        )

    def endings(self) -> set[str]:
        """Ends of names that mean something, whatever stands before them."""
        return set(self._endings)

    def rules(self) -> list[Rule]:
        """Every rule that a name may mean, those of the profile included, always in the same order."""
        places = (self._exact, self._inside, self._in_query, self._endings)
        meanings = [meaning for place in places for meaning in place.values()]
        return [meaning for meaning in meanings if isinstance(meaning, Rule)]

    def _by_name(self, name: str) -> Meaning:
        if name in self._exact:
            return self._exact[name]
        for ending, rule in self._endings.items():
            if name.endswith(ending):
                return rule
        return None

    def meaning(self, written: bytes) -> Meaning:
        """What a value under this name is; the longest name that we know wins over its end."""
        if written not in self._seen:
            if len(self._seen) > 20_000:
                self._seen.clear()
            self._seen[written] = self._meaning(written.decode("utf-8", "replace"))
        return self._seen[written]

    def _meaning(self, written: str) -> Meaning:
        found = self._by_name(plain(written))
        if found is None and "HTTP_" in written:
            found = self._by_name(plain(written.partition("HTTP_")[2]))  # as CGI names a header (RFC 3875, 4.1.18)
        if found is None and "." in written:
            found = self._by_name(plain(written.rpartition(".")[2]))
        return found

    def inside(self, written: bytes) -> Rule | None:
        """The rule for a name that only means something within an object of a certain name."""
        return self._inside.get(plain(written.decode("utf-8", "replace")))

    def in_query(self, written: bytes) -> Rule | None:
        """The rule for a name that only means something in a query or a form."""
        return self._in_query.get(plain(written.decode("utf-8", "replace")))

    def keeps(self, written: bytes, value: bytes) -> bool:
        """True when this name stands for something support needs, and the value may be one."""
        if self.meaning(written) != "keep":
            return False
        name = plain(written.decode("utf-8", "replace"))
        patterns = self._patterns.get(name)
        text = value.decode("utf-8", "replace")
        return patterns is None or any(pattern.fullmatch(text) for pattern in patterns)

    def header_class(self, written: str) -> str:
        """``secret``, ``partly-secret``, ``personal``, ``trace``, ``keep``, or nothing for a header nobody knows."""
        return self._headers.get(plain(written), "")


def _provider_rule(label: str, kind: str, by_kind: dict[str, Rule]) -> Rule:
    """A rule for a name that only the profile knows; it reads values the way our own rule of that kind does."""
    like = by_kind.get(label)
    return Rule(
        name=f"provider-{label}",
        kind=label,
        what=f"{label} by a name that the provider uses",
        source="the provider's profile",
        hits=(),
        misses=(),
        rank=Rank.KEYED,
        form=like.form if like is not None and like.form in _FORMS.values() else _FORMS.get(label, "word"),
        fits=like.fits if like is not None and kind == "personal" else None,
        everywhere=like.everywhere if like is not None else True,
        beats_identifiers=False,
    )
