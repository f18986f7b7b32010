"""Reads what the exchanges of a ticket tell of its payment: calls to the provider, callbacks from it, answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bundler.checks.story.bodies import (
    LARGEST_BODY,
    Told,
    amount_of,
    read_payload,
    read_told,
    read_totals,
)
from bundler.checks.story.moments import StoryMoment
from bundler.model import Exchange, Request, SafeTicket
from bundler.moments.answers import answered_at
from bundler.providers import MatchedOperation, find_host, find_operation
from bundler.providers.json_body import decode_json
from bundler.providers.payloads import find_payload
from bundler.providers.profile import Profile, Step

MOST_EXCHANGES = 30
_BEFORE_FAILURE = 24
KEY_HEADERS = frozenset(
    ("idempotency-key", "x-mobilepay-idempotency-key", "paypal-request-id", "klarna-idempotency-key")
)
"""Headers of idempotency keys, in small letters."""
OLDER_KEY_HEADER = "x-request-id"
"""In eCom the name of the idempotency key; elsewhere the trace id of one try, which is never sent twice."""
_KEY_FIELD = "idempotencyKey"
_REFUSALS = ("succeeded", "success")


def told_exchanges(ticket: SafeTicket) -> Iterator[tuple[int, Exchange]]:
    """The exchanges around the failing one that are read, with their index in the ticket."""
    count = len(ticket.exchanges)
    failing = ticket.failing if ticket.failing is not None else count - 1
    start = max(0, min(failing - _BEFORE_FAILURE, count - MOST_EXCHANGES))
    for index in range(start, min(start + MOST_EXCHANGES, count)):
        yield index, ticket.exchanges[index]


def exchange_moments(ticket: SafeTicket, profile: Profile, index: int, exchange: Exchange) -> Iterator[StoryMoment]:
    """What one exchange tells: the call or callback itself, then what its answer says of the payment."""
    request, response = exchange.request, exchange.response
    payment = _payment(ticket)
    if request is None:
        return
    sent = body_of(request.body)
    family = ticket.family
    if comes_in(profile, exchange):
        payload = find_payload(profile, family, sent)
        if payload is not None:
            for told in read_payload(profile, payload, sent):
                yield _told_moment(told, index, exchange, "request body")
        return
    matched = find_operation(profile, request.method, request.url)
    if matched is None or _is_of_another_payment(matched, payment):
        return
    status = response.status if response is not None else None
    amount, currency = amount_of(sent, matched.operation.amount)
    key = idempotency_key(request, sent, matched)
    yield StoryMoment(
        step=step_of(matched, sent),
        name=matched.operation.name,
        kind="call",
        origin=exchange.origin("call"),
        position=exchange.index,
        when=exchange.started,
        is_exact=True,
        amount=amount,
        currency=currency,
        ok=outcome(status),
        status=status,
        key=key,
        same=f"{request.method} {request.url} {exchange.started or key} {hash(request.body)}",
        exchange=index,
    )
    if response is not None and status is not None and 200 <= status < 300:
        answer = body_of(response.body)
        yield from _answered(profile, matched, answer, payment, index, exchange)


def _answered(
    profile: Profile,
    matched: MatchedOperation,
    answer: Any,
    payment: tuple[str, str],
    index: int,
    exchange: Exchange,
) -> Iterator[StoryMoment]:
    """What a successful answer says: entries of an event log, the state, the totals."""
    if answer is None:
        return
    state: Told | None = None
    for told in read_told(profile, matched.operation.family, answer, payment):
        if told.is_state:
            state = told
        elif not told.payload or told.when is not None:
            yield _told_moment(told, index, exchange, "response body")
    totals = read_totals(answer)
    if state is not None or totals is not None:
        yield StoryMoment(
            step=state.step if state is not None else "read",
            name=state.name if state is not None else "",
            kind="state",
            origin=exchange.origin("response body"),
            position=exchange.index,
            when=answered_at(exchange),
            same=f"{exchange.started or exchange.origin('')} {state} {totals}",
            exchange=index,
            totals=totals,
        )


def comes_in(profile: Profile, exchange: Exchange) -> bool:
    """Whether the provider made the call: the source says so, or it went to no host of the provider's."""
    if exchange.direction == "incoming":
        return True
    url = exchange.request.url if exchange.request is not None else ""
    return bool(profile.hosts) and "://" in url and find_host(profile, url) is None


def step_of(matched: MatchedOperation, sent: Any) -> Step:
    """The step that the call asks for; reporting an attempt that did not succeed is none."""
    if isinstance(sent, dict) and any(sent.get(key) is False for key in _REFUSALS):
        return ""
    return matched.operation.step


def outcome(status: int | None) -> bool | None:
    """Whether a call did what it asked for; None where that is not known: no answer, a redirect, 202 (RFC 9110)."""
    if status is None or status == 202 or 300 <= status < 400:
        return None
    return status < 400


def idempotency_key(request: Request, sent: Any, matched: MatchedOperation) -> str:
    """The key by which the provider knows a repeated call, from its header or the body; empty without one."""
    older = ""
    for name, value in request.headers:
        lowered = name.lower()
        if lowered in KEY_HEADERS and value:
            return value
        if lowered == OLDER_KEY_HEADER and matched.operation.family == "ecom":
            older = value
    key = sent.get(_KEY_FIELD) if isinstance(sent, dict) else None
    return key if isinstance(key, str) and key else older


def body_of(body: bytes) -> Any:
    """The JSON value of a body, None for anything else and for what is too large to be about one payment."""
    return decode_json(body) if 0 < len(body) <= LARGEST_BODY else None


def _payment(ticket: SafeTicket) -> tuple[str, str]:
    fact = ticket.facts.payment_id
    return (fact.name, fact.value) if fact is not None else ("", "")


def _is_of_another_payment(matched: MatchedOperation, payment: tuple[str, str]) -> bool:
    name, wanted = payment
    value = matched.params.get(name, "")
    return bool(value and wanted) and value.casefold() != wanted.casefold()


def _told_moment(told: Told, index: int, exchange: Exchange, place: str) -> StoryMoment:
    return StoryMoment(
        step=told.step,
        name=told.name,
        kind="callback" if told.payload else "event",
        origin=exchange.origin(place),
        position=exchange.index,
        when=told.when or exchange.started,
        is_exact=told.when is not None,
        amount=told.amount,
        currency=told.currency,
        ok=told.ok,
        key=told.key,
        same=f"{told.step} {told.amount} {told.when or told.key or exchange.origin(place)}",
        exchange=index,
    )


def failing_moment(moments: Sequence[StoryMoment], failing: int | None) -> StoryMoment | None:
    """The call that the ticket is about; without one the last call in the logs that was refused."""
    if failing is not None:
        return next((each for each in moments if each.exchange == failing and each.kind == "call"), None)
    refused = [each for each in moments if each.kind == "logged call" and each.ok is False]
    return refused[-1] if refused else None
