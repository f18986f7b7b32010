"""What the whole ticket comes down to: its environment, its one-line symptom, its subject, what support asked for."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from bundler.model import Environment, Exchange, Fact, Finding, SafeTicket, Who
from bundler.render.http import outcome, status
from bundler.render.text import ascii_line, inline
from bundler.render.times import iso

SUBJECT_LIMIT = 120
_ID_LIMIT = 76
"""An id, with its name before it, that is longer than this cannot stay whole in a subject; the report has it."""

_ENVIRONMENTS: dict[Environment | None, str] = {
    "production": "Production (live)",
    "sandbox": "Test (sandbox)",
    "mixed": "Mixed: test and production both appear",
    None: "Environment not known",
}
_KINDS = {
    "incident": "Incident",
    "question": "Question",
    "feature": "Feature request",
    "onboarding": "Onboarding",
    "operations-list": "List for operations",
}
_WHO: dict[Who, str] = {
    "code": "the integration's code",
    "config": "the account or its set-up",
    "user": "the person who pays",
    "wait": "nobody yet: wait, then try again",
    "provider": "the provider",
    "test": "the set-up of the test environment",
    "other-desk": "another desk than developer support",
}
_SHAPE = re.compile(
    r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"  # UUID, RFC 9562 section 4
    r"|\d{5,}|[a-z]{2,4}[_-](?=[A-Za-z]*\d)[0-9A-Za-z]{4,}|\[[a-z-]+-\d+[^\]]*\]"
)
_TICKET_ID = re.compile(r"[0-9A-Za-z-]{1,14}")

_SEGMENT_LIMIT = 200
_VERSION = re.compile(r"/v\d{1,2}(?=/)")


class Step(Struct, frozen=True):
    """One exchange in the story; ``number`` is its place in the ticket, counted from 1."""

    number: int
    exchange: Exchange
    is_failing: bool


def environment(value: Environment | None) -> str:
    """The environment in words that nobody can take for the other one."""
    return _ENVIRONMENTS[value]


def kind(value: str) -> str:
    """The kind of ticket in words."""
    return _KINDS.get(value, value)


def who(value: Who | None) -> str:
    """Who should act first, in words."""
    return _WHO[value] if value else ""


def confidence(finding: Finding) -> str:
    """How sure a finding about the cause is: words first, for a bare number looks more exact than it is."""
    if finding.confidence is None:
        return ""
    for least, words in ((0.9, "almost certain"), (0.75, "very likely"), (0.5, "probable")):
        if finding.confidence >= least:
            return words
    return "possible"


def label(fact: Fact) -> str:
    """The fact's own name as a heading: ``paymentId`` -> ``PaymentId``."""
    name = inline(fact.name, 60)
    return name[:1].upper() + name[1:]


def fields(ticket: SafeTicket) -> tuple[tuple[str, str], ...]:
    """The block of names and values that a mail begins with, for programs as for people.

    The first four have the same names whatever the provider calls them; an identifier under its own name follows where
    that differs. What is not known is left out. The moment is ISO 8601 in UTC.
    """
    facts, cause = ticket.facts, ticket.cause
    pairs = [
        (name, fact.value)
        for name, fact in (("MerchantId", facts.merchant_id), ("PaymentId", facts.payment_id))
        if fact
    ]
    if facts.occurred_at:
        pairs.append(("Timestamp", iso(facts.occurred_at.value)))
    if ticket.environment:
        pairs.append(("Environment", ticket.environment))
    named = {_squashed(name) for name, _ in pairs}
    for fact in [fact for fact in (facts.merchant_id, facts.payment_id) if fact] + [
        *facts.trace_ids[:3],
        *facts.others[:3],
    ]:
        if _squashed(fact.name) not in named:
            pairs.append((label(fact), fact.value))
            named.add(_squashed(fact.name))
    if cause and cause.provider_code:
        pairs.append(("ErrorCode", " ".join(filter(None, (cause.provider_code.group, cause.provider_code.code)))))
    pairs.append(("Ticket", ticket.ticket_id))
    return tuple((_field_name(name), inline(value, 200)) for name, value in pairs)


def _squashed(name: str) -> str:
    return re.sub("[^0-9a-z]", "", name.lower())


def _field_name(name: str) -> str:
    return re.sub("[^0-9A-Za-z_-]+", "-", name)[:40].strip("-") or "Id"


def path_shape(url: str, ids: tuple[str, ...]) -> str:
    """``/v1/payments/{id}/captures``: the path of ``url`` without ``ids`` and without all that looks like one."""
    try:
        path = urlsplit(url).path
    except ValueError:
        path = url.split("?", 1)[0]
    known = {value.lower() for value in ids if len(value) <= _SEGMENT_LIMIT}
    return "/".join("{id}" if _is_id(segment, known) else segment for segment in path.split("/")) or "/"


def _is_id(segment: str, known: set[str]) -> bool:
    plain = unquote(segment[: _SEGMENT_LIMIT + 1])
    return plain.lower() in known or bool(_SHAPE.fullmatch(plain))


def _ids(ticket: SafeTicket) -> tuple[str, ...]:
    return tuple(fact.value for fact in ticket.facts.ids())


def title(exchange: Exchange, ticket: SafeTicket) -> str:
    """``POST /v1/payments/{id}/captures``, or that only a response was saved."""
    if exchange.request is None:
        return "Response without its request"
    return inline(f"{exchange.request.method} {path_shape(exchange.request.url, _ids(ticket))}", 300)


def symptom(ticket: SafeTicket, arrow: str = "→") -> str:
    """One line that says what went wrong: the failing call and its outcome, else the first words of the event.

    Where logs are all there is, it is what the probable cause says first.
    """
    if ticket.failing_exchange is not None:
        return f"{title(ticket.failing_exchange, ticket)} {arrow} {outcome(ticket.failing_exchange)}"
    told = ticket.cause.message.partition(". ")[0].rstrip(".") if ticket.cause is not None else ""
    words = " ".join((ticket.event or ticket.summary or told).split())
    return shortened(inline(words, 2000), 160) or "No failing call and no event in the evidence"


def shortened(text: str, limit: int) -> str:
    """``text``, or its beginning with dots that say so, cut after a word where that does not cost too much."""
    if len(text) <= limit:
        return text
    kept = text[: max(0, limit - 3)]
    words = text[: len(kept) + 1].rpartition(" ")[0].rstrip(" ,;:")
    return f"{words if len(words) * 3 > len(kept) * 2 else kept}..."[: max(0, limit)]


def story(ticket: SafeTicket) -> list[Step]:
    """All exchanges in time order, those without a time last; the failing one marked."""
    steps = [Step(index + 1, exchange, index == ticket.failing) for index, exchange in enumerate(ticket.exchanges)]
    return sorted(steps, key=lambda step: (step.exchange.started is None, _order(step)))


def _order(step: Step) -> tuple[float, int]:
    return (step.exchange.started.timestamp() if step.exchange.started else 0.0, step.number)


def subject(ticket: SafeTicket, mail_count: int = 1) -> str:
    """``[sandbox] POST /v1/payments/{id}/captures -> 409, PaymentId 1b0c… [TB-7F3A2C91]``: one ASCII line of
    ``SUBJECT_LIMIT``; the ticket's own id at its end is what answers and follow-ups are filed by.

    When it does not fit, the path begins at its version, then loses its first segments; the id stays whole or, where
    it alone would fill the line, is left out. Of several mails there is room left for which of them it is.
    """
    prefix = f"[{ticket.environment or 'environment unknown'}] "
    fact = next((fact for fact in ticket.facts.ids() if fact.value), None)
    named = ascii_line(f", {label(fact)} {fact.value}") if fact else ""
    suffix = named if len(named) <= _ID_LIMIT else ""
    suffix += f" [{ticket.ticket_id}]" if _TICKET_ID.fullmatch(ticket.ticket_id) else ""
    room = _room(mail_count) - len(prefix) - len(suffix)
    return prefix + _what(ticket, room) + suffix


def _what(ticket: SafeTicket, room: int) -> str:
    failing = ticket.failing_exchange
    if failing is None:
        return shortened(ascii_line(symptom(ticket)), room)
    end = " -> no response"
    if failing.response is not None:
        end = f" -> {failing.response.status or status(None)}"
    method, _, path = (title(failing, ticket) if failing.request else "Response alone").partition(" ")
    start = ascii_line(f"{method} {path}")
    head, _, tail = start.partition(" ")
    if len(start) + len(end) > room and (version := _VERSION.search(tail)):
        tail = tail[version.start() :]
    while len(head) + 1 + len(tail) + len(end) > room and tail.count("/") > 1:
        tail = "..." + tail[tail.index("/", tail.index("/") + 1) :]
    return shortened(f"{head} {tail}", room - len(end)) + end


def numbered(text: str, ticket: SafeTicket, number: int, count: int) -> str:
    """The subject of one mail of several: ``… (2/3)``."""
    return f"{fitted(text, ticket, _room(count))} ({number}/{count})"


def _room(mail_count: int) -> int:
    return SUBJECT_LIMIT - (len(f" ({mail_count}/{mail_count})") if mail_count > 1 else 0)


def fitted(text: str, ticket: SafeTicket, limit: int = SUBJECT_LIMIT) -> str:
    """A subject made by any template, held to the same rules: one line, ASCII, short, the first id in it whole."""
    line = ascii_line(text)
    if len(line) <= limit:
        return line
    known = (ascii_line(fact.value) for fact in ticket.facts.ids())
    found = next((value for value in known if value and len(value) <= _ID_LIMIT and value in line), "")
    if not found:
        return shortened(line, limit)
    head, _, tail = line.partition(found)
    room = limit - len(found) - 1
    return f"{shortened(head.rstrip(), room - len(tail) if len(tail) < room else room)} {found}{tail}"[:limit]
