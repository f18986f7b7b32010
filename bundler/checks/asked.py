"""Which of the things that the provider asks for are here, where they were found, and how to get the others."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bundler.model import Asked, Fact, OccurredAt, SafeTicket
from bundler.providers.profile import Profile

_APP_WORDS = re.compile(
    r"\b(?:app|apps|appen|phone|iphone|android|mobile|mobil|mobilen|telefon|telefonen|puhelin|sovellus|swipe[ds]?|"
    r"tapped|skærm|skjerm|skärm)\b",
    re.IGNORECASE,
)


def happened_in_app(ticket: SafeTicket) -> bool:
    """True when the words of the event speak of the app or the phone (English, Danish, Norwegian, Swedish, Finnish)."""
    return bool(_APP_WORDS.search(f"{ticket.event or ''} {ticket.summary}"))


def review(ticket: SafeTicket, profile: Profile) -> tuple[Asked, ...]:
    """Every item of the profile's ask-list with its state, in the provider's order."""
    in_app = happened_in_app(ticket)
    places = dict(_places(ticket))
    return tuple(
        Asked(
            item=ask.item,
            label=ask.label,
            found=ask.item in places,
            required=ask.when == "always" or in_app,
            where=places.get(ask.item, ""),
            how=ask.how,
        )
        for ask in profile.asks
    )


def _places(ticket: SafeTicket) -> Iterator[tuple[str, str]]:
    facts, failing = ticket.facts, ticket.failing_exchange
    for item, fact in (
        ("merchant_id", facts.merchant_id),
        ("payment_id", facts.payment_id),
        ("occurred_at", facts.occurred_at),
    ):
        if fact is not None:
            yield item, _where(fact)
    if failing is not None and failing.request is not None:
        yield "request", str(failing.origin("request"))
    elif ticket.event:
        yield "request", "the event in your words"
    if failing is not None and (failing.response is not None or failing.error):
        yield "response", str(failing.origin("response" if failing.response else "no response came"))
    if ticket.pictures:
        yield "screenshot", ", ".join(picture.source for picture in ticket.pictures)
    if excerpts := [excerpt for excerpt in ticket.logs if excerpt.spans]:
        yield "logs", ", ".join(f"{excerpt.source} ({len(excerpt.spans):,} records)" for excerpt in excerpts)


def _where(fact: Fact | OccurredAt) -> str:
    first = str(fact.origins[0]) if fact.origins else ""
    more = len(fact.origins) - 1
    return f"{first} and {more} more place{'s' if more > 1 else ''}" if more > 0 else first
