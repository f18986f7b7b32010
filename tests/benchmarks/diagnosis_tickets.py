"""The labelled set: stories of every kind in turn, written down in the ways people have them; the same for a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle, islice

from bundler.providers.profile import Profile
from tests.benchmarks import diagnosis_faults as faults
from tests.benchmarks import diagnosis_foreign as foreign
from tests.benchmarks import diagnosis_histories as histories
from tests.benchmarks import diagnosis_told as told
from tests.benchmarks.corpus_lines import Draws
from tests.benchmarks.diagnosis_forms import write_down
from tests.benchmarks.diagnosis_labels import LabelledTicket, Story

Source = Callable[[Draws, Profile], Iterator[Story]]

SOURCES: dict[str, tuple[Source, int]] = {
    "codes": (told.codes, 10),
    "logged codes": (told.logged_codes, 7),
    "retried codes": (told.retried_codes, 3),
    "cut codes": (told.cut_codes, 3),
    "known texts": (told.known_texts, 4),
    "documented texts": (told.documented_texts, 3),
    "gateway pages": (told.gateway_pages, 2),
    "requests": (faults.requests, 8),
    "addresses": (faults.addresses, 2),
    "tokens": (faults.tokens, 3),
    "states": (histories.states, 4),
    "reused keys": (histories.reused_keys, 2),
    "rates": (histories.rates, 2),
    "test amounts": (histories.refused_amounts, 2),
    "foreign": (foreign.foreign, 5),
    "other hosts": (foreign.other_hosts, 1),
    "own backend": (foreign.own_backend, 2),
    "unknown codes": (foreign.unknown_codes, 2),
    "successes": (foreign.successes, 1),
}
"""Where stories come from, and how many of each in a round of the set."""

ROUND = sum(share for _, share in SOURCES.values())


def tickets(profile: Profile, seed: int, count: int) -> list[LabelledTicket]:
    """So many labelled tickets, the kinds evenly mixed; a source that has run dry leaves its places to the others."""
    streams = {name: source(Draws("diagnosis", name, seed), profile) for name, (source, _) in SOURCES.items()}
    for name in streams:
        _begin_anywhere(streams[name], Draws("diagnosis", name, seed, "begin"))
    turns = cycle(name for name in _turns() if name in streams)
    made: list[LabelledTicket] = []
    while len(made) < count:
        name = next(turns)
        story = next(streams[name], None)
        if story is not None:
            made.append(write_down(Draws("diagnosis", seed, len(made)), len(made) + 1, story))
    return made


def _begin_anywhere(stream: Iterator[Story], draws: Draws) -> None:
    """A small set should not always hold the first rows of every table."""
    for _ in islice(stream, draws.below(60)):
        pass


def _turns() -> list[str]:
    """Names of the sources, those of one spread over the whole round."""
    places = [(at * ROUND / share, name) for name, (_, share) in SOURCES.items() for at in range(share)]
    return [name for _, name in sorted(places)]
