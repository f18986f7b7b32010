"""The failing exchange is found among others, and the choice says why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bundler.failing import Choice, Clues, choose, title, weigh
from bundler.model import BodyState, Exchange, Request, Response
from bundler.providers import load

START = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
API = "https://api.sandbox.mobilepay.dk/cardpassthrough-restapi/api/v1/payments/1b0c5c2e-6f0e-4a55-9d0b-3f8e5a7c2d11"
JSON = (("Content-Type", "application/json"),)


def exchange(
    index: int, url: str, status: int | None, *, method: str = "POST", body: bytes = b"", **more: Any
) -> Exchange:
    response = None if status is None else Response(status, headers=JSON, body=body, body_state=BodyState.PRESENT)
    started = START + timedelta(seconds=index)
    return Exchange("trace.har", index, Request(method, url), response, started, place=f"entry {index}", **more)


def pick(*exchanges: Exchange, **clues: Any) -> Choice | None:
    candidates = [weigh(each, (0, each.index), Clues(**clues)) for each in exchanges]
    return choose(candidates, load("vipps-mobilepay"))


def test_nothing_is_chosen_where_nothing_failed() -> None:
    assert pick(exchange(1, API, 200), exchange(2, "https://shop.example.com/", 204)) is None


def test_the_providers_host_wins_over_a_louder_failure_elsewhere() -> None:
    choice = pick(exchange(1, API, 409), exchange(2, "https://stats.example.com/collect", 500))
    assert choice is not None
    assert choice.chosen.key == (0, 1)
    assert "Vipps MobilePay, sandbox" in choice.chosen.reasons
    assert "status 409" in choice.chosen.reasons


def test_a_missing_picture_is_no_failure_of_a_payment() -> None:
    choice = pick(exchange(1, API + "/logo.png", 404, method="GET"), exchange(2, API, 400))
    assert choice is not None
    assert choice.chosen.key == (0, 2)


def test_no_answer_at_all_is_a_failure() -> None:
    choice = pick(exchange(1, API, 200), exchange(2, API + "/captures", None, error="net::ERR_CONNECTION_RESET"))
    assert choice is not None
    assert choice.chosen.title.endswith("no response")


def test_an_error_object_in_a_success_is_a_failure() -> None:
    choice = pick(exchange(1, API, 200, body=b'{"code": "2040", "message": "card types"}'))
    assert choice is not None


def test_the_id_that_was_typed_decides() -> None:
    other = API.replace("1b0c5c2e", "99999999")
    choice = pick(exchange(1, API, 409), exchange(2, other, 409), ids=("1B0C5C2E-6F0E-4A55-9D0B-3F8E5A7C2D11",))
    assert choice is not None
    assert choice.chosen.key == (0, 1)


def test_the_time_that_was_typed_decides() -> None:
    early, late = exchange(1, API, 409), exchange(1700, API + "/refunds", 409)
    choice = pick(early, late, at=early.started)
    assert choice is not None
    assert choice.chosen.key == (0, 1)


def test_a_call_that_succeeded_when_repeated_loses_points() -> None:
    choice = pick(exchange(1, API, 503), exchange(2, API + "/captures", 503), exchange(3, API + "/captures", 204))
    assert choice is not None
    assert choice.chosen.key == (0, 1)


def test_two_different_failures_alike_are_called_close() -> None:
    choice = pick(exchange(1, API + "/captures", 409), exchange(2, API + "/refunds", 409))
    assert choice is not None
    assert choice.close
    assert choice.chosen.key == (0, 2)
    assert choice.runners_up[0].key == (0, 1)


def test_titles_never_show_a_query() -> None:
    assert (
        title(exchange(1, API + "?token=abc", 401)) == f"POST {API[len('https://api.sandbox.mobilepay.dk') :]} -> 401"
    )
    assert title(Exchange("a", 1, None, Response(None))) == "response -> error body"
    assert title(Exchange("a", 1, Request("GET", "http://[broken"))) == "GET http://[broken"
