"""Boils redacted exchanges down to the little that conditions to go live are judged by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from bundler.model import Exchange, Origin, Response
from bundler.providers import find_family, find_host, find_operation
from bundler.providers.json_body import decode_json
from bundler.providers.profile import Host, Operation, Profile

CallStep = Literal["initiate", "authorise", "capture", "cancel", "refund", "create-merchant"]

_STEPS: frozenset[str] = frozenset(("initiate", "authorise", "capture", "cancel", "refund"))
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


class CardType(Struct, frozen=True):
    """One entry of ``allowedCardTypes``, and the addresses it comes with."""

    name: str
    token_url: str = ""
    pan_url: str = ""


class Call(Struct, frozen=True):
    """One call that matters for going live; ``fields`` holds what its body says, None where it could not be read."""

    step: CallStep
    family: str
    removed: str
    source: str
    place: str
    is_done: bool  # answered with success
    started: datetime | None
    payment: str = ""
    fields: dict[str, Any] | None = None
    cards: tuple[CardType, ...] = ()

    def origin(self, place: str) -> Origin:
        return Origin(self.source, ", ".join(part for part in (self.place, place) if part))

    def text(self, field: str) -> str:
        """The field's value where it is a text, else an empty one."""
        value = (self.fields or {}).get(field)
        return value.strip() if isinstance(value, str) else ""


class Page(Struct, frozen=True):
    """A host of the provider that was called or redirected to."""

    host: Host
    origin: Origin
    is_done_page: bool = False


class Traffic(Struct, frozen=True):
    """All that the rules may look at."""

    calls: tuple[Call, ...] = ()
    pages: tuple[Page, ...] = ()
    picture_types: dict[str, str] = {}
    """Content types of pictures that were fetched, by their address."""
    own_names: frozenset[str] = frozenset()

    def of(self, families: tuple[str, ...]) -> Traffic:
        """The same with the calls of these APIs only; all of them where none is named."""
        return replace(self, calls=tuple(call for call in self.calls if not families or call.family in families))

    def steps(self, *steps: CallStep) -> tuple[Call, ...]:
        return tuple(call for call in self.calls if call.step in steps)


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
        for page in _pages(exchange, profile):
            pages.setdefault((page.host.host, page.host.path, page.is_done_page), page)
        if exchange.response is not None and _is_picture(exchange.request.url):
            pictures[exchange.request.url[:_LONGEST]] = _header(exchange.response, "content-type").lower()
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
    payment = matched.params.get("paymentId") or (answer.get("paymentId") if isinstance(answer, dict) else None)
    family = find_family(profile, request.url)
    return Call(
        step=step,
        family=family.slug if family is not None else matched.operation.family,
        removed=matched.operation.removed,
        source=exchange.source,
        place=exchange.place,
        is_done=response is not None and response.status is not None and 200 <= response.status < 300,
        started=exchange.started,
        payment=payment[:_LONGEST].lower() if isinstance(payment, str) else "",
        fields={name: _short(body[name]) for name in _FIELDS if name in body} if isinstance(body, dict) else None,
        cards=tuple(_cards(body.get("allowedCardTypes"))) if isinstance(body, dict) else (),
    )


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
        if location := _header(response, "location"):
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


def _header(response: Response, name: str) -> str:
    return next((value for key, value in response.headers if key.lower() == name), "")


def _is_picture(url: str) -> bool:
    try:
        return urlsplit(url).path.lower().endswith((".png", ".jpg", ".jpeg"))
    except ValueError:
        return False


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return value[:_LONGEST]
    return value if isinstance(value, bool | int | float) else None
