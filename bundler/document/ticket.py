"""The records of ``ticket.json``: stable from the first release, a change is a new major version of the schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from bundler.document.coding import decode_json, encode_json, schema_json
from bundler.model import (
    Asked,
    Environment,
    Fact,
    Finding,
    Header,
    Kept,
    Kind,
    Omission,
    Origin,
    Redaction,
    Reporter,
    Rival,
    SourceState,
)

SCHEMA: Final = "ticket-bundler/ticket/1"
TICKET_NAME = "ticket.json"

Moment = Annotated[
    str,
    Meta(
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$",
        description="A moment in UTC with milliseconds: 2026-11-23T13:02:11.482Z.",
    ),
]


class Base64Body(Struct, frozen=True, kw_only=True):
    """A body that is not UTF-8."""

    base64: str


Body = str | Base64Body


class RequestDocument(Struct, frozen=True, kw_only=True):
    """A request. ``url`` is the one that went over the wire; ``body_state`` tells "absent" from "empty"."""

    method: str
    url: str
    http_version: str
    headers: tuple[Header, ...]
    body: Body
    body_state: str


class ResponseDocument(Struct, frozen=True, kw_only=True):
    """A response. ``status`` is null where only a body was saved and the body does not tell."""

    status: int | None
    reason: str
    headers: tuple[Header, ...]
    body: Body
    body_state: str
    http_version: str = ""


class ExchangeDocument(Struct, frozen=True, kw_only=True):
    """A request with its response. ``response`` is null when none came; the reason is then in ``error``."""

    index: int
    started: Moment | None
    duration_ms: float | None
    direction: Literal["outgoing", "incoming"]
    request: RequestDocument | None
    response: ResponseDocument | None
    error: str | None
    notes: tuple[str, ...]
    place: str = ""
    started_written: str = ""


class TicketExchange(ExchangeDocument, frozen=True, kw_only=True):
    """An exchange of the ticket: where it came from, its file in the bundle, and whether it is the one that failed."""

    file: str
    failing: bool
    source: str = ""


class OccurredAtDocument(Struct, frozen=True, kw_only=True):
    """The start of the failing call, as it was written and in UTC."""

    value: Moment
    written: str
    zone_from: str
    origins: tuple[Origin, ...]
    local: str = ""
    certainty: str = "certain"
    readings: tuple[Moment, ...] = ()
    rivals: tuple[Rival, ...] = ()


class FactsDocument(Struct, frozen=True, kw_only=True):
    """What support looks the payment up by, each value with where it was seen."""

    merchant_id: Fact | None
    payment_id: Fact | None
    occurred_at: OccurredAtDocument | None
    trace_ids: tuple[Fact, ...]
    others: tuple[Fact, ...]

    def ids(self) -> Iterator[Fact]:
        """Every identifier, the most important first; the time is not one of them."""
        yield from (fact for fact in (self.payment_id, self.merchant_id) if fact is not None)
        yield from self.trace_ids
        yield from self.others

    def values(self) -> Iterator[str]:
        """The values of all identifiers, and the others that were seen under their names."""
        for fact in self.ids():
            yield fact.value
            yield from (rival.value for rival in fact.rivals)


class LogDocument(Struct, frozen=True, kw_only=True):
    """One excerpt: how many records it holds, from when to when, and what was left out."""

    file: str
    source: str
    first: Moment | None = field(name="from")
    last: Moment | None = field(name="to")
    records: int
    omitted: tuple[Omission, ...]
    format: str = ""
    hits: int = 0
    zone: str = ""
    zone_from: str = ""
    source_from: Moment | None = None
    source_to: Moment | None = None
    notes: tuple[str, ...] = ()


class PictureDocument(Struct, frozen=True, kw_only=True):
    """One picture, encoded anew from its pixels; ``removed`` is what the original carried besides."""

    file: str
    source: str
    width: int
    height: int
    caption: str = ""
    box_count: int = 0
    removed: tuple[str, ...] = ()
    original_sha256: str = ""
    original_size: int = 0
    notes: tuple[str, ...] = ()


class TakenDocument(Struct, frozen=True, kw_only=True):
    """What one piece of evidence was taken for, and why; ``used`` is false where it was left out."""

    source: str
    role: str
    reason: str
    used: bool
    size: int
    notes: tuple[str, ...] = ()
    first: Moment | None = field(name="from", default=None)
    last: Moment | None = field(name="to", default=None)
    state: SourceState = "ok"


class TicketDocument(Struct, frozen=True, kw_only=True):
    """A support ticket. Readers ignore keys they do not know and refuse a newer major version.

    Only what follows up an earlier ticket has ``update`` (2 for the first follow-up) and ``follows``, the SHA-256 of
    that one's ``ticket.json``.
    """

    schema: Literal["ticket-bundler/ticket/1"]
    ticket_id: str
    kind: Kind
    provider: str
    family: str | None
    environment: Environment | None
    summary: str
    event: str | None
    facts: FactsDocument
    exchanges: tuple[TicketExchange, ...]
    logs: tuple[LogDocument, ...]
    pictures: tuple[PictureDocument, ...]
    findings: tuple[Finding, ...]
    cause: Finding | None
    fingerprint: dict[str, Any] | None
    redactions: tuple[Redaction, ...]
    not_looked_into: tuple[str, ...]
    created: Moment | None = None
    reporter: Reporter = Reporter()
    notes: tuple[str, ...] = ()
    failing_reasons: tuple[str, ...] = ()
    evidence: tuple[TakenDocument, ...] = ()
    asked: tuple[Asked, ...] = ()
    kept: tuple[Kept, ...] = ()
    update: int | UnsetType = UNSET
    follows: str | UnsetType = UNSET


def encode(document: TicketDocument) -> bytes:
    """``ticket.json``: indented, in the order of the fields, UTF-8, with a final newline."""
    return encode_json(document)


def decode(data: bytes) -> TicketDocument:
    """The document in ``data``; raises ``UnreadableInput`` when it is none, or of a newer major version."""
    return decode_json(data, TicketDocument, schema=SCHEMA, name=TICKET_NAME)


def json_schema() -> bytes:
    """The JSON Schema of ``ticket.json``, the same bytes as ``bundler/schema/ticket-1.json``."""
    return schema_json(TicketDocument, schema=SCHEMA, title="A support ticket made by ticket-bundler")
