"""Finds identifiers in one exchange: in path, headers, query and bodies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from msgspec.structs import replace

from bundler.identify.sightings import Sighting, find_identifier
from bundler.identify.texts import TextReader
from bundler.model import BodyState, Exchange, Origin
from bundler.providers import (
    find_family,
    find_operation,
    find_payload,
    identifiers_of_header,
    identifiers_of_key,
    key_form,
)
from bundler.providers import related_families as related
from bundler.providers.json_body import Trail, decode_json, in_list, scalars, trail_keys, trail_text
from bundler.providers.profile import Profile

_FIELDS = 2000  # how many fields of a query or form are read
_SIGHTINGS = 2000  # how many of one body are kept
_NESTED = 2  # JSON in a string in JSON: gateways and queues wrap bodies like this, rarely deeper
_TEXT_SIZE = 1024 * 1024  # how much of a body that is no JSON is read
_BLAMING = frozenset({"errors", "fielderrors", "validationerrors", "modelstate"})
"""Under these, keys name fields and values say what is wrong with them: ``{"errors": {"reference": "missing"}}``."""


def families_of(profile: Profile, exchange: Exchange) -> tuple[str, ...]:
    """The API that the exchange called, with the one it is like; empty when the URL does not tell.

    The path of a call that came in is the integrator's own; there the form of the body tells.
    """
    if exchange.direction == "incoming":
        payload = find_payload(profile, None, decode_json(exchange.request.body)) if exchange.request else None
        return related(profile, payload.family) if payload else ()
    family = find_family(profile, exchange.request.url) if exchange.request else None
    return related(profile, family.slug) if family else ()


def read_exchange(profile: Profile, exchange: Exchange, families: Sequence[str]) -> tuple[Sighting, ...]:
    """Every identifier of the exchange in the order in which places count: path, headers, query, bodies.

    ``families`` are those of the failing call, for an exchange whose URL names no API (a callback, a shop's own call).
    """
    reader = _ExchangeReader(profile, exchange, families_of(profile, exchange) or families)
    return tuple(reader.sightings())


class _ExchangeReader:
    def __init__(self, profile: Profile, exchange: Exchange, families: Sequence[str]) -> None:
        self._profile = profile
        self._exchange = exchange
        self._families = families

    def sightings(self) -> Iterator[Sighting]:
        request, response = self._exchange.request, self._exchange.response
        if request is not None:
            yield from self._in_path(request.method, request.url, "URL path")
            yield from self._in_headers(request.headers, "request header")
        if response is not None:
            yield from self._in_headers(response.headers, "response header")
            yield from self._in_location(response.headers)
        if request is not None:
            yield from self._in_fields(_query(request.url), "URL query")
            yield from self._in_body(request.body, request.body_state, "request body")
        if response is not None:
            yield from self._in_body(response.body, response.body_state, "response body")

    def _in_path(self, method: str, url: str, place: str) -> Iterator[Sighting]:
        match = find_operation(self._profile, method, url) or find_operation(self._profile, "", url)
        if match is None:
            return
        for name, value in match.params.items():
            if identifier := find_identifier(identifiers_of_key(self._profile, name), value, self._families):
                yield Sighting(identifier, value, self._exchange.origin(place), family=match.operation.family)

    def _in_headers(self, headers: Iterable[tuple[str, str]], place: str) -> Iterator[Sighting]:
        for name, value in headers:
            candidates = identifiers_of_header(self._profile, name)
            if candidates and (identifier := find_identifier(candidates, value.strip(), self._families)):
                yield Sighting(identifier, value.strip(), self._exchange.origin(f"{place} {name}"))

    def _in_location(self, headers: Iterable[tuple[str, str]]) -> Iterator[Sighting]:
        """An answer that creates something may name it only in ``Location`` (RFC 9110 section 10.2.2)."""
        base = self._exchange.request.url if self._exchange.request else ""
        for name, value in headers:
            if name.lower() == "location":
                yield from self._in_path("", _joined(base, value), f"response header {name}")

    def _in_fields(self, encoded: str, place: str) -> Iterator[Sighting]:
        try:
            fields = parse_qsl(encoded, max_num_fields=_FIELDS)
        except ValueError:
            return
        for key, value in fields:
            yield from self._under_key(key, value, self._exchange.origin(f"{place}, {key[:60]}"))

    def _in_body(self, body: bytes, state: BodyState, place: str) -> Iterator[Sighting]:
        if state is BodyState.NOT_TEXT or not body:
            return
        value = decode_json(body)
        if value is not None:
            yield from _loosen(islice(self._in_json(value, place), _SIGHTINGS))
        elif _looks_like_form(body):
            yield from self._in_fields(body[:_TEXT_SIZE].decode("utf-8", "replace"), place)
        elif b"\0" not in body[:1024]:
            text = body[:_TEXT_SIZE].decode("utf-8", "replace")
            origin = self._exchange.origin(place)
            yield from TextReader(self._profile, self._families).read(text, lambda _: origin)

    def _in_json(self, value: Any, place: str, depth: int = 0) -> Iterator[tuple[Trail, Sighting]]:
        for trail, key, scalar in scalars(value):
            if isinstance(scalar, str):
                text = scalar
            elif isinstance(scalar, int) and not isinstance(scalar, bool) and abs(scalar) < 10**40:
                text = str(scalar)
            else:
                continue
            if len(text) > 8 and text[0] in "{[" and depth < _NESTED:
                inner = decode_json(text.encode("utf-8", "replace"))
                yield from self._in_json(inner, f"{place}, {trail_text(trail)}", depth + 1)
            elif name := self._known(key, trail):
                blaming = any(key_form(above) in _BLAMING for above in trail_keys(trail))
                origin = self._exchange.origin(f"{place}, {trail_text(trail)}")
                for sighting in self._under_key(name, text, origin):
                    if sighting.identifier.role in ("trace_id", "idempotency_key") or not blaming:
                        yield trail, sighting

    def _known(self, key: str, trail: Trail) -> str:
        """The key if it names an identifier; ``id`` inside ``payment`` is a payment id. Empty for any other."""
        if identifiers_of_key(self._profile, key):
            return key
        above = next(trail_keys(trail), "") if key in {"id", "Id", "ID"} else ""
        return above + key if above and identifiers_of_key(self._profile, above + key) else ""

    def _under_key(self, key: str, value: str, origin: Origin) -> Iterator[Sighting]:
        if identifier := find_identifier(identifiers_of_key(self._profile, key), value.strip(), self._families):
            yield Sighting(identifier, value.strip(), origin)


def _loosen(found: Iterable[tuple[Trail, Sighting]]) -> list[Sighting]:
    """A list of payments holds many ids and means none of them; a list of one thing means that one."""
    pairs = list(found)
    listed: dict[str, set[str]] = defaultdict(set)
    for trail, sighting in pairs:
        if in_list(trail):
            listed[sighting.identifier.name].add(sighting.same)
    return [
        replace(sighting, loose=True) if in_list(trail) and len(listed[sighting.identifier.name]) > 1 else sighting
        for trail, sighting in pairs
    ]


def _looks_like_form(body: bytes) -> bool:
    head = body[:4096]
    return b"=" in head and not any(sign in head for sign in (b" ", b"\n", b"{", b"<", b"\0"))


def _query(url: str) -> str:
    try:
        return urlsplit(url).query
    except ValueError:
        return ""


def _joined(base: str, location: str) -> str:
    try:
        return urljoin(base, location)
    except ValueError:
        return ""
