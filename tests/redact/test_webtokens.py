"""A web token tells its algorithm, its times and which provider it is for, and nothing else of what it says."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bundler.redact.vault import PLACEHOLDER
from bundler.redact.webtokens import read_web_token, web_token_detail

CLIENT = "7d3f0a52-91c4-4b1e-8f66-20c5b7e4a913"
LOGIN_TEST = "https://apitest.vipps.no/access-management-1.0/access/"


def token(claims: Any, header: Any = None) -> bytes:
    parts = [json.dumps(part).encode() for part in (header or {"alg": "RS256"}, claims)]
    return b".".join([*(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts), b"c2lnbmF0dXJl"])


def test_the_provider_that_issued_a_token_and_the_one_it_is_for_are_told() -> None:
    told = web_token_detail(token({"iat": 1700000000, "iss": LOGIN_TEST, "aud": ["https://api.vipps.no"], "sub": "7"}))
    assert told == ":alg=RS256,iat=2023-11-14T22:13:20Z,iss=apitest.vipps.no,aud=api.vipps.no"


@pytest.mark.parametrize(
    "party",
    [
        CLIENT,
        "ola.nordmann@example.com",
        "https://auth.shop.example/kari",
        "kari",
        91234567,
        None,
        {"a": 1},
        [[CLIENT]],
    ],
)
def test_any_other_issuer_or_audience_stays_hidden(party: Any) -> None:
    assert web_token_detail(token({"iss": party, "aud": party})) == ":alg=RS256"


def test_nothing_but_the_host_is_taken_from_an_address_of_the_provider() -> None:
    told = web_token_detail(token({"aud": "https://ola:secret@API.vipps.no:443/users/91234567?name=Ola#x"}))
    assert told == ":alg=RS256,aud=api.vipps.no"


def test_the_detail_of_a_token_makes_a_placeholder() -> None:
    told = web_token_detail(token({"exp": 1700003600, "iss": LOGIN_TEST}), datetime(2026, 11, 23, tzinfo=UTC))
    assert told.endswith(",iss=apitest.vipps.no,expired")
    assert PLACEHOLDER.fullmatch(f"[jwt-1{told}]".encode())


@pytest.mark.parametrize(
    "written", [b"", b".", b"eyJ", b"eyJhbGciOiJub25lIn0.W10.", b"\xff.\xff", token([1]), token(7)]
)
def test_a_broken_token_tells_less_and_nothing_is_raised(written: bytes) -> None:
    read = read_web_token(written)
    assert (read.times, read.hosts) == ({}, {})
