"""Says how the provider of a ticket was found, where nobody named it and no host told."""

from __future__ import annotations

from bundler.assemble.calls import Calls
from bundler.assemble.named_provider import words_of
from bundler.model import SafeTicket
from bundler.providers import host_of

_LONGEST_HOST = 100


def assumption(ticket: SafeTicket, calls: Calls, *, is_named: bool) -> str:
    """One sentence, or "" where the provider was named, or is the one whose host was called."""
    if is_named:
        return ""
    if calls.assumed_provider:
        if _is_named(ticket, calls):
            return ""
        comma = "," if calls.assumed_provider.startswith("for") else ""
        return f"Assumed{comma} {calls.assumed_provider} (--provider names another)."
    if calls.profile.slug != "generic":
        return ""
    return f"No profile knows {_host(ticket) or 'the hosts'}; the generic one is used (--provider names another)."


def _is_named(ticket: SafeTicket, calls: Calls) -> bool:
    """Whether the logs, or an answer that was saved alone, name a host of the provider."""
    hosts = [f"//{host.host}".encode() for host in calls.profile.hosts if not host.host.startswith(".")]
    texts = (*(excerpt.data for excerpt in ticket.logs), *map(words_of, ticket.exchanges))
    return any(host in text for text in texts for host in hosts)


def _host(ticket: SafeTicket) -> str:
    """The host of the failing call, else of the first one that has any."""
    exchanges = (ticket.failing_exchange, *ticket.exchanges)
    urls = (exchange.request.url for exchange in exchanges if exchange is not None and exchange.request is not None)
    return next((host[:_LONGEST_HOST] for host in map(host_of, urls) if host and host.isprintable()), "")
