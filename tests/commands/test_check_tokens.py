"""The call that fetched a refused token belongs to the ticket, and ``check`` compares it with the call that failed."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.checks.payment_calls import EPAYMENT
from tests.conftest import Invoke

TEST, PRODUCTION = "https://apitest.vipps.no", "https://api.vipps.no"
KEY, OTHER_KEY = "4d0e8b7a6c5f4e3d2c1b0a9f8e7d6c5b", "77c1e2d3a4b5968778695a4b3c2d1e0f"


def token(issued: int) -> str:
    """A token of the moment ``issued``, in seconds since 1970, that lives an hour."""
    parts = ({"alg": "RS256"}, {"iat": issued, "exp": issued + 3600, "appid": "x"})
    written = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*written, "c2lnbmF0dXJlLW9mLW5vYm9keQ"])


MINE, EARLIER = token(1795438800), token(1795430000)  # 13:00:00 UTC, and more than two hours before


def entry(second: int, url: str, headers: dict[str, str], body: Any, status: int, answer: Any) -> dict[str, Any]:
    sent = {"postData": {"mimeType": "application/json", "text": json.dumps(body)}} if body else {}
    return {
        "startedDateTime": f"2026-11-23T13:02:{second:02d}.000Z",
        "time": 20,
        "request": {
            "method": "POST",
            "url": url,
            "httpVersion": "HTTP/1.1",
            "headers": [{"name": name, "value": value} for name, value in headers.items()],
        }
        | sent,
        "response": {
            "status": status,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "headers": [],
            "content": {"mimeType": "application/json", "text": json.dumps(answer)},
        },
    }


def fetched(second: int, host: str, key: str, value: str) -> dict[str, Any]:
    return entry(
        second, f"{host}/accesstoken/get", {"Ocp-Apim-Subscription-Key": key}, None, 200, {"access_token": value}
    )


def paid(status: int = 401) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {MINE}", "Ocp-Apim-Subscription-Key": KEY}
    return entry(30, f"{TEST}/epayment/v1/payments", headers, EPAYMENT, status, {"title": "Unauthorized"})


def checked(invoke: Invoke, folder: Path, *entries: dict[str, Any]) -> dict[str, Any]:
    path = folder / "trace.har"
    path.write_text(json.dumps({"log": {"version": "1.2", "creator": {"name": "x"}, "entries": entries}}), "utf-8")
    outcome = invoke("check", path, "--json")
    ticket: dict[str, Any] = json.loads(outcome.out)["ticket"]
    assert MINE not in outcome.out
    return ticket


@pytest.mark.parametrize(
    ("host", "key", "said"),
    [
        (TEST, OTHER_KEY, "a different Ocp-Apim-Subscription-Key than the call uses"),
        (PRODUCTION, KEY, "was fetched from api.vipps.no, but the call went to apitest.vipps.no"),
    ],
)
def test_the_call_whose_answer_holds_the_token_tells_why_it_was_refused(
    invoke: Invoke, tmp_path: Path, host: str, key: str, said: str
) -> None:
    right, wrong = fetched(10, host, key, MINE), fetched(20, TEST, KEY, EARLIER)
    ticket = checked(invoke, tmp_path, right, wrong, paid())
    assert [exchange["request"]["url"].rpartition("/")[2] for exchange in ticket["exchanges"]] == ["get", "payments"]
    assert ticket["cause"]["code"] == "CFG013"
    assert said in ticket["cause"]["message"]


def test_a_call_that_was_let_in_keeps_its_token_call_out_of_the_ticket(invoke: Invoke, tmp_path: Path) -> None:
    ticket = checked(invoke, tmp_path, fetched(10, TEST, OTHER_KEY, MINE), paid(400))
    assert len(ticket["exchanges"]) == 1


def test_a_token_that_was_fetched_after_the_call_is_not_the_one_it_was_refused_with(
    invoke: Invoke, tmp_path: Path
) -> None:
    ticket = checked(invoke, tmp_path, paid(), fetched(40, TEST, OTHER_KEY, EARLIER))
    assert len(ticket["exchanges"]) == 1
