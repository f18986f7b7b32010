"""What kind of problem a ticket is about, by what was written and by what the evidence holds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bundler.model import SafeTicket
from bundler.providers.desks import Problem
from bundler.providers.phrases import folded
from bundler.providers.profile import Profile

_APP = re.compile(
    r"\b(?:app|apps|appen|phone|iphone|android|mobile|mobil|mobilen|telefon|telefonen|puhelin|sovellus|swipe[ds]?|"
    r"tapped|skærm|skjerm|skärm)\b",
    re.IGNORECASE,
)
_PLUGIN = re.compile(
    r"\b(?:plug-?ins?|woo-?commerce|magento|adobe commerce|shopify|prestashop|shopware|opencart|drupal|umbraco|"
    r"lightspeed|squarespace|wix|dandomain|shoporama)\b",
    re.IGNORECASE,
)
_WEBHOOK = re.compile(r"\b(?:webhooks?|callbacks?|tilbagekald|tilbakekall)\b", re.IGNORECASE)
_SYSTEM_HEADER = re.compile(r"[\w-]*-system-(plugin-)?(?:name|version)", re.IGNORECASE)
"""``Vipps-System-Name`` and its like: headers in which a shop system says what it is."""
_HEADERS = 200
_WORDS = 4_000
"""So many characters of what was written are looked at: what it is about is said long before."""


def happened_in_app(ticket: SafeTicket) -> bool:
    """True when the words of the event speak of the app or the phone (English, Danish, Norwegian, Swedish, Finnish)."""
    return bool(_APP.search(f"{(ticket.event or '')[:_WORDS]} {ticket.summary[:_WORDS]}"))


def own_words(ticket: SafeTicket) -> str:
    """What the person wrote. A summary beside a failing call may be the provider's own words, and does not count."""
    summary = ticket.summary if ticket.failing_exchange is None else ""
    return "\n".join((ticket.event or "", summary, *ticket.notes))[:_WORDS]


def system_headers(ticket: SafeTicket) -> Iterator[tuple[str, str]]:
    """The headers of the failing request in which a shop system says what it is, as (name, value)."""
    failing = ticket.failing_exchange
    if failing is not None and failing.request is not None:
        for name, value in failing.request.headers[:_HEADERS]:
            if _SYSTEM_HEADER.fullmatch(name[:80]) and value.strip():
                yield name, value.strip()


def problem_of(ticket: SafeTicket, profile: Profile) -> Problem:
    """The kind of problem, which decides what the provider asks for.

    A ticket that is no incident is what its kind says. Of incidents, a failed call from the provider is a webhook's;
    then a shop system that names itself in headers, in the configuration or in words makes it a plugin's; then words of
    the app; then, without a failing call, words of webhooks or the name of one of the provider's events.
    """
    if ticket.kind != "incident":
        return ticket.kind
    text, failing = own_words(ticket), ticket.failing_exchange
    if failing is not None and failing.direction == "incoming":
        return "webhook"
    headers = tuple(system_headers(ticket))
    if any("plugin" in name.lower() for name, _ in headers):
        return "plugin"
    if _PLUGIN.search("\n".join((text, ticket.reporter.integration, *(value[:200] for _, value in headers)))):
        return "plugin"
    if happened_in_app(ticket):
        return "app"
    if failing is None and (_WEBHOOK.search(text) or _names_an_event(text, profile)):
        return "webhook"
    return "api-call"


def _names_an_event(text: str, profile: Profile) -> bool:
    plain = folded(text)
    return any(row.kind == "webhook" and row.name.casefold() in plain for row in profile.events)
