"""An exchange as text: request and response as on the wire, with what is known of them in comment lines above.

The form is the one of ``.http`` files: ``# comment`` lines, the request, a blank line, the response. Lines of the
heads end in LF, which RFC 9112 section 2.2 lets every recipient accept; bodies are the ticket's own bytes.
"""

from __future__ import annotations

import re

from bundler.document.convert import moment_text
from bundler.model import BodyState, Exchange, Header, Request, Response

SEPARATOR = b"###\n"

_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029]+")
_MASKED = re.compile(rb"\[(?:[a-z-]{2,20}-[1-9][0-9]{0,8}(?=[]:])|withheld: )")
_VERSION = re.compile(r"(?:HTTP/|H)(\d(?:\.\d)?)", re.IGNORECASE)
_SAID = {
    BodyState.EMPTY: "empty",
    BodyState.ABSENT: "absent in the source",
    BodyState.TRUNCATED: "cut off in the source",
    BodyState.NOT_TEXT: "not text",
    BodyState.FILE_REFERENCE: "only the name of a file in the source",
    BodyState.UNRESOLVED: "holds variables that the source does not resolve",
    BodyState.REBUILT: "put together from parameters; the bytes on the wire may have differed",
}


def exchange_wire(exchange: Exchange) -> bytes:
    """Request and response as one file; nothing is masked here.

    Control characters in heads and comments become blanks, so that no value can begin a line of its own. A message
    that the source does not hold is a comment line. Always ends with a line end.
    """
    comments = [f"source: {exchange.source}{f', {exchange.place}' if exchange.place else ''}"]
    if exchange.started is not None:
        comments.append(f"started: {moment_text(exchange.started)}")
    elif exchange.started_written:
        comments.append(f"started: {exchange.started_written} (as written; the zone is not known)")
    if exchange.duration_ms is not None:
        comments.append(f"duration: {exchange.duration_ms:.0f} ms")
    if exchange.direction == "incoming":
        comments.append("direction: incoming (the provider called)")
    comments += [f"note: {each}" for each in exchange.notes]
    if exchange.request is None:
        comments.append("request: absent in the source")
    else:
        comments += _body_comments("request", exchange.request)
    if exchange.error:
        comments.append(f"error: {exchange.error}")
    if exchange.response is None:
        comments.append("response: none")
    else:
        if exchange.response.status is None:
            comments.append("response status: absent in the source")
        comments += _body_comments("response", exchange.response)
    # all comments stand on top: between the messages they would be read as the end of the request's body
    pieces = [_line(f"# {comment}") for comment in comments]
    if exchange.request is not None:
        pieces.append(_request(exchange.request))
    if exchange.response is not None:
        if exchange.request is not None:
            pieces.append(b"\n" if exchange.response.status is not None else SEPARATOR)
        pieces.append(_response(exchange.response))
    return b"".join(pieces)


def length_note(message: Request | Response) -> str:
    """Words for a ``Content-Length`` that no longer fits, since it is as sent and the body is masked; else nothing."""
    named = {name.lower(): value for name, value in message.headers}
    length = named.get("content-length", "").strip()
    is_other = length.isdecimal() and int(length) != len(message.body) and "content-encoding" not in named
    return "Content-Length is of the unmasked body" if is_other and _MASKED.search(message.body) else ""


def _body_comments(whose: str, message: Request | Response) -> list[str]:
    said = (_SAID.get(message.body_state, ""), length_note(message))
    return [f"{whose} body: {each}" for each in said if each]


def _request(request: Request) -> bytes:
    method, url = request.method.replace(" ", "-"), request.url.replace(" ", "%20")
    return _message(f"{method} {url} {_version(request.http_version)}".rstrip(), request.headers, request.body)


def _response(response: Response) -> bytes:
    if response.status is None:
        return _message("", response.headers, response.body)
    return _message(
        f"{_version(response.http_version)} {response.status} {response.reason}".rstrip(),
        response.headers,
        response.body,
    )


def _message(start: str, headers: tuple[Header, ...], body: bytes) -> bytes:
    head = [_line(start)] if start else []
    head += [_line(f"{name}: {value}".rstrip()) for name, value in headers]
    end = b"" if not body or body.endswith(b"\n") else b"\n"
    return b"".join([*head, b"\n" if head else b"", body, end])


def _version(text: str) -> str:
    """``HTTP/2`` for HAR's "h2" and "http/2.0" alike; empty when it is not known."""
    found = _VERSION.fullmatch(text.strip())
    if found is None:
        return ""
    number = found[1]
    return f"HTTP/{number}" if number.startswith("1") else f"HTTP/{number.removesuffix('.0')}"


def _line(text: str) -> bytes:
    return _CONTROLS.sub(" ", text).encode("utf-8", "replace") + b"\n"
