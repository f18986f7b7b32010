"""Tickets for the checks of desks and of what else is asked for."""

from __future__ import annotations

from bundler.model import SafeTicket
from tests.checks.makers import INITIATE, call, failing, ticket

PAYOUT = "The payout of last week has not arrived on our bank account."


def words(event: str) -> SafeTicket:
    """A ticket of words alone."""
    return ticket(event=event, exchanges=(), failing=None)


SAMPLES_OF_DESKS: dict[str, tuple[SafeTicket, SafeTicket]] = {
    "CFG020": (words(PAYOUT), words("The capture of a payment answers 409.")),
    "CFG021": (words("More of case 123456: it happened again."), words("More of order 123456: it happened again.")),
    "REQ040": (
        failing(call(INITIATE), event="The WooCommerce plugin shows an empty checkout"),
        failing(call(INITIATE), event="The WooCommerce plugin 5.1.2 shows an empty checkout"),
    ),
}
