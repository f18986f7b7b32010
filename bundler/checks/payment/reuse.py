"""Checks of what may be used once only: idempotency keys, references of payments, and steps that were done before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bundler.checks.payment.steps import PROBABLE, PROVEN, STEP_NAMES, refused_call, refused_step, step_finding
from bundler.checks.story.calls import body_of, idempotency_key, outcome, told_exchanges
from bundler.checks.story.ledger import Ledger, balance
from bundler.checks.story.moments import StoryMoment
from bundler.checks.types import View, check
from bundler.model import BodyState, Exchange, Finding, Origin
from bundler.providers import MatchedOperation, find_operation

_COMPLAINED_OF = 0.95
_WHOLE = frozenset((BodyState.PRESENT, BodyState.EMPTY))
_LONGEST_SHOWN = 60
_FIELDS_SHOWN = 3
_MOST_FIELDS = 200
_REFERENCES = (("reference",), ("pspReferenceId",), ("transaction", "orderId"), ("orderId",))
"""Where the requests that create a payment hold the merchant's own name for it."""


@check("REQ036")
def key_used_once(view: View) -> Iterator[Finding]:
    """An idempotency key was used for two different requests.

    The key says that a call is the same one sent again, so that the provider refuses another body under it, or answers
    as it answered the first. Make a new key for each new operation, and keep key and body for its repetitions.
    """
    failing, moment = view.failing, refused_call(view)
    if failing is None or failing.request is None or moment is None or moment.kind != "call" or not moment.key:
        return
    for index, other, matched in _earlier(view, moment):
        request = other.request
        if request is None or idempotency_key(request, body_of(request.body), matched) != moment.key:
            continue
        is_other_call = (request.method, request.url) != (failing.request.method, failing.request.url)
        both_whole = {request.body_state, failing.request.body_state} <= _WHOLE
        if not is_other_call and (not both_whole or _same_body(request.body, failing.request.body)):
            continue
        differing = _differing(request.body, failing.request.body) if not is_other_call else ()
        fields = f" ({', '.join(differing)})" if differing else ""
        what = f"the call {matched.operation.name}" if is_other_call else f"the same call with another body{fields}"
        text = failing.response.body[:2000].lower() if failing.response is not None else b""
        yield step_finding(
            view,
            "REQ036",
            f"The idempotency key {moment.key[:_LONGEST_SHOWN]} had been used before, for {what}, in "
            f"{view.ticket.exchanges[index].origin('request')}.",
            "Make a new key for each new operation; repeat a call with the same key and the very same body.",
            _COMPLAINED_OF if b"idempoten" in text else PROVEN,
            moment,
            other.origin("request"),
        )
        return


@check("REQ037")
def reference_used_once(view: View) -> Iterator[Finding]:
    """The reference of a new payment had been used for another payment.

    Each payment needs a reference (orderId, pspReferenceId) of its own, also after one that failed or was cancelled. A
    first try whose answer was lost may have created the payment: read it before you try with another reference.
    """
    failing, moment = view.failing, refused_call(view)
    if failing is None or failing.request is None or moment is None or moment.step != "initiate":
        return
    name, value = _reference(body_of(failing.request.body))
    if not value:
        return
    for _, other, matched in _earlier(view, moment):
        request = other.request
        if request is None or matched.operation.step != "initiate":
            continue
        done = outcome(other.response.status if other.response is not None else None)
        if done is False or _reference(body_of(request.body)) != (name, value):
            continue
        key = idempotency_key(request, body_of(request.body), matched)
        if key and key == moment.key:
            continue
        told = "had created a payment before" if done else "had been sent before, and the answer to that is not known"
        yield step_finding(
            view,
            "REQ037",
            f"{name} {value[:_LONGEST_SHOWN]} {told}, in {other.origin('request')}.",
            "Use a new reference for each payment; read the payment when an answer was lost.",
            PROVEN if done else PROBABLE,
            moment,
            other.origin("request"),
        )
        return


@check("REQ038")
def done_once(view: View) -> Iterator[Finding]:
    """What was asked for had been done already.

    The payment was captured, refunded or cancelled in full before, often by a job that runs twice or by a second
    server. Treat it as done. After a lost answer repeat the call with the same idempotency key: it is then answered as
    the first one was.
    """
    failing = refused_step(view)
    if failing is None:
        return
    before = view.story.before(failing)
    ledger = balance(before)
    done: tuple[Origin, ...] = ()
    if failing.step == "capture" and ledger.ceiling and ledger.captured.total >= ledger.ceiling:
        done = ledger.captured.origins
    elif failing.step == "refund" and ledger.captured.total and ledger.refunded.total >= _all_captured(ledger):
        done = ledger.refunded.origins
    elif failing.step == "cancel" and ledger.cancelled.happened:
        done = ledger.cancelled.origins
    elif failing.step == "authorise":
        done = tuple(
            each.origin for each in before if each.ok and each.kind == "call" and _same_call(view, each, failing)
        )
    if done:
        yield step_finding(
            view,
            "REQ038",
            f"The {STEP_NAMES[failing.step]} had been done before.",
            "Treat it as done; repeat a call whose answer was lost with the same idempotency key.",
            PROVEN,
            failing,
            *done,
        )


def _all_captured(ledger: Ledger) -> int:
    return ledger.captured.total if ledger.captured.is_whole else max(ledger.captured.total, ledger.ceiling or 0)


def _same_call(view: View, moment: StoryMoment, failing: StoryMoment) -> bool:
    if moment.exchange is None or failing.exchange is None or moment.step != failing.step:
        return False
    one, other = view.ticket.exchanges[moment.exchange].request, view.ticket.exchanges[failing.exchange].request
    return one is not None and other is not None and (one.method, one.url) == (other.method, other.url)


def _earlier(view: View, failing: StoryMoment) -> Iterator[tuple[int, Exchange, MatchedOperation]]:
    """The calls to the provider that do not provably come after the failing one, the latest first."""
    for index, exchange in reversed(list(told_exchanges(view.ticket))):
        if index == failing.exchange or exchange.request is None or exchange.direction == "incoming":
            continue
        if exchange.started is not None and failing.when is not None:
            if exchange.started >= failing.when:
                continue
        elif (exchange.source == failing.origin.source and exchange.index > failing.position) or (
            view.ticket.failing is not None and index > view.ticket.failing
        ):
            continue
        matched = find_operation(view.profile, exchange.request.method, exchange.request.url)
        if matched is not None:
            yield index, exchange, matched


def _same_body(one: bytes, other: bytes) -> bool:
    """Whether two bodies say the same: as JSON where both are, byte for byte otherwise."""
    first, second = body_of(one), body_of(other)
    return one.strip() == other.strip() if first is None or second is None else bool(first == second)


def _differing(one: bytes, other: bytes) -> tuple[str, ...]:
    """The outermost fields in which two bodies differ, the first few of them."""
    first, second = body_of(one), body_of(other)
    if not isinstance(first, dict) or not isinstance(second, dict):
        return ()
    names = list(dict.fromkeys((*first, *second)))[:_MOST_FIELDS]
    return tuple(name[:_LONGEST_SHOWN] for name in names if first.get(name) != second.get(name))[:_FIELDS_SHOWN]


def _reference(body: Any) -> tuple[str, str]:
    for path in _REFERENCES:
        value = body
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, str) and value:
            return path[-1], value
    return "", ""


CHECKS = (key_used_once, reference_used_once, done_once)
