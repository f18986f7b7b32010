from __future__ import annotations

import pytest

from bundler.errors import UnreadableInput
from bundler.model import BodyState
from bundler.readers import curl_verbose
from tests.readers.reading import read, read_case


@pytest.mark.parametrize("case", ["curl-v", "curl-v-chunked", "curl-v-terminal", "curl-v-times", "curl-vi"])
def test_both_directions_and_the_response_body_are_read(case: str) -> None:
    outcome = read_case(curl_verbose, f"http/{case}.txt")
    request, response = outcome.request(), outcome.response()
    assert len(outcome.exchanges) == 1
    assert (request.method, request.http_version) == ("POST", "HTTP/1.1")
    assert request.url.startswith("http://127.0.0.1:8099/")
    assert ("Content-Length", "39") in request.headers
    assert (request.body, request.body_state) == (b"", BodyState.ABSENT)
    assert (response.status, response.reason) == (409, "Conflict")
    assert ("X-Correlation-Id", "7f1d2c3b-4a59-4c68-8d7e-9f0a1b2c3d4e") in response.headers
    assert len(response.body) == 113
    assert outcome.exchanges[0].error is None


def test_line_end_of_the_body_is_kept_where_it_was_announced() -> None:
    assert read_case(curl_verbose, "http/curl-v-newline.txt").response().body.endswith(b"}\n")


def test_redirects_are_exchanges_of_their_own() -> None:
    outcome = read_case(curl_verbose, "http/curl-v-redirect.txt")
    assert [exchange.response and exchange.response.status for exchange in outcome.exchanges] == [307, 409]
    assert [exchange.place for exchange in outcome.exchanges] == ["request 1", "request 2"]
    assert ("Location", "/v1/payments") in outcome.response(0).headers


def test_body_that_went_elsewhere_is_absent_and_the_meter_is_no_body() -> None:
    response = read_case(curl_verbose, "http/curl-v-meter.txt").response()
    assert (response.body, response.body_state) == (b"", BodyState.ABSENT)


def test_answer_to_head_has_no_body() -> None:
    outcome = read_case(curl_verbose, "http/curl-v-head.txt")
    assert outcome.response().body_state is BodyState.EMPTY
    assert outcome.request().body_state is BodyState.EMPTY


def test_refused_connection_leaves_the_error() -> None:
    exchange = read_case(curl_verbose, "http/curl-v-refused.txt").exchanges[0]
    assert (exchange.request, exchange.response) == (None, None)
    assert exchange.error is not None
    assert exchange.error.startswith("curl: (7) Failed to connect")


def test_request_without_answer_tells_why() -> None:
    connected = "* Connected to a.test (192.0.2.1) port 443 (#0)\n"
    text = f"{connected}> GET /x HTTP/2\n> Host: a.test\n> \n* Empty reply from server\n"
    outcome = read(curl_verbose, text)
    assert outcome.request().url == "https://a.test/x"
    assert outcome.exchanges[0].error == "Empty reply from server"


def test_interim_response_is_a_note() -> None:
    text = "> PUT / HTTP/1.1\n> Host: a.test\n> \n< HTTP/1.1 100 Continue\n< \n< HTTP/1.1 409 No\n< A: b\n< \nbody\n"
    outcome = read(curl_verbose, text)
    assert (outcome.response().status, outcome.response().body) == (409, b"body")
    assert "A response with status 100 came before this one." in outcome.exchanges[0].notes


def test_last_words_of_curl_glued_to_the_body_are_taken_off() -> None:
    text = '> GET / HTTP/1.1\n> \n< HTTP/2 409 \n< \n{"a":1}* Connection #0 to host a.test left intact\n'
    assert read(curl_verbose, text).response().body == b'{"a":1}'


def test_body_lines_that_look_marked_stay() -> None:
    text = (
        "> GET / HTTP/1.1\n> \n< HTTP/1.1 200 OK\n< \n{\n> quoted\n< more\n}\n* Connection #0 to host a left intact\n"
    )
    assert read(curl_verbose, text).response().body == b"{\n> quoted\n< more\n}"


@pytest.mark.parametrize("text", ["", "* a list\n* of things\n", "> quoted mail\n> text\n", "HTTP/1.1 200 OK\n\n"])
def test_other_text_is_refused(text: str) -> None:
    assert curl_verbose.detect(text.encode(), "a.txt").score < 0.3
    with pytest.raises(UnreadableInput):
        read(curl_verbose, text)
