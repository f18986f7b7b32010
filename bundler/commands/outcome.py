"""Tells a person what was found: lines for the terminal, made of a safe ticket alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from bundler.failing import title
from bundler.model import Fact, Finding, SafeTicket
from bundler.providers.profile import Profile

_SIGNS = {"blocker": ("✗", "red"), "warning": ("!", "yellow"), "note": ("·", "")}
_ORIGINS_SHOWN = 2

Line = tuple[str, dict[str, Any]]
"""A text and how it is styled."""


def tell(ticket: SafeTicket, profile: Profile, *, assumed_provider: str = "") -> Iterator[Line]:
    """The whole story: what was taken for what, found, missing, masked, and what the checks say."""
    yield from _taken(ticket)
    yield from _found(ticket, profile, assumed_provider=assumed_provider)
    yield from _findings(ticket)
    yield from _masked(ticket)


def _findings(ticket: SafeTicket) -> Iterator[Line]:
    """The probable cause, what is missing and how to get it, and every other finding."""
    if (cause := ticket.cause) is not None:
        yield _heading("Likely cause")
        yield f"  {cause.message} ({_sureness(cause)})", {"bold": True}
        yield f"  {cause.advice}", {}
        if cause.link:
            yield f"  {cause.link}", {"dim": True}
    items = [asked for asked in ticket.asked if asked.required]
    here = sum(asked.found for asked in items)
    yield _heading(f"Asked for: {here} of {len(items)} here")
    for asked in ticket.asked:
        if asked.found:
            yield f"  ✓ {asked.label}: {asked.where}", {}
        elif asked.required:
            yield f"  ✗ {asked.label}: missing. {asked.how}", {"fg": "yellow"}
        else:
            yield f"  - {asked.label}: not needed here", {"dim": True}
    told = {"IDS001", "IDS002", "TIM001", "REQ001", "RSP002", "PIC001", "LOG001"}
    rest = [finding for finding in ticket.findings if finding.code not in told and finding != ticket.cause]
    if rest:
        yield _heading("Findings")
    for finding in rest:
        sign, colour = _SIGNS[finding.severity]
        yield f"  {sign} {finding.code} {finding.message}", {"fg": colour} if colour else {}
        if finding.advice:
            yield f"    {finding.advice}", {"dim": True}


def _taken(ticket: SafeTicket) -> Iterator[Line]:
    if not ticket.evidence:
        return
    yield _heading("Taken for")
    used = [taken for taken in ticket.evidence if taken.used]
    left = [taken for taken in ticket.evidence if not taken.used]
    width = min(40, max((len(taken.source) for taken in used), default=0))
    excerpts = {excerpt.source: excerpt for excerpt in ticket.logs}
    for taken in used:
        excerpt = excerpts.get(taken.source)
        size = f"; {len(excerpt.spans):,} records cut out of it" if excerpt is not None else ""
        yield f"  {taken.source:<{width}}  {taken.role} ({taken.reason}{size})", {}
        for note in taken.notes:
            yield f"  {'':<{width}}  {note}", {"dim": True}
    for taken in left[:8]:
        yield f"  left out: {taken.source} - {taken.reason}", {"dim": True}
        for note in taken.notes:
            yield f"    {note}", {"dim": True}
    if len(left) > 8:
        yield f"  left out: {len(left) - 8:,} more", {"dim": True}


def _found(ticket: SafeTicket, profile: Profile, *, assumed_provider: str) -> Iterator[Line]:
    yield _heading("Found")
    facts = ticket.facts
    for fact in facts.ids():
        yield f"  {fact.name:<24} {fact.value}", {}
        yield f"  {'':<24} {_origins(fact)}", {"dim": True}
    if (moment := facts.occurred_at) is not None:
        utc = f"{moment.value:%Y-%m-%d %H:%M:%S}.{moment.value.microsecond // 1000:03d} UTC"
        yield f"  {'time':<24} {utc}{f', local {moment.local}' if moment.local else ''}", {}
        yield f"  {'':<24} {moment.origins[0]}; zone from {moment.zone_from}", {"dim": True}
    where = ticket.environment or "environment unknown"
    family = f", {ticket.family}" if ticket.family else ""
    yield f"  {'provider':<24} {profile.name}{family}, {where}", {}
    if assumed_provider:
        yield f"  {'':<24} {assumed_provider}", {}
    failing = ticket.failing_exchange
    if failing is not None:
        yield f"  {'failing call':<24} {title(failing)}", {"bold": True}
        yield f"  {'':<24} {failing.origin('')}; because: {'; '.join(ticket.failing_reasons)}", {"dim": True}
    if ticket.event:
        yield f"  {'event':<24} {' '.join(ticket.event.split())}", {}


def _masked(ticket: SafeTicket) -> Iterator[Line]:
    yield _heading("Masked")
    kinds = Counter(redaction.kind for redaction in ticket.redactions)
    if kinds:
        yield "  " + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())), {}
    else:
        yield "  nothing secret or personal was found", {}
    for text in ticket.not_looked_into:
        yield f"  not looked into: {text}", {"dim": True}


def _heading(text: str) -> Line:
    return f"\n{text}", {"bold": True}


def _origins(fact: Fact) -> str:
    shown = "; ".join(str(origin) for origin in fact.origins[:_ORIGINS_SHOWN])
    more = len(fact.origins) - _ORIGINS_SHOWN
    return f"{shown}; and {more} more places" if more > 0 else shown


def _sureness(finding: Finding) -> str:
    return f"{finding.code}, {(finding.confidence or 0):.0%} sure"
