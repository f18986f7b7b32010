"""The calls to the provider that a ticket holds, each with what it is documented as and how it breaks the rules."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from bundler.checks.request.fields import Problem, find_problems
from bundler.model import BodyState, Exchange, Request, SafeTicket
from bundler.providers import MatchedOperation, find_family, find_host, find_operation, related_families
from bundler.providers.demands import FieldRule
from bundler.providers.families import told_family
from bundler.providers.json_body import decode_json
from bundler.providers.profile import Host, Profile

MOST_CALLS = 100
"""So many calls of a ticket are looked at; one payment has fewer."""
_WHOLE = (BodyState.PRESENT, BodyState.EMPTY)
_BODILESS = frozenset(("GET", "HEAD", "DELETE", "OPTIONS"))


class Call:
    """One call that went out to the provider."""

    def __init__(self, exchange: Exchange, request: Request, profile: Profile, family: str | None) -> None:
        self.exchange = exchange
        self.request = request
        self._profile = profile
        self._family = family

    @cached_property
    def operation(self) -> MatchedOperation | None:
        """Which documented call it is, None for one that the profile does not know."""
        return find_operation(self._profile, self.request.method, self.request.url)

    @cached_property
    def host(self) -> Host | None:
        """The provider's row for the host that was called, None for a proxy or somebody else's."""
        return find_host(self._profile, self.request.url)

    @cached_property
    def families(self) -> tuple[str, ...]:
        """The APIs whose rules hold for it: its own, the one that is like, and the ticket's where it is like its own.

        An API that has the paths of another one is told by its headers and fields (card passthrough), or by the ticket.
        """
        found = find_family(self._profile, self.request.url)
        own = self.operation.operation.family if self.operation is not None else found.slug if found is not None else ""
        if own and (told := told_family(self._profile, own, self.headers, self.body)) is not None:
            return told.slug, own
        of_ticket = related_families(self._profile, self._family)
        return of_ticket if own in of_ticket else related_families(self._profile, own)

    @property
    def status(self) -> int | None:
        """The status of the answer; 0 where none came and the source tells why, None where it is not known."""
        if self.exchange.response is not None:
            return self.exchange.response.status
        return 0 if self.exchange.error else None

    @property
    def succeeded(self) -> bool:
        """True for an answer below 400; False also where none is known."""
        return self.status is not None and 0 < self.status < 400

    @cached_property
    def headers(self) -> dict[str, list[str]]:
        """The values by the name in lower case."""
        table: dict[str, list[str]] = {}
        for name, value in self.request.headers:
            table.setdefault(name.strip().lower(), []).append(value)
        return table

    @property
    def carries_json(self) -> bool:
        """True when its body is here as it was sent and is one of those that the field rules are about."""
        return self.request.body_state in _WHOLE and self.request.method.upper() not in _BODILESS

    @cached_property
    def body(self) -> Any:
        """The decoded JSON body, None where there is none."""
        return decode_json(self.request.body) if self.carries_json else None

    @cached_property
    def rules(self) -> tuple[FieldRule, ...]:
        """The rules for the fields of its body."""
        if self.operation is None:
            return ()
        name, families = self.operation.operation.name, self.families
        return tuple(
            rule
            for rule in self._profile.fields
            if rule.family in families and (not rule.operations or name in rule.operations)
        )

    @cached_property
    def broken(self) -> tuple[tuple[FieldRule, Problem], ...]:
        """Every rule that its body breaks, in the order of the rules; of two that say the same of a field the first."""
        if not isinstance(self.body, dict | list) or not self.carries_json:
            return ()
        found = [(rule, problem) for rule in self.rules for problem in find_problems(rule, self.body)]
        return tuple({(problem.path, problem.kind): (rule, problem) for rule, problem in reversed(found)}.values())[
            ::-1
        ]


def are_apart(one: Host, other: Host) -> bool:
    """True when the one is production and the other test; a host of both is apart from none."""
    return bool(one.environment and other.environment) and one.environment != other.environment


def calls_of(ticket: SafeTicket, profile: Profile) -> tuple[Call, ...]:
    """The calls to the provider, in the order of the ticket; those of its browser pages and to others are left out."""
    found: list[Call] = []
    for exchange in ticket.exchanges[:MOST_CALLS]:
        request = exchange.request
        if request is None or exchange.direction == "incoming":
            continue
        call = Call(exchange, request, profile, ticket.family)
        if call.host is not None and call.host.purpose != "api":
            continue
        if call.host is not None or call.operation is not None:
            found.append(call)
    return tuple(found)
