"""Finds which payments calls are about where none of them failed, so that what clearly belongs is still taken."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from operator import attrgetter

from msgspec import Struct

from bundler import providers
from bundler.assemble.belonging import STORY_LIMIT, as_told
from bundler.assemble.call_sources import CallSource, Key, all_calls
from bundler.identify import payment_story
from bundler.identify.exchanges import families_of, read_exchange
from bundler.identify.sightings import Sighting
from bundler.model import Exchange
from bundler.providers.profile import Profile

_MOST_VALUES = 2_000
"""So many ids of payments are told apart; where there are more, nobody can say which is meant anyway."""
_MOST_WITNESSES = 60
_MOST_NAMED = 5


class Payments(Struct, frozen=True):
    """What calls are about: ``one`` payment, or the ids of ``several``, or neither where no call names any.

    ``named`` are the calls that name an id which was typed. ``witnesses`` are a few calls that tell what all have in
    common: together they name every merchant, environment and API, and more than one payment where there are several.
    """

    one: str = ""
    several: tuple[str, ...] = ()
    named: dict[Key, Exchange] = {}
    witnesses: tuple[Exchange, ...] = ()
    told_by_logs: bool = False
    """Whether ``one`` of several is the payment of which the logs tell a failure."""

    def remark(self, call_count: int) -> str:
        """What to say of recordings of so many calls, in which none failed."""
        if call_count == 1:
            about = f"; the ids of {self.one} were taken from it" if self.one else ""
            return f"Its only call did not fail{about}. --entry 1 says that it is meant all the same."
        if self.told_by_logs:
            return f"{_NONE}. Those of {self.one} were taken, of which the logs tell a failure; {_ENTRY}"
        if self.one:
            about = "Those that name what you typed" if self.named else "They all"
            return f"{_NONE}. {about} are about {self.one}, whose ids were taken; {_ENTRY}"
        if self.several:
            shown = ", ".join(self.several[:_MOST_NAMED])
            more = len(self.several) - _MOST_NAMED
            told = f"{len(self.several):,} payments: {shown}{f' and {more:,} more' if more > 0 else ''}"
            return f"{_NONE}, and they are about {told}. --payment-id says which is meant."
        if self.named:
            return f"{_NONE}. Those that name what you typed were taken; {_ENTRY}"
        return f"{_NONE}, so that no id or time was taken from one; {_ENTRY}"


_NONE = "None of its calls failed"
_ENTRY = "--entry N says which is meant."


def find_payments(
    call_sources: list[CallSource], paired: tuple[Exchange, ...], profile: Profile, typed: Collection[str]
) -> Payments:
    """The payments of the calls with the provider; of those that name a ``typed`` id, where any does.

    Ids that one call names together belong to one payment. Never guesses: two payments are ``several``.
    """
    naming = (
        (key, exchange)
        for key, exchange in _with_provider(call_sources, paired, profile)
        if any(payment_story(profile, (exchange,), value) for value in typed)
    )
    named = dict(islice(naming, STORY_LIMIT)) if typed else {}
    groups = _Groups()
    witnesses = _Witnesses(profile)
    for _, exchange in named.items() if named else _with_provider(call_sources, paired, profile):
        seen = [each for each in read_exchange(profile, exchange, ()) if not each.loose]
        ids = [each for each in seen if each.identifier.role == "payment_id"]
        groups.add(ids)
        witnesses.look(exchange, ids, [each for each in seen if each.identifier.role == "merchant_id"])
    values = groups.values()
    return Payments(
        one=values[0] if len(values) == 1 else "",
        several=tuple(values) if len(values) > 1 else (),
        named=named,
        witnesses=tuple(witnesses.kept),
    )


def _with_provider(
    call_sources: list[CallSource], paired: tuple[Exchange, ...], profile: Profile
) -> Iterator[tuple[Key, Exchange]]:
    for key, exchange in all_calls(call_sources, paired):
        if (told := as_told(profile, exchange)) is not None:
            yield key, told


class _Groups:
    """Ids of payments, those together that one call names."""

    def __init__(self) -> None:
        self._group_of: dict[str, dict[str, Sighting]] = {}

    def add(self, sightings: Sequence[Sighting]) -> None:
        if not sightings or len(self._group_of) >= _MOST_VALUES:
            return
        merged: dict[str, Sighting] = {}
        for each in sightings:
            merged |= self._group_of.get(each.same, {})
            best = min((merged.get(each.same, each), each), key=_rank)
            merged[each.same] = best
        for value in merged:
            self._group_of[value] = merged

    def values(self) -> list[str]:
        """One id for each payment: of a group, all that bear its best name, for these may be different payments."""
        found: dict[str, str] = {}
        for group in {id(group): group for group in self._group_of.values()}.values():
            name = min(group.values(), key=_rank).identifier.name
            found |= {each.same: each.value for each in group.values() if each.identifier.name == name}
        return list(found.values())


_rank = attrgetter("identifier.rank")


class _Witnesses:
    """A few calls that together show all that the calls differ in."""

    def __init__(self, profile: Profile) -> None:
        self.kept: list[Exchange] = []
        self._profile = profile
        self._seen: set[object] = set()

    def look(self, exchange: Exchange, payments: Iterable[Sighting], merchants: Iterable[Sighting]) -> None:
        url = exchange.request.url if exchange.request is not None else ""
        host = providers.find_host(self._profile, url)
        own = {
            *(("merchant", each.same) for each in merchants),
            ("environment", host.environment if host is not None else None),
            ("family", families_of(self._profile, exchange)),
        }
        ids = {("payment", each.same) for each in payments}
        if (own | ids) - self._seen if len(self.kept) < _MOST_WITNESSES else own - self._seen:
            self.kept.append(exchange)
            self._seen |= own | ids
