"""Reads curl commands as browsers, documentation and terminals write them for bash, with the answers pasted below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from msgspec.structs import replace

from bundler.errors import UnreadableInput
from bundler.model import Exchange, Request
from bundler.readers.answers import read_answers
from bundler.readers.bash_words import Command, read_command
from bundler.readers.bodies import find_header
from bundler.readers.curl_options import split_options
from bundler.readers.curl_request import Planned, plan_requests
from bundler.readers.scores import CERTAIN, LIKELY, NO
from bundler.readers.source_text import head_text, read_bounded
from bundler.readers.types import Guess

FORMAT = "curl"

REQUEST_LIMIT = 1_000
"""Requests of one source that are read at most."""

_START = re.compile(
    r"^[ \t]*+(?P<prompt>(?:[^\s'\"`{}][^\n'\"`{}]{0,80})?[$%❯➜>] |\S[^\n'\"`{}]{0,80}# |\+ )?"
    r"(?:[A-Za-z_][A-Za-z0-9_]{0,60}=\"?(?=\$\())?(?:\$\(|\()?[ \t]{0,80}+(?:(?:sudo|time|exec|command) )?"
    r"(?P<curl>curl(?:\.exe)?)(?=[ \t]+(?:-|'|\"|\$|https?:|\{\{|\\\r?$|[\w.-]{1,100}[.:/])|[ \t]*\\\r?$)",
    re.MULTILINE,
)
_REMARK = re.compile(r"(?:\s|(?:#|//)[^\n]*(?:\n|\Z)|```[^\n]*(?:\n|\Z))*+")
_ADVICE = 'Use "Copy as cURL (bash)" in the browser\'s network tab and save the text.'


def detect(head: bytes, _name: str) -> Guess:
    """Judge by a line that begins with curl and what curl takes."""
    text = head_text(head)
    found = None if text is None else _START.search(text)
    if text is None or found is None:
        return Guess(NO, "no curl command")
    remark = _REMARK.match(text)
    if remark is not None and remark.end() >= found.start():
        return Guess(CERTAIN, "begins with a curl command")
    return Guess(LIKELY, "a curl command in other text")


def read(stream: BinaryIO, name: str, notes: list[str]) -> Iterator[Exchange]:
    """Yield one exchange for each request of each command, with the response where one stands below the command.

    Raises ``UnreadableInput`` when the text holds no curl command with a URL.
    """
    text = read_bounded(stream, name, notes).decode("utf-8", "surrogateescape")
    exchanges = list(islice(_exchanges(text, name), REQUEST_LIMIT))
    if not exchanges:
        raise UnreadableInput(f"{name} holds no curl command with a URL.", _ADVICE)
    if len(exchanges) == REQUEST_LIMIT:
        notes.append(f"Only the first {REQUEST_LIMIT} requests were read.")
    for index, exchange in enumerate(exchanges, start=1):
        yield replace(exchange, index=index, place=exchange.place if len(exchanges) > 1 else "")


def _exchanges(text: str, source: str) -> Iterator[Exchange]:
    """What the commands ask and, up to the next command, what was answered."""
    line = 1
    counted = ended = 0
    waiting: tuple[list[Planned], str] | None = None
    found = _START.search(text)
    while found:
        start = found.start("curl")
        if waiting is not None:
            yield from _answered(*waiting, text[ended : found.start()], source)
        command = read_command(text, found.end("curl"), has_prompt=bool(found["prompt"]))
        line += text.count("\n", counted, start)
        counted = start
        last_line = line + text[start : command.end].rstrip().count("\n")
        place = f"lines {line}-{last_line}" if last_line > line else f"line {line}"
        waiting = (list(_planned(command)), place)
        ended = command.end
        found = _START.search(text, max(command.end, found.end()))
    if waiting is not None:
        yield from _answered(*waiting, text[ended:], source)


def _planned(command: Command) -> Iterator[Planned]:
    groups, remarks = split_options(command.words)
    for settings in groups[:REQUEST_LIMIT]:
        for planned in plan_requests(settings, command.stdin):
            yield Planned(planned.request, (*command.notes, *remarks, *planned.notes))


def _answered(planned: Sequence[Planned], place: str, rest: str, source: str) -> Iterator[Exchange]:
    """The requests with the answers below the command, where both are equally many; else each for itself."""
    answers = read_answers(rest, source) if rest.strip() else []
    if len(planned) == 1 and answers:
        # what curl -v tells of later requests (redirects) stays an exchange of its own
        first, *others = answers
        yield _with_answer(planned[0], first, place, source)
        yield from others
        return
    if len(answers) == len(planned):
        for one, answer in zip(planned, answers, strict=True):
            yield _with_answer(one, answer, place, source)
        return
    for one in planned:
        yield Exchange(source, 0, one.request, notes=one.notes, place=place)
    yield from answers


def _with_answer(planned: Planned, answer: Exchange, place: str, source: str) -> Exchange:
    request = planned.request if answer.request is None else _as_sent(planned.request, answer.request)
    notes = dict.fromkeys((*planned.notes, *answer.notes))
    notes.pop("curl -v does not show the body of the request.", None)
    return Exchange(source, 0, request, answer.response, error=answer.error, notes=tuple(notes), place=place)


def _as_sent(typed: Request, sent: Request) -> Request:
    """The request as ``curl -v`` shows it, with the body that only the command tells."""
    if find_header(sent.headers, "host") is None or typed.method != sent.method:
        return sent
    return replace(
        sent, url=typed.url if "://" in typed.url else sent.url, body=typed.body, body_state=typed.body_state
    )
