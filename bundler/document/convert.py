"""A safe ticket, or one exchange, as the records that other programs read."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from typing import overload

from msgspec import UNSET

from bundler.document.layout import layout
from bundler.document.ticket import (
    SCHEMA,
    Base64Body,
    Body,
    ExchangeDocument,
    FactsDocument,
    LogDocument,
    OccurredAtDocument,
    PictureDocument,
    RequestDocument,
    ResponseDocument,
    TakenDocument,
    TicketDocument,
    TicketExchange,
)
from bundler.model import Excerpt, Exchange, Facts, OccurredAt, Picture, Request, Response, SafeTicket, Taken


def to_document(ticket: SafeTicket) -> TicketDocument:
    """What ``ticket.json`` says of ``ticket``; its files are named as ``layout`` names them."""
    names = layout(ticket)
    return TicketDocument(
        schema=SCHEMA,
        ticket_id=ticket.ticket_id,
        kind=ticket.kind,
        provider=ticket.provider,
        family=ticket.family,
        environment=ticket.environment,
        summary=ticket.summary,
        event=ticket.event,
        facts=_facts(ticket.facts),
        exchanges=tuple(
            _ticket_exchange(each, file, failing=number == ticket.failing)
            for number, (each, file) in enumerate(zip(ticket.exchanges, names.exchanges, strict=True))
        ),
        logs=tuple(_log(each, file) for each, file in zip(ticket.logs, names.logs, strict=True)),
        pictures=tuple(_picture(each, file) for each, file in zip(ticket.pictures, names.pictures, strict=True)),
        findings=ticket.findings,
        cause=ticket.cause,
        fingerprint=None,
        redactions=ticket.redactions,
        not_looked_into=ticket.not_looked_into,
        created=moment_text(ticket.created),
        reporter=ticket.reporter,
        notes=ticket.notes,
        failing_reasons=ticket.failing_reasons,
        evidence=tuple(_taken(each) for each in ticket.evidence),
        asked=ticket.asked,
        kept=ticket.kept,
        update=ticket.update if ticket.follows else UNSET,
        follows=ticket.follows or UNSET,
    )


def exchange_document(exchange: Exchange) -> ExchangeDocument:
    """One exchange as ``inspect --json`` and ``ticket.json`` show it; nothing is masked here."""
    return ExchangeDocument(
        index=exchange.index,
        started=moment_text(exchange.started),
        duration_ms=exchange.duration_ms,
        direction=exchange.direction,
        request=_request(exchange.request) if exchange.request else None,
        response=_response(exchange.response) if exchange.response else None,
        error=exchange.error,
        notes=exchange.notes,
        place=exchange.place,
        started_written=exchange.started_written,
    )


@overload
def moment_text(moment: datetime) -> str: ...
@overload
def moment_text(moment: datetime | None) -> str | None: ...
def moment_text(moment: datetime | None) -> str | None:
    """``2026-11-23T13:02:11.482Z``: UTC with milliseconds, the rest cut off; None stays None."""
    if moment is None:
        return None
    at = moment.astimezone(UTC)
    return f"{at.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def _body(data: bytes) -> Body:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return Base64Body(base64=b64encode(data).decode("ascii"))


def _request(request: Request) -> RequestDocument:
    return RequestDocument(
        method=request.method,
        url=request.url,
        http_version=request.http_version,
        headers=request.headers,
        body=_body(request.body),
        body_state=request.body_state.value,
    )


def _response(response: Response) -> ResponseDocument:
    return ResponseDocument(
        status=response.status,
        reason=response.reason,
        headers=response.headers,
        body=_body(response.body),
        body_state=response.body_state.value,
        http_version=response.http_version,
    )


def _ticket_exchange(exchange: Exchange, file: str, *, failing: bool) -> TicketExchange:
    plain = exchange_document(exchange)
    fields = {name: getattr(plain, name) for name in plain.__struct_fields__}
    return TicketExchange(**fields, file=file, failing=failing, source=exchange.source)


def _facts(facts: Facts) -> FactsDocument:
    return FactsDocument(
        merchant_id=facts.merchant_id,
        payment_id=facts.payment_id,
        occurred_at=_occurred_at(facts.occurred_at) if facts.occurred_at else None,
        trace_ids=facts.trace_ids,
        others=facts.others,
    )


def _occurred_at(fact: OccurredAt) -> OccurredAtDocument:
    return OccurredAtDocument(
        value=moment_text(fact.value),
        written=fact.written,
        zone_from=fact.zone_from,
        origins=fact.origins,
        local=fact.local,
        certainty=fact.certainty,
        readings=tuple(moment_text(each) for each in fact.readings),
        rivals=fact.rivals,
    )


def _taken(taken: Taken) -> TakenDocument:
    return TakenDocument(
        source=taken.source,
        role=taken.role,
        reason=taken.reason,
        used=taken.used,
        size=taken.size,
        notes=taken.notes,
        first=moment_text(taken.first),
        last=moment_text(taken.last),
        state=taken.state,
    )


def _log(excerpt: Excerpt, file: str) -> LogDocument:
    return LogDocument(
        file=file,
        source=excerpt.source,
        first=moment_text(excerpt.first),
        last=moment_text(excerpt.last),
        records=len(excerpt.spans),
        omitted=excerpt.omitted,
        format=excerpt.format,
        hits=excerpt.hits,
        zone=excerpt.zone,
        zone_from=excerpt.zone_from,
        source_from=moment_text(excerpt.source_first),
        source_to=moment_text(excerpt.source_last),
        notes=excerpt.notes,
    )


def _picture(picture: Picture, file: str) -> PictureDocument:
    return PictureDocument(
        file=file,
        source=picture.source,
        width=picture.width,
        height=picture.height,
        caption=picture.caption,
        box_count=picture.box_count,
        removed=picture.removed,
        original_sha256=picture.original_sha256,
        original_size=picture.original_size,
        notes=picture.notes,
    )
