"""What the checks of a payment's steps share: which step was refused, and how a finding about it looks."""

from __future__ import annotations

from bundler.checks.story.moments import StoryMoment
from bundler.checks.types import View
from bundler.model import Finding, Origin
from bundler.providers import related_families

PROVEN = 0.9
"""Below the confidence of a documented code, which such a finding supports when it says the same."""
PROBABLE = 0.8
_OTHER_REASONS = frozenset((401, 403, 404, 405, 406, 408, 415, 429))
"""Statuses that speak of something else than the state: keys, addresses, forms, rates."""
_ORIGINS_SHOWN = 4

STEP_NAMES = {"authorise": "authorisation", "capture": "capture", "refund": "refund", "cancel": "cancellation"}


def refused_step(view: View) -> StoryMoment | None:
    """The failing step where its answer may complain of the payment's state; None where it was refused for others."""
    failing = refused_call(view)
    return failing if failing is not None and failing.step in STEP_NAMES else None


def refused_call(view: View) -> StoryMoment | None:
    """The failing call where its answer may complain of what the call asked for; None for other complaints."""
    failing = view.story.failing
    if failing is None or failing.ok is not False:
        return None
    status = failing.status or 0
    if status in _OTHER_REASONS or (status >= 500 and (view.error is None or view.error.code is None)):
        return None
    return failing


def step_finding(
    view: View, code: str, message: str, advice: str, confidence: float, failing: StoryMoment, *origins: Origin
) -> Finding:
    """A finding about the refused step; one that only a log tells of is never more than probable."""
    sure = confidence if failing.kind == "call" else min(confidence, PROBABLE)
    return Finding(
        code=code,
        severity="warning",
        message=message,
        advice=advice,
        who="code",
        confidence=None if view.other_speaker is not None else sure,
        link=docs_of(view),
        origins=tuple(dict.fromkeys((failing.origin, *origins)))[:_ORIGINS_SHOWN],
    )


def docs_of(view: View) -> str | None:
    """The provider's page about the API that failed, where the profile knows one."""
    if link := view.profile.links.get(view.ticket.family or ""):
        return link
    return view.operation.operation.docs or None if view.operation is not None else None


def documented(view: View, name: str, otherwise: str) -> tuple[str, str | None]:
    """What to do about the behaviour called ``name``, and its page; ``otherwise`` where the profile has no such row."""
    related = related_families(view.profile, view.ticket.family)
    for row in view.profile.behaviours:
        if row.name == name and (not row.families or any(slug in row.families for slug in related)):
            return row.remedy, row.link or docs_of(view)
    return otherwise, docs_of(view)
