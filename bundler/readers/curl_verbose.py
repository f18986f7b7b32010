"""Reads what ``curl -v`` prints: headers of both directions, marked ``>`` and ``<``, and the response body between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from bundler.errors import UnreadableInput
from bundler.model import BodyState, Exchange, Request, Response
from bundler.readers.bodies import content_length, find_header
from bundler.readers.messages import Message, read_headers, settle_body, split_messages
from bundler.readers.scores import LIKELY, NO, STRONG
from bundler.readers.source_text import head_text, read_bounded
from bundler.readers.types import Guess
from bundler.readers.wire_url import url_of_message

FORMAT = "curl-verbose"

_STAMP = rb"(?:\d\d:\d\d:\d\d\.\d{6} )?(?:\[[\d-]{1,9}\] )?"  # --trace-time, --trace-ids
_REQUEST = re.compile(rb"^" + _STAMP + rb"> [A-Z][A-Z-]{0,19} \S{1,16000} HTTP/\d", re.MULTILINE)
_RESPONSE = re.compile(rb"^" + _STAMP + rb"< HTTP/\d(?:\.\d)? \d{3}", re.MULTILINE)
_INFO = re.compile(
    rb"^" + _STAMP + rb"\* +(?:Trying |Connected to |Could not resolve|Host |connect to |Failed to connect|Uses proxy)",
    re.MULTILINE,
)
_MARKED = re.compile(rb"(?:" + _STAMP + rb")(?P<mark>[*<>{}]) ?(?P<text>[^\n]*)")
_REQUEST_LINE = re.compile(rb"(?P<method>[A-Z][A-Z-]{0,19}) (?P<target>\S+) (?P<version>HTTP/\d(?:\.\d)?)\s*\Z")
_STATUS_LINE = re.compile(rb"(?P<version>HTTP/\d(?:\.\d)?) (?P<status>\d{3})(?: (?P<reason>[^\r\n]*))?\s*\Z")
_METER = re.compile(
    rb"\s*(?:% Total +% Received|Dload +Upload|\d{1,3} +[\d.]+[kMG]? +\d{1,3} +[\d.]+[kMG]? +\d)[^\n]*", re.IGNORECASE
)
_GLUED = re.compile(rb"\* (?:Connection #\d+ to host |Closing connection|Excess found|Curl_http_done|TLSv1)")
_TLS = (b"SSL connection using", b"ALPN", b"TLS handshake", b"port 443 ", b"port 443\r", b"(port 443)")
_FAILURE = re.compile(rb"^curl: (\(\d{1,3}\) [^\r\n]{1,500})", re.MULTILINE)
_TROUBLE = re.compile(
    rb"(?:Could not resolve|Failed to connect|connect to .{1,200} failed|Empty reply|Operation timed out"
    rb"|Connection timed out|Connection reset|Recv failure|Send failure|Connection refused"
    rb"|SSL.{0,40}(?:error|problem|fail))",
    re.IGNORECASE,
)


def detect(head: bytes, _name: str) -> Guess:
    """Judge by the marked request line and status line."""
    text = head_text(head)
    if text is None:
        return Guess(NO, "no text")
    data = text.encode("utf-8", "replace")
    if _REQUEST.search(data):
        return Guess(STRONG, "lines marked > and < as curl -v prints them")
    if _RESPONSE.search(data) or _INFO.search(data):
        return Guess(LIKELY, "lines marked * or < as curl -v prints them")
    return Guess(NO, "no marked lines of curl -v")


def read(stream: BinaryIO, name: str, notes: list[str]) -> Iterator[Exchange]:
    """Yield one exchange for each request that curl made, redirects and retries included.

    curl -v never shows the request body, so it is absent where one was sent. When curl got no further than the
    connection, the one exchange holds neither request nor response but the error. Raises ``UnreadableInput`` when
    nothing of curl -v is in the text.
    """
    data = read_bounded(stream, name, notes)
    exchanges = read_transcript(data, name)
    if not exchanges:
        raise UnreadableInput(
            f"{name} holds no output of curl -v.", "Run the command again with: curl -v … 2>&1 | tee FILE"
        )
    yield from exchanges


def is_transcript(data: bytes) -> bool:
    """True when ``data`` holds lines of ``curl -v``."""
    return bool(_REQUEST.search(data) or _RESPONSE.search(data) or _INFO.search(data))


def find_failure(data: bytes) -> str | None:
    """The line by which curl says that a transfer failed: ``(7) Failed to connect to …``."""
    found = _FAILURE.search(data)
    return f"curl: {found[1].decode('utf-8', 'replace')}" if found else None


def read_transcript(data: bytes, source: str) -> list[Exchange]:
    """The exchanges of a ``curl -v`` output that stands somewhere in ``data``."""
    turns = _turns(data)
    failure = find_failure(data)
    exchanges = []
    for index, turn in enumerate(turns, start=1):
        is_last = index == len(turns)
        response = turn.response()
        error = (failure if is_last else None) or (turn.trouble if response is None else None)
        if response is None and error is None:
            error = "no response is in the output"
        exchanges.append(
            Exchange(
                source,
                index,
                turn.request(),
                response,
                error=error,
                notes=tuple(turn.notes),
                place=f"request {index}" if len(turns) > 1 else "",
            )
        )
    return exchanges


class _Turn:
    """What was gathered of one request and its response."""

    def __init__(self, *, is_tls: bool) -> None:
        self.is_tls = is_tls
        self.request_lines: list[bytes] = []
        self.response_lines: list[bytes] = []
        self.is_over = False  # the response's headers are complete
        self.has_sent_data = False
        self.body: list[bytes] = []
        self.interim: list[int] = []
        self.trouble: str | None = None
        self.notes: list[str] = []

    def request(self) -> Request | None:
        line = _REQUEST_LINE.match(self.request_lines[0]) if self.request_lines else None
        if line is None:
            return None
        block = b"\n".join(self.request_lines[1:]) + b"\n\n"
        headers, _, _, _ = read_headers(block, 0, len(block), [])
        sends_body = self.has_sent_data or content_length(headers) or find_header(headers, "transfer-encoding")
        if sends_body:
            self.notes.append("curl -v does not show the body of the request.")
        target = line["target"].decode("utf-8", "replace")
        return Request(
            method=line["method"].decode(),
            url=url_of_message(target, find_header(headers, "host"), is_tls=self.is_tls),
            http_version=line["version"].decode(),
            headers=headers,
            body_state=BodyState.ABSENT if sends_body else BodyState.EMPTY,
        )

    def response(self) -> Response | None:
        line = _STATUS_LINE.match(self.response_lines[0]) if self.response_lines else None
        if line is None:
            return None
        block = b"\n".join(self.response_lines[1:]) + b"\n\n"
        headers, _, _, _ = read_headers(block, 0, len(block), [])
        status = int(line["status"])
        raw = _without_headers(b"\n".join(self.body))
        if raw and content_length(headers) == len(raw) + 1:
            raw += b"\n"  # the line end before curl's own next line
        is_bodiless = status in (204, 304) or b"".join(self.request_lines[:1]).startswith(b"HEAD ")
        # without -v's other half (the body goes to another stream) an empty body proves nothing
        body, state = (b"", BodyState.EMPTY) if is_bodiless else settle_body(raw, headers, self.notes, is_whole=False)
        if not raw and content_length(headers) == 0:
            state = BodyState.EMPTY
        self.notes.extend(f"A response with status {earlier} came before this one." for earlier in self.interim)
        reason = (line["reason"] or b"").decode("utf-8", "replace").strip()
        return Response(status, reason, line["version"].decode(), headers, body, state)


def _turns(data: bytes) -> list[_Turn]:
    turns: list[_Turn] = []
    waiting = _Turn(is_tls=False)
    turn = waiting
    for line in data.removesuffix(b"\n").split(b"\n"):
        marked = _MARKED.match(line)
        if marked is None or (turn.is_over and not _is_marked(marked)):
            _add_text(turn, line)
            continue
        mark, text = marked["mark"], marked["text"].rstrip(b"\r")
        if mark == b"*":
            waiting.is_tls |= any(sign in text + b"\r" for sign in _TLS)
            if _TROUBLE.search(text):
                turn.trouble = text.decode("utf-8", "replace").strip()
        elif mark == b"}":
            turn.has_sent_data |= b"bytes data" in text and bool(turn.request_lines)
        elif mark == b">" and _REQUEST_LINE.match(text):
            turn = _Turn(is_tls=waiting.is_tls)
            turn.request_lines.append(text)
            turns.append(turn)
        elif mark == b">" and turn.request_lines and text:
            turn.request_lines.append(text)
        elif mark == b"<":
            turn = _receive(turn, turns, text)
    if not turns and (waiting.trouble or find_failure(data)):
        turns.append(waiting)
    return turns


def _receive(turn: _Turn, turns: list[_Turn], text: bytes) -> _Turn:
    """Take one received line; a second status line means that the first response was an interim one."""
    if status := _STATUS_LINE.match(text):
        if turn.response_lines and (earlier := _STATUS_LINE.match(turn.response_lines[0])):
            turn.interim.append(int(earlier["status"]))
        if not turns or turns[-1] is not turn:
            turns.append(turn)
        turn.response_lines = [status[0]]
        turn.body = []
        turn.is_over = False
    elif turn.response_lines and not turn.is_over:
        if text:
            turn.response_lines.append(text)
        else:
            turn.is_over = True
    return turn


def _is_marked(line: re.Match[bytes]) -> bool:
    """True for a line that is curl's and not one of a body that happens to begin with a mark."""
    mark, text = line["mark"], line["text"]
    if mark in b"{}":
        return b"bytes data]" in text
    if mark == b">":
        return bool(_REQUEST_LINE.match(text.rstrip(b"\r"))) or not text.strip()
    return mark == b"*" or bool(_STATUS_LINE.match(text.rstrip(b"\r")))


def _add_text(turn: _Turn, line: bytes) -> None:
    """A line without a mark: part of a body, the progress meter, or curl's last word glued to a body."""
    if not turn.is_over:
        return
    visible = line
    if b"\r" in line.rstrip(b"\r"):  # the meter is drawn over and over in one line
        visible = b"\r".join(part for part in line.split(b"\r") if part and not _METER.match(part))
        if not visible:
            return
    if _METER.match(visible) or visible.startswith((b"curl: (", b"```")):
        return
    if glued := _GLUED.search(visible):
        visible = visible[: glued.start()]
        if not visible:
            return
    turn.body.append(visible)


def _without_headers(body: bytes) -> bytes:
    """The body alone where ``-i`` printed the headers once more in front of it."""
    body = body if body.strip() else b""
    if body.startswith(b"HTTP/"):
        messages: list[Message] = list(split_messages(body))
        if messages and messages[-1].response is not None:
            return messages[-1].response.body
    return body
