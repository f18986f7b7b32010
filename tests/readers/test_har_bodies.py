"""Bodies and statuses of a HAR: what is there, what is empty, what was left out."""

from __future__ import annotations

import pytest

from bundler.model import BodyState
from bundler.readers import har
from tests.readers.hars import entry, log
from tests.readers.reading import ERROR_BODY, read, read_case


def test_bodies_that_playwright_left_out_are_absent_not_empty() -> None:
    outcome = read_case(har, "har/playwright-minimal.har")
    assert outcome.request(1).body_state is BodyState.ABSENT
    assert outcome.response(1).body_state is BodyState.ABSENT


def test_text_wrongly_marked_as_base64_is_kept_as_text_with_a_note() -> None:
    outcome = read_case(har, "har/firefox-not-base64.har")
    assert outcome.response().body == ERROR_BODY
    assert "base64" in outcome.exchanges[0].notes[0]


def test_form_is_rebuilt_from_parameters_and_says_so() -> None:
    outcome = read_case(har, "har/fiddler-params.har")
    assert outcome.request().body == b"grant+type=client%26credentials&scope=a%20b"
    assert outcome.request().body_state is BodyState.REBUILT
    assert b'--xyz\r\nContent-Disposition: form-data; name="file"\r\n\r\ncontent\r\n--xyz--' in outcome.request(1).body
    assert "rebuilt" in outcome.exchanges[0].notes[0]


def test_absent_and_empty_bodies_never_look_alike() -> None:
    outcome = read_case(har, "har/nulls.har")
    states = [(one.index, one.response.body_state) for one in outcome.exchanges if one.response is not None]
    assert states == [
        (2, BodyState.EMPTY),  # no text, size 0
        (3, BodyState.ABSENT),  # no text, size 5
        (4, BodyState.EMPTY),  # empty text
        (6, BodyState.NOT_TEXT),  # a picture in base64
    ]
    assert outcome.request(0).body_state is BodyState.ABSENT  # a media type alone
    assert outcome.response(4).body == b"\x89PNG"


@pytest.mark.parametrize("status", [0, -1, -2, None, "", True, "abc", 1e400])
def test_no_status_means_no_response(status: object) -> None:
    outcome = read(har, log(entry(status=status)))
    assert outcome.exchanges[0].response is None
    assert outcome.exchanges[0].error


def test_status_written_as_text_or_float_is_a_status() -> None:
    assert [read(har, log(entry(status=status))).response().status for status in ("409", 409.0)] == [409, 409]


def test_error_beside_a_status_is_kept_with_the_response() -> None:
    exchange = read(har, log(entry(_error="net::ERR_ABORTED"))).exchanges[0]
    assert exchange.error == "net::ERR_ABORTED"
    assert exchange.response is not None


def test_bodies_kept_in_other_files_are_named_not_opened() -> None:
    response = read(har, log(entry(content={"_file": "9f3a.json", "size": 9}))).response()
    assert (response.body, response.body_state) == (b"@9f3a.json", BodyState.FILE_REFERENCE)


def test_comment_that_tells_of_truncation_is_believed() -> None:
    content = {"text": "abc", "comment": "Response body was truncated."}
    assert read(har, log(entry(content=content))).response().body_state is BodyState.TRUNCATED


@pytest.mark.parametrize(
    "posted",
    [
        "plain text",
        {"text": "plain text"},
        {"postData": {"text": "plain text"}},
        {"text": "cGxhaW4gdGV4dA==", "encoding": "base64"},
    ],
)
def test_request_bodies_are_found_wherever_programs_put_them(posted: object) -> None:
    one = entry()
    one["request"] = {"method": "POST", "url": "https://api.example.com/", "postData": posted}
    assert read(har, log(one)).request().body == b"plain text"


def test_query_is_rebuilt_where_the_url_lacks_it() -> None:
    one = entry()
    one["request"] = {
        "method": "GET",
        "url": "https://api.example.com/",
        "queryString": [{"name": "q", "value": "a b"}],
    }
    assert read(har, log(one)).request().url == "https://api.example.com/?q=a%20b"


def test_request_body_of_unknown_size_is_absent_and_of_size_zero_is_empty() -> None:
    for size, state in ((0, BodyState.EMPTY), (-1, BodyState.ABSENT), (14, BodyState.ABSENT)):
        one = entry()
        one["request"] = {"method": "GET", "url": "https://api.example.com/", "bodySize": size}
        assert read(har, log(one)).request().body_state is state


def test_bodiless_statuses_and_headers_as_objects() -> None:
    outcome = read(har, log(entry(status=204, content={"size": -1}, headers={"A": "b"})))
    assert outcome.response().body_state is BodyState.EMPTY
    assert outcome.response().headers == (("A", "b"),)


def test_request_body_in_another_file_and_absurd_durations() -> None:
    one = entry()
    one["request"] = {"method": "POST", "url": "https://api.example.com/", "postData": {"_file": "a.json"}}
    exchange = read(har, log({**one, "time": 10**400})).exchanges[0]
    assert exchange.duration_ms is None
    assert exchange.request is not None
    assert (exchange.request.body, exchange.request.body_state) == (b"@a.json", BodyState.FILE_REFERENCE)
