"""Reads what redaction lets a token tell: when it was issued and expires, and which provider it is of."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from msgspec import Struct

_TOKEN = re.compile(r"\[(?:jwt|token)-[1-9][0-9]{0,8}(?::([A-Za-z0-9=,.:+/_-]*))?\]")
_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


class ShownToken(Struct, frozen=True):
    """One token as its placeholder shows it; equal tokens have equal ``written``.

    ``iss`` and ``aud`` are host names of a provider, empty where the token names none. ``is_web_token`` is False for
    one that tells nothing of itself.
    """

    written: str
    is_web_token: bool
    issued: datetime | None = None
    not_before: datetime | None = None
    expires: datetime | None = None
    had_expired: bool = False
    iss: str = ""
    aud: str = ""


def find_token(text: str) -> ShownToken | None:
    """The first token whose placeholder stands in ``text``; None where there is none."""
    found = _TOKEN.search(text[:4_000])
    if found is None:
        return None
    parts = (found[1] or "").split(",")
    told = {name: value for name, equals, value in (part.partition("=") for part in parts) if equals}
    return ShownToken(
        found[0],
        found[0].startswith("[jwt-"),
        _moment(told.get("iat")),
        _moment(told.get("nbf")),
        _moment(told.get("exp")),
        "expired" in parts,
        told.get("iss", ""),
        told.get("aud", ""),
    )


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.strptime(text or "", _FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None
