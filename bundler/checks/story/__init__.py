"""Rebuilds what happened to a payment, in order, from the exchanges and the logs of its ticket."""

from __future__ import annotations

from datetime import datetime

from bundler.checks.story.calls import exchange_moments, failing_moment, told_exchanges
from bundler.checks.story.moments import Story, StoryMoment, Totals
from bundler.checks.story.records import RecordReader, telling_records
from bundler.model import SafeTicket
from bundler.providers.profile import Profile

__all__ = ["Story", "StoryMoment", "Totals", "tell_story"]

_MOST_MOMENTS = 1_000


def tell_story(ticket: SafeTicket, profile: Profile) -> Story:
    """Every moment that the evidence tells of, in time order; each is told once, however often it was written down.

    Read are the 30 exchanges around the failing one and the first 5,000 records of the logs. A moment without a time
    stays behind the one that it followed in its source.
    """
    moments: list[StoryMoment] = []
    for index, exchange in told_exchanges(ticket):
        moments += exchange_moments(ticket, profile, index, exchange)
    if ticket.logs and ticket.facts.payment_id is not None:
        reader = RecordReader(ticket, profile)
        for position, span, text, origin in telling_records(ticket):
            moments += reader.read(position, span, text, origin)
            if len(moments) > _MOST_MOMENTS:
                break
    ordered = _in_time_order(_told_once(moments, ticket.failing))
    return Story(ordered, failing_moment(ordered, ticket.failing))


def _told_once(moments: list[StoryMoment], failing: int | None) -> list[StoryMoment]:
    """Without those that tell of the same thing again; the failing call always stays."""
    seen: set[tuple[str, str]] = set()
    kept: list[StoryMoment] = []
    for moment in sorted(moments, key=lambda each: each.exchange != failing or each.kind != "call"):
        told = (moment.step, moment.same)
        if moment.same and told in seen:
            continue
        seen.add(told)
        kept.append(moment)
    places = {id(moment): at for at, moment in enumerate(moments)}
    return sorted(kept, key=lambda each: places[id(each)])


def _in_time_order(moments: list[StoryMoment]) -> tuple[StoryMoment, ...]:
    last: dict[str, datetime] = {}
    keys: list[tuple[bool, float]] = []
    for moment in moments:
        source = moment.origin.source
        if moment.when is not None:
            last[source] = moment.when
        when = last.get(source)
        keys.append((when is None, when.timestamp() if when is not None else 0.0))
    order = sorted(range(len(moments)), key=lambda at: keys[at])
    return tuple(moments[at] for at in order)
