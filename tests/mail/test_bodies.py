"""How the bodies of calls are cut for a mail: with a mark, and nothing in two that belongs together."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bundler.mail.bodies import with_bodies_cut
from bundler.model import BodyState, Exchange, Request, Response
from tests.document.tickets import capture

MARK = re.compile(rb"\n\[([0-9,]+) bytes are left out of the mail here; the bundle has them\]\n")


def _cut(body: bytes, cap: int) -> bytes:
    exchange = replace(capture(), request=replace(_request(), body=body))
    return _request(with_bodies_cut(exchange, cap)).body


def _request(exchange: Exchange | None = None) -> Request:
    request = (exchange or capture()).request
    assert request is not None
    return request


def test_exchange_with_short_bodies_stays_what_it_is() -> None:
    exchange = capture()
    assert with_bodies_cut(exchange, 4_000) is exchange


def test_cut_exchange_says_so() -> None:
    exchange = replace(capture(), response=Response(200, body=b"x" * 9_000, body_state=BodyState.PRESENT))
    cut = with_bodies_cut(exchange, 4_000)
    assert cut.request is exchange.request
    assert cut.response is not None
    assert cut.response.body_state is BodyState.TRUNCATED
    assert cut.notes[-1] == "its long bodies are cut in the mail; they are whole in the bundle"


@given(st.binary(max_size=30_000), st.integers(1_000, 20_000))
def test_what_stays_and_what_is_left_out_are_the_body(body: bytes, cap: int) -> None:
    cut = _cut(body, cap)
    if len(body) <= cap + 1_000:
        assert cut == body
        return
    assert len(cut) <= cap + 100
    (found,) = MARK.finditer(cut)
    head, tail = cut[: found.start()], cut[found.end() :]
    assert body.startswith(head)
    assert body.endswith(tail)
    assert len(head) + len(tail) + int(found[1].replace(b",", b"")) == len(body)


def test_no_placeholder_no_line_and_no_letter_is_cut_in_two() -> None:
    words = b'{"token": "[token-1:last4=7c1e]", "id": "1b0c5c2e-7a54-4d63-9f0e-2c9a6f1d83b7"}, '
    cut = _cut(words * 500, 8_000)
    head, _, rest = cut.partition(b"\n[")
    assert not head.replace(words, b"") or head.endswith((b" ", b","))
    assert head.count(b"[token-1:last4=7c1e]") == head.count(b"[token-1")
    assert rest.count(b"1b0c5c2e-7a54-4d63-9f0e-2c9a6f1d83b7") == rest.count(b"83b7")
    lines = _cut(b"one line\n" * 5_000, 8_000)
    assert set(MARK.sub(b"", lines).splitlines()) == {b"one line"}
    _cut("æ".encode() * 20_000, 8_001).decode()
    _cut(b"a" + "€".encode() * 20_000, 8_000).decode()
