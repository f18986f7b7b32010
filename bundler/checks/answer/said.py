"""Finds what was said about the failure: by the failing call's answer, else by the log record that quotes one."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from itertools import islice

from msgspec import Struct

from bundler.checks.answer.embedded import Body, embedded_bodies, read_partly
from bundler.model import Exchange, Origin, SafeTicket
from bundler.providers import (
    ErrorReading,
    find_code,
    read_cut_error,
    read_error,
    read_error_value,
    recognise_body,
    recognise_value,
)
from bundler.providers.json_body import decode_json
from bundler.providers.profile import Profile

LONGEST_TEXT = 20_000
_MOST_RECORDS = 5_000
_MOST_OBJECTS = 200
_TOLD = 5  # so many records about the failure are read closely, the nearest to it first
_STATUS = re.compile(
    rb"(?:status(?:[ _-]?code)?|HTTP(?:/\d(?:\.\d)?)?|resulted in a|returned|answered|response(?:[ _-]?code)?|error"
    rb"|[-=]>|\xe2\x86\x92)"
    rb"[\"'`]?\s{0,2}[:=]?\s{0,2}[\"'`(]?([45]\d\d)(?!\d)",
    re.IGNORECASE,
)
_ACCESS = re.compile(rb'HTTP/\d(?:\.\d)?" ([45]\d\d) ')
_FAILURE = re.compile(rb"error|exception|fail|fatal|critical|refused|denied|conflict|invalid|[45](?<=\b.)\d\d\b")
"""In small letters; with a first letter of few, and without regard to case, it is found in less than half the time."""
_CODE = re.compile(
    r"\b(?:error[ _-]?code|errorCode|code)[\"']?\s{0,2}[:=]\s{0,2}[\"']?([A-Za-z0-9][\w.-]{0,80})", re.IGNORECASE
)
_PAGE = re.compile(r"\s*(?:<\?xml[^>]{0,100}>\s*)?<(?:!doctype\s+html|html|head|body|center|h1)\b", re.IGNORECASE)
_BEGINNING = 400


class Said(Struct, frozen=True):
    """The words of one answer or record. ``is_answer`` is False where a log only tells of it.

    ``reading`` is what an error body in it says, None where there is none of a known form; ``is_whole`` is False
    where the body is cut. ``status`` is None where none is told. ``owner`` is the slug of the provider that alone
    writes bodies of this form, None where it may be anybody's.
    """

    text: str
    origin: Origin
    reading: ErrorReading | None = None
    status: int | None = None
    is_answer: bool = True
    is_whole: bool = True
    owner: str | None = None

    @property
    def is_page(self) -> bool:
        """Whether it is a web page: of a gateway or proxy then, for no API here answers with one."""
        return self.is_answer and _PAGE.match(self.text[:_BEGINNING]) is not None


def find_said(ticket: SafeTicket, profile: Profile) -> Said | None:
    """The failing call's answer; without one the record of the logs that tells most of the failure; else None."""
    failing = ticket.failing_exchange
    if failing is not None and (failing.response is not None or failing.error):
        return _answer(failing, ticket, profile)
    told = [_record(text, origin, ticket, profile) for text, origin in islice(_failing_records(ticket), _TOLD)]
    return max(told, key=_weight, default=None)


def _answer(failing: Exchange, ticket: SafeTicket, profile: Profile) -> Said:
    response = failing.response
    if response is None:
        return Said((failing.error or "")[:LONGEST_TEXT], failing.origin("no response came"), status=0)
    reading, is_whole = read_error(profile, ticket.family, response.body), True
    text = response.body[:LONGEST_TEXT].decode("utf-8", "replace")
    if reading is None and decode_json(response.body) is None and text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        part = read_partly(text.lstrip("\ufeff \t\r\n"))
        reading, is_whole = read_cut_error(profile, ticket.family, part), False
        if reading is None or reading.code is None:
            reading = _named_code(text, ticket, profile) or reading
    owner = recognise_body(response.body)
    return Said(text, failing.origin("response body"), reading, response.status, is_whole=is_whole, owner=owner)


def _failing_records(ticket: SafeTicket) -> Iterator[tuple[bytes, Origin]]:
    """Records that tell of a failure: those that name an id of the payment first, then by nearness to the error."""
    occurred = ticket.facts.occurred_at
    found: list[tuple[bool, float, int, bytes, Origin]] = []
    for excerpt in ticket.logs:
        for count, (span, data) in enumerate(islice(excerpt.records(), _MOST_RECORDS)):
            record = data[:LONGEST_TEXT]
            if _FAILURE.search(record.lower()):
                apart = abs((span.moment - occurred.value).total_seconds()) if span.moment and occurred else 0.0
                found.append((not span.mentions, apart, count, record, Origin(excerpt.source, f"line {span.line}")))
    found.sort(key=lambda each: each[:3])
    for *_, record, origin in found:
        yield record, origin


def _record(data: bytes, origin: Origin, ticket: SafeTicket, profile: Profile) -> Said:
    text = data.decode("utf-8", "replace")
    status = _STATUS.search(data) or _ACCESS.search(data)
    quoted = list(islice(_objects(text), _MOST_OBJECTS))
    owner = next(filter(None, (recognise_value(each.value) for each in quoted)), None)
    readings: list[ErrorReading] = []
    for each in quoted:
        read = read_error_value if each.is_whole else read_cut_error
        if (reading := read(profile, ticket.family, each.value)) is not None:
            readings.append(reading)
    best = max(readings, key=lambda reading: _telling(reading, ticket, profile), default=None)
    if (best is None or best.code is None) and (named := _named_code(text, ticket, profile)) is not None:
        best = named
    told = int(status[1]) if status is not None else None
    return Said(text, origin, best, told, is_answer=False, owner=owner)


def _objects(text: str) -> Iterator[Body]:
    """Every object in the bodies that a record quotes, and every array of objects, the outermost first."""
    for body in embedded_bodies(text):
        waiting = deque([body.value])
        while waiting:
            value = waiting.popleft()
            if isinstance(value, dict):
                yield Body(value, body.is_whole)
                waiting.extend(inner for inner in value.values() if isinstance(inner, dict | list))
            elif isinstance(value, list):
                if value and isinstance(value[0], dict):
                    yield Body(value, body.is_whole)
                waiting.extend(inner for inner in value[:_MOST_OBJECTS] if isinstance(inner, dict | list))


def _telling(reading: ErrorReading, ticket: SafeTicket, profile: Profile) -> tuple[bool, bool, bool, bool]:
    known = reading.code is not None and find_code(profile, ticket.family, reading.code, reading.group) is not None
    return known, bool(reading.families), reading.code is not None, bool(reading.reasons)


def _named_code(text: str, ticket: SafeTicket, profile: Profile) -> ErrorReading | None:
    """A documented code that the record names as ``code=…``; any other number may be anything."""
    for found in islice(_CODE.finditer(text), _MOST_OBJECTS):
        if ticket.family and (row := find_code(profile, ticket.family, found[1])) is not None:
            return ErrorReading("a code in the text", row.code, row.group, None, None)
    return None


def _weight(said: Said) -> tuple[bool, bool, bool]:
    reading = said.reading
    return reading is not None and reading.code is not None, reading is not None, said.status is not None
