"""Checks of identifiers: are they here, do they agree."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bundler.checks.types import View, check
from bundler.model import Finding, Rival


@check("IDS003")
def ids_agree(view: View) -> Iterator[Finding]:
    """Two places give different values for the same identifier.

    The value in the ticket is the one that you typed or, failing that, the one that the failing call itself carries;
    the others are shown beside it and never merged. If the wrong one was chosen, say which is right with --merchant-id
    or --payment-id, or point at the right call with --entry.
    """
    for fact in view.ticket.facts.ids():
        if fact.rivals:
            yield Finding(
                code="IDS003",
                severity="warning",
                message=f"{fact.name} is {fact.value} in {fact.origins[0]}, but {_rivals(fact.rivals)}.",
                advice="Say which one is meant: --merchant-id or --payment-id; --entry if another call failed.",
                origins=fact.origins[:1] + tuple(rival.origins[0] for rival in fact.rivals if rival.origins),
            )


def _rivals(rivals: tuple[Rival, ...]) -> str:
    return " and ".join(f"{rival.value} in {rival.origins[0]}" for rival in rivals[:3])


@check("IDS004")
def trace_id_known(view: View) -> Iterator[Finding]:
    """No correlation or trace id was found.

    It is the quickest way for the provider to find your call in its own logs. Most APIs return it in the error body
    (correlationId, traceId, contextId, instance) or in a response header: save the response with its headers, or log
    them.
    """
    failing = view.failing
    if view.is_delivery or view.ticket.facts.trace_ids:
        return
    if failing is not None and failing.response is not None:
        yield Finding(
            code="IDS004",
            severity="note",
            message="No correlation or trace id was found in the call or in the logs.",
            advice="Save the response with its headers (curl -i, or a HAR) so that support finds the call at once.",
            origins=view.origin("response"),
        )


@check("IDS005")
def id_looks_right(view: View) -> Iterator[Finding]:
    """An identifier does not look like the provider's identifiers do.

    A sandbox id in production, an order number in place of a payment id or a cut-off copy are the usual reasons. The
    value stays in the ticket as it is.
    """
    for fact in (view.ticket.facts.merchant_id, view.ticket.facts.payment_id):
        if fact is None:
            continue
        known = [rule for rule in view.profile.identifiers if rule.name == fact.name and _applies(rule.families, view)]
        if known and not any(re.fullmatch(rule.pattern, fact.value) for rule in known):
            yield Finding(
                code="IDS005",
                severity="warning",
                message=f"{fact.name} {fact.value} does not look like a {fact.name} of {view.profile.name}.",
                advice="Copy it again, whole, from the request or from your order.",
                origins=fact.origins[:1],
            )


def _applies(families: tuple[str, ...], view: View) -> bool:
    return not families or view.ticket.family is None or view.ticket.family in families


CHECKS = (ids_agree, trace_id_known, id_looks_right)
