"""The nouns of a support ticket, all frozen. ``Ticket`` may hold secrets; ``SafeTicket`` may not.

All of them stand in this one file, long as it is, so that a newcomer reads them in one go.
Counts of entries, exchanges and lines start at 1, as they are shown to people. Every ``datetime`` has a zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Literal, Self

from msgspec import Struct
from msgspec.structs import replace

Header = tuple[str, str]
Severity = Literal["blocker", "warning", "note"]
Who = Literal["code", "config", "user", "wait", "provider", "test", "other-desk"]
Kind = Literal["incident", "question", "feature", "onboarding", "operations-list"]
Environment = Literal["production", "sandbox", "mixed"]
SourceState = Literal["ok", "empty", "failed", "timed-out", "skipped", "cut"]


class Origin(Struct, frozen=True):
    """Where a value was seen: ``Origin("trace.har", "entry 14, request body, merchantId")``."""

    source: str
    place: str

    def __str__(self) -> str:
        return f"{self.source}, {self.place}" if self.place else self.source


class Rival(Struct, frozen=True):
    """Another value seen for the same fact. It is shown beside the chosen one, never merged into it."""

    value: str
    origins: tuple[Origin, ...]


class Fact(Struct, frozen=True):
    """A value, the provider's own name for it, and everywhere it was seen; the origin that decided comes first."""

    name: str
    value: str
    origins: tuple[Origin, ...]
    rivals: tuple[Rival, ...] = ()


class OccurredAt(Struct, frozen=True):
    """The start of the failing call: in UTC, as it was written, and how its zone is known."""

    value: datetime
    written: str
    zone_from: str
    origins: tuple[Origin, ...]
    local: str = ""
    certainty: Literal["certain", "assumed", "ambiguous"] = "certain"
    readings: tuple[datetime, ...] = ()
    rivals: tuple[Rival, ...] = ()


class Facts(Struct, frozen=True):
    """What support looks a payment up by. ``others`` and ``trace_ids`` keep the order in which they matter."""

    merchant_id: Fact | None = None
    payment_id: Fact | None = None
    occurred_at: OccurredAt | None = None
    trace_ids: tuple[Fact, ...] = ()
    others: tuple[Fact, ...] = ()

    def ids(self) -> Iterator[Fact]:
        """Every identifier, the most important first; the time is not one of them."""
        for fact in (self.payment_id, self.merchant_id):
            if fact is not None:
                yield fact
        yield from self.trace_ids
        yield from self.others

    def values(self) -> Iterator[str]:
        """The values of all identifiers, and the others that were seen under their names."""
        for fact in self.ids():
            yield fact.value
            yield from (rival.value for rival in fact.rivals)


class BodyState(StrEnum):
    """What is known of a body, so that "absent in the source" and "empty" never look alike."""

    PRESENT = "present"
    EMPTY = "empty"
    ABSENT = "absent"  # the source does not hold it; it may well have existed
    TRUNCATED = "truncated"
    NOT_TEXT = "not-text"
    FILE_REFERENCE = "file-reference"  # "@body.json": named, never opened
    UNRESOLVED = "unresolved"  # holds a variable or a command substitution that was not expanded
    REBUILT = "rebuilt"  # put together again from parameters; the bytes on the wire may have differed


class Request(Struct, frozen=True):
    """One HTTP request. ``url`` is the one that went over the wire, query included; headers keep order and doubles."""

    method: str
    url: str
    http_version: str = ""
    headers: tuple[Header, ...] = ()
    body: bytes = b""
    body_state: BodyState = BodyState.ABSENT


class Response(Struct, frozen=True):
    """One HTTP response. ``status`` is None where only a body was saved and the body does not tell."""

    status: int | None
    reason: str = ""
    http_version: str = ""
    headers: tuple[Header, ...] = ()
    body: bytes = b""
    body_state: BodyState = BodyState.ABSENT


def header_of(message: Request | Response | None, name: str) -> str:
    """The first value of a header, without blanks around it; empty where there is none. Names are without case."""
    headers = message.headers if message is not None else ()
    return next((value.strip() for header, value in headers if header.lower() == name), "")


class Exchange(Struct, frozen=True):
    """A request with its response, as far as the source knows them.

    ``response`` is None when none came (``error`` tells why) or none was saved; ``request`` is None for a response
    that was saved alone. ``started`` is None when the source gives no time or one without a zone (then
    ``started_written`` holds the text). ``index`` counts within the source.
    """

    source: str
    index: int
    request: Request | None
    response: Response | None = None
    started: datetime | None = None
    started_written: str = ""
    duration_ms: float | None = None
    direction: Literal["outgoing", "incoming"] = "outgoing"
    error: str | None = None
    notes: tuple[str, ...] = ()
    place: str = ""  # how people name it: "entry 14", "lines 3-9"; empty for a source that holds just one
    response_source: str = ""  # where the response was saved apart from the request

    def origin(self, place: str) -> Origin:
        """Where ``place`` of this exchange is, for people; places in the response begin with that word."""
        if self.response_source and place.startswith("response"):
            return Origin(self.response_source, place)
        return Origin(self.source, ", ".join(part for part in (self.place, place) if part))


class Omission(Struct, frozen=True, omit_defaults=True):
    """What an excerpt, or a file of a mail, left out, and why. ``size`` is in bytes, 0 where it was not counted."""

    records: int
    why: str
    size: int = 0


class RecordSpan(Struct, frozen=True):
    """One record of an excerpt: the line of the source it starts on, how many lines it has, its moment if any.

    ``mentions`` is True when it names one of the ids that the excerpt was cut by.
    """

    line: int
    line_count: int
    moment: datetime | None = None
    mentions: bool = False


class Excerpt(Struct, frozen=True):
    """The records of one log that belong to the payment: original bytes, whole records, in the source's order."""

    source: str
    format: str
    data: bytes
    spans: tuple[RecordSpan, ...]
    omitted: tuple[Omission, ...] = ()
    first: datetime | None = None  # earliest moment of the excerpt
    last: datetime | None = None
    source_first: datetime | None = None  # earliest and latest moment of the whole source
    source_last: datetime | None = None
    zone: str = ""
    zone_from: str = ""
    hits: int = 0  # records that mention one of the ids
    notes: tuple[str, ...] = ()

    def records(self) -> Iterator[tuple[RecordSpan, bytes]]:
        """Each record with its bytes; joined they are ``data`` again."""
        lines = self.data.splitlines(keepends=True)
        start = 0
        for span in self.spans:
            yield span, b"".join(lines[start : start + span.line_count])
            start += span.line_count


class Picture(Struct, frozen=True):
    """A picture encoded anew from its pixels, so that nothing of the file it came from is left but what one sees."""

    name: str
    data: bytes
    format: Literal["png", "jpeg"]
    width: int
    height: int
    source: str
    original_sha256: str
    original_size: int
    removed: tuple[str, ...] = ()  # what the original carried besides pixels
    box_count: int = 0  # areas filled by the user
    caption: str = ""
    notes: tuple[str, ...] = ()


class ProviderCode(Struct, frozen=True):
    """An error code as the provider keys it."""

    code: str
    group: str | None = None


class Finding(Struct, frozen=True, kw_only=True):
    """What a check has to say. Only findings about the cause carry a ``confidence`` (0 to 1)."""

    code: str
    severity: Severity
    message: str
    advice: str = ""
    provider_code: ProviderCode | None = None
    who: Who | None = None
    confidence: float | None = None
    link: str | None = None
    origins: tuple[Origin, ...] = ()


class FindingKind(Struct, frozen=True):
    """What a finding's code means where no check explains it: a title, how grave it is, and what to do."""

    title: str
    severity: Severity
    advice: str


class Reporter(Struct, frozen=True):
    """Who writes the ticket and with what. Taken from the configuration; never masked, for support must answer."""

    name: str = ""
    company: str = ""
    email: str = ""
    integration: str = ""
    integration_version: str = ""


class Taken(Struct, frozen=True):
    """What one piece of evidence was taken for, and why; ``used`` is False where it was left out."""

    source: str
    role: str  # the format's name: "har", "curl", "log: Python logging", "picture"
    reason: str
    used: bool = True
    size: int = 0
    notes: tuple[str, ...] = ()
    first: datetime | None = None  # earliest and latest moment of a log
    last: datetime | None = None
    state: SourceState = "ok"
    """What became of it while it was collected; anything but ``ok`` only for logs that programs hand out."""


class Redaction(Struct, frozen=True):
    """How often one secret was replaced, by which placeholder; never the value."""

    kind: str
    placeholder: str
    count: int


class Kept(Struct, frozen=True):
    """A secret that stays readable on purpose: which rule found it, why it stays, and the SHA-256 of its value."""

    rule: str
    reason: str
    sha256: str


class Asked(Struct, frozen=True):
    """One thing the provider asks for: whether it is here and where, or how to get it.

    ``required`` is what the first reply would ask for; what only ``helps`` spares a later question; what is neither is
    not needed here. ``why`` completes "it is asked for because …".
    """

    item: str
    label: str
    found: bool
    required: bool
    where: str = ""
    how: str = ""
    why: str = ""
    helps: bool = False


class _TicketFields(Struct, frozen=True, kw_only=True):
    """What both kinds of ticket hold; they share no type, so that one cannot stand for the other."""

    ticket_id: str
    created: datetime
    provider: str
    kind: Kind = "incident"
    family: str | None = None
    environment: Environment | None = None
    summary: str = ""
    event: str | None = None
    notes: tuple[str, ...] = ()
    reporter: Reporter = Reporter()
    facts: Facts = Facts()
    exchanges: tuple[Exchange, ...] = ()
    failing: int | None = None  # index into ``exchanges``
    failing_reasons: tuple[str, ...] = ()
    logs: tuple[Excerpt, ...] = ()
    pictures: tuple[Picture, ...] = ()
    findings: tuple[Finding, ...] = ()
    evidence: tuple[Taken, ...] = ()
    not_looked_into: tuple[str, ...] = ()

    @property
    def failing_exchange(self) -> Exchange | None:
        return None if self.failing is None else self.exchanges[self.failing]

    @property
    def blocked(self) -> bool:
        """True when a finding says that the ticket should not be sent as it is."""
        return any(finding.severity == "blocker" for finding in self.findings)


class Ticket(_TicketFields, frozen=True, kw_only=True):
    """Everything gathered, as it was found: may hold secrets, so it is never rendered, packed, mailed or logged."""


class SafeTicket(_TicketFields, frozen=True, kw_only=True):
    """A ticket that redaction has seen, whole. Only ``bundler.redact`` makes one; everything that leaves takes one."""

    redactions: tuple[Redaction, ...] = ()
    kept: tuple[Kept, ...] = ()
    cause: Finding | None = None
    asked: tuple[Asked, ...] = ()
    update: int = 1
    """2 for the first follow-up of a ticket, and so on."""
    follows: str = ""
    """The SHA-256 of the ``ticket.json`` that this one follows up."""

    @property
    def missing(self) -> tuple[Asked, ...]:
        """What the provider asks for and is not here."""
        return tuple(asked for asked in self.asked if asked.required and not asked.found)

    def checked(self, findings: tuple[Finding, ...], cause: Finding | None, asked: tuple[Asked, ...]) -> Self:
        """The same ticket with what the checks said of it (they only ever see safe tickets)."""
        return replace(self, findings=self.findings + findings, cause=cause, asked=asked)
