"""Checks of the failing request and its response: whole, belonging together, and what the provider's tables say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bundler.checks.types import View, check
from bundler.model import BodyState, Finding, ProviderCode
from bundler.providers import find_code, find_status

_DOCUMENTED = 0.97
_BY_STATUS = 0.6
_INCOMPLETE = {
    BodyState.ABSENT: "is not in the source",
    BodyState.TRUNCATED: "was cut off in the source",
    BodyState.FILE_REFERENCE: "stood in a file that the command names",
    BodyState.UNRESOLVED: "holds variables that were not filled in",
}
_TITLE = re.compile(rb"<title[^>]{0,80}>([^<]{1,120})", re.IGNORECASE)


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


@check("RSP001")
def provider_code_known(view: View) -> Iterator[Finding]:
    """The error code is documented by the provider.

    The finding gives the documented meaning, who has to act, and what to do. Try that first: most documented codes are
    settled without writing to anybody.
    """
    error = view.error
    if error is None or not error.code:
        return
    row = find_code(view.profile, view.ticket.family, error.code, error.group)
    if row is None and not view.profile.codes:
        return
    if row is None:
        yield Finding(
            code="RSP001",
            severity="note",
            message=f"The error code {error.code} is not in {view.profile.name}'s documented tables.",
            advice="Keep it in the ticket; support can tell what it means.",
            provider_code=ProviderCode(error.code, error.group),
            origins=view.origin("response body"),
        )
        return
    yield Finding(
        code="RSP001",
        severity="warning",
        message=f"Error {row.code}: {row.title}.{f' {row.cause}' if row.cause else ''}",
        advice=row.remedy,
        provider_code=ProviderCode(row.code, row.group),
        who=row.who,
        confidence=_DOCUMENTED,
        link=row.link or None,
        origins=view.origin("response body"),
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


@check("RSP004")
def status_explained(view: View) -> Iterator[Finding]:
    """What the HTTP status usually means with this provider.

    Less certain than an error code: gateways and proxies answer with the same statuses.
    """
    response = view.failing.response if view.failing is not None else None
    if response is None or response.status is None or response.status < 400:
        return
    text = response.body[:20_000].decode("utf-8", "replace")
    row = find_status(view.profile, view.ticket.family, response.status, text)
    if row is not None:
        yield Finding(
            code="RSP004",
            severity="note",
            message=f"HTTP {row.status}: {row.cause}",
            advice=row.remedy,
            who=row.who,
            confidence=_BY_STATUS,
            link=row.link or view.profile.links.get("errors"),
            origins=view.origin("response"),
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


@check("RSP006")
def api_answered(view: View) -> Iterator[Finding]:
    """A gateway or proxy answered with a web page, not the API.

    The call may never have reached the provider's application. The page's title and server name say who answered.
    """
    response = view.failing.response if view.failing is not None else None
    if response is None or not re.match(rb"\s*<(?:!doctype html|html)", response.body[:200], re.IGNORECASE):
        return
    found = _TITLE.search(response.body[:20_000])
    title = f' titled "{found[1].decode("utf-8", "replace").strip()}"' if found else ""
    server = next((value for name, value in response.headers if name.lower() == "server"), "")
    yield Finding(
        code="RSP006",
        severity="warning",
        message=f"A web page{title} came back{f' from {server}' if server else ''}, not an answer of the API.",
        advice="Check host and path, and whether a proxy of your own stands between; then try again.",
        origins=view.origin("response body"),
    )


def _values(name: str, body: bytes) -> set[str]:
    pattern = rb'"' + re.escape(name.encode()) + rb'"\s*:\s*"([^"\\]{1,80})"'
    return {match.decode("utf-8", "replace") for match in re.findall(pattern, body[:1_000_000], re.IGNORECASE)}


CHECKS = (
    request_body_whole,
    provider_code_known,
    response_belongs_to_request,
    status_explained,
    response_body_whole,
    api_answered,
)
