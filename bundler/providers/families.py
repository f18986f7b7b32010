"""Tells which API a call belongs to, where its path alone does not."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from bundler.providers.body_places import holds
from bundler.providers.json_body import decode_json
from bundler.providers.profile import Family, Profile
from bundler.providers.urls import find_family


def family_of_call(profile: Profile, url: str, headers: Container[str], body: bytes) -> Family | None:
    """The API of a request: by its path, and by the signs of an API that has the paths of another (card passthrough).

    ``headers`` are the names that were sent, in lower case.
    """
    own = find_family(profile, url)
    if own is None:
        return None
    return told_family(profile, own.slug, headers, body) or own


def told_family(profile: Profile, own: str, headers: Container[str], body: bytes | Any) -> Family | None:
    """The API that is like ``own`` and of which one sign is there: a header, or a field of the body with its value."""
    kin = [family for family in profile.families if family.like == own and family.told_by]
    if not kin:
        return None
    value = decode_json(body) if isinstance(body, bytes) else body
    for family in kin:
        if any(holds(sign, value) if "=" in sign else sign.lower() in headers for sign in family.told_by):
            return family
    return None
