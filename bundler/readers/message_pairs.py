"""Joins the messages of one text into exchanges: a request with the response that stands behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from bundler.model import BodyState, Exchange, Response
from bundler.readers.bodies import find_header
from bundler.readers.messages import Message


def join(messages: Sequence[Message], data: bytes, source: str) -> Iterator[Exchange]:
    """The exchanges of ``messages`` in order; ``place`` names their lines where there are several."""
    groups = list(_groups(messages))
    line = 1
    counted = 0
    for index, group in enumerate(groups, start=1):
        line += data.count(b"\n", counted, group[0].start)
        counted = group[0].start
        last = line + data[counted : group[-1].end].rstrip().count(b"\n")
        place = f"lines {line}-{last}" if len(groups) > 1 else ""
        yield _exchange(group, source, index, place)


def _groups(messages: Sequence[Message]) -> Iterator[list[Message]]:
    """Messages that make one exchange: at most one request, then responses of which only the last is final."""
    group: list[Message] = []
    for message in messages:
        if group and not _continues(group[-1], message):
            yield group
            group = []
        group.append(message)
    if group:
        yield group


def _continues(before: Message, message: Message) -> bool:
    if message.response is None:
        return False
    if before.response is None:
        return True
    return not message.opens_block and leads_on(before.response)


def leads_on(response: Response) -> bool:
    """True for a response that is not the last word: 1xx, a redirect, a proxy that opened its tunnel."""
    status = response.status or 0
    is_redirect = 300 <= status < 400 and find_header(response.headers, "location") is not None
    return 100 <= status < 200 or is_redirect or response.reason.casefold() == "connection established"


def _exchange(group: Sequence[Message], source: str, index: int, place: str) -> Exchange:
    request = group[0].request
    answers = [message.response for message in group if message.response is not None]
    response = answers[-1] if answers else None
    notes = dict.fromkeys(note for message in (group[0], group[-1]) for note in message.notes)
    for earlier in answers[:-1]:
        notes[f"A response with status {earlier.status} came before this one."] = None
    if response is not None and request is not None and request.method == "HEAD" and not response.body:
        response = replace(response, body_state=BodyState.EMPTY)
    return Exchange(source, index, request, response, notes=tuple(notes), place=place)
