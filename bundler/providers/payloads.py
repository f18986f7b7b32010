"""Recognises the bodies of webhooks and callbacks."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from bundler.providers.error_bodies import follow
from bundler.providers.loading import known_providers, load
from bundler.providers.profile import Payload, Profile
from bundler.providers.urls import related_families

_TELLING = 3


def find_payload(profile: Profile, family: str | None, value: Any) -> Payload | None:
    """The callback that ``value`` is the body of, the one with the most needs first; of any API where none is known."""
    first = value[0] if isinstance(value, list) and value else value
    if not isinstance(first, dict):
        return None
    return max(
        (row for row in _payloads(profile, family) if all(value_at(first, path) is not None for path in row.needs)),
        key=lambda row: len(row.needs),
        default=None,
    )


def value_at(item: dict[str, Any], path: str) -> Any:
    """What the path of a payload leads to, None where there is nothing; one entry of an array stands for it."""
    plain = path.removeprefix("[].")
    return next(iter(follow(item, plain)), None) if plain else None


def recognise_delivery(value: Any) -> str | None:
    """The slug of the provider whose callback ``value`` is the body of; None where it may be anybody's.

    Only a form with three demands or more tells, and none that two providers share.
    """
    slugs = []
    for slug in known_providers():
        payload = find_payload(load(slug), None, value)
        if payload is not None and len(payload.needs) >= _TELLING:
            slugs.append(slug)
    return slugs[0] if len(slugs) == 1 else None


@lru_cache(maxsize=64)
def _payloads(profile: Profile, family: str | None) -> tuple[Payload, ...]:
    related = related_families(profile, family)
    return tuple(row for row in profile.payloads if not related or row.family in related)
