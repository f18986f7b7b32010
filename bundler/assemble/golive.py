"""All calls of the evidence, redacted one by one, before the conditions to go live."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bundler import providers
from bundler.assemble.call_sources import CallSource, Memory, is_lone, stream_calls
from bundler.assemble.case import Case, Progress
from bundler.assemble.pile import DEFAULT_PROVIDER, sort_evidence
from bundler.checks.golive import GoLiveItem, go_live
from bundler.checks.golive.watching import is_telling
from bundler.config import Settings
from bundler.errors import MisuseError, UnreadableInput
from bundler.model import Exchange
from bundler.providers.profile import Profile
from bundler.readers.pairing import pair
from bundler.redact import mask_exchange

MOST_CALLS = 5_000
"""So many calls with the provider are looked at; more of them show nothing new."""
_MOST_LONE = 1_000
_MOST_URLS = 10_000


class GoLive(NamedTuple):
    """What the traffic says of each condition, whose conditions they are, and what was looked at."""

    items: tuple[GoLiveItem, ...]
    profile: Profile
    read_count: int
    seen_count: int
    notes: tuple[str, ...] = ()


def check_going_live(case: Case, settings: Settings, progress: Progress) -> GoLive:
    """Judge all calls in ``case.evidence``, whether or not one of them failed.

    Raises ``UnreadableInput`` where the evidence holds no call at all, ``MisuseError`` for a provider of whose
    conditions nothing is known.
    """
    pile = sort_evidence(case, settings)
    profile, lone, read_count = _survey(pile.calls, case.provider or settings.provider, progress)
    if not read_count:
        raise UnreadableInput(
            "There is no call in the evidence.",
            "Add recordings of payments from start to end: HAR files, raw requests and responses, curl commands.",
        )
    if not profile.mandatory:
        raise MisuseError(
            f"No conditions to go live are known of {profile.name}.",
            "ticket-bundler provider list shows who is known; --provider says whose calls these are.",
        )
    paired = pair(lone[:_MOST_LONE], told=bool(case.requests and case.responses))
    watched = _Watched(pile.calls, paired, profile)
    items = go_live(watched.exchanges(), profile, own_names=(settings.reporter.company,))
    notes = []
    if watched.is_cut:
        notes.append(f"Only the first {MOST_CALLS:,} calls with the provider were looked at.")
    if len(lone) > _MOST_LONE:
        notes.append(f"Of requests and answers that were saved apart, only the first {_MOST_LONE:,} were looked at.")
    return GoLive(items, profile, read_count, watched.count, tuple(notes))


def _survey(call_sources: list[CallSource], provider: str, progress: Progress) -> tuple[Profile, list[Exchange], int]:
    """Whose calls these are, the requests and responses that stand alone, and how many calls there are."""
    urls: set[str] = set()
    lone: list[Exchange] = []
    memory = Memory()
    count = 0
    for call_source in call_sources:
        for exchange in stream_calls(call_source, progress, memory):
            count += 1
            if exchange.request is not None and len(urls) < _MOST_URLS:
                urls.add(exchange.request.url.partition("?")[0])
            if is_lone(exchange) and len(lone) <= _MOST_LONE:
                lone.append(exchange)
    if provider:
        return providers.load(provider), lone, count
    if any("://" in url for url in urls):
        return providers.recognise(urls), lone, count
    return providers.load(DEFAULT_PROVIDER), lone, count


class _Watched:
    """The redacted calls that can matter, counted while they are gone through."""

    def __init__(self, call_sources: list[CallSource], paired: tuple[Exchange, ...], profile: Profile) -> None:
        self._call_sources = call_sources
        self._paired = paired
        self._profile = profile
        self.count = 0
        self.is_cut = False

    def exchanges(self) -> Iterator[Exchange]:
        """Each of them once, masked; no more than ``MOST_CALLS``."""
        for exchange in self._all():
            if not is_telling(exchange, self._profile):
                continue
            if self.count >= MOST_CALLS:
                self.is_cut = True
                return
            self.count += 1
            yield mask_exchange(exchange, self._profile)

    def _all(self) -> Iterator[Exchange]:
        for call_source in self._call_sources:
            yield from (exchange for exchange in stream_calls(call_source) if not is_lone(exchange))
        yield from self._paired
