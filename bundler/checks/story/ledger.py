"""Adds up what a payment had come to at some moment of its story."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from bundler.checks.story.moments import StoryMoment
from bundler.model import Origin
from bundler.providers.profile import Step

_CALLS = frozenset(("call", "logged call"))
_TOLD = frozenset(("callback", "event", "logged name"))


class Sum(Struct, frozen=True):
    """What was done of one step: how much in minor units at the least, and where that is written.

    ``is_whole`` tells that a reading of the payment gave the total, so that there cannot be more.
    """

    total: int = 0
    happened: bool = False
    is_whole: bool = False
    origins: tuple[Origin, ...] = ()


class Ledger(Struct, frozen=True):
    """The sums of one payment. ``ceiling`` is what was authorised or, where that is not told, what it was created
    with: no capture can go above it. None where neither is known."""

    ceiling: int | None
    is_authorised_amount: bool
    ceiling_origin: Origin | None
    captured: Sum
    refunded: Sum
    cancelled: Sum
    currency: str


def balance(moments: Sequence[StoryMoment]) -> Ledger:
    """The sums over ``moments``; what calls, callbacks and readings tell is never added up: the highest counts."""
    authorised = [
        (each.amount, each.origin) for each in moments if each.step == "authorise" and each.ok and each.amount
    ]
    authorised += [
        (each.totals.authorised, each.origin) for each in moments if each.totals is not None and each.totals.authorised
    ]
    created = [
        (each.amount, each.origin)
        for each in moments
        if each.step == "initiate" and each.ok is not False and each.amount
    ]
    ceiling, origin = max(authorised or created, key=lambda each: each[0] or 0, default=(None, None))
    return Ledger(
        ceiling=ceiling,
        is_authorised_amount=bool(authorised),
        ceiling_origin=origin,
        captured=_sum(moments, "capture"),
        refunded=_sum(moments, "refund"),
        cancelled=_sum(moments, "cancel"),
        currency=next((each.currency for each in moments if each.currency), ""),
    )


def _sum(moments: Iterable[StoryMoment], step: Step) -> Sum:
    done = _once([each for each in moments if each.step == step and each.ok])
    sums = [
        Sum(sum(each.amount or 0 for each in group), True, False, tuple(each.origin for each in group))
        for kinds in (_CALLS, _TOLD)
        if (group := [each for each in done if each.kind in kinds])
    ]
    read = [each for each in moments if each.totals is not None]
    if read:
        last = read[-1]
        total = _total(last, step)
        later = any(last.precedes(each) or not each.precedes(last) for each in done if each.kind in _CALLS)
        if total is not None:
            sums.append(Sum(total, total > 0, not later, (last.origin,)))
    if not sums:
        return Sum(happened=bool(done), origins=tuple(each.origin for each in done))
    return max(sums, key=lambda each: (each.total, each.is_whole))


def _once(done: list[StoryMoment]) -> list[StoryMoment]:
    """Without repetitions under the same idempotency key: the provider did those once."""
    keyed = {(each.kind, each.key, each.amount): each for each in reversed(done) if each.key}
    return [each for each in done if not each.key or keyed[each.kind, each.key, each.amount] is each]


def _total(moment: StoryMoment, step: Step) -> int | None:
    totals = moment.totals
    if totals is None:
        return None
    return {"capture": totals.captured, "refund": totals.refunded, "cancel": totals.cancelled}.get(step)
