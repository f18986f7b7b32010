"""Chooses the facts of the ticket among everything that was seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from bundler.identify.pools import Pools, best, name_typed, only
from bundler.identify.sightings import Sighting, comparable
from bundler.identify.story import mention_finder, mention_places
from bundler.model import Excerpt, Exchange, Fact, Facts, Origin, Rival
from bundler.providers import identifiers_of_key
from bundler.providers.profile import FactRole, Profile

_ORIGINS = 20
_RIVALS = 5
_FACTS = 20
_MAIN_ROLES: tuple[FactRole, ...] = ("payment_id", "merchant_id")


def identify(
    profile: Profile,
    *,
    typed: Mapping[str, str],
    exchanges: Sequence[Exchange],
    failing: int | None,
    logs: Sequence[Excerpt],
    clues: Sequence[str] = (),
) -> Facts:
    """The facts of the failing call without its time, each with its origins; what is not found is None or empty.

    ``typed`` has the keys ``payment_id``, ``merchant_id``, ``trace_id`` or the name of any other identifier; what the
    user typed wins. Then comes the failing exchange (path, headers, query, bodies), then other exchanges of the same
    payment, then log records. Values that disagree become rivals, but only those seen in the failing exchange or in
    what mentions its payment: a log window holds other payments too. ``clues`` are ids of the failure under no name.
    """
    given = {key: value.strip() for key, value in typed.items() if value.strip()}
    told = [*(value for key, value in given.items() if key not in _MAIN_ROLES), *clues]
    pools = Pools(profile, exchanges, failing, logs, told)
    choice = _Choice(pools, given)
    payment = choice.payment()
    merchant = choice.merchant()
    return Facts(
        merchant_id=merchant,
        payment_id=payment,
        trace_ids=choice.traces(),
        others=choice.others(tuple(fact for fact in (payment, merchant) if fact is not None)),
    )


class _Choice:
    def __init__(self, pools: Pools, typed: Mapping[str, str]) -> None:
        self._pools = pools
        self._typed = typed
        found = None if "payment_id" in typed else self._find_payment()
        self._payment_id = typed.get("payment_id") or (found.value if found else "")
        self._payment_name = found.identifier.name if found else ""
        self._story = pools.story(self._payment_id) if self._payment_id else {}
        self._about = pools.records_about((self._payment_id, *pools.told) if self._payment_id else pools.links)
        self._in_story = [sighting for sightings in self._story.values() for sighting in sightings]
        self._in_records = [sighting for record in self._about for sighting in record.sightings]
        self._near = [*pools.own, *self._in_story, *self._in_records]

    def payment(self) -> Fact | None:
        if not self._payment_id:
            return None
        name = self._payment_name or self._name("payment_id", self._payment_id)
        return self._fact("payment_id", name, self._payment_id, self._near, self._bare_mentions())

    def merchant(self) -> Fact | None:
        if value := self._typed.get("merchant_id"):
            return self._fact("merchant_id", self._name("merchant_id", value), value, self._near, ())
        if self._pools.failed_to_create("merchant_id"):
            return None
        # in this order, and the whole evidence only where it knows one merchant
        near = self._near
        pools = (self._pools.own, self._in_story, self._in_records)
        chosen = next((found for pool in pools if (found := best(pool, "merchant_id"))), None)
        if chosen is None:
            elsewhere = [sighting for sightings in self._pools.others.values() for sighting in sightings]
            anywhere = [sighting for record in self._pools.records for sighting in record.sightings]
            chosen = only(elsewhere, "merchant_id") or only(anywhere, "merchant_id")
            near = [*elsewhere, *anywhere] if chosen else near
        return self._fact("merchant_id", chosen.identifier.name, chosen.value, near, ()) if chosen else None

    def traces(self) -> tuple[Fact, ...]:
        """Of the failing call first (of its payment's other calls where it has none), then those in log records."""
        calls = _of_roles(self._pools.own, ("trace_id",)) or _of_roles(self._in_story, ("trace_id",))
        records = _of_roles(self._in_records, ("trace_id",))
        return self._several([*calls, *records], self._typed_as("trace_id"))

    def others(self, chosen: Sequence[Fact]) -> tuple[Fact, ...]:
        """Everything else that identifies, ids of the main roles under another name included.

        Of idempotency keys only those of the failing call, or else of the nearest that have any: each operation has its
        own.
        """
        taken = {comparable(fact.value) for fact in chosen}
        names = {fact.name for fact in chosen}
        pools = (self._pools.own, self._in_story, self._in_records)
        keys = next((found for pool in pools if (found := _of_roles(pool, ("idempotency_key",)))), [])
        sightings = [
            sighting
            for pool in pools
            for sighting in _of_roles(pool, ("other", *_MAIN_ROLES))
            if sighting.same not in taken
            and (sighting.identifier.role == "other" or sighting.identifier.name not in names)
        ]
        sightings += [key for key in keys if key.same not in taken]
        return self._several(sightings, self._typed_as("other"))

    def _find_payment(self) -> Sighting | None:
        pools = self._pools
        if found := best(pools.own, "payment_id"):
            return found
        if pools.failed_to_create("payment_id"):
            return None
        if found := only(pools.linked(), "payment_id"):
            return found
        elsewhere = [sighting for sightings in pools.others.values() for sighting in sightings]
        if any(sighting.identifier.role == "payment_id" for sighting in elsewhere):
            return only(elsewhere, "payment_id")
        troubled = [sighting for record in pools.records if record.tells_of_trouble for sighting in record.sightings]
        everything = [sighting for record in pools.records for sighting in record.sightings]
        return only(troubled, "payment_id") or only(everything, "payment_id")

    def _name(self, role: FactRole, value: str) -> str:
        """The provider's own name for a typed value: as it was seen, or else by its form."""
        if seen := self._seen_as(role, value):
            return seen
        row = name_typed(self._pools.profile, self._pools.families, role, value)
        return row.name if row else role

    def _seen_as(self, role: FactRole, value: str) -> str:
        wanted = comparable(value)
        names = (s.identifier.name for s in self._near if s.identifier.role == role and s.same == wanted)
        return next(names, "")

    def _typed_as(self, role: FactRole) -> list[tuple[str, str, str]]:
        """What was typed for this role, as (option, name, value); a trace id of any kind is called as it was seen."""
        found = []
        for key, value in self._typed.items():
            if key in _MAIN_ROLES:
                continue
            rows = identifiers_of_key(self._pools.profile, key)
            is_trace = key == "trace_id" or any(row.role == "trace_id" for row in rows)
            if is_trace == (role == "trace_id"):
                seen = self._seen_as(role, value) if key == "trace_id" else ""
                found.append((_option(key), seen or (rows[0].name if rows else key), value))
        return found

    def _several(self, sightings: Sequence[Sighting], typed: Sequence[tuple[str, str, str]]) -> tuple[Fact, ...]:
        """One fact for each name and value: typed ones first, then in the order of the sightings."""
        facts: dict[tuple[str, str], tuple[str, str, list[Origin]]] = {}
        for option, name, value in typed:
            facts[name, comparable(value)] = name, value, [Origin("you", option)]
        for sighting in sightings:
            name = sighting.identifier.name
            facts.setdefault((name, sighting.same), (name, sighting.value, []))
        for sighting in self._near:
            if (kept := facts.get((sighting.identifier.name, sighting.same))) is not None:
                kept[2].append(sighting.origin)
        chosen = list(facts.values())[:_FACTS]
        return tuple(Fact(name, value, _capped(origins)) for name, value, origins in chosen)

    def _fact(
        self, role: FactRole, name: str, value: str, near: Sequence[Sighting], mentions: Iterable[Origin]
    ) -> Fact:
        wanted = comparable(value)
        origins = [Origin("you", _option(role))] if role in self._typed else []
        in_role = [sighting for sighting in near if sighting.identifier.role == role]
        origins += [sighting.origin for sighting in in_role if sighting.same == wanted]
        origins += mentions
        for record in self._pools.records:
            origins += [s.origin for s in record.sightings if s.identifier.role == role and s.same == wanted]
        against: dict[str, tuple[str, list[Origin]]] = {}
        for sighting in in_role:
            if sighting.identifier.name == name and sighting.same != wanted and not sighting.loose:
                against.setdefault(sighting.same, (sighting.value, []))[1].append(sighting.origin)
        rivals = tuple(Rival(other, _capped(places)) for other, places in list(against.values())[:_RIVALS])
        return Fact(name, value, _capped(origins), rivals)

    def _bare_mentions(self) -> list[Origin]:
        """Where the payment is spoken of without a key: in a callback address, in the words of a log record."""
        wanted = comparable(self._payment_id)
        origins: list[Origin] = []
        failing = {} if self._pools.failing is None else {self._pools.failing: self._pools.own}
        for index, sightings in (failing | self._story).items():
            if not any(sighting.same == wanted for sighting in sightings):
                exchange = self._pools.exchanges[index]
                origins += [exchange.origin(place) for place in mention_places(exchange, self._payment_id)]
        mentions = mention_finder((self._payment_id,))
        for record in self._about:
            is_named = any(sighting.same == wanted for sighting in record.sightings)
            if not is_named and mentions(record.data):
                origins.append(record.origin)
        return origins


def _of_roles(sightings: Iterable[Sighting], roles: Sequence[FactRole]) -> list[Sighting]:
    """Those that count, by rank and in the order of sighting."""
    kept = [sighting for sighting in sightings if sighting.identifier.role in roles and not sighting.loose]
    return sorted(kept, key=lambda sighting: sighting.identifier.rank)


def _capped(origins: Iterable[Origin]) -> tuple[Origin, ...]:
    """At most twenty, and where there are more, no more than ten of one source before those of the others."""
    distinct = list(dict.fromkeys(origins))
    counts: Counter[str] = Counter()
    first: list[Origin] = []
    rest: list[Origin] = []
    for origin in distinct:
        counts[origin.source] += 1
        (first if counts[origin.source] <= _ORIGINS // 2 else rest).append(origin)
    return tuple(distinct if len(distinct) <= _ORIGINS else [*first, *rest][:_ORIGINS])


def _option(key: str) -> str:
    return "--" + key.replace("_", "-") if key in (*_MAIN_ROLES, "trace_id") else f"--id {key}"
