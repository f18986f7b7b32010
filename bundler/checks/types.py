"""What a check is: a function with a code, whose docstring explains it to a tired developer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cached_property
from textwrap import dedent

from msgspec import Struct

from bundler.model import Exchange, Finding, Origin, SafeTicket
from bundler.providers import ErrorReading, MatchedOperation, find_operation, read_error
from bundler.providers.profile import Profile


class View:
    """What checks may look at: a safe ticket, the provider's profile, the present moment, what follows from them."""

    def __init__(self, ticket: SafeTicket, profile: Profile, now: datetime) -> None:
        self.ticket = ticket
        self.profile = profile
        self.now = now

    @property
    def failing(self) -> Exchange | None:
        return self.ticket.failing_exchange

    @cached_property
    def error(self) -> ErrorReading | None:
        """The failing response's body as the provider writes errors, or None."""
        if self.failing is None or self.failing.response is None:
            return None
        return read_error(self.profile, self.ticket.family, self.failing.response.body)

    @cached_property
    def operation(self) -> MatchedOperation | None:
        """Which documented call failed."""
        if self.failing is None or self.failing.request is None:
            return None
        return find_operation(self.profile, self.failing.request.method, self.failing.request.url)

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
