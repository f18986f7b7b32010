"""Reads the exchanges of all sources, picks the failing one, and loads what belongs to the same payment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from bundler import failing, providers
from bundler.assemble.case import Case, NoProgress, Progress
from bundler.errors import MisuseError, UnreadableInput
from bundler.evidence.sources import Source, counted, shown_name
from bundler.identify import identify, payment_story
from bundler.model import BodyState, Exchange, Request, Response
from bundler.moments.skew import clock_skew
from bundler.providers.profile import Profile
from bundler.readers.pairing import pair
from bundler.readers.types import Reader

KEPT_IN_MEMORY = 32 * 1024 * 1024
"""Exchanges of so many bytes are kept while they are read; a source that does not fit is read again for the chosen."""
STORY_LIMIT = 30
BODY_LIMIT = 256 * 1024
"""Bodies of the exchanges around the failing one are cut here, in bytes; the failing one's never are."""
_LONE_LIMIT = 200
_NOT_LET_IN = (401, 403)
_SHORTEST_TOKEN = 16
_URL_LIMIT = 10_000

Message = TypeVar("Message", Request, Response)


class CallSource(Struct):
    """A source that holds exchanges, with who reads it; ``notes`` and ``count`` are filled while it is read."""

    source: Source
    reader: Reader
    notes: list[str] = []
    count: int = 0
    kept: tuple[Exchange, ...] | None = None


class Memory(Struct):
    """How many bytes of exchanges may still be kept."""

    free: int = KEPT_IN_MEMORY


class Calls(Struct, frozen=True):
    """The exchanges that belong to the ticket, which of them failed, and why that one was chosen."""

    profile: Profile
    assumed_provider: bool
    exchanges: tuple[Exchange, ...] = ()
    failing: int | None = None
    reasons: tuple[str, ...] = ()
    read_count: int = 0
    tells_of_fault: bool = False

    @property
    def clock_skew(self) -> timedelta:
        """What has to be added to the failing call's times to have those of the provider's clock."""
        return clock_skew(None if self.failing is None else self.exchanges[self.failing])


def read_calls(
    call_sources: list[CallSource],
    case: Case,
    clues: failing.Clues,
    provider: str,
    progress: Progress,
    *,
    fallback: str = "",
) -> Calls:
    """The ticket's exchanges in time order. ``provider`` is a slug, or empty to find it from the hosts called.

    ``fallback`` is the provider where no call names a host.

    Raises ``UnreadableInput`` when a source cannot be read at all, ``MisuseError`` for an ``--entry`` that is not
    there.
    """
    lone: list[Exchange] = []
    candidates: list[failing.Candidate] = []
    urls: set[str] = set()
    memory = Memory()
    for number, call_source in enumerate(call_sources):
        for exchange in stream_calls(call_source, progress, memory):
            if exchange.request is not None and len(urls) < _URL_LIMIT:
                urls.add(exchange.request.url.partition("?")[0])
            if is_lone(exchange) and len(lone) < _LONE_LIMIT:
                lone.append(exchange)
            else:
                candidates.append(failing.weigh(exchange, (number, exchange.index), clues))
    paired = pair(lone, told=bool(case.requests and case.responses))
    candidates += [failing.weigh(exchange, (-1, order), clues) for order, exchange in enumerate(paired)]
    assumed = not any("://" in url for url in urls)
    slug = provider or (fallback if assumed else "")
    profile = providers.load(slug) if slug else providers.recognise(urls)

    def load(wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Exchange]:
        return _load(call_sources, paired, set(wanted))

    chosen, reasons = _choose(candidates, call_sources, case, profile)
    if chosen is None and len(paired) == 1 and len(candidates) == 1:
        # one curl command and nothing else: what else could it be about
        chosen, reasons = candidates[0], ("the only call there is",)
    payment = case.payment_id
    if chosen is not None:
        failed = load([chosen.key])[chosen.key]
        facts = identify(profile, typed=case.typed_ids, exchanges=(failed,), failing=0, logs=())
        payment = payment or (facts.payment_id.value if facts.payment_id else "")
    story = _story(call_sources, paired, profile, payment)
    if chosen is not None:
        story |= _token_call(call_sources, paired, profile, failed)
        story[chosen.key] = failed
    ordered = sorted(story.items(), key=lambda entry: (_when(entry[1]), entry[0]))
    exchanges = tuple(exchange if key == (chosen and chosen.key) else _shortened(exchange) for key, exchange in ordered)
    return Calls(
        profile=profile,
        assumed_provider=assumed,
        exchanges=exchanges,
        failing=next((at for at, (key, _) in enumerate(ordered) if chosen is not None and key == chosen.key), None),
        reasons=reasons,
        read_count=len(candidates),
        tells_of_fault=any(candidate.tells_of_fault for candidate in candidates),
    )


def stream_calls(
    call_source: CallSource, progress: Progress | None = None, memory: Memory | None = None
) -> Iterator[Exchange]:
    """Every exchange of a source; what fits into ``memory`` is kept, so that it is read once."""
    if call_source.kept is not None:
        yield from call_source.kept
        return
    source, progress = call_source.source, progress or NoProgress()
    kept: list[Exchange] | None = [] if memory is not None else None
    notes: list[str] = []
    count = size = 0
    progress.begin(f"reading {source.name}", source.size)
    with source.open(notes) as stream:
        for exchange in call_source.reader.read(counted(stream, progress.advance), source.name, notes):
            count += 1
            if kept is not None and memory is not None:
                size += _size(exchange)
                kept.append(exchange)
                kept = kept if size <= memory.free else None
            yield exchange
    call_source.notes, call_source.count = notes, count
    if kept is not None and memory is not None:
        call_source.kept = tuple(kept)
        memory.free -= size


def _load(
    call_sources: list[CallSource], paired: tuple[Exchange, ...], wanted: set[tuple[int, int]]
) -> dict[tuple[int, int], Exchange]:
    found = {key: paired[key[1]] for key in wanted if key[0] == -1}
    for number, call_source in enumerate(call_sources):
        indexes = {index for source, index in wanted if source == number}
        if indexes:
            for exchange in stream_calls(call_source):
                if exchange.index in indexes:
                    found[(number, exchange.index)] = exchange
    return found


def _story(
    call_sources: list[CallSource], paired: tuple[Exchange, ...], profile: Profile, payment: str
) -> dict[tuple[int, int], Exchange]:
    """The exchanges with the provider that mention the payment, the last ones if there are too many.

    What an integrator's own pages and services tell each other of it (polls, statistics) is no part of its story.
    """
    story: dict[tuple[int, int], Exchange] = {}
    if not payment:
        return story

    def concerns(url: str, exchange: Exchange) -> bool:
        return not profile.hosts or exchange.direction == "incoming" or providers.find_host(profile, url) is not None

    def add(key: tuple[int, int], exchange: Exchange) -> None:
        if (
            exchange.request is None
            or exchange.request.method == "OPTIONS"
            or not concerns(exchange.request.url, exchange)
        ):
            return
        if payment_story(profile, (exchange,), payment):
            story[key] = exchange
            if len(story) > STORY_LIMIT:
                del story[next(iter(story))]

    for number, call_source in enumerate(call_sources):
        for exchange in stream_calls(call_source):
            if not is_lone(exchange):
                add((number, exchange.index), exchange)
    for order, exchange in enumerate(paired):
        add((-1, order), exchange)
    return story


def _token_call(
    call_sources: list[CallSource], paired: tuple[Exchange, ...], profile: Profile, failed: Exchange
) -> dict[tuple[int, int], Exchange]:
    """The call that fetched the token of a call that was not let in: the one whose answer holds it, else the last.

    Host and keys of the two show why the token was refused.
    """
    request, response = failed.request, failed.response
    if request is None or response is None or response.status not in _NOT_LET_IN:
        return {}
    sent = next((value for name, value in request.headers if name.lower() == "authorization"), "")
    token = sent.rpartition(" ")[2].encode()
    found: dict[tuple[int, int], Exchange] = {}
    everything = [((-1, order), exchange) for order, exchange in enumerate(paired)]
    for key, exchange in chain(_streamed(call_sources), everything):
        answer = exchange.response
        if exchange.request is None or answer is None or not providers.is_token_call(profile, exchange.request.url):
            continue
        if len(token) >= _SHORTEST_TOKEN and token in answer.body:
            return {key: exchange}
        if exchange.started is None or failed.started is None or exchange.started <= failed.started:
            found = {key: exchange}
    return found


def _streamed(call_sources: list[CallSource]) -> Iterator[tuple[tuple[int, int], Exchange]]:
    for number, call_source in enumerate(call_sources):
        yield from (((number, each.index), each) for each in stream_calls(call_source) if not is_lone(each))


def _choose(
    candidates: list[failing.Candidate], call_sources: list[CallSource], case: Case, profile: Profile
) -> tuple[failing.Candidate | None, tuple[str, ...]]:
    if case.entry:
        return _entry(candidates, call_sources, case.entry), ("you chose it with --entry",)
    choice = failing.choose(candidates, profile)
    if choice is None:
        return None, ()
    reasons = list(choice.chosen.reasons)
    if choice.close:
        other = choice.runners_up[0]
        reasons.append(f"a close call: {other.title} ({other.place}) failed too; --entry chooses")
    return choice.chosen, tuple(reasons)


def _entry(candidates: list[failing.Candidate], call_sources: list[CallSource], entry: str) -> failing.Candidate:
    """The candidate that ``N`` or ``FILE:N`` names."""
    name, _, number = entry.rpartition(":")
    if not (number.isascii() and number.isdecimal() and len(number) < 10 and int(number) > 0):
        raise MisuseError(f"--entry takes a number from 1, not {entry!r}.", "ticket-bundler inspect FILE lists them.")
    names = {name, shown_name(Path(name))} if name else set()
    sources = [at for at, each in enumerate(call_sources) if not name or each.source.name in names]
    if len(sources) > 1:
        several = ", ".join(call_sources[at].source.name for at in sources)
        raise MisuseError(f"--entry {number} could be in {several}.", f"Say which: --entry FILE:{number}.")
    for candidate in candidates:
        if sources and candidate.key == (sources[0], int(number)):
            return candidate
        if candidate.key[0] == -1 and sources and candidate.key[1] == int(number) - 1:
            return candidate
    count = call_sources[sources[0]].count if sources else 0
    if sources:
        where = f"{call_sources[sources[0]].source.name} has {count:,} entries"
    else:
        where = f"no recording or call is named {name}" if name else "there is no recording or call in the evidence"
    raise MisuseError(f"There is no entry {entry}: {where}.", "ticket-bundler inspect FILE lists them.")


def is_lone(exchange: Exchange) -> bool:
    """Whether request or response is saved alone, so that it has to be paired."""
    return exchange.request is None or (exchange.response is None and not exchange.error)


def _size(exchange: Exchange) -> int:
    """About how many bytes an exchange holds: its bodies, and a kilobyte for all else."""
    return 1024 + sum(len(message.body) for message in (exchange.request, exchange.response) if message is not None)


def _when(exchange: Exchange) -> tuple[bool, float]:
    return exchange.started is None, exchange.started.timestamp() if exchange.started is not None else 0.0


def _shortened(exchange: Exchange) -> Exchange:
    return replace(
        exchange,
        request=_cut(exchange.request) if exchange.request is not None else None,
        response=_cut(exchange.response) if exchange.response is not None else None,
    )


def _cut(message: Message) -> Message:
    if len(message.body) <= BODY_LIMIT:
        return message
    return replace(message, body=message.body[:BODY_LIMIT], body_state=BodyState.TRUNCATED)


def require_fault(calls: Calls, case: Case, call_sources: list[CallSource], *, told_otherwise: bool) -> None:
    """Refuse a ticket about nothing: exchanges were read, none failed, and nothing else tells of a fault."""
    if calls.read_count and calls.failing is None and not (case.event or case.entry or told_otherwise):
        names = ", ".join(call_source.source.name for call_source in call_sources)
        raise UnreadableInput(
            f"None of the {calls.read_count:,} calls in {names} failed, and nothing else tells of a fault.",
            'Pick the call with --entry N, or say what went wrong with --event "…".',
        )
