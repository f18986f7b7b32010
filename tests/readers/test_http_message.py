from __future__ import annotations

import gzip

import pytest

from bundler.errors import UnreadableInput
from bundler.model import BodyState
from bundler.readers import http_message, source_text
from tests.readers.reading import ERROR_BODY, read, read_case


@pytest.mark.parametrize("case", ["curl-i", "curl-i-chunked", "curl-i-chunked-raw", "curl-i-redirect"])
def test_what_curl_i_printed_is_a_response_with_its_body(case: str) -> None:
    outcome = read_case(http_message, f"http/{case}.txt")
    response = outcome.response()
    assert len(outcome.exchanges) == 1
    assert outcome.exchanges[0].request is None
    assert (response.status, response.reason, response.http_version) == (409, "Conflict", "HTTP/1.1")
    assert response.headers[0] == ("Server", "loopback")
    assert len(response.body) == 113
    assert response.body_state is BodyState.PRESENT


def test_redirect_before_the_final_response_is_noted() -> None:
    assert read_case(http_message, "http/curl-i-redirect.txt").exchanges[0].notes == (
        "A response with status 307 came before this one.",
    )


def test_empty_and_missing_bodies_never_look_alike() -> None:
    assert read_case(http_message, "http/curl-i-empty.txt").response().body_state is BodyState.EMPTY
    assert read_case(http_message, "http/curl-head.txt").response().body_state is BodyState.ABSENT
    assert read(http_message, "HTTP/1.1 409 Conflict\nA: b").response().body_state is BodyState.ABSENT
    assert read(http_message, "HTTP/1.1 409 Conflict\nA: b\n\n").response().body_state is BodyState.EMPTY
    assert (
        read(http_message, "HEAD / HTTP/1.1\n\nHTTP/1.1 200 OK\nContent-Length: 5\n\n").response().body_state
        is BodyState.EMPTY
    )


@pytest.mark.parametrize("case", ["httpie.txt", "continue.txt", "notes.md"])
def test_request_and_the_response_behind_it_are_one_exchange(case: str) -> None:
    outcome = read_case(http_message, f"http/{case}")
    assert len(outcome.exchanges) == 1
    assert b"100" in outcome.request().body
    assert not outcome.request().body.endswith(b"\n")
    assert outcome.response().status == 409
    assert b"2040" in outcome.response().body


def test_interim_response_is_only_a_note() -> None:
    assert (
        "A response with status 100 came before this one."
        in read_case(http_message, "http/continue.txt").exchanges[0].notes
    )


def test_missing_blank_line_is_noted() -> None:
    outcome = read_case(http_message, "http/no-blank-line.txt")
    assert outcome.response().headers == (("Content-Type", "application/json"),)
    assert outcome.response().body.startswith(b'{"code"')
    assert outcome.exchanges[0].notes == ("No blank line stands between headers and body.",)


def test_pseudo_headers_copied_from_devtools_make_a_request() -> None:
    request = read_case(http_message, "http/devtools-http2.txt").request()
    assert (request.method, request.url, request.http_version) == (
        "POST",
        "https://api.example.com/v1/payments",
        "HTTP/2",
    )
    assert request.headers == (("accept", "application/json"), ("content-length", "14"))
    assert read(http_message, ":status: 409\ncontent-type: text/plain\n\nno").response().status == 409


def test_request_files_are_read_without_expanding_or_opening_anything() -> None:
    outcome = read_case(http_message, "http/requests.http")
    create, look_up, upload = (outcome.request(index) for index in range(3))
    assert (create.method, create.url) == ("POST", "{{host}}/v1/payments")
    assert create.headers == (("Content-Type", "application/json"), ("Authorization", "Bearer {{token}}"))
    assert create.body == b'{\n  "amount": 100\n}'
    assert look_up.url == "https://api.example.com/v1/payments?from=2026-11-23&to=2026-11-24"
    assert look_up.headers == (("Accept", "application/json"),)
    assert (upload.body, upload.body_state) == (b"@./picture.png", BodyState.FILE_REFERENCE)
    assert [exchange.place for exchange in outcome.exchanges] == ["lines 6-15", "lines 19-22", "lines 25-27"]


def test_variables_in_a_body_make_it_unresolved() -> None:
    request = read(http_message, "POST https://a.test/\n\n{{body}}\n", "a.http").request()
    assert (request.body, request.body_state) == (b"{{body}}", BodyState.UNRESOLVED)


def test_request_line_without_version_is_enough() -> None:
    request = read(http_message, "POST https://a.test/x?y=1#z\nA: b\n\n{}\n").request()
    assert (request.method, request.url, request.body) == ("POST", "https://a.test/x?y=1", b"{}")


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("api.example.com", "https://api.example.com/x"),
        ("127.0.0.1:8099", "http://127.0.0.1:8099/x"),
        ("localhost", "http://localhost/x"),
        ("api.example.com:80", "http://api.example.com:80/x"),
        ("api.example.com:8443", "https://api.example.com:8443/x"),
    ],
)
def test_scheme_that_the_message_does_not_tell_is_assumed_and_noted(host: str, url: str) -> None:
    outcome = read(http_message, f"GET /x HTTP/1.1\r\nHost: {host}\r\n\r\n")
    assert outcome.request().url == url
    assert "assumed" in outcome.exchanges[0].notes[0]


def test_several_exchanges_are_told_apart_by_their_lines() -> None:
    first = "GET https://a.test/1 HTTP/1.1\n\nHTTP/1.1 200 OK\n\none\n"
    second = "GET https://a.test/2 HTTP/1.1\n\nHTTP/1.1 409 No\n\ntwo\n"
    outcome = read(http_message, first + second)
    assert [exchange.place for exchange in outcome.exchanges] == ["lines 1-5", "lines 6-10"]
    assert [exchange.response and exchange.response.body for exchange in outcome.exchanges] == [b"one", b"two\n"]


def test_response_glued_to_the_body_before_it_is_found() -> None:
    outcome = read(http_message, 'HTTP/1.1 409 No\n\n{"a":1}HTTP/1.1 200 OK\nA: b\n\n{"b":2}')
    assert [exchange.response and exchange.response.body for exchange in outcome.exchanges] == [b'{"a":1}', b'{"b":2}']


def test_response_quoted_in_a_body_of_known_length_is_no_message() -> None:
    body = "first\nHTTP/1.1 200 OK\nlast"
    outcome = read(http_message, f"HTTP/1.1 409 No\nContent-Length: {len(body)}\n\n{body}\n")
    assert outcome.response().body.decode() == body


def test_body_shorter_than_announced_is_truncated() -> None:
    response = read(http_message, 'HTTP/1.1 409 No\nContent-Length: 500\n\n{"a":').response()
    assert (response.body, response.body_state) == (b'{"a":', BodyState.TRUNCATED)


def test_body_printed_anew_is_kept_whole() -> None:
    outcome = read(http_message, 'HTTP/1.1 409 No\nContent-Length: 7\n\n{\n    "a": 1\n}\n')
    assert outcome.response().body == b'{\n    "a": 1\n}\n'
    assert "Content-Length says 7 bytes" in outcome.exchanges[0].notes[0]


def test_truncated_chunks_are_taken_apart_as_far_as_they_go() -> None:
    outcome = read(http_message, "HTTP/1.1 409 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n20\r\ndef")
    assert (outcome.response().body, outcome.response().body_state) == (b"abcdef", BodyState.TRUNCATED)
    outcome = read(http_message, "HTTP/1.1 409 No\nTransfer-Encoding: chunked\n\n3\nabc\n0\n\n")
    assert (outcome.response().body, outcome.response().body_state) == (b"abc", BodyState.PRESENT)


def test_compressed_body_is_unpacked() -> None:
    packed = gzip.compress(ERROR_BODY)
    head = f"HTTP/1.1 409 No\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    assert read(http_message, head + packed).response().body == ERROR_BODY
    assert read(http_message, head + ERROR_BODY).response().body == ERROR_BODY
    assert read(http_message, head + packed[:-9]).response().body_state is not BodyState.PRESENT


def test_folded_headers_and_doubles_are_kept() -> None:
    headers = read(http_message, "HTTP/1.1 200 OK\nA: b\n  c\nA: d\n\n").response().headers
    assert headers == (("A", "b c"), ("A", "d"))


def test_label_between_request_and_response_is_no_body() -> None:
    outcome = read(http_message, "POST https://a.test/ HTTP/1.1\n\n{}\n\nResponse:\nHTTP/1.1 409 No\n\n")
    assert outcome.request().body == b"{}"


@pytest.mark.parametrize("text", ["", "hello", "HTTP is a protocol", "GET me a coffee", "\x00\x01"])
def test_text_without_messages_is_refused(text: str) -> None:
    with pytest.raises(UnreadableInput) as caught:
        read(http_message, text)
    assert caught.value.hint


def test_long_text_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_text, "TEXT_LIMIT", 1 << 20)
    outcome = read(http_message, b"HTTP/1.1 409 No\n\n" + b"a" * (3 << 20))
    assert "Only the first 1 MiB were read" in outcome.notes[0]
    assert len(outcome.response().body) < 1 << 20


def test_scripts_before_a_request_are_passed_over() -> None:
    request = read(http_message, "< {%\n GET https://no.test/\n%}\nGET https://a.test/\n\nA\n", "a.rest").request()
    assert request.url == "https://a.test/"


def test_line_end_that_an_editor_added_is_no_body() -> None:
    assert read(http_message, "HTTP/1.1 409 No\nContent-Length: 2\n\nno\n\n").response().body == b"no"


def test_chunks_that_do_not_add_up_are_left_alone() -> None:
    text = "HTTP/1.1 409 No\nTransfer-Encoding: chunked\n\n2\nabcdef\n0\n\n"
    assert read(http_message, text).response().body == b"2\nabcdef\n0\n\n"
    broken = b"HTTP/1.1 409 No\nContent-Encoding: gzip\n\n\x1f\x8bbroken"
    assert read(http_message, broken).response().body == b"\x1f\x8bbroken"
