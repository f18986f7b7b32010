"""What a payment's story is made of: single moments, and the order in which they provably came."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from bundler.model import Origin
from bundler.providers.profile import Step

MomentKind = Literal["call", "callback", "event", "state", "logged call", "logged name"]
"""``call``: an exchange with the provider. ``callback``: one that the provider made. ``event``: an entry of a list of
events. ``state``: what a reading or an answer says of the payment. The last two stand in records of logs."""

CLOCKS_APART = timedelta(seconds=1)
"""Times of two clocks that are no further apart prove no order."""


class Totals(Struct, frozen=True):
    """What a payment had come to in all, in minor units; None where it is not said."""

    authorised: int | None = None
    captured: int | None = None
    refunded: int | None = None
    cancelled: int | None = None


class StoryMoment(Struct, frozen=True, kw_only=True):
    """One thing that happened to the payment, and where that is written.

    ``ok`` is False for what was refused and None where the outcome is not known. ``amount`` is in minor units.
    ``is_exact`` tells that it happened at ``when``; without it, it had happened by then. ``same`` is equal for two
    tellings of one and the same thing, ``key`` is the idempotency key, ``status`` the HTTP status of a call's answer.
    ``exchange`` is the index into the ticket's exchanges.
    """

    step: Step
    name: str
    kind: MomentKind
    origin: Origin
    position: int
    when: datetime | None = None
    is_exact: bool = False
    amount: int | None = None
    currency: str = ""
    ok: bool | None = True
    status: int | None = None
    key: str = ""
    same: str = ""
    exchange: int | None = None
    totals: Totals | None = None

    def precedes(self, other: StoryMoment) -> bool:
        """Whether it provably came before ``other``: by their times, else by their order in one source."""
        if self.when is not None and other.when is not None and self.when != other.when:
            return self.when < other.when
        return self.origin.source == other.origin.source and self.position < other.position

    def follows(self, other: StoryMoment) -> bool:
        """Whether it provably happened after ``other`` did, allowing for clocks that differ a little."""
        if self.when is not None and other.when is not None:
            return self.is_exact and self.when - other.when > CLOCKS_APART
        return other.precedes(self)


class Story(Struct, frozen=True):
    """The moments of one payment in time order, and which of them is the failure that the ticket is about."""

    moments: tuple[StoryMoment, ...] = ()
    failing: StoryMoment | None = None

    def before(self, moment: StoryMoment) -> tuple[StoryMoment, ...]:
        """What provably came before ``moment``."""
        return tuple(each for each in self.moments if each is not moment and each.precedes(moment))

    def of(self, *steps: Step) -> tuple[StoryMoment, ...]:
        """What was done of the steps; refused calls and those without a known outcome are not."""
        return tuple(each for each in self.moments if each.step in steps and each.ok)
