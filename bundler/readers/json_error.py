"""Reads a lone JSON error body, as people copy it from a log or a debugger, into a response without a request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from bundler.errors import UnreadableInput
from bundler.model import BodyState, Exchange, Response
from bundler.readers.scores import HINT, LIKELY, NO, STRONG
from bundler.readers.source_text import TEXT_LIMIT, head_text, read_bounded
from bundler.readers.types import HEAD_SIZE, Guess

FORMAT = "json-error"

_ERROR_KEYS = frozenset(
    {
        "error", "errors", "errorcode", "errormessage", "errorgroup", "errordescription", "extradetails", "fault",
        "faultstring", "exception",
    }
)  # fmt: skip
_PAIRS = (
    frozenset({"code", "message"}), frozenset({"code", "detail"}), frozenset({"title", "status"}),
    frozenset({"title", "detail"}), frozenset({"type", "title"}), frozenset({"status", "message"}),
    frozenset({"statuscode", "message"}), frozenset({"name", "message"}),
)  # fmt: skip
_STATUS_KEYS = ("status", "statuscode", "httpstatus", "httpstatuscode", "code")
_LOG_KEYS = frozenset({"level", "lvl", "severity", "loglevel", "logger", "@timestamp"})
_STATUS_DEPTH = 3
_DECODER = json.JSONDecoder(strict=False)


def detect(head: bytes, _name: str) -> Guess:
    """Judge by the keys of a single JSON value; lines of JSON are a log and a HAR is a HAR."""
    text = head_text(head)
    if text is None or not text.lstrip().startswith(("{", "[")):
        return Guess(NO, "no JSON")
    if len(head) >= HEAD_SIZE:
        return Guess(NO, "too long for an error body")
    value = find_json(text)
    if value is None:
        return Guess(NO, "not one JSON value")
    keys = _keys(value)
    if not keys or not keys.isdisjoint(_LOG_KEYS) or "log" in keys:
        return Guess(NO if "log" in keys else HINT, "JSON without the keys of an error")
    if not keys.isdisjoint(_ERROR_KEYS):
        return Guess(STRONG, "one JSON value with the keys of an error")
    if any(pair <= keys for pair in _PAIRS):
        return Guess(LIKELY, "one JSON value with keys that errors have")
    return Guess(HINT, "JSON without the keys of an error")


def read(stream: BinaryIO, name: str, notes: list[str]) -> Iterator[Exchange]:
    """Yield one exchange without a request, its status taken from the body where that tells.

    Raises ``UnreadableInput`` when the text is not one JSON object or array.
    """
    data = read_bounded(stream, name, notes)
    if len(data) >= TEXT_LIMIT:
        raise UnreadableInput(f"{name} is too long for the body of one response.", "Add the part that holds the error.")
    value = find_json(data.decode("utf-8", "replace"))
    if value is None:
        raise UnreadableInput(
            f"{name} is not one JSON value.", "Save the body of the response alone, or with its headers."
        )
    yield Exchange(name, 1, None, response_of(data, value))


def response_of(body: bytes, value: object) -> Response:
    """A response that is known by its body alone."""
    return Response(find_status(value), body=body, body_state=BodyState.PRESENT)


def find_json(text: str) -> object:
    """The JSON object or array that ``text`` consists of; None where it is something else."""
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def find_json_start(text: str) -> tuple[object, int] | None:
    """The JSON object or array that ``text`` begins with, and where it ends."""
    if not text.startswith(("{", "[")):
        return None
    try:
        value, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return value, end


def find_status(value: object) -> int | None:
    """The HTTP status that an error body names (RFC 9457 has ``status``); None where it names none."""
    for _ in range(_STATUS_DEPTH):
        if isinstance(value, list):
            value = value[0] if value else None
        if not isinstance(value, dict):
            return None
        members = {_plain(key): content for key, content in value.items()}
        for key in _STATUS_KEYS:
            status = _as_status(members.get(key))
            # "code" is rather the provider's own code: only what can be nothing else counts
            if status is not None and (key != "code" or (status >= 400 and isinstance(members[key], int))):
                return status
        value = members.get("error", members.get("errors"))
    return None


def _as_status(value: object) -> int | None:
    if isinstance(value, str) and len(value) == 3 and value.isascii() and value.isdigit():
        value = int(value)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and isinstance(value, int) and 100 <= value < 600 else None


def _keys(value: object) -> frozenset[str]:
    if isinstance(value, list):
        value = value[0] if value else None
    return frozenset(map(_plain, value)) if isinstance(value, dict) else frozenset()


def _plain(key: str) -> str:
    return key.replace("_", "").replace("-", "").casefold()
