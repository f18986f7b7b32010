from __future__ import annotations

import pytest

from bundler.model import Exchange, Request, Response
from bundler.readers.pairing import pair

PAYMENT = "1b0c5c2e-7a44-4d8b-9a51-0c2f6a7d8e91"
OTHER = "2c1d6d3f-8b55-4e9c-8b62-1d307b8e9fa2"


def asked(url: str = "https://api.example.com/v1/payments", source: str = "request.txt", **more: object) -> Exchange:
    return Exchange(source, 1, Request("POST", url, **more))  # type: ignore[arg-type]


def answered(body: bytes = b"{}", source: str = "response.json", **more: object) -> Exchange:
    return Exchange(source, 1, None, Response(409, body=body, **more))  # type: ignore[arg-type]


def test_one_lone_request_and_one_lone_response_are_brought_together() -> None:
    whole = Exchange("trace.har", 1, Request("GET", "https://a.test/"), Response(200))
    result = pair([whole, answered(), asked()])
    assert [exchange.source for exchange in result] == ["trace.har", "request.txt"]
    assert result[1].response is not None
    assert result[1].notes == ("Request and response were saved apart; the response is from response.json.",)


def test_neighbours_of_one_source_go_first() -> None:
    result = pair([asked(source="a"), answered(source="a"), asked(source="a"), answered(b"[]", source="a")])
    assert [exchange.response and exchange.response.body for exchange in result] == [b"{}", b"[]"]


def test_more_than_one_candidate_is_never_guessed() -> None:
    assert len(pair([asked(), asked(), answered()])) == 3
    assert len(pair([asked(), answered(source="b"), answered(source="c")])) == 3


def test_error_line_belongs_to_the_request_above() -> None:
    result = pair([asked(source="a"), Exchange("a", 2, None, None, error="curl: (7) refused")])
    assert [exchange.error for exchange in result] == ["curl: (7) refused"]


def test_request_that_failed_without_response_takes_no_other() -> None:
    failed = Exchange("trace.har", 1, Request("GET", "https://a.test/"), None, error="refused")
    assert len(pair([failed, answered()])) == 2


@pytest.mark.parametrize(
    ("request_parts", "response_parts"),
    [
        ({"url": f"https://a.test/payments/{PAYMENT}"}, {"body": f'{{"paymentId":"{OTHER}"}}'.encode()}),
        ({"body": b'{"reference":"one"}'}, {"body": b'{"reference":"two"}'}),
        ({"headers": (("X-Request-Id", "a"),)}, {"headers": (("x-request-id", "b"),)}),
        ({}, {"body": b'{"path":"/v1/refunds/1"}'}),
        ({}, {"body": b'{"instance":"/v1/refunds/1"}'}),
    ],
)
def test_what_contradicts_is_never_merged(request_parts: dict[str, object], response_parts: dict[str, object]) -> None:
    url = str(request_parts.pop("url", "https://api.example.com/v1/payments"))
    assert len(pair([asked(url, **request_parts), answered(**response_parts)])) == 2  # type: ignore[arg-type]
    assert len(pair([asked(url, "a", **request_parts), answered(source="a", **response_parts)])) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "body",
    [
        f'{{"paymentId":"{PAYMENT}"}}'.encode(),
        f'{{"instance":"/v1/payments/{PAYMENT}"}}'.encode(),
        b'{"instance":"urn:uuid:1"}',
        b'{"reference":"order-1"}',
        b"no json",
        b"[[[[",
    ],
)
def test_what_agrees_or_says_nothing_is_merged(body: bytes) -> None:
    assert len(pair([asked(f"https://a.test/gateway/v1/payments/{PAYMENT}"), answered(body)])) == 1


def test_response_to_head_has_no_body() -> None:
    head = Exchange("a", 1, Request("HEAD", "https://a.test/"))
    assert len(pair([head, answered(b"{}")])) == 2


def test_nothing_in_gives_nothing_out() -> None:
    assert pair([]) == ()


def test_url_that_is_none_contradicts_nothing() -> None:
    assert len(pair([asked("https://[broken/payments"), answered(b'{"paymentId":"1","path":"/v1/x"}')])) == 1
