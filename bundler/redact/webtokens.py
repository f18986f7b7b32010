"""Reads what a JSON web token tells of itself without being a secret: algorithm, times, which provider it is for."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

from msgspec import Struct

from bundler.providers import find_any_host
from bundler.redact.proofs import decode_base64

_TIMES = ("iat", "nbf", "exp")
_PARTIES = ("iss", "aud")
_MOST_PARTIES = 4
_LONGEST_URL = 2_000
_ALGORITHM = re.compile(r"[A-Za-z0-9-]{1,16}")
_YEAR_3000 = 32_503_680_000


class WebToken(Struct, frozen=True):
    """The header's ``alg``, empty where there is none of use, and the claims that are times, in seconds since 1970.

    ``hosts`` are the hosts of payment providers that ``iss`` and ``aud`` name. Everything else in these two may be
    secret or personal: in an ID token the audience is the ``client_id`` (OpenID Connect Core, section 2).
    """

    algorithm: str
    times: dict[str, int]
    hosts: dict[str, str]


def read_web_token(token: bytes) -> WebToken:
    """What can be read of ``token`` (RFC 7519); of one that is encrypted or broken, less or nothing."""
    parts = token.split(b".")
    algorithm = _json_object(parts[0]).get("alg")
    is_plain = isinstance(algorithm, str) and _ALGORITHM.fullmatch(algorithm) is not None
    claims = _json_object(parts[1]) if len(parts) > 1 else {}
    times: dict[str, int] = {}
    for name in _TIMES:
        seconds = claims.get(name)
        if isinstance(seconds, (int, float)) and 0 <= seconds < _YEAR_3000:
            times[name] = int(seconds)
    hosts = {name: host for name in _PARTIES if (host := _provider_host(claims.get(name)))}
    return WebToken(str(algorithm) if is_plain else "", times, hosts)


def web_token_detail(token: bytes, moment: datetime | None = None) -> str:
    """``:alg=RS256,iat=…,exp=…,iss=…,aud=…`` for a placeholder; ``,expired`` where ``exp`` was not after ``moment``.

    A token must not be accepted on or after its ``exp`` (RFC 7519 section 4.1.4).
    """
    read = read_web_token(token)
    told = [f"alg={read.algorithm}"] if read.algorithm else []
    told += [f"{name}={datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}" for name, at in read.times.items()]
    told += [f"{name}={host}" for name, host in read.hosts.items()]
    if moment is not None and "exp" in read.times and read.times["exp"] <= moment.timestamp():
        told.append("expired")
    return ":" + ",".join(told) if told else ""


def _provider_host(claim: object) -> str:
    """The first host of a provider in a claim that is a URL or a list of such (RFC 7519 section 4.1.3), else nothing.

    The name is the one of the profile's row, so that nothing of the token itself is taken over.
    """
    for party in (claim if isinstance(claim, list) else [claim])[:_MOST_PARTIES]:
        if not isinstance(party, str) or len(party) > _LONGEST_URL:
            continue
        url = party if "://" in party else f"https://{party}"
        if (row := find_any_host(url)) is not None:
            return row.host
    return ""


def _json_object(part: bytes) -> dict[str, object]:
    plain = decode_base64(part)
    try:
        read = json.loads(plain) if plain is not None else {}
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}
