"""Finds what belongs to one payment: the exchanges and records that mention its id."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bundler.identify.exchanges import read_exchange
from bundler.identify.sightings import comparable, is_uuid
from bundler.model import Exchange
from bundler.providers.profile import Profile

_SHORTEST = 4
"""Shorter ids occur by chance in any text; they are found under their key only."""
_WORD = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")


def payment_story(profile: Profile, exchanges: Sequence[Exchange], payment_id: str) -> tuple[int, ...]:
    """Indexes into ``exchanges`` of those that belong to the payment, the one that created it among them.

    An exchange belongs when URL, a header or a body mentions the id. An answer that lists many payments does not belong
    to each of them.
    """
    return tuple(
        index for index, exchange in enumerate(exchanges) if payment_id and _belongs(profile, exchange, payment_id)
    )


def mentions(data: bytes, value: str) -> bool:
    """Whether ``data`` holds the id as a whole: ``order-1`` is not in ``order-10`` and not in ``order-1-b``."""
    return len(value) >= _SHORTEST and any(_holds(data, form, is_uuid(value)) for form in _forms(value))


def mention_places(exchange: Exchange, value: str) -> Iterator[str]:
    """The parts of the exchange that mention the id."""
    for place, data in _parts(exchange):
        if mentions(data, value):
            yield place


def _belongs(profile: Profile, exchange: Exchange, payment_id: str) -> bool:
    places = set(mention_places(exchange, payment_id))
    if places and places != {"response body"}:
        return True
    if not places and len(payment_id) >= _SHORTEST:
        return False
    wanted = comparable(payment_id)
    seen = [sighting for sighting in read_exchange(profile, exchange, ()) if sighting.same == wanted]
    return any(not sighting.loose for sighting in seen) if seen else bool(places)


def _parts(exchange: Exchange) -> Iterator[tuple[str, bytes]]:
    request, response = exchange.request, exchange.response
    if request is not None:
        yield "URL", _encoded(request.url)
        for name, value in request.headers:
            yield f"request header {name}", _encoded(value)
        yield "request body", request.body
    if response is not None:
        for name, value in response.headers:
            yield f"response header {name}", _encoded(value)
        yield "response body", response.body


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _forms(value: str) -> tuple[str, ...]:
    """UUIDs are written in either case; searching for both is much cheaper than ignoring case."""
    return tuple(dict.fromkeys((value, value.lower(), value.upper()))) if is_uuid(value) else (value,)


def _holds(data: bytes, value: str, uuid: bool) -> bool:
    needle = value.encode("utf-8", "replace")
    joining = _WORD if uuid else _WORD | {ord("-")}
    start = data.find(needle)
    while start >= 0:
        end = start + len(needle)
        if (start == 0 or data[start - 1] not in joining) and (end == len(data) or data[end] not in joining):
            return True
        start = data.find(needle, start + 1)
    return False
