"""Reads an error that was saved in words, as a program printed it or a gateway's page, into a response without more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from bundler.errors import UnreadableInput
from bundler.model import BodyState, Exchange, Response
from bundler.readers.scores import HINT, NO, POSSIBLE
from bundler.readers.source_text import head_text, read_bounded
from bundler.readers.types import HEAD_SIZE, Guess

FORMAT = "error-text"

_PAGE = re.compile(r"\s{0,100}(?:<\?xml[^>]{0,200}>\s{0,10})?<(?:!doctype\s{1,5}html|html|head)\b", re.IGNORECASE)
_TITLE = re.compile(r"<(?:title|h1)[^>]{0,100}>([^<]{1,200})", re.IGNORECASE)
_TROUBLE = re.compile(
    r"\b(?:[45]\d\d|errors?|exceptions?|fail(?:ed|ure|s)?|fatal|refused|rejected|denied|forbidden|unauthori[sz]ed|"
    r"unavailable|invalid|timed? ?out|bad gateway|bad request|not (?:found|allowed|valid|available)|fejl|feil|virhe|"
    r"avvist|afvist|nekad)\b|[a-z](?:Exception|Error)\b",
    re.IGNORECASE,
)


def detect(head: bytes, _name: str) -> Guess:
    """Know the page of a server that tells of trouble; of any other short text only say that it can be read."""
    text = head_text(head)
    if text is None or not text.strip() or len(head) >= HEAD_SIZE:
        return Guess(NO, "no short text")
    if _PAGE.match(text):
        title = _TITLE.search(text)
        if title is not None and _TROUBLE.search(title[1]):
            return Guess(POSSIBLE, "a web page whose title tells of trouble")
        return Guess(HINT, "a web page")
    return Guess(HINT, "a short text")


def tells_of_trouble(head: bytes) -> bool:
    """Whether the text has a word or a number by which errors are known."""
    return _TROUBLE.search(head_text(head) or "") is not None


def read(stream: BinaryIO, name: str, notes: list[str]) -> Iterator[Exchange]:
    """Yield one exchange without a request and without a status, whose answer is the text.

    Raises ``UnreadableInput`` when there is no text, or more of it than one error has.
    """
    data = read_bounded(stream, name, notes)
    if len(data) >= HEAD_SIZE or b"\0" in data:
        raise UnreadableInput(f"{name} is not the text of one error.", "Add the part that holds the error.")
    yield Exchange(name, 1, None, Response(None, body=data, body_state=BodyState.PRESENT))
