"""Finds what a code that no table knows has in common with the codes around it."""

from __future__ import annotations

from bundler.providers.causes import CodeBand
from bundler.providers.profile import Profile
from bundler.providers.urls import related_families


def find_band(profile: Profile, family: str | None, code: str, group: str | None = None) -> CodeBand | None:
    """The narrowest documented band of the family that ``code`` lies in; None for a code that is no number."""
    if not (code.isascii() and code.isdecimal() and len(code) < 10):
        return None
    related = related_families(profile, family)
    fitting = [
        band
        for band in profile.bands
        if (not related or band.family in related)
        and band.group in {group, None}
        and band.first <= int(code) <= band.last
    ]
    if not related and len({band.family for band in fitting}) > 1:
        return None
    return min(fitting, key=lambda band: band.last - band.first, default=None)
