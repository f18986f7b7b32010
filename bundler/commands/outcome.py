"""Tells a person what was found: lines for the terminal, made of a safe ticket alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from bundler.amounts import plural
from bundler.checks.desk.asked import score
from bundler.checks.desk.missing import OWN_CODES
from bundler.checks.desk.verdict import is_senders, sentence
from bundler.failing import title
from bundler.model import Asked, Finding, Origin, SafeTicket
from bundler.providers.profile import Profile

_SIGNS = {"blocker": ("✗", "red"), "warning": ("!", "yellow"), "note": ("·", "")}
_ORIGINS_SHOWN = 2
TOLD_AS_ASKED = frozenset((*OWN_CODES.values(), "REQ040"))
"""Findings that say the same as the ask-list above them."""

Line = tuple[str, dict[str, Any]]
"""A text and how it is styled."""


def tell(ticket: SafeTicket, profile: Profile, *, assumed_provider: str = "") -> Iterator[Line]:
    """The whole story: what it comes down to, what was taken for what, found, missing, masked, what the checks say."""
    yield from tell_verdict(ticket.cause, ticket.findings)
    yield from _taken(ticket)
    yield from _found(ticket, profile, assumed_provider=assumed_provider)
    yield from tell_findings(ticket.cause, ticket.asked, ticket.findings)
    yield from _masked(ticket)


def tell_verdict(cause: Finding | None, findings: Sequence[Finding]) -> Iterator[Line]:
    """The probable cause in one sentence, where there is one, and that support would say the same, where it would."""
    if cause is None:
        return
    yield sentence(cause, to_sender=True), {"bold": True}
    if not is_senders(cause, findings):
        return
    if cause.who == "user":
        yield "All evidence points to the person who pays: support would answer the same.", {}
    else:
        yield "All evidence points to your side: put that right first, for support would answer the same.", {}


def tell_cause(ticket: SafeTicket) -> Iterator[Line]:
    """The verdict, and where the cause was seen and is documented."""
    yield from tell_verdict(ticket.cause, ticket.findings)
    if ticket.cause is not None:
        yield f"  {ticket.cause.message} ({_sureness(ticket.cause)})", {}
        yield from _more(ticket.cause, "  ")


def tell_findings(cause: Finding | None, asked: Sequence[Asked], findings: Sequence[Finding]) -> Iterator[Line]:
    """The probable cause, what is missing and how to get it, and every other finding."""
    if cause is not None:
        yield _heading("Likely cause")
        yield f"  {cause.message} ({_sureness(cause)})", {"bold": True}
        yield from _more(cause, "  ")
    if asked:
        yield _heading(f"Asked for: {score(asked)}")
        for each in asked:
            yield from _asked(each)
    rest = [finding for finding in findings if finding.code not in TOLD_AS_ASKED and finding != cause]
    if rest:
        yield _heading("Findings")
    for finding in rest:
        sign, colour = _SIGNS[finding.severity]
        yield f"  {sign} {finding.code} {finding.message}", {"fg": colour} if colour else {}
        yield from _more(finding, "    ")


def _asked(asked: Asked) -> Iterator[Line]:
    why = f" — {asked.why}" if asked.why else ""
    if asked.found:
        yield f"  ✓ {asked.label}: {asked.where}", {}
    elif asked.required:
        yield f"  ✗ {asked.label}: missing{why}. {asked.how}", {"fg": "yellow"}
    elif asked.helps:
        yield f"  + {asked.label}: would help{why}. {asked.how}", {"dim": True}
    else:
        yield f"  - {asked.label}: not needed here{why}", {"dim": True}


def _more(finding: Finding, indent: str) -> Iterator[Line]:
    """What to do, where it was seen, where it is documented."""
    if finding.advice:
        yield f"{indent}{finding.advice}", {} if finding.confidence is not None else {"dim": True}
    if finding.origins:
        yield f"{indent}{_places(finding.origins)}", {"dim": True}
    if finding.link:
        yield f"{indent}{finding.link}", {"dim": True}


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
        size = f"; {plural(len(excerpt.spans), 'record')} cut out of it" if excerpt is not None else ""
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
        yield f"  {'':<24} {_places(fact.origins)}", {"dim": True}
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


def _places(origins: Sequence[Origin]) -> str:
    shown = "; ".join(str(origin) for origin in origins[:_ORIGINS_SHOWN])
    more = len(origins) - _ORIGINS_SHOWN
    return f"{shown}; and {plural(more, 'more place')}" if more > 0 else shown


def _sureness(finding: Finding) -> str:
    return f"{finding.code}, {(finding.confidence or 0):.0%} sure"
