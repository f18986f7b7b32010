"""Checks of the payment's state: a step that could not be taken, after all that had happened to the payment before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta

from bundler.checks.payment.money import money
from bundler.checks.payment.steps import PROBABLE, PROVEN, STEP_NAMES, refused_step, step_finding
from bundler.checks.story.ledger import balance
from bundler.checks.story.moments import StoryMoment
from bundler.checks.types import View, check
from bundler.model import Finding

_SOON = timedelta(seconds=10)
"""So much later than the event a callback or a log record of it may come."""


@check("REQ030")
def captured_after_authorising(view: View) -> Iterator[Finding]:
    """The payment was captured before the user had authorised it.

    Money can be captured only when it is reserved. Wait for the webhook or callback that tells so, or read the payment,
    before you capture. The finding compares the time of the capture with the first sign of the authorisation.
    """
    failing = refused_step(view)
    if failing is None or failing.step != "capture":
        return
    before = view.story.before(failing)
    if any(each.step in {"authorise", "capture", "fail", "cancel"} and each.ok for each in before):
        return
    later = next((each for each in view.story.of("authorise") if _came_later(each, failing)), None)
    if later is not None and later.when is not None and failing.when is not None:
        waited = (later.when - failing.when).total_seconds()
        yield step_finding(
            view,
            "REQ030",
            f"The capture was sent {waited:.0f} s before the first sign of the authorisation ({later.name}).",
            "Capture only after the callback, the webhook or a reading says that the payment is authorised.",
            PROVEN if later.is_exact else PROBABLE,
            failing,
            later.origin,
        )
        return
    read = [each for each in before if each.kind in {"state", "event"} and each.exchange is not None]
    read = [each for each in read if each.step == "initiate"]
    if read:
        yield step_finding(
            view,
            "REQ030",
            f"The payment was read before the capture and said {read[-1].name}: nobody had authorised it yet.",
            "Capture only after the callback, the webhook or a reading says that the payment is authorised.",
            PROBABLE,
            failing,
            read[-1].origin,
        )


@check("REQ031")
def captured_within_authorised(view: View) -> Iterator[Finding]:
    """More was captured than was authorised.

    The sum of all captures of a payment cannot go above the amount that the user authorised: shipping that is added
    later, rounding, or an amount in major units are the usual reasons. Both sums are shown, as sent and as money.
    """
    failing = refused_step(view)
    if failing is None or failing.step != "capture" or failing.amount is None:
        return
    ledger = balance(view.story.before(failing))
    if ledger.ceiling is None or ledger.ceiling_origin is None:
        return
    left = ledger.ceiling - ledger.captured.total - ledger.cancelled.total
    if failing.amount <= left or (ledger.captured.total >= ledger.ceiling):
        return
    currency = failing.currency or ledger.currency
    taken = ledger.captured.total
    before = f" after {money(taken, currency)} that were captured already" if taken else ""
    given = f" and {money(ledger.cancelled.total, currency)} that were cancelled" if ledger.cancelled.total else ""
    in_all = f", in all {money(failing.amount + taken, currency)}" if taken else ""
    limit = "authorised" if ledger.is_authorised_amount else "asked for when the payment was created"
    yield step_finding(
        view,
        "REQ031",
        f"{money(failing.amount, currency)} were to be captured{before}{given}{in_all}; "
        f"{money(ledger.ceiling, currency)} were {limit}.",
        "Capture at most what is left of the authorised amount, in minor units; a larger order needs a new payment.",
        PROVEN,
        failing,
        ledger.ceiling_origin,
        *ledger.captured.origins,
    )


@check("REQ032")
def refunded_within_captured(view: View) -> Iterator[Finding]:
    """More was refunded than was captured.

    All refunds of a payment together cannot go above what was captured. Both sums are shown, as sent and as money.
    """
    failing = refused_step(view)
    if failing is None or failing.step != "refund" or failing.amount is None:
        return
    ledger = balance(view.story.before(failing))
    captured = ledger.captured
    if not captured.total or ledger.refunded.total >= captured.total:
        return
    wanted = failing.amount + ledger.refunded.total
    if wanted <= captured.total:
        return
    is_proven = captured.is_whole or (ledger.ceiling is not None and wanted > ledger.ceiling)
    currency = failing.currency or ledger.currency
    before = f" after {money(ledger.refunded.total, currency)} before it" if ledger.refunded.total else ""
    yield step_finding(
        view,
        "REQ032",
        f"{money(failing.amount, currency)} were to be refunded{before}; "
        f"{money(captured.total, currency)} were captured.",
        "Refund at most what is captured and not refunded yet; read the payment for its totals.",
        PROVEN if is_proven else PROBABLE,
        failing,
        *captured.origins,
        *ledger.refunded.origins,
    )


@check("REQ033")
def refunded_after_capture(view: View) -> Iterator[Finding]:
    """Money was to be refunded before any was captured.

    What is only reserved is not refunded but cancelled: the reservation is released, and no money moves.
    """
    failing = refused_step(view)
    if failing is None or failing.step != "refund":
        return
    before = view.story.before(failing)
    if any(each.step == "capture" and each.ok is not False for each in before):
        return
    ledger = balance(before)
    later = next((each for each in view.story.of("capture") if _came_later(each, failing)), None)
    is_read = ledger.captured.is_whole and ledger.captured.total == 0
    cancelled = next((each for each in before if each.step == "cancel" and each.ok), None)
    proof = later or (cancelled if not ledger.captured.happened else None)
    if proof is None and not is_read:
        return
    where = proof.origin if proof is not None else ledger.captured.origins[0]
    told = "it was captured only later" if later is not None else "nothing of it was captured"
    yield step_finding(
        view,
        "REQ033",
        f"The refund was sent while there was nothing to refund: {told}.",
        "Cancel a payment that is only reserved; refund what is captured.",
        PROVEN,
        failing,
        where,
    )


@check("REQ034")
def cancelled_before_capture(view: View) -> Iterator[Finding]:
    """The payment was to be cancelled after it had been captured.

    A captured payment cannot be cancelled; the money is given back with a refund.
    """
    failing = refused_step(view)
    if failing is None or failing.step != "cancel":
        return
    ledger = balance(view.story.before(failing))
    if not ledger.captured.happened or not ledger.captured.origins:
        return
    is_part = ledger.ceiling is not None and 0 < ledger.captured.total < ledger.ceiling
    if is_part:
        return  # what is left of the reservation can be released
    yield step_finding(
        view,
        "REQ034",
        "The payment was to be cancelled, but it had been captured before.",
        "Refund it instead.",
        PROVEN if ledger.captured.total and ledger.ceiling is not None else PROBABLE,
        failing,
        *ledger.captured.origins,
    )


@check("REQ035")
def nothing_after_the_end(view: View) -> Iterator[Finding]:
    """Something was to be done with a payment that had ended.

    A cancelled, rejected or expired payment stays so; the user has to pay once more, with a new payment.
    """
    failing = refused_step(view)
    if failing is None:
        return
    before = view.story.before(failing)
    ends = [each for each in before if each.ok and each.step in {"fail", "cancel"}]
    ends = [each for each in ends if each.step == "fail" or failing.step != "cancel"]
    alive = [each for each in before if each.ok and each.step in {"authorise", "capture"} and each.kind != "state"]
    ends = [end for end in ends if not any(end.precedes(each) for each in alive)]
    captured = any(each.step == "capture" for each in alive)
    if not ends or (failing.step == "refund" and (captured or balance(before).captured.happened)):
        return
    end = ends[-1]
    if failing.step == "refund" and end.step == "cancel":
        return  # said by the check of refunds
    yield step_finding(
        view,
        "REQ035",
        f"The payment had ended before the {STEP_NAMES[failing.step]}: {end.name}{_at(end)}.",
        "Create a new payment, with a new reference, and let the user pay again.",
        PROBABLE if end.kind == "logged name" else PROVEN,
        failing,
        end.origin,
    )


def _came_later(moment: StoryMoment, failing: StoryMoment) -> bool:
    """Whether ``moment`` happened after the failing call: signs that come some time after it must come well after."""
    if moment.kind == "state" or moment.precedes(failing):
        return False
    if moment.is_exact:
        return moment.follows(failing)
    return moment.when is not None and failing.when is not None and moment.when - failing.when > _SOON


def _at(moment: StoryMoment) -> str:
    return f" at {moment.when.astimezone(UTC):%H:%M:%S} UTC" if moment.when is not None else ""


CHECKS = (
    captured_after_authorising,
    captured_within_authorised,
    refunded_within_captured,
    refunded_after_capture,
    cancelled_before_capture,
    nothing_after_the_end,
)
