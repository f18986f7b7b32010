"""Checks of the times that the provider gives: lifetimes, windows, and how soon a callback has to be dealt with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bundler.checks.lengths import span
from bundler.checks.payment.steps import PROBABLE, PROVEN, docs_of
from bundler.checks.payment.windows import find_deadline
from bundler.checks.story.bodies import read_time
from bundler.checks.story.calls import body_of, comes_in, told_exchanges
from bundler.checks.story.moments import StoryMoment
from bundler.checks.types import View, check
from bundler.model import Exchange, Finding, Origin
from bundler.providers.demands import Deadline, DeadlineName
from bundler.providers.payloads import find_payload

_DELIVERIES = 20
_OWN_FAULT = 0.85
_SLOW = 0.7
_EXPIRES_FIELD = "expiresAt"
_WINDOWS: tuple[tuple[str, DeadlineName], ...] = (("capture", "capture"), ("refund", "refund"), ("cancel", "cancel"))


@check("TIM010")
def authorization_patched_in_time(view: View) -> Iterator[Finding]:
    """The authorization attempt was patched too late after the card callback.

    The callback must be answered at once and the attempt patched within 20 seconds (MobilePay Online); after that the
    user may already have tried again and the attempt is no longer open. Answer the callback first, then ask the
    acquirer, and patch as soon as it answers; on a slow acquirer patch with a timeout (reason code 3000) before the
    time is over. Source: MobilePay Online developer guide, payments and callbacks.
    """
    deadline = find_deadline(view, "patch-after-callback")
    failing, operation = view.failing, view.operation
    if deadline is None or failing is None or operation is None or failing.started is None:
        return
    attempt = operation.params.get("authorizationAttemptId", "")
    if operation.operation.method != "PATCH" or not attempt:
        return
    called_back = _callback(view, attempt, failing.started)
    if called_back is None:
        return
    moment, origin = called_back
    waited = (failing.started - moment).total_seconds()
    if waited > deadline.seconds:
        yield Finding(
            code="TIM010",
            severity="warning",
            message=(
                f"The authorization attempt was patched {waited:.0f} s after its callback; "
                f"{view.profile.name} allows {deadline.seconds:.0f} s."
            ),
            advice=deadline.remedy,
            who="code",
            confidence=PROVEN if view.other_speaker is None else None,
            link=deadline.link or docs_of(view),
            origins=(origin, failing.origin("start of the call")),
        )


@check("TIM011")
def payment_alive(view: View) -> Iterator[Finding]:
    """The payment was older than payments live when something was done with it.

    A payment that nobody authorises in time expires, and what is done with it later fails. A time of its own, set when
    it was created, counts before the usual one. Create a new payment and let the user pay again.
    """
    failing = view.story.failing
    if (
        failing is None
        or failing.when is None
        or failing.ok is not False
        or failing.step not in {"authorise", "capture"}
    ):
        return
    before = view.story.before(failing)
    if any(each.step in {"authorise", "capture"} and each.ok for each in before):
        return
    created = next((each for each in before if each.step == "initiate" and each.ok and each.kind != "state"), None)
    deadline = find_deadline(view, "payment-life")
    if created is None or created.when is None or deadline is None:
        return
    if failing.step == "capture" and not any(each.step == "fail" and each.ok for each in before):
        return  # it may have been authorised in time, where nobody saw it
    expires = _expires(view, created)
    allowed = (expires - created.when).total_seconds() if expires is not None else deadline.seconds
    age = (failing.when - created.when).total_seconds()
    if age > allowed:
        yield _late(
            view,
            "TIM011",
            f"The payment was {span(age)} old at the time of the call; it lives {span(allowed)}.",
            deadline,
            failing,
            created,
        )


@check("TIM012")
def window_open(view: View) -> Iterator[Finding]:
    """The time in which a payment can be captured, cancelled or refunded was over.

    Reservations are released after a time that differs by market, and refunds end some time after the capture. The
    finding names the moment from which the time ran.
    """
    failing = view.story.failing
    if failing is None or failing.when is None or failing.ok is not False:
        return
    for step, name in _WINDOWS:
        if failing.step != step:
            continue
        before = [each for each in view.story.before(failing) if each.ok and each.is_exact]
        since = "capture" if step == "refund" else "authorise"
        begun = [each for each in before if each.step == since and each.when is not None]
        currency = failing.currency or next((each.currency for each in before if each.currency), "")
        deadline = find_deadline(view, name, currency=currency)
        if not begun or deadline is None or begun[-1].when is None:
            return
        age = (failing.when - begun[-1].when).total_seconds()
        if age > deadline.seconds:
            done = "captured" if step == "refund" else "authorised"
            yield _late(
                view,
                "TIM012",
                f"The {step} was sent {span(age)} after the payment was {done}; it has {span(deadline.seconds)}.",
                deadline,
                failing,
                begun[-1],
            )


@check("TIM017")
def callback_answered_in_time(view: View) -> Iterator[Finding]:
    """A callback or webhook was answered too slowly.

    The provider waits only some seconds, counts the delivery as failed and sends it again, or not at all. Answer first,
    with 2xx, and do the work afterwards.
    """
    for exchange, payload, failed in deliveries(view):
        deadline = answer_deadline(view, payload)
        duration = exchange.duration_ms
        if deadline is None or duration is None or duration <= deadline.seconds * 1000:
            continue
        yield Finding(
            code="TIM017",
            severity="warning",
            message=f"A {payload} was answered after {span(duration / 1000)}; {span(deadline.seconds)} are allowed.",
            advice=deadline.remedy,
            who="code",
            confidence=_SLOW if failed else None,
            link=deadline.link or docs_of(view),
            origins=(exchange.origin("response"),),
        )


@check("TIM018")
def callback_accepted(view: View) -> Iterator[Finding]:
    """A callback or webhook was not answered with 2xx.

    To the provider this delivery failed: it repeats it for some time, then gives up, and later ones may wait behind it.
    The fault is in the service that answered. Answer 2xx as soon as the body is stored.
    """
    for exchange, payload, failed in deliveries(view):
        status = exchange.response.status if exchange.response is not None else None
        if status is None or 200 <= status < 300:
            continue
        deadline = answer_deadline(view, payload)
        yield Finding(
            code="TIM018",
            severity="warning",
            message=f"Your service answered {status} to a {payload}; only 2xx says that it arrived.",
            advice="Look into the log of the service that answered; store the body, answer 2xx, and work on it then.",
            who="code",
            confidence=_OWN_FAULT if failed else None,
            link=(deadline.link if deadline is not None else "") or docs_of(view),
            origins=(exchange.origin("response"),),
        )


def _late(view: View, code: str, message: str, deadline: Deadline, failing: StoryMoment, since: StoryMoment) -> Finding:
    sure = PROVEN if failing.kind == "call" else PROBABLE
    return Finding(
        code=code,
        severity="warning",
        message=message,
        advice=deadline.remedy,
        who="code",
        confidence=None if view.other_speaker is not None else sure,
        link=deadline.link or docs_of(view),
        origins=(since.origin, failing.origin),
    )


def _expires(view: View, created: StoryMoment) -> datetime | None:
    """The end that the request itself set for the payment."""
    request = view.ticket.exchanges[created.exchange].request if created.exchange is not None else None
    body: Any = body_of(request.body) if request is not None else None
    if not isinstance(body, dict):
        return None
    return read_time(body.get(_EXPIRES_FIELD))


def deliveries(view: View) -> Iterator[tuple[Exchange, str, bool]]:
    """The provider's calls to the integrator, the first few: what each was, and whether it is the failing one."""
    told = 0
    for index, exchange in told_exchanges(view.ticket):
        if exchange.request is None or not comes_in(view.profile, exchange):
            continue
        payload = find_payload(view.profile, view.ticket.family, body_of(exchange.request.body))
        if payload is None and exchange.direction != "incoming":
            continue
        told += 1
        if told <= _DELIVERIES:
            yield exchange, payload.name if payload is not None else "callback", index == view.ticket.failing


def answer_deadline(view: View, payload: str) -> Deadline | None:
    """In what time a delivery of that name has to be answered."""
    names: tuple[DeadlineName, ...] = ("webhook-answer", "callback-answer")
    for name in names if "webhook" in payload.lower() else names[::-1]:
        if (deadline := find_deadline(view, name)) is not None:
            return deadline
    return None


def _callback(view: View, attempt: str, before: datetime) -> tuple[datetime, Origin] | None:
    """The earliest sign of the callback for ``attempt``: a received request, else a log record that speaks of one."""
    for exchange in view.ticket.exchanges:
        incoming = exchange.request if exchange.direction == "incoming" else None
        if incoming is not None and exchange.started is not None and attempt.encode() in incoming.body:
            return exchange.started, exchange.origin("callback")
    needle = attempt.lower().encode()
    seen = []
    for excerpt in view.ticket.logs:
        for span_, record in excerpt.records():
            text = record.lower()
            if span_.moment is not None and span_.moment <= before and needle in text and b"callback" in text:
                seen.append((span_.moment, Origin(excerpt.source, f"line {span_.line}")))
    return min(seen, key=lambda entry: entry[0], default=None)


CHECKS = (
    authorization_patched_in_time,
    payment_alive,
    window_open,
    callback_answered_in_time,
    callback_accepted,
)
