"""Finds the calls that belong with the failing one: those of the same payment, and what explains why it was refused."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from bundler import providers
from bundler.assemble.call_sources import CallSource, Key, all_calls
from bundler.checks.story.calls import KEY_HEADERS, OLDER_KEY_HEADER, body_of
from bundler.identify import payment_story
from bundler.model import Exchange, Facts, header_of
from bundler.providers.profile import Profile

STORY_LIMIT = 30
_NOT_LET_IN = (401, 403)
_SHORTEST_TOKEN = 16
_KEYS = KEY_HEADERS | {OLDER_KEY_HEADER}
_REFERENCES = ("reference", "referenceid", "orderid")
"""How the ids end that an integrator gives one payment; two calls that share one may be two payments by mistake."""


def find_story(
    call_sources: list[CallSource],
    paired: tuple[Exchange, ...],
    profile: Profile,
    payment: str,
    failed: Exchange | None,
    facts: Facts,
) -> dict[Key, Exchange]:
    """The exchanges with the provider that mention the payment, the last ones if there are too many.

    A call that shares the failing one's idempotency key belongs to it, and where no payment came into being, one that
    shares its reference. What an integrator's own pages and services tell each other (polls, statistics) is no part of
    the story; a request with the body of one of the provider's callbacks is, as one that came in.
    """
    ids = [payment] if payment else _references(facts)
    key = _idempotency_key(failed)
    story: dict[Key, Exchange] = {}
    if not (ids or key):
        return story
    for place, exchange in all_calls(call_sources, paired):
        if not (any(payment_story(profile, (exchange,), each) for each in ids) or _shares(exchange, key)):
            continue
        if (told := as_told(profile, exchange)) is not None:
            story[place] = told
        if len(story) > STORY_LIMIT:
            del story[next(iter(story))]
    return story


def as_told(profile: Profile, exchange: Exchange) -> Exchange | None:
    """The exchange if it is one with the provider, a callback as one that came in; None for anybody else's."""
    if exchange.request is None or exchange.request.method == "OPTIONS":
        return None
    if _goes_out(profile, exchange):
        return exchange
    if exchange.direction == "incoming" or _is_callback(profile, exchange):
        return replace(exchange, direction="incoming")
    return None


def find_token_call(
    call_sources: list[CallSource], paired: tuple[Exchange, ...], profile: Profile, failed: Exchange
) -> dict[Key, Exchange]:
    """The call that fetched the token of a call that was not let in: the one whose answer holds it, else the last.

    Host and keys of the two show why the token was refused.
    """
    request, response = failed.request, failed.response
    if request is None or response is None or response.status not in _NOT_LET_IN:
        return {}
    token = header_of(request, "authorization").rpartition(" ")[2].encode()
    found: dict[Key, Exchange] = {}
    for key, exchange in all_calls(call_sources, paired):
        answer = exchange.response
        if exchange.request is None or answer is None or not providers.is_token_call(profile, exchange.request.url):
            continue
        if len(token) >= _SHORTEST_TOKEN and token in answer.body:
            return {key: exchange}
        if exchange.started is None or failed.started is None or exchange.started <= failed.started:
            found = {key: exchange}
    return found


def _goes_out(profile: Profile, exchange: Exchange) -> bool:
    if exchange.direction == "incoming" or exchange.request is None:
        return False
    return not profile.hosts or providers.find_host(profile, exchange.request.url) is not None


def _is_callback(profile: Profile, exchange: Exchange) -> bool:
    body = exchange.request.body if exchange.request is not None else b""
    return providers.find_payload(profile, None, body_of(body)) is not None


def _references(facts: Facts) -> list[str]:
    return [fact.value for fact in facts.others if providers.key_form(fact.name).endswith(_REFERENCES)]


def _idempotency_key(exchange: Exchange | None) -> str:
    headers: Sequence[tuple[str, str]] = exchange.request.headers if exchange and exchange.request else ()
    return next((value.strip() for name, value in headers if name.lower() in _KEYS), "")


def _shares(exchange: Exchange, key: str) -> bool:
    return bool(key) and _idempotency_key(exchange) == key
