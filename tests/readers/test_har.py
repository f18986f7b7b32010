from __future__ import annotations

import contextlib
import io
import json
import tracemalloc
import zlib
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bundler.errors import UnreadableInput
from bundler.model import BodyState
from bundler.readers import har, har_entry, json_stream
from tests.readers.reading import ERROR_BODY, read, read_case


def entry(**response: object) -> dict[str, object]:
    return {
        "request": {"method": "GET", "url": "https://api.example.com/", "headers": [], "bodySize": 0},
        "response": {"status": 200, "headers": [], "content": {"size": 0}, **response},
    }


def log(*entries: object) -> str:
    return json.dumps({"log": {"entries": entries}})


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


def test_bodies_that_playwright_left_out_are_absent_not_empty() -> None:
    outcome = read_case(har, "har/playwright-minimal.har")
    assert outcome.request(1).body_state is BodyState.ABSENT
    assert outcome.response(1).body_state is BodyState.ABSENT


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


def test_text_wrongly_marked_as_base64_is_kept_as_text_with_a_note() -> None:
    outcome = read_case(har, "har/firefox-not-base64.har")
    assert outcome.response().body == ERROR_BODY
    assert "base64" in outcome.exchanges[0].notes[0]


def test_charles_tells_failure_in_its_own_key() -> None:
    complete, failed = read_case(har, "har/charles.har").exchanges
    assert complete.error is None
    assert (failed.response, failed.error) == (None, "FAILED")


def test_form_is_rebuilt_from_parameters_and_says_so() -> None:
    outcome = read_case(har, "har/fiddler-params.har")
    assert outcome.request().body == b"grant+type=client%26credentials&scope=a%20b"
    assert outcome.request().body_state is BodyState.REBUILT
    assert b'--xyz\r\nContent-Disposition: form-data; name="file"\r\n\r\ncontent\r\n--xyz--' in outcome.request(1).body
    assert "rebuilt" in outcome.exchanges[0].notes[0]


def test_headers_as_pairs_are_read() -> None:
    assert read_case(har, "har/slack-pairs.har").request().headers[1] == ("Cookie", "d=invented")


def test_nulls_where_values_belong_are_no_values() -> None:
    outcome = read_case(har, "har/nulls.har")
    first = outcome.exchanges[0]
    assert (first.started, first.started_written, first.duration_ms, first.response) == (None, "", None, None)
    assert first.error == "no response was recorded (status None)"
    naive = outcome.exchanges[1]
    assert (naive.started, naive.started_written, naive.duration_ms) == (None, "2026-11-23T14:02:11", None)


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


def test_truncated_file_gives_what_was_complete() -> None:
    outcome = read_case(har, "har/truncated.har")
    assert [exchange.place for exchange in outcome.exchanges] == ["entry 1", "entry 2"]
    assert outcome.notes == ["The file ends early after entry 2; what came before was read."]


def test_every_cut_of_a_har_gives_its_whole_entries_or_an_error() -> None:
    whole = log(entry(), entry(), entry()).encode()
    ends = [found for found in range(len(whole)) if whole.startswith(b'}, {"request"', found)]
    for cut in range(0, len(whole), 7):
        expected = sum(end < cut for end in ends)
        if expected:
            assert len(read(har, whole[:cut]).exchanges) in (expected, expected + 1)
        else:
            with contextlib.suppress(UnreadableInput):
                assert len(read(har, whole[:cut]).exchanges) == 1


def test_broken_entry_is_left_out_and_the_next_is_read() -> None:
    outcome = read_case(har, "har/not-quite-json.har")
    assert [exchange.index for exchange in outcome.exchanges] == [1, 3]
    assert "Left out as not valid JSON: entry 2." in outcome.notes
    assert outcome.exchanges[0].duration_ms is None  # NaN
    assert "\ufffd" in outcome.response().body.decode()  # half a surrogate pair


def test_bytes_that_are_no_text_are_replaced_and_noted() -> None:
    data = log(entry(content={"text": "b\u00e9d", "size": 3}), entry()).encode("latin-1", "ignore")
    data = data.replace(b"\\u00e9", b"\xe9")
    outcome = read(har, data)
    assert outcome.response().body.decode() == "b\ufffdd"
    assert "Bytes that are not valid text were replaced." in outcome.notes


def test_utf16_har_is_read() -> None:
    assert len(read(har, log(entry()).encode("utf-16")).exchanges) == 1


def test_entries_are_found_before_and_after_other_members() -> None:
    other = '"pages": [{"a": "]}\\\\\\""}], "n": 1.5e3, "x": null'
    body = json.dumps([entry()])
    for text in (f'{{"log": {{{other}, "entries": {body}}}}}', f'{{"log": {{"entries": {body}, {other}}}, {other}}}'):
        assert len(read(har, text).exchanges) == 1


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


@pytest.mark.parametrize(
    "text",
    [
        "[" * 1_000_000,
        '{"log":{"entries":[' + "[" * 1_000_000,
        '{"a":' * 200_000,
        '{"log":{"pages":' + "[" * 1_000_000,
        '{"log":{"entries":[{"request":' + '{"a":' * 100_000,
        '{"log":{"entries":[]}}',
        '{"log":{"entries":[1,2,"a",null]}}',
        '{"log":{"entries":[' + "1" * 10_000 + "]}}",
        '{"a":1}',
        "{",
        "",
        "\x00",
        '{"log":{"entries":[{}',
        '{"' + "k" * 10,
    ],
    ids=range(14),
)
def test_what_is_no_har_is_refused_in_words(text: str) -> None:
    with pytest.raises(UnreadableInput) as caught:
        read(har, text, "trace.har")
    assert "trace.har" in caught.value.message
    assert caught.value.hint


def test_entry_beyond_the_limit_is_left_out_without_being_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "VALUE_LIMIT", 1 << 20)
    monkeypatch.setattr(json_stream, "CHUNK", 1 << 16)
    large = '{"request":{"url":"https://a.test/' + 'x\\"y' * 600_000 + '"}}'
    outcome = read(har, f'{{"log":{{"entries":[{large},{json.dumps(entry())}]}}}}')
    assert [exchange.place for exchange in outcome.exchanges] == ["entry 2"]
    assert "Left out as larger than 64 MiB: entry 1." in outcome.notes


def test_many_entries_left_out_make_one_note() -> None:
    outcome = read(har, log(entry(), *({} for _ in range(500))))
    assert sum("Left out" in note for note in outcome.notes) == 1
    assert max(map(len, outcome.notes)) < 300


def test_memory_does_not_grow_with_the_file() -> None:
    one = json.dumps(entry(content={"text": "x" * 20_000})).encode()

    def pieces() -> Iterator[bytes]:
        yield b'{"log":{"entries":['
        for _ in range(1_000):
            yield one + b","
        yield one + b"]}}"

    stream = Generated(pieces())
    tracemalloc.start()
    count = len([None for _ in har.read(stream, "big.har", [])])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 1_001
    assert peak < 8_000_000  # of 20 MB


def test_compressed_bomb_is_read_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(har, "INFLATED_LIMIT", 1 << 20)
    text = log(entry()) + " " * (1 << 22)
    bomb = zlib.compress((text[:-1] + "}").encode(), 9)
    outcome = read(har, zlib.compress(text.encode(), 9))
    assert len(outcome.exchanges) == 1
    assert len(read(har, bomb).exchanges) == 1
    with pytest.raises(UnreadableInput):
        read(har, zlib.compress(b" " * (1 << 22), 9))


def test_broken_compression_gives_what_was_readable() -> None:
    data = zlib.compress(log(*(entry() for _ in range(2000))).encode(), 0)
    outcome = read(har, data[: len(data) // 2])
    assert outcome.exchanges
    assert "ends early" in outcome.notes[0]


@pytest.mark.parametrize("written", ["0001-01-01T00:00:00+14:00", "0001-06-01T00:00:00Z", "9999-12-31T23:59:59.999Z"])
def test_moment_at_an_end_of_the_calendar_is_no_moment(written: str) -> None:
    exchange = har_entry.to_exchange({**entry(), "startedDateTime": written}, "a.har", 1)
    assert exchange is not None
    assert exchange.started is None


class Generated(io.BytesIO):
    """A stream that is made while it is read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._rest = b""

    def read(self, size: int | None = -1) -> bytes:
        size = -1 if size is None else size
        while len(self._rest) < size and (piece := next(self._pieces, b"")):
            self._rest += piece
        data, self._rest = self._rest[:size], self._rest[size:]
        return data


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


@pytest.mark.parametrize(
    "text", ['{"a" 1}', '{"log":{"entries":[{} {}]}}', '{"a":,}', '{"pages":[[1}', "{1:2}", '{"a"']
)
def test_broken_json_around_the_entries_is_refused(text: str) -> None:
    with pytest.raises(UnreadableInput):
        read(har, text)


def test_key_of_absurd_length_ends_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "VALUE_LIMIT", 1 << 16)
    text = log(entry())[:-1] + ',"' + "k" * (3 << 20) + '":1}'
    assert "not valid JSON after entry 1" in read(har, text).notes[0]
