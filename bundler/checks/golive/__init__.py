"""Checks recorded traffic against what the provider demands before anybody goes live; nothing needs to have failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bundler.checks.golive.items import GoLiveItem, State, Verdict
from bundler.checks.golive.merchants import MERCHANT_RULES
from bundler.checks.golive.payments import PAYMENT_RULES
from bundler.checks.golive.traffic import Traffic
from bundler.checks.golive.watching import watch
from bundler.model import Exchange
from bundler.providers.demands import Mandatory
from bundler.providers.profile import Profile

__all__ = ["GoLiveItem", "State", "go_live"]

RULES = PAYMENT_RULES | MERCHANT_RULES
"""How each condition is judged, by the name of its row in the profile."""


def go_live(
    exchanges: Iterable[Exchange], profile: Profile, *, own_names: tuple[str, ...] = ()
) -> tuple[GoLiveItem, ...]:
    """Each of the profile's mandatory conditions with what the exchanges say of it, in the profile's order.

    The exchanges have to be redacted; they are gone through once and not kept. ``own_names`` is what the integrator is
    called: a shop must not go by that name. A condition that no call shows is ``unseen``, and so is one that we have no
    rule for.
    """
    traffic = watch(exchanges, profile, own_names)
    names = {family.slug: family.name for family in profile.families}
    return tuple(_item(row, _judge(row, traffic, names)) for row in profile.mandatory)


def _judge(row: Mandatory, traffic: Traffic, names: Mapping[str, str]) -> Verdict:
    rule = RULES.get(row.name)
    if rule is None:
        return Verdict("unseen", "recorded calls do not tell; look at it yourself")
    own = traffic.of(row.families)
    verdict = rule(own)
    if verdict.state == "unseen" and traffic.calls and not own.calls:
        whose = " or ".join(names.get(slug, slug) for slug in row.families)
        return Verdict("unseen", f"asked of integrations with {whose}; no call of that is in the evidence")
    return verdict


def _item(row: Mandatory, verdict: Verdict) -> GoLiveItem:
    return GoLiveItem(
        rule=row.name,
        title=row.title,
        state=verdict.state,
        reason=verdict.reason,
        origins=verdict.origins,
        link=row.link or None,
    )
