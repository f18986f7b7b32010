"""Turns one entry of a HAR into an Exchange, whatever the program that wrote it made of the format.

The fields are those of HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/); what programs do differently is
said where it is handled.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from bundler.model import BodyState, Exchange, Header, Request, Response
from bundler.readers.bodies import content_length, find_header, state_of
from bundler.readers.form import rebuilt_form
from bundler.readers.source_text import valid_text

_ENDS_OF_TIME = (1, 9999)
"""Years of clocks that were never set; they leave no room to reckon with."""
_ERROR_KEYS = ("_error", "_failureText", "_errorText", "_charlesStatus")


def to_exchange(entry: object, source: str, index: int) -> Exchange | None:
    """The exchange that ``entry`` describes; None where it holds neither a request nor a response."""
    fields = _mapping(entry)
    notes: list[str] = []
    request = _request(fields.get("request"), notes)
    answer = _mapping(fields.get("response"))
    status = _status(answer.get("status"))
    response = _response(answer, status, notes) if status is not None else None
    if request is None and response is None:
        return None
    error = _error(fields)
    if response is None and error is None:
        error = (
            f"no response was recorded (status {answer.get('status')!s:.20})" if answer else "no response was recorded"
        )
    started, written = _moment(fields.get("startedDateTime"))
    return Exchange(
        source=source,
        index=index,
        request=request,
        response=response,
        started=started,
        started_written=written,
        duration_ms=_duration(fields.get("time")),
        error=error,
        notes=tuple(notes),
        place=f"entry {index}",
    )


def _request(value: object, notes: list[str]) -> Request | None:
    fields = _mapping(value)
    url = _text(fields.get("url"))
    if not url:
        return None
    headers = tuple(_headers(fields.get("headers")))
    body, state = _posted(fields, headers, notes)
    return Request(
        method=_text(fields.get("method")),
        url=_wire_url(url, fields.get("queryString"), notes),
        http_version=_text(fields.get("httpVersion")),
        headers=headers,
        body=body,
        body_state=state,
    )


def _response(fields: dict[str, object], status: int, notes: list[str]) -> Response:
    headers = tuple(_headers(fields.get("headers")))
    body, state = _content(fields, notes)
    if not body and status in (204, 304):  # these never have one (RFC 9110, 15.3.5 and 15.4.5)
        state = BodyState.EMPTY
    return Response(
        status=status,
        reason=_text(fields.get("statusText")),
        http_version=_text(fields.get("httpVersion")),
        headers=headers,
        body=body,
        body_state=state,
    )


def _status(value: object) -> int | None:
    """The status; None for null, 0 (Chrome), -1 (Playwright) and -2 (others), which all mean that no response came."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:9])
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1000 else None


def _error(fields: dict[str, object]) -> str | None:
    for part in (fields, _mapping(fields.get("response")), _mapping(fields.get("request"))):
        for key in _ERROR_KEYS:
            text = _text(part.get(key)).strip()
            # Charles writes "COMPLETE" when nothing went wrong
            if text and text != "COMPLETE":
                return text
    return None


def _posted(fields: dict[str, object], headers: tuple[Header, ...], notes: list[str]) -> tuple[bytes, BodyState]:
    posted = fields.get("postData")
    if isinstance(posted, str):
        return _encoded(posted, "", "request", notes)
    data = _mapping(posted)
    if "text" not in data and isinstance(data.get("postData"), dict):
        data = _mapping(data["postData"])  # some exporters put a whole request object here
    text = data.get("text")
    if isinstance(text, str) and text:
        return _encoded(text, _text(data.get("encoding")), "request", notes)
    if params := _pairs(data.get("params")):
        notes.append("The request body was rebuilt from its parameters; the bytes that were sent may have differed.")
        media_type = _text(data.get("mimeType")) or find_header(headers, "content-type") or ""
        return rebuilt_form(params, media_type), BodyState.REBUILT
    if name := _text(data.get("_file")):
        return f"@{name}".encode(), BodyState.FILE_REFERENCE
    announced = content_length(headers) or 0
    # Playwright's "minimal" mode writes an empty text with a size of -1 for a body that it left out
    is_empty = fields.get("bodySize") in (0, None) if text == "" else not data and fields.get("bodySize") == 0
    return b"", BodyState.EMPTY if is_empty and announced == 0 else BodyState.ABSENT


def _content(fields: dict[str, object], notes: list[str]) -> tuple[bytes, BodyState]:
    content = _mapping(fields.get("content"))
    text = content.get("text")
    size = _number(content.get("size"))
    if isinstance(text, str) and text:
        body, state = _encoded(text, _text(content.get("encoding")), "response", notes)
        return body, BodyState.TRUNCATED if "truncated" in _text(content.get("comment")).casefold() else state
    if name := _text(content.get("_file")):
        return f"@{name}".encode(), BodyState.FILE_REFERENCE
    transferred = _number(fields.get("bodySize"))
    if text == "":
        return b"", BodyState.ABSENT if size > 0 else BodyState.EMPTY
    return b"", BodyState.EMPTY if size == 0 and transferred <= 0 else BodyState.ABSENT


def _encoded(text: str, encoding: str, side: str, notes: list[str]) -> tuple[bytes, BodyState]:
    if encoding.casefold() == "base64":
        try:
            body = base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            # Firefox marks text that is none as base64 (its bug 1762313)
            notes.append(f"The {side} body is marked as base64 but is not; it was kept as text.")
        else:
            return body, state_of(body)
    clean = valid_text(text)
    if clean is not text:
        notes.append(f"The {side} body held half characters (lone surrogates), which were replaced.")
    return clean.encode(), BodyState.PRESENT


def _headers(value: object) -> Iterator[Header]:
    for name, content in _pairs(value):
        # HTTP/2 pseudo headers repeat what method, URL and status say
        if not name or name.startswith(":"):
            continue
        if "\n" in content or "\r" in content:
            # Chrome joins headers of the same name with line feeds
            yield from ((name, part) for part in content.replace("\r", "\n").split("\n"))
        else:
            yield name, content


def _pairs(value: object) -> list[tuple[str, str]]:
    """Names and values of a list of objects, of [name, value] pairs (Slack's exporter) or of a plain object."""
    if isinstance(value, dict):
        return [(_text(name), _text(content)) for name, content in value.items()]
    pairs = []
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            pairs.append((_text(item.get("name")), _text(item.get("value"))))
        elif isinstance(item, list) and len(item) == 2:
            pairs.append((_text(item[0]), _text(item[1])))
    return pairs


def _wire_url(url: str, query: object, notes: list[str]) -> str:
    """The URL without its fragment, which is never sent (RFC 9112, 3.2), and with its query."""
    url = url.partition("#")[0]
    if "?" not in url and (pairs := _pairs(query)):
        notes.append("The query of the URL was rebuilt from its parameters.")
        url = f"{url}?{urlencode(pairs, quote_via=quote)}"
    return url


def _moment(value: object) -> tuple[datetime | None, str]:
    written = _text(value)
    try:
        moment = datetime.fromisoformat(written.strip())
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None, written
    is_moment = moment.tzinfo is not None and moment.year not in _ENDS_OF_TIME
    return (moment if is_moment else None), written


def _duration(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        milliseconds = float(value)
    except OverflowError:
        return None
    return milliseconds if math.isfinite(milliseconds) and milliseconds >= 0 else None


def _number(value: object) -> float:
    return -1 if isinstance(value, bool) or not isinstance(value, int | float) else value


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    if isinstance(value, str):
        return value if value.isascii() else valid_text(value)
    if value is None or isinstance(value, bool | dict | list):
        return ""
    return str(value)
