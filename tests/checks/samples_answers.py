"""Tickets for the checks of what the answer says."""

from __future__ import annotations

from bundler.model import Exchange, Request, Response, SafeTicket
from tests.checks.makers import API, AT, INITIATE, call, failing, ticket

_TEXT = b'{"statusCode":401,"message":"Access denied due to invalid subscription key."}'
_BLAMING = (
    b'{"title":"Bad Request","detail":"See extraDetails","instance":"/v1/payments",'
    b'"traceId":"00-4f1c9a7e2b6d4830a5e8c1d7b3f90a62-8c2e5b7a9d1f3046-01",'
    b'"extraDetails":[{"name":"reference","reason":"must match the regular expression"}]}'
)


def elsewhere(url: str, body: bytes, status: int = 409) -> SafeTicket:
    """A ticket whose failing call went to ``url``."""
    return failing(Exchange("trace.har", 1, Request("POST", url), Response(status, body=body), AT), family=None)


def unanswered(error: str) -> SafeTicket:
    """A ticket whose failing call got no answer, for the reason that its program told."""
    return failing(Exchange("trace.har", 1, Request("POST", API + INITIATE), None, AT, error=error))


SAMPLES_OF_ANSWERS: dict[str, tuple[SafeTicket, SafeTicket]] = {
    "RSP001": (failing(call(INITIATE, body=b'{"code":"2040","message":"m","correlationId":"c"}')), ticket()),
    "RSP004": (failing(call(INITIATE, 401)), ticket()),
    "RSP006": (failing(call(INITIATE, 502, body=b"<!DOCTYPE html><title>502 Bad Gateway</title>")), ticket()),
    "RSP007": (failing(call(INITIATE, 401, body=_TEXT)), failing(call(INITIATE, 200, body=_TEXT))),
    "RSP008": (elsewhere("https://pay.example.com/v1/payments", b"{}"), elsewhere("http://127.0.0.1/v1", b"{}")),
    "RSP010": (unanswered("getaddrinfo ENOTFOUND api.vipps.no"), unanswered("Operation timed out after 5000 ms")),
    "RSP009": (
        failing(call(INITIATE, 400, body=_BLAMING), family="epayment"),
        failing(call(INITIATE, 400, body=_BLAMING.replace(b'"reference"', b'"ErrorCode"'))),
    ),
}
