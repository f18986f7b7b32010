"""Finds in texts what the rows about texts look for: messages of the provider, words of the person who writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from bundler.providers.causes import MessageText
from bundler.providers.profile import Profile
from bundler.providers.urls import related_families

LONGEST_TEXT = 20_000
"""So many characters of a text are looked at; what is wrong is said long before."""

_BLANKS = re.compile(r"\s+")


def find_texts(profile: Profile, family: str | None, status: int | None, text: str) -> Iterator[MessageText]:
    """Every row that fits: those of the family first. A row with statuses fits only an answer with one of them."""
    plain = folded(text)
    related = related_families(profile, family)
    rows = [row for row in profile.texts if not row.families or any(slug in row.families for slug in related)]
    for row in sorted(rows, key=lambda row: not row.families):
        if row.statuses and status not in row.statuses:
            continue
        if _holds(plain, row.contains) and not _holds(plain, row.unless):
            yield row


def _holds(plain: str, parts: Sequence[str]) -> bool:
    return any(folded(part) in plain for part in parts)


@lru_cache(maxsize=2048)
def folded(text: str) -> str:
    """``text`` without case, every run of blanks as one."""
    return _BLANKS.sub(" ", text[:LONGEST_TEXT]).casefold()


def mentions(groups: Sequence[Sequence[str]], text: str) -> bool:
    """Whether ``text`` holds a word or phrase of each group; one fits only where a word begins, in any case."""
    plain = folded(text)
    return bool(groups) and all(any(_begins_in(plain, folded(word)) for word in group) for group in groups)


def _begins_in(plain: str, word: str) -> bool:
    at = plain.find(word)
    while at > 0 and (plain[at - 1].isalnum() or plain[at - 1] == "_"):
        at = plain.find(word, at + 1)
    return at >= 0
