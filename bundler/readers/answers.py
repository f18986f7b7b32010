"""Finds the response in what a terminal showed after a command: ``curl -v`` or ``-i`` output, a body, an error line."""

from __future__ import annotations

import re
from itertools import islice

from bundler.model import Exchange, Response
from bundler.readers.curl_verbose import find_failure, is_transcript, read_transcript
from bundler.readers.json_error import find_json_start, response_of
from bundler.readers.message_pairs import join
from bundler.readers.messages import START_LINE, split_messages

_ANSWER_LIMIT = 1_000
_VALUE_START = re.compile(r"^[ \t]*(?=[{\[])", re.MULTILINE)
_TRIES = 5
_PROMPT = re.compile(r"(?:^|\n)[^\n{}\"<]{0,100}[$%#❯➜>][ \t]{0,10}\Z")
_WRITTEN_STATUS = re.compile(r"\s*([1-5]\d\d)\s*(?:```|\Z)")


def read_answers(text: str, source: str) -> list[Exchange]:
    """The exchanges that ``text`` tells of, in order, most without a request; empty where it tells of none."""
    text = _PROMPT.sub("", text)
    data = text.encode("utf-8", "surrogateescape")
    if is_transcript(data):
        return read_transcript(data, source)
    if START_LINE.search(data):
        return list(join(list(islice(split_messages(data), _ANSWER_LIMIT)), data, source))
    if failure := find_failure(data):
        return [Exchange(source, 1, None, None, error=failure)]
    response = _find_body(text)
    return [] if response is None else [Exchange(source, 1, None, response)]


def _find_body(text: str) -> Response | None:
    for found in islice(_VALUE_START.finditer(text), _TRIES):
        rest = text[found.end() :]
        if (value := find_json_start(rest)) is not None:
            content, end = value
            response = response_of(rest[:end].encode("utf-8", "surrogateescape"), content)
            # curl -w '%{http_code}' prints the status behind the body
            written = _WRITTEN_STATUS.match(rest, end)
            if written is None:
                return response
            return Response(int(written[1]), body=response.body, body_state=response.body_state)
    return None
