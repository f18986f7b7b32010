"""Reads what records of logs tell of a payment: calls with their status, bodies of callbacks, names of events."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from msgspec import Struct

from bundler.checks.answer.embedded import embedded_bodies
from bundler.checks.story.bodies import find_event, read_told
from bundler.checks.story.calls import outcome
from bundler.checks.story.moments import StoryMoment
from bundler.model import Fact, Origin, RecordSpan, SafeTicket
from bundler.providers import MatchedOperation, find_operation
from bundler.providers.profile import Profile

MOST_RECORDS = 5_000
_MOST_TELLING = 500
"""Of so many records that name the payment every word is read."""
_LONGEST_RECORD = 20_000
_MOST_LOOKUPS = 200
_MOST_NAMES = 200
_CALL = re.compile(
    r"\b(GET|POST|PUT|PATCH|DELETE)[\s\"':=,]{1,4}(?:url[=:]\s?)?(https?://[^\s\"'<>]{4,500}|/[^\s\"'<>]{3,500})"
)
_STATUS = re.compile(r"(?<![\w.:])([1-5]\d\d)(?![\w.:]| ?(?:ms|s|kb|bytes)\b)")
_STATUS_WITHIN = 80
_STATUS_BEFORE = re.compile(r"(?<![\w.:])([1-5]\d\d)\s$")  # "<-- 200 POST https://..."
_NAME = re.compile(r"[A-Za-z][A-Za-z_.0-9-]{3,60}")
_NAMED = re.compile(r"(?:event|event_?type|name|type|status|state)[\"']?\s?[:=]?\s?[\"'(]?$", re.IGNORECASE)
_NOT_YET = re.compile(
    r"\b(?:not|no|never|before|until|awaiting|waiting for|wait for|expects?|expected|wanted|if|unless|instead of|"
    r"should be|must be)\W{1,3}(?:in state |state |be |yet )?$",
    re.IGNORECASE,
)
_LOOK_BACK = 40
_EVERYDAY = frozenset(("CREATED", "EXPIRED", "FAILED", "REJECTED", "COMPLETED"))
"""Words in capitals that logs write of anything: answers, tokens, jobs."""


class _LoggedCall(Struct, frozen=True):
    """A call that a record tells of."""

    matched: MatchedOperation
    status: int | None


class Mentions:
    """Finds one payment's id in records, as a whole."""

    def __init__(self, payment: Fact | None) -> None:
        value = payment.value if payment is not None and 4 <= len(payment.value) <= 200 else ""
        self._needle = value.lower().encode("utf-8", "replace")
        self._whole = re.compile(rb"(?<![\w-])" + re.escape(self._needle) + rb"(?![\w-])")

    def __call__(self, record: bytes) -> bool:
        if not self._needle:
            return False
        lowered = record.lower()
        return self._needle in lowered and self._whole.search(lowered) is not None


def telling_records(ticket: SafeTicket) -> Iterator[tuple[int, RecordSpan, str, Origin]]:
    """The records that name the payment: their number in all logs, their place and their text, cut where it is long."""
    mentions = Mentions(ticket.facts.payment_id)
    looked = told = 0
    for excerpt in ticket.logs:
        for span, data in islice(excerpt.records(), MOST_RECORDS - looked):
            looked += 1
            record = data[:_LONGEST_RECORD]
            if mentions(record):
                told += 1
                yield looked, span, record.decode("utf-8", "replace"), Origin(excerpt.source, f"line {span.line}")
                if told >= _MOST_TELLING:
                    return
        if looked >= MOST_RECORDS:
            return


class RecordReader:
    """Reads records of one ticket; remembers which call a URL is."""

    def __init__(self, ticket: SafeTicket, profile: Profile) -> None:
        payment = ticket.facts.payment_id
        self._profile = profile
        self._family = ticket.family
        self._payment = (payment.name, payment.value) if payment is not None else ("", "")
        self._known: dict[tuple[str, str], MatchedOperation | None] = {}

    def read(self, position: int, span: RecordSpan, text: str, origin: Origin) -> Iterator[StoryMoment]:
        """What one record tells; names of events are read only where no body of one is quoted."""
        call = self._call(text)
        if call is not None:
            yield StoryMoment(
                step=call.matched.operation.step,
                name=call.matched.operation.name,
                kind="logged call",
                origin=origin,
                position=position,
                when=span.moment,
                is_exact=True,
                ok=outcome(call.status),
                status=call.status,
            )
            return
        told = [
            each
            for body in embedded_bodies(text)
            for each in read_told(self._profile, self._family, body.value, self._payment)
            if not each.is_state
        ]
        for each in told:
            yield StoryMoment(
                step=each.step,
                name=each.name,
                kind="callback" if each.payload else "event",
                origin=origin,
                position=position,
                when=each.when or span.moment,
                is_exact=each.when is not None,
                amount=each.amount,
                currency=each.currency,
                ok=each.ok,
                key=each.key,
                same=f"{each.step} {each.amount} {each.when or each.key or position}",
            )
        if told:
            return
        for found in islice(_NAME.finditer(text), _MOST_NAMES):
            event = find_event(self._profile, self._family, found[0].rstrip(".-_"))
            if event is None or not _is_name(event.name, text, found.start()):
                continue
            yield StoryMoment(
                step=event.step,
                name=event.name,
                kind="logged name",
                origin=origin,
                position=position,
                when=span.moment,
            )
            return

    def _call(self, text: str) -> _LoggedCall | None:
        """The call to the provider that a record tells of, with the status behind it or right before it."""
        found = _CALL.search(text)
        if found is None:
            return None
        method, url = found[1], found[2].rstrip(".,;)]}")
        if (method, url) not in self._known:
            if len(self._known) >= _MOST_LOOKUPS:
                return None
            self._known[method, url] = find_operation(self._profile, method, url)
        matched = self._known[method, url]
        if matched is None:
            return None
        status = _STATUS.search(text, found.end(), found.end() + _STATUS_WITHIN)
        status = status or _STATUS_BEFORE.search(text[max(found.start() - _LOOK_BACK, 0) : found.start()])
        return _LoggedCall(matched, int(status[1]) if status is not None else None)


def _is_name(name: str, text: str, start: int) -> bool:
    """Whether a word is meant as the name: one that nobody writes by chance, or one behind "state" and the like."""
    behind = text[max(start - _LOOK_BACK, 0) : start]
    if _NOT_YET.search(behind) is not None:
        return False
    if "." in name or "_" in name or (name.isupper() and name.endswith("ED") and name not in _EVERYDAY):
        return True
    return _NAMED.search(behind) is not None
