"""What the outbox and the ledger of a test hold, and the present moment there."""

from __future__ import annotations

from datetime import UTC, datetime

from bundler.delivery.ledger import entries
from bundler.delivery.outbox import Waiting, letters
from bundler.delivery.state import state_folder

MOMENT = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)


def now() -> datetime:
    """The moment of every hand-over."""
    return MOMENT


def ledger_states() -> list[str]:
    """How each hand-over stands, by the ledger."""
    return [each.state for each in entries(state_folder()).values()]


def left_waiting() -> list[Waiting]:
    """The letters that are in the outbox, the oldest first."""
    return letters(state_folder())
