"""Checks of the failing request and its response: are they whole, do they belong together."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bundler.checks.types import View, check
from bundler.model import BodyState, Finding

_INCOMPLETE = {
    BodyState.ABSENT: "is not in the source",
    BodyState.TRUNCATED: "was cut off in the source",
    BodyState.FILE_REFERENCE: "stood in a file that the command names",
    BodyState.UNRESOLVED: "holds variables that were not filled in",
}


@check("REQ002")
def request_body_whole(view: View) -> Iterator[Finding]:
    """The body of the failing request is not in the evidence.

    Absent in the source is not the same as empty: support asks for the complete request. Export the HAR "with content",
    or paste the body into the request file.
    """
    request = view.failing.request if view.failing is not None else None
    if request is None or request.body_state not in _INCOMPLETE:
        return
    if request.method in {"GET", "HEAD", "DELETE", "OPTIONS"} and request.body_state is BodyState.ABSENT:
        return
    yield Finding(
        code="REQ002",
        severity="warning",
        message=f"The request's body {_INCOMPLETE[request.body_state]}.",
        advice="Add the request with its body: a HAR with content, or --request FILE.",
        origins=view.origin("request body"),
    )


@check("RSP003")
def response_belongs_to_request(view: View) -> Iterator[Finding]:
    """The response speaks of another payment than the request.

    A saved response was probably put beside the wrong request. Both are shown as they were given.
    """
    failing, operation = view.failing, view.operation
    payment = view.ticket.facts.payment_id
    if failing is None or failing.response is None or operation is None or payment is None:
        return
    asked = operation.params.get(payment.name, "").lower()
    answered = {value.lower() for value in _values(payment.name, failing.response.body)}
    if asked and answered and asked not in answered:
        yield Finding(
            code="RSP003",
            severity="warning",
            message=f"The request is about {payment.name} {asked}, the response about {sorted(answered)[0]}.",
            advice="Add the response that came to this request: --response FILE.",
            origins=(failing.origin("URL path"), failing.origin(f"response body, {payment.name}")),
        )


@check("RSP005")
def response_body_whole(view: View) -> Iterator[Finding]:
    """The error response came without its body, or with a part of it.

    The body says what went wrong and carries the trace id. Browsers leave bodies out of a HAR unless it is exported
    "with content".
    """
    response = view.failing.response if view.failing is not None else None
    if response is not None and response.body_state in _INCOMPLETE:
        yield Finding(
            code="RSP005",
            severity="warning",
            message=f"The response's body {_INCOMPLETE[response.body_state]}.",
            advice="Add the response with its body: a HAR with content, or --response FILE.",
            origins=view.origin("response body"),
        )


def _values(name: str, body: bytes) -> set[str]:
    pattern = rb'"' + re.escape(name.encode()) + rb'"\s*:\s*"([^"\\]{1,80})"'
    return {match.decode("utf-8", "replace") for match in re.findall(pattern, body[:1_000_000], re.IGNORECASE)}


CHECKS = (
    request_body_whole,
    response_belongs_to_request,
    response_body_whole,
)
