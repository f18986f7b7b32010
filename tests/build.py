"""Makers of tickets for the whole suite: a full one, an empty one, and one made of everything that tries to break out.

All ids, keys, people and shops are invented.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from bundler.model import SafeTicket
from tests.tickets.exchanges import ATTEMPT, CORRELATION, CREATED, FAILED_AT, MERCHANT, PAYMENT, exchange
from tests.tickets.full import app_screen, full_ticket
from tests.tickets.hostile import BREAK, CLIMB, FENCES, GIANT, HIDDEN, HOSTILE, SCRIPT, TEMPLATE
from tests.tickets.hostile import hostile_ticket as _hostile

__all__ = [
    "ATTEMPT",
    "BREAK",
    "CLIMB",
    "CORRELATION",
    "CREATED",
    "FAILED_AT",
    "FENCES",
    "GIANT",
    "HIDDEN",
    "HOSTILE",
    "MERCHANT",
    "PAYMENT",
    "SCRIPT",
    "TEMPLATE",
    "app_screen",
    "empty_ticket",
    "exchange",
    "hostile_ticket",
    "safe_ticket",
]


def safe_ticket(**changes: Any) -> SafeTicket:
    """A full ticket: a capture refused because the authorization was patched too late; ``changes`` replace fields."""
    return replace(full_ticket(), **changes)


def empty_ticket(**changes: Any) -> SafeTicket:
    """A ticket of which nothing is known but that it exists."""
    return replace(SafeTicket(ticket_id="empty", created=CREATED, provider="generic"), **changes)


def hostile_ticket(**changes: Any) -> SafeTicket:
    """A ticket in which every text from outside tries to break out of every document and to fill the disk."""
    return replace(_hostile(), **changes)
