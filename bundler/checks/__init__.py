"""What can be said of a ticket before anybody sends it: what is missing, what contradicts, what probably went wrong."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from bundler.checks import exchanges, identifiers, surroundings, times
from bundler.checks.answer import answers, connections
from bundler.checks.desk import desks, missing
from bundler.checks.desk.asked import review
from bundler.checks.payment import behaviours, deadlines, rates, reuse, states, webhooks
from bundler.checks.request import environments, headers, leftovers, requests, tokens
from bundler.checks.types import Check, View
from bundler.model import Finding, SafeTicket
from bundler.providers.profile import Profile

__all__ = ["CHECKS", "Check", "View", "explain", "review", "run"]

CHECKS: tuple[Check, ...] = (
    *missing.CHECKS,
    *identifiers.CHECKS,
    *times.CHECKS,
    *exchanges.CHECKS,
    *answers.CHECKS,
    *connections.CHECKS,
    *requests.CHECKS,
    *headers.CHECKS,
    *leftovers.CHECKS,
    *tokens.CHECKS,
    *environments.CHECKS,
    *states.CHECKS,
    *reuse.CHECKS,
    *deadlines.CHECKS,
    *rates.CHECKS,
    *behaviours.CHECKS,
    *webhooks.CHECKS,
    *surroundings.CHECKS,
    *desks.CHECKS,
)

SURE_ENOUGH = 0.5
"""Confidence below which a finding is never called the cause."""
SURE = 0.9
"""Confidence from which a cause is not said twice."""
_ORDER = {"blocker": 0, "warning": 1, "note": 2}


def run(ticket: SafeTicket, profile: Profile, *, now: datetime) -> SafeTicket:
    """``ticket`` with all findings (gravest first), its most probable cause and the state of the ask-list."""
    view = View(ticket, profile, now)
    findings = [_on_one_line(finding) for each in CHECKS for finding in each.judge(view)]
    findings = _without_repetitions(findings)
    findings.sort(key=lambda finding: (_ORDER[finding.severity], -(finding.confidence or 0)))
    return ticket.checked(tuple(findings), find_cause(findings), view.asked)


def _without_repetitions(findings: list[Finding]) -> list[Finding]:
    """What says a sure cause once more is left out: in general words by the status, or word for word by a text."""
    cause = find_cause(findings)
    if cause is None or (cause.confidence or 0) < SURE:
        return findings
    return [
        finding
        for finding in findings
        if finding is cause or not (finding.code == answers.IN_GENERAL or _is_repeated(finding, cause))
    ]


def _is_repeated(finding: Finding, cause: Finding) -> bool:
    return finding.advice == cause.advice and finding.message in cause.message


def _on_one_line(finding: Finding) -> Finding:
    """Messages quote the evidence, which may hold line ends."""
    return replace(finding, message=" ".join(finding.message.split()))


def find_cause(findings: list[Finding]) -> Finding | None:
    """The finding that most probably explains the failure, or None when none is sure enough."""
    probable = [finding for finding in findings if (finding.confidence or 0) >= SURE_ENOUGH]
    return max(probable, key=lambda finding: finding.confidence or 0, default=None)


def explain(code: str) -> Check | None:
    """The check of that code, whose ``title`` and ``text`` are written for people."""
    return next((each for each in CHECKS if each.code == code.upper()), None)
