"""What a check is: a function with a code, whose docstring explains it to a tired developer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cached_property
from textwrap import dedent

from msgspec import Struct

from bundler.checks.answer.said import Said, find_said
from bundler.checks.desk.asked import review
from bundler.checks.request.calls import Call, calls_of
from bundler.checks.story import Story, tell_story
from bundler.model import Asked, Exchange, Finding, Origin, SafeTicket
from bundler.providers import ErrorReading, MatchedOperation, find_operation, find_stranger, load
from bundler.providers.profile import Profile


class View:
    """What checks may look at: a safe ticket, the provider's profile, the present moment, what follows from them."""

    def __init__(self, ticket: SafeTicket, profile: Profile, now: datetime) -> None:
        self.ticket = ticket
        self.profile = profile
        self.now = now

    @property
    def failing(self) -> Exchange | None:
        """The call that failed, or None where it is not known which."""
        return self.ticket.failing_exchange

    @property
    def is_delivery(self) -> bool:
        """Whether the failing call is one that the provider made: then the answer is the integrator's own."""
        return self.failing is not None and self.failing.direction == "incoming"

    @cached_property
    def said(self) -> Said | None:
        """What was said about the failure: by the answer, else by the record of a log that quotes one."""
        return find_said(self.ticket, self.profile)

    @property
    def error(self) -> ErrorReading | None:
        """The error body as the provider writes them, or None."""
        return self.said.reading if self.said is not None else None

    @cached_property
    def operation(self) -> MatchedOperation | None:
        """Which documented call failed."""
        if self.failing is None or self.failing.request is None:
            return None
        return find_operation(self.profile, self.failing.request.method, self.failing.request.url)

    @cached_property
    def other_speaker(self) -> str | None:
        """Whose answer it looks like, where that is another service than the provider; None where nothing says so.

        Its form tells before the host does: behind the provider's name a proxy may pass on what somebody else says.
        """
        failing, owner = self.failing, self.said.owner if self.said is not None else None
        if self.is_delivery:
            return None
        url = failing.request.url if failing is not None and failing.request is not None else ""
        if owner is not None and owner != self.profile.slug:
            return load(owner).name
        return find_stranger(self.profile, url) if url else None

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        """What the provider asks for in such a case, and what of it is here."""
        return review(self.ticket, self.profile, self.said)

    @cached_property
    def story(self) -> Story:
        """What happened to the payment, in order, as far as the evidence tells."""
        return tell_story(self.ticket, self.profile)

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """The calls that went out to the provider, the failing one where it stands among them."""
        return calls_of(self.ticket, self.profile)

    def origin(self, place: str) -> tuple[Origin, ...]:
        """``place`` in the failing exchange."""
        return () if self.failing is None else (self.failing.origin(place),)


Judgement = Callable[[View], Iterator[Finding]]


class Check(Struct, frozen=True):
    """A registered check. ``title`` is the first line of its docstring, ``text`` the rest."""

    code: str
    title: str
    text: str
    judge: Judgement


def check(code: str) -> Callable[[Judgement], Check]:
    """Make a function the check ``code``; its docstring becomes what ``explain`` says."""

    def register(judge: Judgement) -> Check:
        title, _, text = (judge.__doc__ or "").partition("\n")
        return Check(code, title, dedent(text).strip(), judge)

    return register
