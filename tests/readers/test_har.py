"""What browsers, proxies and test programs write into a HAR is read as they meant it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bundler.model import BodyState
from bundler.readers import har
from tests.readers.hars import entry, log
from tests.readers.reading import ERROR_BODY, read, read_case


def test_playwright_recording_gives_request_response_and_time() -> None:
    outcome = read_case(har, "har/playwright-embed.har")
    request, response = outcome.request(1), outcome.response(1)
    assert (request.method, request.url) == ("POST", "http://127.0.0.1:8099/v1/payments?test=1")
    assert request.body == b'{"amount":100,"reference":"order-1001"}'
    assert (response.status, response.reason, response.body_state) == (409, "Conflict", BodyState.PRESENT)
    started = outcome.exchanges[1].started
    assert started is not None
    assert started.isoformat() == "2026-11-23T18:10:59.245000+00:00"
    assert outcome.exchanges[1].duration_ms == 3.424
    assert [exchange.place for exchange in outcome.exchanges] == ["entry 1", "entry 2", "entry 3"]


@pytest.mark.parametrize("case", ["har/playwright-embed.har", "har/playwright-minimal.har"])
def test_status_minus_one_means_no_response_and_tells_why(case: str) -> None:
    failed = read_case(har, case).exchanges[2]
    assert failed.response is None
    assert failed.error == "net::ERR_UNSAFE_PORT"


def test_pseudo_headers_are_folded_away_and_joined_headers_come_apart() -> None:
    outcome = read_case(har, "har/chrome-sanitised.har")
    assert outcome.request().headers == (("content-type", "application/json"),)
    assert outcome.response().headers[1:] == (("x-multi", "one"), ("x-multi", "two"))


def test_chrome_status_zero_has_an_error_and_the_fragment_was_never_sent() -> None:
    outcome = read_case(har, "har/chrome-sanitised.har")
    assert outcome.exchanges[1].response is None
    assert outcome.exchanges[1].error == "net::ERR_CONNECTION_REFUSED"
    assert outcome.request(1).url == "https://api.example.com/v1/payments/1"


def test_sanitised_export_is_noted_and_one_with_cookies_is_not() -> None:
    assert any("sanitised" in note for note in read_case(har, "har/chrome-sanitised.har").notes)
    assert read_case(har, "har/slack-pairs.har").notes == []


def test_offset_is_kept_as_written() -> None:
    exchange = read_case(har, "har/slack-pairs.har").exchanges[0]
    assert exchange.started is not None
    assert exchange.started.utcoffset() == timedelta(hours=1)
    assert exchange.started_written == "2026-11-23T14:02:11.482+01:00"


def test_charles_tells_failure_in_its_own_key() -> None:
    complete, failed = read_case(har, "har/charles.har").exchanges
    assert complete.error is None
    assert (failed.response, failed.error) == (None, "FAILED")


def test_headers_as_pairs_are_read() -> None:
    assert read_case(har, "har/slack-pairs.har").request().headers[1] == ("Cookie", "d=invented")


def test_nulls_where_values_belong_are_no_values() -> None:
    outcome = read_case(har, "har/nulls.har")
    first = outcome.exchanges[0]
    assert (first.started, first.started_written, first.duration_ms, first.response) == (None, "", None, None)
    assert first.error == "no response was recorded (status None)"
    naive = outcome.exchanges[1]
    assert (naive.started, naive.started_written, naive.duration_ms) == (None, "2026-11-23T14:02:11", None)


def test_entry_without_request_and_response_keeps_its_number() -> None:
    outcome = read_case(har, "har/nulls.har")
    assert [exchange.place for exchange in outcome.exchanges] == [f"entry {index}" for index in (1, 2, 3, 4, 6)]
    assert outcome.notes == ["Left out as holding neither a request nor a response: entry 5."]


@pytest.mark.parametrize("case", ["bare-entry.har", "wrapped.har", "bom-crlf.har", "mitmproxy.zhar"])
def test_unusual_packings_are_read(case: str) -> None:
    outcome = read_case(har, f"har/{case}")
    assert len(outcome.exchanges) == 1
    assert outcome.request().body == b'{"amount":100}'
    assert outcome.response().body == ERROR_BODY


def test_utf16_har_is_read() -> None:
    assert len(read(har, log(entry()).encode("utf-16")).exchanges) == 1


def test_entries_are_found_before_and_after_other_members() -> None:
    other = '"pages": [{"a": "]}\\\\\\""}], "n": 1.5e3, "x": null'
    body = json.dumps([entry()])
    for text in (f'{{"log": {{{other}, "entries": {body}}}}}', f'{{"log": {{"entries": {body}, {other}}}, {other}}}'):
        assert len(read(har, text).exchanges) == 1
