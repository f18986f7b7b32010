"""Checks of deliveries by the provider: blocked ones, repeated ones, and bodies that are not as they were signed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise

from bundler.checks.masked import is_masked
from bundler.checks.payment.deadlines import answer_deadline, deliveries
from bundler.checks.payment.steps import documented
from bundler.checks.types import View, check
from bundler.model import BodyState, Exchange, Finding, header_of

_BLOCKING = 0.75
_REPEATED = 0.7
_CHANGED_BODY = 0.86
_REFUSED = frozenset((400, 401, 403))
_DIGEST_HEADER = "x-ms-content-sha256"
_DIGEST_LENGTH = 44


@check("RSP024")
def later_deliveries_wait(view: View) -> Iterator[Finding]:
    """A delivery failed, and those behind it wait.

    The order of webhooks is kept: while one is not accepted, it is sent again and again, and the later ones of the
    same payment do not come. Put right the answer to the first one; then the others follow.
    """
    for first, second in _repeated(view):
        status = first.response.status if first.response is not None else None
        deadline = answer_deadline(view, "webhook")
        is_slow = deadline is not None and (first.duration_ms or 0.0) > deadline.seconds * 1000
        if (status is None or 200 <= status < 300) and not is_slow:
            continue
        why = f"answered with {status}" if status is not None and not 200 <= status < 300 else "answered too slowly"
        advice, link = documented(
            view,
            "webhook-waits-for-an-earlier-one",
            "Answer 2xx as soon as the body is stored; what waits is then delivered.",
        )
        yield Finding(
            code="RSP024",
            severity="warning",
            message=f"A delivery was {why} and came again; until it is accepted the later ones of the payment wait.",
            advice=advice,
            who="code",
            confidence=_sure(view, first, second, _BLOCKING),
            link=link,
            origins=(first.origin("response"), second.origin("request")),
        )
        return


@check("RSP025")
def body_as_signed(view: View) -> Iterator[Finding]:
    """The body of a webhook is not the one that was signed.

    The signature covers the bytes as they were sent. A program that reads the JSON and writes it again, trims it or
    changes its encoding breaks it. Check the signature over the raw body, before anything else touches it. The finding
    compares the digest in the header with the body in the evidence.
    """
    for exchange, _, failed in deliveries(view):
        request = exchange.request
        if request is None or request.body_state is not BodyState.PRESENT:
            continue
        digest = header_of(request, _DIGEST_HEADER)
        if len(digest) != _DIGEST_LENGTH or b64encode(sha256(request.body).digest()).decode() == digest:
            continue
        if _is_masked(view, request.body):
            continue
        status = exchange.response.status if exchange.response is not None else None
        advice, link = documented(
            view,
            "webhook-signature",
            "Check the signature over the bytes as they came, before any program reads and rewrites the JSON.",
        )
        yield Finding(
            code="RSP025",
            severity="warning" if status in _REFUSED else "note",
            message=f"The body of the webhook does not fit its {_DIGEST_HEADER}: it is not the one that was signed.",
            advice=advice,
            who="code",
            confidence=_CHANGED_BODY if failed and status in _REFUSED else None,
            link=view.profile.links.get("webhook-authentication") or link,
            origins=(exchange.origin("request body"),),
        )
        return


@check("RSP026")
def delivered_twice(view: View) -> Iterator[Finding]:
    """The same callback came twice, although the first was accepted.

    That is documented: a delivery may be repeated. Recognise it by its ids, and do the work once.
    """
    for first, second in _repeated(view):
        status = first.response.status if first.response is not None else None
        if status is None or not 200 <= status < 300:
            continue
        otherwise = "Remember the ids of what was done, and answer 2xx to a repetition without doing it again."
        advice, link = documented(view, "webhook-repeated", documented(view, "callback-repeated", otherwise)[0])
        yield Finding(
            code="RSP026",
            severity="note",
            message="The same callback came twice, although the first was accepted; that is documented.",
            advice=advice,
            who="code",
            confidence=_sure(view, first, second, _REPEATED),
            link=link,
            origins=(first.origin("request"), second.origin("request")),
        )
        return


def _is_masked(view: View, body: bytes) -> bool:
    """Whether something stands in the body in place of what was sent: then its digest tells nothing."""
    if is_masked(body.decode("utf-8", "replace")):
        return True
    return any(each.placeholder.encode("utf-8", "replace") in body for each in view.ticket.redactions)


def _repeated(view: View) -> Iterator[tuple[Exchange, Exchange]]:
    """Deliveries with the same body, each with the next one; one that two sources recorded is one."""
    groups: dict[bytes, list[Exchange]] = {}
    for exchange, _, _ in deliveries(view):
        if exchange.request is not None and exchange.request.body:
            groups.setdefault(exchange.request.body, []).append(exchange)
    for group in groups.values():
        for first, second in pairwise(group):
            if first.started is None or first.started != second.started:
                yield first, second


def _sure(view: View, first: Exchange, second: Exchange, confidence: float) -> float | None:
    """A confidence only where one of the two is what the ticket is about."""
    failing = view.failing
    return confidence if failing is not None and (failing is first or failing is second) else None


CHECKS = (later_deliveries_wait, body_as_signed, delivered_twice)
