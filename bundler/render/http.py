"""Requests and responses as text: as they went over the wire, indented for reading, and as a command to try again."""

from __future__ import annotations

import base64
import re
import shlex
from collections.abc import Iterator
from http import HTTPStatus

import msgspec

from bundler.amounts import plural
from bundler.document.wire import length_note
from bundler.model import BodyState, Exchange, Request, Response
from bundler.render.text import Cut, cut, decoded, inline, size, visible

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_CONTROL = re.compile(r"[\x00-\x08\n-\x1f\x7f]")
_MAX_BODY = 256 * 1024
"""How much of a body is ever looked at for showing it; the rest is in the bundle."""
_MAX_ARGUMENT = 100_000
"""Longest body that still goes on a command line (Linux refuses a single argument of 128 KiB)."""
_STATES = {
    BodyState.EMPTY: "empty",
    BodyState.ABSENT: "not in the evidence (there may have been one)",
    BodyState.TRUNCATED: "cut off in the evidence",
    BodyState.NOT_TEXT: "binary",
    BodyState.FILE_REFERENCE: "in a file that the evidence only names",
    BodyState.UNRESOLVED: "holds variables that were never filled in",
    BodyState.REBUILT: "put together again from its parameters; the bytes on the wire may have differed",
}


def status(response: Response | None) -> str:
    """``409 Conflict``: the status with its reason, the standard one where none came, as in HTTP/2 and later."""
    if response is None or response.status is None:
        return "status not known"
    return inline(f"{response.status} {response.reason or _standard_reason(response.status)}".rstrip(), 100)


def _standard_reason(code: int) -> str:
    try:
        return HTTPStatus(code).phrase
    except ValueError:
        return ""


def outcome(exchange: Exchange) -> str:
    """How an exchange ended: its status, the reason why no response came, or that none was saved."""
    if exchange.response is not None:
        return status(exchange.response)
    return f"no response: {inline(exchange.error, 200)}" if exchange.error else "no response in the evidence"


def verdict(exchange: Exchange) -> str:
    """``good`` for a status below 400, ``bad`` for any other outcome, empty where the outcome is not known."""
    if exchange.response is None:
        return "bad" if exchange.error else ""
    return "" if exchange.response.status is None else "good" if 0 < exchange.response.status < 400 else "bad"


def start_line(message: Request | Response) -> str:
    """The first line of the message; the HTTP version only where the source tells it."""
    if isinstance(message, Request):
        return inline(f"{message.method} {message.url} {message.http_version}".rstrip(), 4000)
    return f"{inline(message.http_version, 20)} {status(message)}".lstrip()


def headers(message: Request | Response) -> str:
    """The headers, one a line, in their order, doubles included."""
    return "\n".join(f"{inline(name, 200)}: {inline(value, 4000)}" for name, value in message.headers)


def body_note(message: Request | Response) -> str:
    """What is to be known of the body besides its text; empty for a body that is simply there."""
    note = _STATES.get(message.body_state, "")
    if message.body_state is BodyState.NOT_TEXT and message.body:
        note = f"binary, {size(len(message.body))}"
    return "; ".join(filter(None, (note, length_note(message))))


def body(message: Request | Response, limit: int = 400, width: int = 2000) -> Cut:
    """The body as text, as it was sent, cut to ``limit`` lines; nothing for one that is not text."""
    return _shown(message, message.body, limit, width)


def pretty(message: Request | Response, limit: int = 400, width: int = 2000) -> Cut:
    """The body for reading: JSON indented where it parses, everything else as it is. Never the bytes of the wire."""
    return _shown(message, _indented(message.body) or message.body, limit, width)


def is_indented(message: Request | Response) -> bool:
    """True where ``pretty`` shows a body otherwise than it was sent."""
    return _indented(message.body) not in (None, message.body.strip())


def _shown(message: Request | Response, data: bytes, limit: int, width: int) -> Cut:
    if message.body_state is BodyState.NOT_TEXT:
        return Cut("")
    part = cut(decoded(data[:_MAX_BODY]), limit, width)
    unseen = len(data) - _MAX_BODY
    notes = [note for note in (part.left_out, f"{size(unseen)} after that not shown" if unseen > 0 else "") if note]
    return Cut(part.text, "; ".join(notes))


def _indented(data: bytes) -> bytes | None:
    """JSON with its own numbers, key order and doubles kept; None for anything else."""
    if len(data) > _MAX_BODY or data.lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        return bytes(msgspec.json.format(data, indent=2))
    except (msgspec.DecodeError, RecursionError):
        return None


def http(message: Request | Response, limit: int = 400, width: int = 2000, indented: bool = False) -> Cut:
    """The message in the form of HTTP/1.1, as support asks for it: start line, headers, blank line, body."""
    part, note = (pretty if indented else body)(message, limit, width), body_note(message)
    head = "\n".join(filter(None, (start_line(message), headers(message))))
    tail = part.text if part.text else f"({note})" if note else ""
    return Cut(f"{head}\n\n{tail}" if tail else head, part.left_out)


def curl(exchange: Exchange) -> str:
    """A bash command that sends the request again, with placeholders where secrets were; empty where there is none.

    Every argument is quoted for bash; what curl would read as an instruction (``@file``, ``[1-9]`` in a URL) is taken
    literally. What cannot be sent again as it was is said in comment lines before the command.
    """
    request = exchange.request
    if request is None or not _TOKEN.fullmatch(request.method) or not request.url.startswith(("http://", "https://")):
        return ""
    kept = [
        (name, value) for name, value in request.headers if name.lower() != "content-length" and _is_valid(name, value)
    ]
    invalid_count = sum(not name.startswith(":") and not _is_valid(name, value) for name, value in request.headers)
    remarks = [f"# left out: {plural(invalid_count, 'header')} that HTTP does not allow"] if invalid_count else []
    data, before = _data(request, remarks)
    arguments = ["--globoff"] if set(request.url) & set("[]{}") else []
    arguments += _method(request.method, has_data=bool(data))
    arguments.append(f"--url {_quoted(request.url)}")
    arguments += [f"--header {_quoted(_header(name, value))}" for name, value in kept]
    if data and not any(name.lower() == "content-type" for name, _ in kept):
        arguments.append("--header 'Content-Type:'")  # else curl claims that it is a form
    if any(name.lower() == "accept-encoding" for name, _ in kept):
        arguments.append("--compressed")
    return "\n".join([*remarks, f"{before}curl " + " \\\n  ".join([*arguments, *data])])


def _is_valid(name: str, value: str) -> bool:
    return bool(_TOKEN.fullmatch(name)) and not _CONTROL.search(value)


def _header(name: str, value: str) -> str:
    return f"{name}: {value}" if value.strip() else f"{name};"  # "Name:" would take the header away


def _method(method: str, *, has_data: bool) -> list[str]:
    if method == "HEAD":
        return ["--head"]
    return [] if method == ("POST" if has_data else "GET") else [f"--request {shlex.quote(method)}"]


def _data(request: Request, remarks: list[str]) -> tuple[list[str], str]:
    """The arguments for the body, and what must stand before curl to feed it."""
    if request.body_state not in (BodyState.PRESENT, BodyState.EMPTY, BodyState.NOT_TEXT) and (
        request.body or request.method not in ("GET", "HEAD", "DELETE", "OPTIONS")
    ):
        remarks.append(f"# the body: {_STATES[request.body_state]}")
    if request.body_state in (BodyState.ABSENT, BodyState.FILE_REFERENCE):
        return [], ""
    if not request.body:
        return (["--data-raw ''"], "") if request.method in ("POST", "PUT", "PATCH") else ([], "")
    if len(request.body) > _MAX_ARGUMENT:
        remarks.append(f"# the body ({size(len(request.body))}) is too long for a command line; save it as body.bin")
        return ["--data-binary @body.bin"], ""
    try:
        text = request.body.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        return ["--data-binary @-"], f"printf %s {base64.b64encode(request.body).decode()} | base64 -d | "
    return [f"--data-raw {_quoted(text)}"], ""


def _quoted(text: str) -> str:
    """``text`` as one word of bash; characters that one would not see are written as escapes (bash manual, 3.1.2.4)."""
    if visible(text) == text:
        return shlex.quote(text)
    return "$'" + "".join(_escapes(text)) + "'"


def _escapes(text: str) -> Iterator[str]:
    for sign in text:
        if sign in "\\'":
            yield f"\\{sign}"
        elif sign in "\n\t" or visible(sign) == sign:
            yield sign
        else:
            yield "".join(f"\\x{byte:02x}" for byte in sign.encode("utf-8", errors="surrogatepass"))
