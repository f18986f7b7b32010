"""Finds the times and rates that the provider gives for the API that failed."""

from __future__ import annotations

from collections.abc import Iterator

from bundler.checks.types import View
from bundler.providers import related_families
from bundler.providers.demands import Deadline, DeadlineName, RateLimit

_MARKETS = {"NOK": "NO", "578": "NO", "DKK": "DK", "208": "DK", "EUR": "FI", "978": "FI"}
"""Where a currency is paid with, for deadlines that differ by market."""


def find_deadline(view: View, name: DeadlineName, *, currency: str = "", shortest: bool = False) -> Deadline | None:
    """The row of that name that holds for the ticket's API and environment.

    Where several may hold, because market or environment is not known, the longest is taken: who kept another one did
    nothing wrong. ``shortest`` is for times that have to be waited for.
    """
    related = related_families(view.profile, view.ticket.family)
    market = _MARKETS.get(currency.upper(), "")
    rows = [
        row
        for row in view.profile.deadlines
        if row.name == name
        and row.family in related
        and (not row.environment or view.ticket.environment in {row.environment, None, "mixed"})
        and (not row.market or not market or row.market == market)
    ]
    own = [row for row in rows if row.family == view.ticket.family] or rows
    if market:
        own = [row for row in own if row.market] or own
    pick = min if shortest else max
    return pick(own, key=lambda row: row.seconds, default=None)


def find_limits(view: View, operation: str) -> Iterator[RateLimit]:
    """The rows that limit how often the operation of the ticket's API may be called."""
    related = related_families(view.profile, view.ticket.family)
    for row in view.profile.limits:
        if row.family in related and operation in row.operations:
            yield row
