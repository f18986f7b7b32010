"""A length that no longer fits is as it was sent, and what it is of is said."""

from __future__ import annotations

import pytest

from bundler.document import exchange_wire
from bundler.document.wire import length_note
from bundler.model import Exchange, Header, Request, Response
from bundler.render import http

MASKED = b'{"password":"[secret-1]"}'


@pytest.mark.parametrize(
    ("headers", "body", "is_said"),
    [
        ((("Content-Length", "27"),), MASKED, True),
        ((("content-length", " 27 "),), b"[withheld: a body that is not text]", True),
        ((("Content-Length", "27"),), b"pin=[secret-1:last4=1111]", True),
        ((("Content-Length", str(len(MASKED))),), MASKED, False),
        ((("Content-Length", "27"),), b'{"amount":24900}', False),
        ((("Content-Length", "27"), ("Content-Encoding", "gzip")), MASKED, False),
        ((("Content-Length", "many"),), MASKED, False),
        ((), MASKED, False),
    ],
)
def test_a_length_is_noted_where_masking_changed_it(headers: tuple[Header, ...], body: bytes, is_said: bool) -> None:
    request = Request("POST", "https://api.example.com/", "HTTP/1.1", headers, body)
    assert bool(length_note(request)) is is_said
    assert ("Content-Length is of the unmasked body" in http.body_note(request)) is is_said
    wire = exchange_wire(Exchange("s", 1, request, Response(200)))
    assert (b"# request body: Content-Length is of the unmasked body\n" in wire) is is_said
    assert all(f"{name}: {value}".rstrip().encode() in wire for name, value in headers)
