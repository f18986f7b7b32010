"""Boils redacted exchanges down to the little that conditions to go live are judged by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from bundler.checks.golive.traffic import Call, CallStep, CardType, Page, Traffic
from bundler.checks.story.bodies import Told, read_payload, read_told, read_totals
from bundler.model import Exchange, header_of
from bundler.providers import find_family, find_host, find_operation, identifiers_of_key
from bundler.providers.json_body import decode_json
from bundler.providers.payloads import find_payload
from bundler.providers.profile import Operation, Profile

_STEPS: frozenset[str] = frozenset(("initiate", "authorise", "capture", "cancel", "refund"))
_REPORTED = _STEPS - {"initiate"}
_FIELDS = (
    *("merchantId", "merchantName", "merchantUrl", "merchantLogoUrl", "autoCapture", "encryptedPanCallbackUrl"),
    *("succeeded", "reasonCode", "threeDSecureUrl"),
    *("externalId", "merchantCategoryCode", "name", "vatNumber"),
)
"""What is kept of a body; see the specification of MobilePay Online for the fields."""
_PAGES = ("redirectToMobilePayUrl", "redirectToMobilePayAppUrl", "redirectUrl")
_DONE_PAGE = "done3ds"
_LONGEST = 300
_MOST_CARDS = 30
_MOST_KEYS = 100


def is_telling(exchange: Exchange, profile: Profile) -> bool:
    """Whether an exchange can matter for going live, by its address alone: the provider's hosts and calls, pictures."""
    if exchange.request is None:
        return False
    url = exchange.request.url
    return (
        exchange.direction == "incoming"
        or find_host(profile, url) is not None
        or find_operation(profile, exchange.request.method, url) is not None
        or _is_picture(url)
    )


def watch(exchanges: Iterable[Exchange], profile: Profile, own_names: tuple[str, ...] = ()) -> Traffic:
    """What the exchanges say, each looked at once."""
    calls: list[Call] = []
    pages: dict[tuple[str, str, bool], Page] = {}
    pictures: dict[str, str] = {}
    for exchange in exchanges:
        if exchange.request is None:
            continue
        if (call := _call(exchange, profile)) is not None:
            calls.append(call)
        calls += _reported(exchange, profile)
        for page in _pages(exchange, profile):
            pages.setdefault((page.host.host, page.host.path, page.is_done_page), page)
        if exchange.response is not None and _is_picture(exchange.request.url):
            pictures[exchange.request.url[:_LONGEST]] = header_of(exchange.response, "content-type").lower()
    names = frozenset(name.strip().casefold() for name in own_names if name.strip())
    return Traffic(tuple(calls), tuple(pages.values()), pictures, names)


def _call(exchange: Exchange, profile: Profile) -> Call | None:
    request, response = exchange.request, exchange.response
    if request is None or exchange.direction == "incoming":
        return None
    matched = find_operation(profile, request.method, request.url)
    step = _step(matched.operation) if matched is not None else None
    if matched is None or step is None:
        return None
    body = decode_json(request.body)
    answer = decode_json(response.body) if response is not None else None
    payment = _payment_in(matched.params, profile) or _payment_in(answer, profile) or _payment_in(body, profile)
    family = find_family(profile, request.url)
    return Call(
        step=step,
        family=family.slug if family is not None else matched.operation.family,
        removed=matched.operation.removed,
        source=exchange.source,
        place=exchange.place,
        is_done=response is not None and response.status is not None and 200 <= response.status < 300,
        payment=payment,
        grants=isinstance(body, dict) and body.get("succeeded") is not False,
        fields={name: _short(body[name]) for name in _FIELDS if name in body} if isinstance(body, dict) else None,
        cards=tuple(_cards(body.get("allowedCardTypes"))) if isinstance(body, dict) else (),
    )


def _reported(exchange: Exchange, profile: Profile) -> Iterator[Call]:
    """What the provider itself says was done with a payment: in a callback, or when the payment was read."""
    request, response = exchange.request, exchange.response
    if request is None:
        return
    place = "request body"
    if exchange.direction == "incoming":
        value = decode_json(request.body)
        payload = find_payload(profile, None, value)
        family, payment = payload.family if payload is not None else "", _payment_in(value, profile)
        told = list(read_payload(profile, payload, value)) if payload is not None else []
    else:
        matched = find_operation(profile, request.method, request.url)
        if matched is None or matched.operation.step != "read" or response is None or response.status != 200:
            return
        value, place = decode_json(response.body), "response body"
        family, payment = matched.operation.family, _payment_in(matched.params, profile)
        told = list(read_told(profile, family, value, ("", "")))
        totals = read_totals(value)
        if totals is not None and (totals.captured or totals.cancelled or totals.refunded):
            told.append(Told(step="capture", name="totals"))
    for each in told:
        step: Any = each.step
        if step in _REPORTED and each.ok is not False and payment:
            yield Call(
                step=step,
                family=family,
                removed="",
                source=exchange.source,
                place=", ".join(part for part in (exchange.place, place) if part),
                is_done=True,
                payment=payment,
                grants=True,
            )


def _payment_in(value: Any, profile: Profile) -> str:
    """The first payment id under a key of an object, as ids are compared."""
    for key, inner in islice(value.items(), _MOST_KEYS) if isinstance(value, dict) else ():
        if (
            isinstance(inner, str)
            and inner
            and any(identifier.role == "payment_id" for identifier in identifiers_of_key(profile, key))
        ):
            return inner[:_LONGEST].lower()
    return ""


def _step(operation: Operation) -> CallStep | None:
    if operation.name == "create merchant":
        return "create-merchant"
    step: Any = operation.step
    return step if step in _STEPS else None


def _cards(value: Any) -> Iterator[CardType]:
    for entry in value[:_MOST_CARDS] if isinstance(value, list) else ():
        if isinstance(entry, dict):
            texts = [entry.get(name) for name in ("name", "tokenCallbackUrl", "encryptedPanCallbackUrl")]
            yield CardType(*(_short(text) if isinstance(text, str) else "" for text in texts))
        elif isinstance(entry, str):
            yield CardType(_short(entry))


def _pages(exchange: Exchange, profile: Profile) -> Iterator[Page]:
    request, response = exchange.request, exchange.response
    if request is None:
        return
    named = [(request.url, "URL")] if exchange.direction == "outgoing" else []
    if response is not None:
        if location := header_of(response, "location"):
            named.append((_joined(request.url, location), "response header Location"))
        answer = decode_json(response.body)
        if isinstance(answer, dict):
            named += [(answer[key], f"response body, {key}") for key in _PAGES if isinstance(answer.get(key), str)]
    for url, place in named:
        if (host := find_host(profile, url)) is not None:
            yield Page(host, exchange.origin(place), _DONE_PAGE in url[:_LONGEST].lower())


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return location


def _is_picture(url: str) -> bool:
    try:
        return urlsplit(url).path.lower().endswith((".png", ".jpg", ".jpeg"))
    except ValueError:
        return False


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return value[:_LONGEST]
    return value if isinstance(value, bool | int | float) else None
