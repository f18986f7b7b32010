"""Sorts all sightings by how close they are to the failing call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property

from msgspec.structs import replace

from bundler.identify.exchanges import families_of, read_exchange
from bundler.identify.records import Record, read_records
from bundler.identify.sightings import Sighting, applies, matches
from bundler.identify.story import mention_finder, payment_story
from bundler.model import Excerpt, Exchange
from bundler.providers import find_host, find_operation, related_families
from bundler.providers.profile import FactRole, Identifier, Profile

_LINKS = 8  # how many ids of the failing call are searched for
_SHORTEST_LINK = 8
_LINKING: frozenset[FactRole] = frozenset(("trace_id", "idempotency_key", "other"))


class Pools:
    """The sightings of the failing exchange, of its payment and of everything else, each read when it is asked for."""

    def __init__(
        self,
        profile: Profile,
        exchanges: Sequence[Exchange],
        failing: int | None,
        logs: Sequence[Excerpt],
        told: Sequence[str] = (),
    ) -> None:
        self.told = told
        """Ids that are known from elsewhere: what names one is about the same call."""
        self.profile = profile
        self.exchanges = exchanges
        self.failing = failing
        self._logs = logs

    @cached_property
    def families(self) -> tuple[str, ...]:
        """The API of the failing call, or the one that most exchanges call, or the one that all logs name."""
        if self.failing is not None and (own := families_of(self.profile, self.exchanges[self.failing])):
            return own
        called = Counter(families_of(self.profile, exchange) for exchange in self.exchanges)
        del called[()]
        if called:  # a token is fetched before every payment, but it is the payment that the ticket is about
            return max(called, key=lambda slugs: (self._knows_payments(slugs), called[slugs]))
        about = _speaking_of(self.told, self._all_records) or self._all_records
        named = {sighting.family for record in about for sighting in record.sightings if sighting.family}
        named = named or {slug for record in about for slug in record.families}
        return related_families(self.profile, named.pop()) if len(named) == 1 else ()

    @cached_property
    def own(self) -> tuple[Sighting, ...]:
        """The failing exchange."""
        if self.failing is None:
            return ()
        return read_exchange(self.profile, self.exchanges[self.failing], self.families)

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """The log records, with the sightings that can be of the failing call's API."""
        kept = []
        for record in self._all_records:
            if not record.sightings:
                kept.append(record)
                continue
            fitting = tuple(filter(None, map(self._of_these_families, record.sightings)))
            kept.append(Record(record.source, record.line, record.data, fitting, record.families))
        return tuple(kept)

    def _of_these_families(self, sighting: Sighting) -> Sighting | None:
        """The sighting as the failing call's API means it; None where that has nothing under such a key."""
        if applies(sighting.identifier, self.families):
            return sighting
        keys = set(sighting.identifier.keys)
        rows = (row for row in self.profile.identifiers if keys and keys <= set(row.keys))
        own = next((row for row in rows if applies(row, self.families) and matches(row, sighting.value)), None)
        return replace(sighting, identifier=own) if own is not None else None

    @cached_property
    def _all_records(self) -> tuple[Record, ...]:
        return read_records(self.profile, self._logs, ())

    @cached_property
    def others(self) -> dict[int, tuple[Sighting, ...]]:
        """Every other exchange that may be one with the provider, by its index."""
        return {
            index: read_exchange(self.profile, exchange, self.families)
            for index, exchange in enumerate(self.exchanges)
            if index != self.failing and self._may_be_the_provider(exchange)
        }

    def story(self, payment_id: str) -> dict[int, tuple[Sighting, ...]]:
        """The other exchanges of the payment, by their index."""
        return {
            index: read_exchange(self.profile, self.exchanges[index], self.families)
            for index in payment_story(self.profile, self.exchanges, payment_id)
            if index != self.failing
        }

    def records_about(self, values: Sequence[str]) -> tuple[Record, ...]:
        """The log records that mention one of the values."""
        return _speaking_of(values, self.records)

    @cached_property
    def links(self) -> tuple[str, ...]:
        """Ids of the failing call other than the payment's, told or its own: what names one is about the same call."""
        own = [*self.told]
        own += [s.value for s in self.own if s.identifier.role in _LINKING and not s.loose]
        return tuple(dict.fromkeys(value for value in own if len(value) >= _SHORTEST_LINK))[:_LINKS]

    def failed_to_create(self, role: FactRole) -> bool:
        """Whether the failing call was to bring the id into being and was refused: then there is none to be found."""
        exchange = None if self.failing is None else self.exchanges[self.failing]
        if exchange is None or exchange.request is None or exchange.response is None:
            return False
        match = find_operation(self.profile, exchange.request.method, exchange.request.url)
        if match is None or not match.operation.creates:
            return False
        created = next((row for row in self.profile.identifiers if row.name == match.operation.creates), None)
        return created is not None and created.role == role and (exchange.response.status or 0) >= 400

    def linked(self) -> list[Sighting]:
        """Sightings in exchanges and log records that share an id with the failing call."""
        if not self.links:
            return []
        shared = {value.lower() for value in self.links}
        found: list[Sighting] = []
        for sightings in self.others.values():
            if any(sighting.value.lower() in shared for sighting in sightings):
                found += sightings
        for record in self.records_about(self.links):
            found += record.sightings
        return found

    def _knows_payments(self, families: tuple[str, ...]) -> bool:
        return any(row.role == "payment_id" and applies(row, families) for row in self.profile.identifiers)

    def _may_be_the_provider(self, exchange: Exchange) -> bool:
        """Pages and analytics in a browser's recording carry ids too, but not this payment's."""
        if exchange.request is None or exchange.direction == "incoming" or not self.profile.hosts:
            return True
        url = exchange.request.url
        return find_host(self.profile, url) is not None or bool(families_of(self.profile, exchange))


def _speaking_of(values: Sequence[str], records: Sequence[Record]) -> tuple[Record, ...]:
    """Those that mention one of the ids, under whatever name."""
    mentions = mention_finder(values)
    return tuple(record for record in records if mentions(record.data))


def best(sightings: Iterable[Sighting], role: FactRole) -> Sighting | None:
    """The sighting that decides: the lowest rank, and of those the first."""
    candidates = [sighting for sighting in sightings if sighting.identifier.role == role and not sighting.loose]
    return min(candidates, key=lambda sighting: sighting.identifier.rank, default=None)


def only(sightings: Iterable[Sighting], role: FactRole) -> Sighting | None:
    """The sighting that decides, if all that have its name agree; None when there are several values to choose from."""
    candidates = [sighting for sighting in sightings if sighting.identifier.role == role and not sighting.loose]
    chosen = best(candidates, role)
    if chosen is None:
        return None
    values = {sighting.same for sighting in candidates if sighting.identifier.name == chosen.identifier.name}
    return chosen if len(values) == 1 else None


def name_typed(profile: Profile, families: Sequence[str], role: FactRole, value: str) -> Identifier | None:
    """The identifier that a typed value most probably is: of the role and the families, by its form, then by rank."""
    rows = sorted((r for r in profile.identifiers if r.role == role and applies(r, families)), key=lambda r: r.rank)
    return next((row for row in rows if matches(row, value)), rows[0] if rows else None)
