"""Finds what belongs to one payment: the exchanges and records that mention its id."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

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


def mention_finder(values: Sequence[str]) -> Callable[[bytes], bool]:
    """Tells whether bytes hold one of the ids as a whole: ``order-1`` is not in ``order-10``, nor in ``order-1-b``."""
    needles = [
        (form.encode("utf-8", "replace"), _WORD if is_uuid(value) else _WORD | {ord("-")})
        for value in values
        if len(value) >= _SHORTEST
        for form in _forms(value)
    ]
    return lambda data: any(_holds(data, *needle) for needle in needles)


def mention_places(exchange: Exchange, value: str) -> Iterator[str]:
    """The parts of the exchange that mention the id."""
    mentions = mention_finder((value,))
    for place, data in _parts(exchange):
        if mentions(data):
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


def _holds(data: bytes, needle: bytes, joining: frozenset[int]) -> bool:
    start = data.find(needle)
    while start >= 0:
        end = start + len(needle)
        if (start == 0 or data[start - 1] not in joining) and (end == len(data) or data[end] not in joining):
            return True
        start = data.find(needle, start + 1)
    return False
