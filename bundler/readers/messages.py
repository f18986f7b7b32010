"""Splits text with raw HTTP messages into requests and responses, more leniently than RFC 9112 allows.

Line ends may be LF, the blank line may be missing, chunk sizes may still be there, and several messages may follow
each other. Parsers of the protocol refuse or wait for more in such cases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from bundler.amounts import plural
from bundler.model import BodyState, Header, Request, Response
from bundler.readers.bodies import content_length, find_header, inflate, state_of, unchunk
from bundler.readers.json_error import find_json
from bundler.readers.wire_url import url_of_message

_STATUS_LINE = rb"HTTP/(?P<version>\d(?:\.\d)?)[ \t]+(?P<status>\d{3})(?P<reason>[ \t][^\r\n]*)?(?=\r?$)"
_REQUEST_LINE = (
    rb"(?P<method>[A-Z][A-Z-]{0,19})[ \t]+(?P<target>[^\s]{1,16000})[ \t]+HTTP/(?P<asked>\d(?:\.\d)?)[ \t]*(?=\r?$)"
)
_LINE = re.compile(_STATUS_LINE + rb"|" + _REQUEST_LINE, re.MULTILINE)
START_LINE = re.compile(rb"^(?:" + _LINE.pattern + rb")", re.MULTILINE)
PSEUDO_LINE = re.compile(rb"^:(?:method|path|authority|scheme|status):[ \t]*\S", re.MULTILINE)
_NEXT_START = re.compile(
    START_LINE.pattern
    # a body without a line end at its end, with the next response glued to it
    + rb"|(?<=[}\]>])HTTP/\d(?:\.\d)? \d{3}[^\n]{0,200}\n[!-9;-~]{1,80}:",
    re.MULTILINE,
)
_HEADER = re.compile(rb"(?P<name>:?[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256})[ \t]*:(?P<value>[^\n]*)(?:\n|\Z)")
_FOLDED = re.compile(rb"[ \t]+(?P<value>[^\s][^\n]*)(?:\n|\Z)")
_BLANK_LINE = re.compile(rb"[ \t]*\r?(?:\n|\Z)")
_NOTHING_MORE = re.compile(rb"\s{0,1000}(?:\Z|```|###|HTTP/\d|[A-Z][A-Z-]{0,19} \S{1,16000} HTTP/\d)")
_LABEL = re.compile(rb"^[ \t#*>-]{0,10}(?:response|answer|reply)[ \t*:]{0,5}\s*\Z", re.IGNORECASE | re.MULTILINE)
_JSON_LIMIT = 64 << 10
_INTERIM = frozenset(range(100, 200)) | {204, 304}


class Message(Struct, frozen=True):
    """One message and where in the bytes it stands; either ``request`` or ``response`` is there."""

    start: int
    end: int
    request: Request | None = None
    response: Response | None = None
    notes: tuple[str, ...] = ()
    opens_block: bool = False  # a separator stood before it, so that it does not continue what came before


def split_messages(data: bytes, start: int = 0, stop: int | None = None) -> Iterator[Message]:
    """The messages of ``data`` between two offsets that begin with a request line or a status line."""
    stop = len(data) if stop is None else stop
    position = start
    while (found := find_start_line(data, position, stop)) < stop:
        message = read_message(data, found, stop)
        yield message
        position = max(message.end, found + 1)


def read_message(data: bytes, start: int, stop: int) -> Message:
    """The message whose start line (or first HTTP/2 pseudo header) stands at ``start``."""
    notes: list[str] = []
    line = _LINE.match(data, start, stop)
    headers_start = data.find(b"\n", line.end(), stop) + 1 or stop if line else start
    headers, pseudo, body_start, had_blank_line = read_headers(data, headers_start, stop, notes)
    body, end = _body_bytes(data, body_start, stop, headers)
    if (line is not None and line["status"] is None) or ":method" in pseudo or ":path" in pseudo:
        method = _text(line["method"]) if line else pseudo.get(":method", "")
        target = _text(line["target"]) if line else pseudo.get(":path", "")
        version = f"HTTP/{_text(line['asked'])}" if line else "HTTP/2"
        host = find_header(headers, "host") or pseudo.get(":authority")
        scheme = pseudo.get(":scheme")
        content, state = settle_body(body, headers, notes, is_whole=had_blank_line)
        url = url_of_message(target, host, is_tls=None if scheme is None else scheme == "https")
        if url != target and scheme is None:
            notes.append(f"The message does not tell its scheme; {url.partition(':')[0]} was assumed.")
        return Message(start, end, Request(method, url, version, headers, content, state), None, tuple(notes))
    status = int(line["status"]) if line else _status(pseudo.get(":status", ""))
    content, state = settle_body(body, headers, notes, is_whole=had_blank_line or status in _INTERIM)
    reason = _text(line["reason"] or b"") if line else ""
    version = f"HTTP/{_text(line['version'])}" if line else "HTTP/2"
    return Message(start, end, None, Response(status, reason, version, headers, content, state), tuple(notes))


def read_headers(
    data: bytes, position: int, stop: int, notes: list[str]
) -> tuple[tuple[Header, ...], dict[str, str], int, bool]:
    """Header fields, pseudo headers, where the body begins, and whether a blank line stood there."""
    headers: list[Header] = []
    pseudo: dict[str, str] = {}
    while position < stop:
        if blank := _BLANK_LINE.match(data, position, stop):
            return tuple(headers), pseudo, blank.end(), True
        if field := _HEADER.match(data, position, stop):
            name, value = _text(field["name"]), _text(field["value"])
            if name.startswith(":"):
                pseudo[name.casefold()] = value
            else:
                headers.append((name, value))
            position = field.end()
        elif headers and (more := _FOLDED.match(data, position, stop)):
            # an old way to break long values (RFC 9112, 5.2)
            name, value = headers[-1]
            pieces = [value, _text(more["value"])]
            position = more.end()
            while more := _FOLDED.match(data, position, stop):
                pieces.append(_text(more["value"]))
                position = more.end()
            headers[-1] = (name, " ".join(pieces))
        else:
            notes.append("No blank line stands between headers and body.")
            return tuple(headers), pseudo, position, True
    return tuple(headers), pseudo, stop, False


def settle_body(raw: bytes, headers: Sequence[Header], notes: list[str], *, is_whole: bool) -> tuple[bytes, BodyState]:
    """The body that the bytes after the headers stand for, codings taken off, and what is known of it.

    ``is_whole`` says that an empty body means an empty one, unless a length was announced.
    """
    announced = content_length(headers)
    if not raw:
        return b"", BodyState.EMPTY if is_whole and not announced else BodyState.ABSENT
    is_truncated = False
    is_coded = find_header(headers, "content-encoding") not in (None, "", "identity")
    if "chunked" in (find_header(headers, "transfer-encoding") or "").casefold():
        if (unchunked := unchunk(raw)) is not None:
            raw, is_complete = unchunked
            is_truncated = not is_complete
            notes.append("Chunk sizes were still in the body; they were taken out.")
    elif announced is not None and not (is_coded and inflate(raw) is None):
        # line ends that became LF make a body shorter, an editor's last line end makes it longer
        is_truncated = len(raw) + raw.count(b"\n") < announced
        if len(raw) > announced and not raw[announced:].strip():
            raw = raw[:announced]
        if len(raw) != announced:
            notes.append(f"Content-Length says {plural(announced, 'byte')}, the source holds {len(raw)}.")
    if is_coded and (content := inflate(raw)) is not None:
        notes.append("The body was compressed; it is shown unpacked.")
        raw = content
    state = state_of(raw)
    return raw, BodyState.TRUNCATED if is_truncated and state is not BodyState.NOT_TEXT else state


def _body_bytes(data: bytes, start: int, stop: int, headers: Sequence[Header]) -> tuple[bytes, int]:
    """The bytes of a body and where it ends: at the announced length where that fits, else at the next message."""
    announced = content_length(headers)
    if announced is not None and start + announced <= stop:
        body = data[start : start + min(announced, _JSON_LIMIT)]
        # a body that was printed anew is longer than announced; where it is cut it is no whole JSON
        is_whole_json = len(body) == announced and find_json(body.decode("utf-8", "replace")) is not None
        if is_whole_json or _NOTHING_MORE.match(data, start + announced, stop):
            return data[start : start + announced], start + announced
    end = find_start_line(data, start, stop)
    body = data[start:end]
    if end < stop:
        if label := _LABEL.search(body, max(0, len(body) - 100)):
            body = body[: label.start()]
        if "chunked" not in (find_header(headers, "transfer-encoding") or "").casefold():
            body = body.rstrip(b"\r\n")
    return body, end


def find_start_line(data: bytes, position: int, stop: int) -> int:
    """Where the next message begins; ``stop`` where none does."""
    found = _NEXT_START.search(data, position, stop)
    return found.start() if found else stop


def _status(text: str) -> int | None:
    return int(text) if len(text) == 3 and text.isascii() and text.isdigit() else None


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").strip(" \t\r")
