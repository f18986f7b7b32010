"""Reads one request as editors keep it in ``.http`` and ``.rest`` files: no HTTP version needed, comments allowed.

The written grammar is JetBrains' "HTTP Request in Editor" specification. Variables, scripts and files that a request
names are left as they are.
"""

from __future__ import annotations

import re

from bundler.model import BodyState, Header, Request
from bundler.readers.bodies import find_header, state_of
from bundler.readers.messages import Message, find_start_line, read_headers
from bundler.readers.wire_url import url_of_message

SEPARATOR = re.compile(rb"^(?:###|```)[^\n]*(?:\n|\Z)", re.MULTILINE)
"""Between requests; Markdown fences separate messages likewise."""

REQUEST_LINE = re.compile(
    rb"^(?P<method>GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT)[ \t]+(?P<target>(?:https?://|/|\{\{)[^\r\n]{0,16000})$"
    rb"|^(?P<url>https?://\S{1,16000})[ \t]*\r?$",
    re.MULTILINE,
)
_METHOD = re.compile(rb"([A-Z]{3,10})[ \t]+")
_TARGET_STARTS = (b"http://", b"https://", b"/", b"{{")
_VERSION = re.compile(rb"HTTP/\d(?:\.\d)?\Z")
_COMMENT = re.compile(rb"[ \t]*(?:#|//)[^\n]*(?:\n|\Z)")
_SKIPPED = re.compile(rb"[ \t\r\n]*\n|[ \t]*(?:#|//|@)[^\n]*(?:\n|\Z)")
_SCRIPT = re.compile(rb"[ \t]*< \{%")
_SCRIPT_END = re.compile(rb"%\}[^\n]*(?:\n|\Z)")
_HANDLER = re.compile(rb"^(?:> |<> |>> |>>! )[^\n]*(?:\n|\Z)", re.MULTILINE)
_FILE = re.compile(rb"<@?[ \t]+(?P<name>[^\s{][^\r\n]*)")


def read_request(data: bytes, start: int, stop: int) -> Message | None:
    """The request of a block, where its first line that is neither blank nor a comment is a request line."""
    begin = request_line_start(data, start, stop)
    line, position = _line(data, begin, stop)
    method = _METHOD.match(line)
    target, version = _without_version(line[method.end() :] if method else line)
    if not target.startswith(_TARGET_STARTS):
        return None
    notes: list[str] = []
    while data.startswith((b" ", b"\t"), position):
        more, following = _line(data, position, stop)
        if not more.startswith((b"?", b"&", b"/")):
            break
        target += more
        position = following
    headers, position = _headers(data, position, stop, notes)
    end = find_start_line(data, position, stop)
    body, state = _body(data[position:end], notes)
    if b"{{" in target or any("{{" in value for _, value in headers):
        notes.append("The request holds variables that the editor would have replaced; they were kept as written.")
    written = target.decode("utf-8", "replace")
    url = url_of_message(written, find_header(headers, "host"))
    if url != written.partition("#")[0]:
        notes.append(f"The message does not tell its scheme; {url.partition(':')[0]} was assumed.")
    request = Request(
        method=method[1].decode() if method else "GET",
        url=url,
        http_version=version.decode(),
        headers=headers,
        body=body,
        body_state=state,
    )
    return Message(begin, end, request, None, tuple(notes))


def request_line_start(data: bytes, start: int, stop: int) -> int:
    """Where the first line stands that is not blank, a comment, a variable or a script."""
    position = start
    while position < stop:
        if skipped := _SKIPPED.match(data, position, stop):
            position = skipped.end()
        elif _SCRIPT.match(data, position, stop):
            found = _SCRIPT_END.search(data, position, stop)
            position = found.end() if found else stop
        else:
            break
    return position


def _line(data: bytes, position: int, stop: int) -> tuple[bytes, int]:
    """The line at ``position`` without blanks around it, and where the next begins."""
    end = data.find(b"\n", position, stop)
    end = stop if end < 0 else end + 1
    return data[position:end].strip(), end


def _without_version(line: bytes) -> tuple[bytes, bytes]:
    target, _, version = line.rpartition(b" ")
    return (target.strip(), version) if _VERSION.match(version) else (line, b"")


def _headers(data: bytes, position: int, stop: int, notes: list[str]) -> tuple[tuple[Header, ...], int]:
    """The header fields and where the body begins; comments between them are passed over."""
    headers: list[Header] = []
    while True:
        while comment := _COMMENT.match(data, position, stop):
            position = comment.end()
        line_end = data.find(b"\n", position, stop)
        line_end = stop if line_end < 0 else line_end + 1
        field, _, end, is_over = read_headers(data, position, line_end, notes)
        headers.extend(field)
        if is_over or position >= stop:
            return tuple(headers), end
        position = line_end


def _body(raw: bytes, notes: list[str]) -> tuple[bytes, BodyState]:
    if handler := _HANDLER.search(raw):
        raw = raw[: handler.start()]
        notes.append("A response handler or a saved response that the file names was not read.")
    raw = raw.strip(b"\r\n")
    if file := _FILE.fullmatch(raw):
        notes.append("The body comes from a file that the request names; it was not opened.")
        return b"@" + file["name"].strip(), BodyState.FILE_REFERENCE
    return raw, BodyState.UNRESOLVED if b"{{" in raw and b"}}" in raw else state_of(raw)
