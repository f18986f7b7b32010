"""Reads raw HTTP messages: ``curl -i``, HTTPie, copied headers and bodies, ``.http`` and ``.rest`` files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from bundler.errors import UnreadableInput
from bundler.model import Exchange
from bundler.readers.http_file import REQUEST_LINE, SEPARATOR, read_request, request_line_start
from bundler.readers.message_pairs import join
from bundler.readers.messages import PSEUDO_LINE, START_LINE, Message, read_message, split_messages
from bundler.readers.scores import CERTAIN, HINT, LIKELY, NO, POSSIBLE, STRONG
from bundler.readers.source_text import head_text, read_bounded
from bundler.readers.types import Guess

FORMAT = "http"

MESSAGE_LIMIT = 10_000
"""Messages of one source that are read at most."""

_PRELUDE_LINES = 12
"""Headings and remarks before the first message; a message deeper in the text belongs to a log."""
_FILE_NAMES = (".http", ".rest")
_HEADER_LINE = re.compile(rb"[A-Za-z][A-Za-z0-9-]{1,60}:[ \t]")


def detect(head: bytes, name: str) -> Guess:
    """Judge by the request line or status line and how far up it stands."""
    text = head_text(head)
    if text is None:
        return Guess(NO, "no text")
    data = text.encode("utf-8", "replace")
    first = request_line_start(data, 0, len(data))
    has_separator = SEPARATOR.search(data) is not None
    if START_LINE.match(data, first):
        return Guess(STRONG, "begins with a request line or status line of HTTP")
    is_named_so = name.casefold().endswith(_FILE_NAMES)
    if is_named_so and REQUEST_LINE.search(data):
        return Guess(CERTAIN, f"requests in a {name.rpartition('.')[2]} file")
    if PSEUDO_LINE.match(data, first):
        return Guess(STRONG, "begins with the pseudo headers of HTTP/2")
    line = REQUEST_LINE.match(data, first)
    if line and (line["method"] or has_separator) and _goes_on_as_request(data, line.end()):
        return Guess(LIKELY, "begins with a request line without a version")
    if line := START_LINE.search(data):
        if data.count(b"\n", 0, line.start()) <= _PRELUDE_LINES:
            return Guess(POSSIBLE, "a request line or status line of HTTP below other text")
        return Guess(HINT, "a request line or status line of HTTP deep in other text")
    if has_separator and (line := REQUEST_LINE.search(data)) and line["method"]:
        return Guess(POSSIBLE, "a request line below a separator")
    return Guess(NO, "no request line and no status line of HTTP")


def read(stream: BinaryIO, name: str, notes: list[str]) -> Iterator[Exchange]:
    """Yield the exchanges: a request with the response that follows it, and either of them where it stands alone.

    Interim (1xx) and redirect responses before the final one are named in a note. Raises ``UnreadableInput`` when the
    text holds no message.
    """
    data = read_bounded(stream, name, notes)
    messages = list(islice(_messages(data, name), MESSAGE_LIMIT))
    if not messages:
        raise UnreadableInput(
            f"{name} holds no HTTP request and no response.",
            'Save it with its first line, such as "POST /v1/payments HTTP/1.1" or "HTTP/1.1 409 Conflict".',
        )
    if len(messages) == MESSAGE_LIMIT:
        notes.append(f"Only the first {MESSAGE_LIMIT} messages were read.")
    yield from join(messages, data, name)


def _messages(data: bytes, name: str) -> Iterator[Message]:
    """The messages block by block; what a separator parts does not continue what came before it."""
    is_request_file = name.casefold().endswith(_FILE_NAMES) or SEPARATOR.search(data) is not None
    for start, stop in _blocks(data):
        first = request_line_start(data, start, stop)
        opens_block = True
        position = start
        if PSEUDO_LINE.match(data, first, stop):
            message: Message | None = read_message(data, first, stop)
        elif is_request_file or not START_LINE.match(data, first, stop):
            message = read_request(data, start, stop)
        else:
            message = None
        if message is not None:
            yield _opening(message)
            opens_block = False
            position = message.end
        for message in split_messages(data, position, stop):
            yield _opening(message) if opens_block else message
            opens_block = False


def _blocks(data: bytes) -> Iterator[tuple[int, int]]:
    start = 0
    for separator in SEPARATOR.finditer(data):
        stop = separator.start()
        # the line end before a separator is the separator's, except where it closes the headers
        before = data[max(start, stop - 3) : stop].replace(b"\r", b"")
        if before.endswith(b"\n") and not before.endswith(b"\n\n"):
            stop -= 1
        if stop > start:
            yield start, stop
        start = separator.end()
    if start < len(data):
        yield start, len(data)


def _opening(message: Message) -> Message:
    return Message(message.start, message.end, message.request, message.response, message.notes, opens_block=True)


def _goes_on_as_request(data: bytes, line_end: int) -> bool:
    """True when a header, a blank line or nothing follows the line."""
    following = data[line_end : line_end + 200].lstrip(b"\r").removeprefix(b"\n")
    return not following.strip() or following.startswith((b"\n", b"\r\n")) or bool(_HEADER_LINE.match(following))
