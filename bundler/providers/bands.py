"""Finds what a code that no table knows has in common with the codes around it."""

from __future__ import annotations

from bundler.providers.causes import CodeBand
from bundler.providers.profile import Profile
from bundler.providers.urls import related_families


def find_band(profile: Profile, family: str | None, code: str, group: str | None = None) -> CodeBand | None:
    """The narrowest documented band of the family that ``code`` lies in; None for a code that is no number."""
    number, bands = _number(code), _bands(profile, family, group)
    fitting = [band for band in bands if number is not None and band.first <= number <= band.last]
    if not related_families(profile, family) and len({band.family for band in fitting}) > 1:
        return None
    return min(fitting, key=lambda band: band.last - band.first, default=None)


def find_nearest_band(profile: Profile, family: str, code: str, group: str | None = None) -> CodeBand | None:
    """The documented band of the family that a code outside of all of them is nearest to; None for no number."""
    number = _number(code)
    if number is None:
        return None
    bands = _bands(profile, family, group)
    return min(bands, key=lambda band: max(band.first - number, number - band.last), default=None)


def _bands(profile: Profile, family: str | None, group: str | None) -> list[CodeBand]:
    related = related_families(profile, family)
    return [band for band in profile.bands if (not related or band.family in related) and band.group in {group, None}]


def _number(code: str) -> int | None:
    return int(code) if code.isascii() and code.isdecimal() and len(code) < 10 else None
