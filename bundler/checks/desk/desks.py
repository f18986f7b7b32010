"""Checks of whom a ticket goes to: another desk may be the one that can help, or the case may be open already."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bundler.checks.desk.problems import own_words, problem_of
from bundler.checks.types import View, check
from bundler.model import Finding, Origin
from bundler.providers import mentions
from bundler.providers.desks import Desk

_BY_WORDS = 0.6
"""How sure words alone are, where no call of the evidence failed."""
_CASE = re.compile(
    r"\b(?:VSD-|(?:case|sag|sak|ärende|tapaus|ticket)(?: ?(?:no|nr|number|nummer|id))?[ .:#]{1,3})(\d{5,9})\b",
    re.IGNORECASE,
)


@check("CFG020")
def right_desk(view: View) -> Iterator[Finding]:
    """Another desk than developer support can help with this.

    Developer support answers those who integrate with the provider's interfaces. Agreements, payouts, refunds of a
    person who paid, ready-made plugins and the merchants of a payment service provider belong to others. The finding
    says who that is, where to reach them and what they will ask.
    """
    text, problem = own_words(view.ticket), problem_of(view.ticket, view.profile)
    if problem == "operations-list":
        return  # such a request names its desk by its kind
    for desk in view.profile.desks:
        if not desk.because:
            continue
        is_named = mentions(desk.mentions, text)
        if is_named or problem in desk.problems:
            yield Finding(
                code="CFG020",
                severity="warning",
                message=f"{desk.title} can help with this: {desk.helps_with}. "
                f"Developer support will probably refuse it, because {desk.because}.",
                advice=_reaching(desk),
                who="other-desk",
                confidence=_BY_WORDS if is_named and view.failing is None else None,
                link=desk.page or None,
                origins=(Origin("you", "the event in your words"),) if is_named else (),
            )
            return


@check("CFG021")
def case_continued(view: View) -> Iterator[Finding]:
    """The words name a case that is open already.

    An answer to a case is found by its subject: reply to the mail you have and leave the subject as it is. A new
    problem deserves a new mail, for a second one in an old case is easily missed, and nobody reads replies to a case
    that was closed.
    """
    found = _CASE.search(own_words(view.ticket))
    if found is not None:
        own = next((desk for desk in view.profile.desks if not desk.because), None)
        rule = own.subject if own is not None and own.subject else "Reply to the mail you have, subject unchanged."
        yield Finding(
            code="CFG021",
            severity="note",
            message=f"Your words name case {found[1]}, which support knows already.",
            advice=rule,
            link=(own.page or None) if own is not None else None,
            origins=(Origin("you", "the event in your words"),),
        )


def _reaching(desk: Desk) -> str:
    """Where the desk is reached and what it will ask, in sentences."""
    where = desk.address or desk.page
    sentences = [f"Turn to {where}." if where else "", f"They will ask for {desk.asks}." if desk.asks else ""]
    return " ".join(filter(None, sentences))


CHECKS = (right_desk, case_continued)
