"""Finds the identifier that a key or a header stands for."""

from __future__ import annotations

from functools import lru_cache

from bundler.providers.profile import Identifier, Profile

_DROPPED = str.maketrans("", "", "-_. ")
_LONGEST_KEY = 64


def key_form(key: str) -> str:
    """``key`` as keys are compared: without case, ``-``, ``_``, ``.`` and blanks."""
    return key[:_LONGEST_KEY].translate(_DROPPED).lower()


def identifiers_of_key(profile: Profile, key: str) -> tuple[Identifier, ...]:
    """The identifiers that ``key`` of a body, query, form, path template or log record may stand for."""
    return _by_key(profile).get(key_form(key), ())


def identifiers_of_header(profile: Profile, name: str) -> tuple[Identifier, ...]:
    """The identifiers that the header ``name`` may carry."""
    return _by_header(profile).get(name.lower(), ())


@lru_cache(maxsize=8)
def _by_key(profile: Profile) -> dict[str, tuple[Identifier, ...]]:
    table: dict[str, tuple[Identifier, ...]] = {}
    for identifier in profile.identifiers:
        for form in dict.fromkeys(map(key_form, (identifier.name, *identifier.keys, *identifier.headers))):
            table[form] = (*table.get(form, ()), identifier)
    return table


@lru_cache(maxsize=8)
def _by_header(profile: Profile) -> dict[str, tuple[Identifier, ...]]:
    table: dict[str, tuple[Identifier, ...]] = {}
    for identifier in profile.identifiers:
        for header in identifier.headers:
            table[header.lower()] = (*table.get(header.lower(), ()), identifier)
    return table
