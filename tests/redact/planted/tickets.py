"""A ticket around texts: as what the user says, as a request's body, and as the excerpt of a log."""

from __future__ import annotations

from datetime import UTC, datetime

from bundler.model import BodyState, Excerpt, Exchange, Facts, OccurredAt, RecordSpan, Reporter, Request, Ticket

_MOMENT = datetime(2026, 11, 23, 13, tzinfo=UTC)


def ticket(provider: str, *, event: str, body: bytes, log: bytes) -> Ticket:
    """A ticket that holds these texts and nothing else of interest; ``log`` is a single record."""
    request = Request("POST", "https://api.example.com/v1/x", body=body, body_state=BodyState.PRESENT)
    return Ticket(
        ticket_id="TB-1",
        kind="incident",
        provider=provider,
        summary="a call failed",
        created=_MOMENT,
        facts=Facts(occurred_at=OccurredAt(_MOMENT, "13:00", "--at", ())),
        reporter=Reporter("ada@shop.example.com", "Ada", "Shop", "shop"),
        event=event,
        exchanges=(Exchange("a.http", 1, request),),
        logs=(Excerpt("a.log", "plain", log, (RecordSpan(1, log.count(b"\n") + 1),)),),
        notes=("nothing else",),
    )
