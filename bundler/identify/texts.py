"""Finds identifiers in free text: ``key=value``, ``"key": "value"``, ``key value`` and calls with their paths."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from bundler.identify.sightings import Sighting, find_identifier
from bundler.model import Origin
from bundler.providers import find_family, find_operation, identifiers_of_key, path_starts
from bundler.providers.profile import Identifier, Profile

_KEY_AND_VALUE = re.compile(
    r"""
    (?<![\w.-])
    (?P<key> [A-Za-z][\w.-]{1,60} (?:[ ][Ii][Dd]\b)? )
    (?: (?P<sign> (?:\\{0,3}["'])? [ \t]{0,3} [=:]>? [ \t]{0,3} ) | [ \t] )
    (?= \\{0,3} ["'(\[<]? (?P<value> [A-Za-z0-9] [^\s"'\\,;&<>(){}\[\]]{0,200} ) )
    """,
    re.VERBOSE,
)
"""Every repetition is bounded and a key begins where a word begins, so the time is linear; the value is only looked at,
because in ``for paymentId 1b0c…`` the value of the first word is the key of the next."""

_CALL = re.compile(
    r"""(?:\b(?P<method>GET|POST|PUT|PATCH|DELETE)[ ]{1,3})? (?<![\w/.]) (?P<url>https?://[^\s"'<>\\^`{}|]{4,1000}
    |/[A-Za-z][^\s"'<>\\^`{}|?]{3,1000})""",
    re.VERBOSE,
)
_WORDS = re.compile(r"[A-Za-z][\w.-]{1,60}(?:[ ][Ii][Dd]\b)?")
"""All that may be a key, and more: whether it stands where a key can stand is not asked."""

_ELSEWHERE = "https://elsewhere.invalid"
"""Stands before a path without a host: it may be anybody's, so only paths that name the provider's API count."""

_SHORTEST_AFTER_BLANK = 4
_MOST_CALLS = 100


class TextReader:
    """Reads texts of one profile; keys are looked up once, however often they occur."""

    def __init__(self, profile: Profile, families: Sequence[str]) -> None:
        self._profile = profile
        self._families = families
        self._known: dict[str, tuple[Identifier, ...]] = {}

    def sieve(self, texts: Iterable[str]) -> Callable[[str], bool]:
        """Tells of each of ``texts`` whether anything can be found in it.

        In most records of most logs nothing can: no word of theirs is a key, and no path names an API. To see that
        takes a tenth of the time that reading them takes.
        """
        words = set[str]()
        for text in texts:
            words.update(_WORDS.findall(text))
        keys = [word for word in words if self._may_be_key(word)]
        calls = _calls_of(self._profile)

        def may_tell(text: str) -> bool:
            return any(key in text for key in keys) or calls(text) is not None

        return may_tell

    def _may_be_key(self, word: str) -> bool:
        return bool(self._candidates(word) or (" " in word and self._candidates(word[:-3])))

    def read(self, text: str, origin: Callable[[int], Origin], limit: int = 1000) -> Iterator[Sighting]:
        """At most ``limit`` sightings in the order of the text; ``origin`` turns an offset into a place."""
        return islice(self._sightings(text, origin), limit)

    def _sightings(self, text: str, origin: Callable[[int], Origin]) -> Iterator[Sighting]:
        for match in _KEY_AND_VALUE.finditer(text):
            candidates = self._candidates(match["key"])
            if not candidates:
                continue
            value = match["value"].rstrip(".:!?|*-_/")
            if not match["sign"] and not self._stands_alone(value):
                continue
            if identifier := find_identifier(candidates, value, self._families):
                yield Sighting(identifier, value, origin(match.start()))
        if self._profile.operations and "/" in text:
            yield from self._in_calls(text, origin)

    def families_called(self, text: str) -> frozenset[str]:
        """The APIs of the addresses in ``text`` that name a host, and of the paths of request lines."""
        calls = islice(_CALL.finditer(text), _MOST_CALLS)
        urls = (_whole(match) for match in calls if match["method"] or match["url"].startswith("http"))
        found = (find_family(self._profile, url) for url in urls)
        return frozenset(family.slug for family in found if family is not None)

    def _in_calls(self, text: str, origin: Callable[[int], Origin]) -> Iterator[Sighting]:
        for match in _CALL.finditer(text):
            found = find_operation(self._profile, match["method"] or "", _whole(match))
            for name, value in found.params.items() if found else ():
                identifier = find_identifier(self._candidates(name), value, self._families)
                if found and identifier:
                    yield Sighting(identifier, value, origin(match.start()), family=found.operation.family)

    def _candidates(self, key: str) -> tuple[Identifier, ...]:
        """The identifiers of the key, or of its last part: log records say ``mdc.correlationId``."""
        if key not in self._known:
            found = identifiers_of_key(self._profile, key)
            if not found and "." in key:
                found = identifiers_of_key(self._profile, key.rpartition(".")[2])
            self._known[key] = found
        return self._known[key]

    @staticmethod
    def _stands_alone(value: str) -> bool:
        """Whether a value after a mere blank looks like an id and not like the next word of a sentence."""
        return len(value) >= _SHORTEST_AFTER_BLANK and any(char.isdigit() for char in value)


@lru_cache(maxsize=8)
def _calls_of(profile: Profile) -> Callable[[str], re.Match[str] | None]:
    """Finds the beginning of what may be a call to an API of the provider: an address, or a path of such an API."""
    steps = "|".join(map(re.escape, path_starts(profile)))
    return re.compile(rf"/(?:/|(?:{steps or '(?!)'})(?![.-]?\w))", re.IGNORECASE).search


def _whole(call: re.Match[str]) -> str:
    """The address of a call, with a host that is nobody's where the text has the path alone."""
    url: str = call["url"]
    return (url if url.startswith("http") else _ELSEWHERE + url).rstrip(".,:;)]")
