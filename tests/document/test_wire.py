"""Exchanges as text."""

from __future__ import annotations

import io

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bundler.document import exchange_wire
from bundler.model import BodyState, Exchange, Response
from bundler.readers import http_message
from tests.document.tickets import PAYMENT_ID, capture, hostile_ticket, initiation


def test_exchange_is_written_as_on_the_wire() -> None:
    assert exchange_wire(capture()).decode() == (
        "# source: trace.har, entry 14\n"
        "# started: 2026-11-23T13:02:11.482Z\n"
        "# duration: 512 ms\n"
        f"POST https://api.example.com/v1/payments/{PAYMENT_ID}/captures?dry=1 HTTP/2\n"
        "Content-Type: application/json\n"
        "Authorization: Bearer [token-1]\n"
        "X-Two: a\n"
        "\n"
        '{"amount": 1050}\n'
        "\n"
        "HTTP/2 409 Conflict\n"
        "Content-Type: application/json\n"
        "Set-Cookie: [cookie-1]\n"
        "Set-Cookie: [cookie-2]\n"
        "\n"
        '{"code": "2040", "message": "Beløbet er for højt"}\n'
    )


def test_what_the_source_does_not_hold_is_said() -> None:
    text = exchange_wire(initiation()).decode()
    assert "# started: 23/11/2026 14:02 (as written; the zone is not known)\n" in text
    assert "# note: the response was not saved\n" in text
    assert "# request body: absent in the source\n" in text
    assert "# error: net::ERR_CONNECTION_RESET\n# response: none\n" in text


def test_empty_and_absent_bodies_differ() -> None:
    exchange = capture()
    assert exchange.response is not None
    states = {
        state: exchange_wire(replace(exchange, response=replace(exchange.response, body=b"", body_state=state)))
        for state in BodyState
    }
    assert len(set(states.values())) == len(BodyState)
    assert b"# response body: empty\n" in states[BodyState.EMPTY]
    assert b"# response body: absent in the source\n" in states[BodyState.ABSENT]


def test_response_saved_alone_and_body_saved_alone() -> None:
    alone = Exchange(source="r.txt", index=1, request=None, response=Response(204, "", "HTTP/1.0"))
    assert exchange_wire(alone) == (
        b"# source: r.txt\n# request: absent in the source\n# response body: absent in the source\nHTTP/1.0 204\n\n"
    )
    body = replace(alone, response=Response(None, body=b'{"error": 1}', body_state=BodyState.PRESENT))
    assert exchange_wire(body).endswith(b'# response status: absent in the source\n{"error": 1}\n')
    beside = exchange_wire(replace(capture(), response=body.response))
    assert beside.endswith(b'\n{"amount": 1050}\n###\n{"error": 1}\n')


def test_incoming_call_is_said_to_be_one() -> None:
    assert b"# direction: incoming" in exchange_wire(replace(capture(), direction="incoming"))


def _read_back(exchange: Exchange) -> Exchange:
    (read,) = http_message.read(io.BytesIO(exchange_wire(exchange)), "01-POST-captures.http", [])
    return read


def test_our_own_reader_reads_the_same_exchange() -> None:
    original, read = capture(), _read_back(capture())
    assert original.request is not None
    assert original.response is not None
    assert read.request == replace(original.request, http_version="HTTP/2")
    assert read.response == replace(original.response, http_version="HTTP/2")


BODIES = st.text(st.sampled_from('{}[]",: aæ1'), max_size=40).map(lambda text: f'{{"a": "{text}"}}'.encode())
TOKENS = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,9}", fullmatch=True)


@given(BODIES, BODIES, st.lists(st.tuples(TOKENS.map("X-{}".format), TOKENS), max_size=3))
@settings(max_examples=60)
def test_any_json_and_any_headers_are_read_back(asked: bytes, told: bytes, headers: list[tuple[str, str]]) -> None:
    exchange = capture()
    assert exchange.request is not None
    assert exchange.response is not None
    read = _read_back(
        replace(
            exchange,
            request=replace(exchange.request, body=asked, headers=tuple(headers)),
            response=replace(exchange.response, body=told, headers=tuple(headers)),
        )
    )
    assert read.request is not None
    assert read.response is not None
    assert (read.request.body.rstrip(), read.request.headers) == (asked.rstrip(), tuple(headers))
    assert (read.response.body.rstrip(), read.response.headers) == (told.rstrip(), tuple(headers))


def test_call_that_was_not_answered_is_read_back_as_one() -> None:
    read = _read_back(initiation())
    assert read.response is None
    assert read.request is not None
    assert (read.request.method, read.request.url, read.request.http_version) == (
        "GET",
        "https://api.example.com/v1/payments",
        "",
    )


def test_comments_stand_above_both_messages() -> None:
    exchange = replace(capture(), error="cut off")
    lines = exchange_wire(exchange).splitlines()
    assert [line.startswith(b"#") for line in lines].index(False) == sum(line.startswith(b"#") for line in lines)


def test_no_value_begins_a_line_of_its_own() -> None:
    for exchange in hostile_ticket().exchanges:
        head = exchange_wire(exchange)
        assert not any(line.startswith(b"Bcc") for line in head.splitlines())
        assert b"\x1b" not in head
        assert b"\r" not in head


def test_body_bytes_are_the_tickets_own() -> None:
    assert b"\n\n\xff\xfe###\n" in exchange_wire(hostile_ticket().exchanges[0])
