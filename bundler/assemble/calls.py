"""Reads the exchanges of all sources, picks the failing one, and loads what belongs to the same payment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from bundler import failing, providers
from bundler.amounts import plural
from bundler.assemble.belonging import as_told, find_story, find_token_call
from bundler.assemble.call_sources import CallSource, Key, Memory, is_lone, load_calls, stream_calls
from bundler.assemble.case import Case, Progress
from bundler.assemble.named_provider import urls_in, words_of
from bundler.assemble.payments import Payments, find_payments
from bundler.checks.story.calls import body_of
from bundler.errors import MisuseError, UnreadableInput
from bundler.evidence.sources import shown_name
from bundler.identify import identify
from bundler.model import BodyState, Exchange, Facts, Request, Response
from bundler.moments.skew import clock_skew
from bundler.providers.profile import Profile
from bundler.readers.pairing import pair

BODY_LIMIT = 256 * 1024
"""Bodies of the exchanges around the failing one are cut here, in bytes; the failing one's never are."""
_LONE_LIMIT = 200
_URL_LIMIT = 10_000
_DELIVERY_LIMIT = 50
_LARGEST_DELIVERY = 64 * 1024

Message = TypeVar("Message", Request, Response)


class Calls(Struct, frozen=True):
    """The exchanges that belong to the ticket, which of them failed, and why that one was chosen."""

    profile: Profile
    assumed_provider: str
    """Why the provider was assumed ("for no host of a provider was seen"), "" where it was named or its host called."""
    exchanges: tuple[Exchange, ...] = ()
    failing: int | None = None
    reasons: tuple[str, ...] = ()
    read_count: int = 0
    tells_of_fault: bool = False
    payments: Payments = Payments()
    """What the calls are about, looked for where none of them failed and no payment was named."""
    paired: tuple[Exchange, ...] = ()

    @property
    def telling(self) -> tuple[Exchange, ...]:
        """The calls that tell merchant, environment and API: the ticket's own, else those of several payments."""
        return self.exchanges or self.payments.witnesses

    @property
    def remark(self) -> str:
        """What to say of the recordings where calls were read and none of them is the failing one; "" else."""
        if not self.read_count or self.failing is not None:
            return ""
        if self.exchanges and not self.payments.one and not self.payments.named:
            return "None of its calls failed. Those that name the payment were taken; --entry N says which is meant."
        return self.payments.remark(self.read_count)

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
    deliveries: list[bytes] = []
    memory = Memory()
    for number, call_source in enumerate(call_sources):
        for exchange in stream_calls(call_source, progress, memory):
            if exchange.request is not None and len(urls) < _URL_LIMIT:
                urls.add(exchange.request.url.partition("?")[0])
                if len(deliveries) < _DELIVERY_LIMIT and 0 < len(exchange.request.body) <= _LARGEST_DELIVERY:
                    deliveries.append(exchange.request.body)
            if is_lone(exchange) and len(lone) < _LONE_LIMIT:
                lone.append(exchange)
            else:
                candidates.append(failing.weigh(exchange, (number, exchange.index), clues))
    paired = pair(lone, told=bool(case.requests and case.responses))
    candidates += [failing.weigh(exchange, (-1, order), clues) for order, exchange in enumerate(paired)]
    assumed = not any("://" in url for url in urls)
    slug = provider or (_speaker(lone) or _named(lone) or fallback if assumed else "")
    profile = providers.load(slug) if slug else providers.recognise(urls)
    why = "for no host of a provider was seen" if assumed else ""
    if not slug and profile is providers.load(providers.PROVIDERS[-1]) and (caller := _caller(deliveries)):
        profile, why = providers.load(caller), "by the form of a callback"

    chosen, reasons = _choose(candidates, call_sources, case, profile)
    if chosen is None and len(paired) == 1 and len(candidates) == 1:
        # one curl command and nothing else: what else could it be about
        chosen, reasons = candidates[0], ("the only call there is",)
    payment, failed, facts, payments = case.payment_id, None, Facts(), Payments()
    if chosen is not None:
        failed = load_calls(call_sources, paired, {chosen.key})[chosen.key]
        failed = as_told(profile, failed) or failed
        if failed.direction == "incoming":
            reasons = tuple("a call that came in" if reason == failing.ELSEWHERE else reason for reason in reasons)
        facts = identify(profile, typed=case.typed_ids, exchanges=(failed,), failing=0, logs=())
        payment = payment or (facts.payment_id.value if facts.payment_id else "")
    elif candidates and not payment:
        payments = find_payments(call_sources, paired, profile, case.narrowing_ids)
        payment = payments.one
    story = find_story(call_sources, paired, profile, payment, failed, facts)
    if chosen is not None and failed is not None:
        story |= find_token_call(call_sources, paired, profile, failed)
        story[chosen.key] = failed
    story |= payments.named
    ordered = _in_order(story)
    exchanges = tuple(exchange if key == (chosen and chosen.key) else _shortened(exchange) for key, exchange in ordered)
    return Calls(
        profile=profile,
        assumed_provider=why,
        exchanges=exchanges,
        failing=next((at for at, (key, _) in enumerate(ordered) if chosen is not None and key == chosen.key), None),
        reasons=reasons,
        read_count=len(candidates),
        tells_of_fault=any(candidate.tells_of_fault for candidate in candidates),
        payments=payments,
        paired=paired,
    )


def with_payment(calls: Calls, call_sources: list[CallSource], payment: str) -> Calls:
    """``calls`` with those of one payment, where they are about several and the logs told which is meant."""
    story = find_story(call_sources, calls.paired, calls.profile, payment, None, Facts())
    exchanges = tuple(_shortened(exchange) for _, exchange in _in_order(story))
    if not exchanges:
        return calls
    return replace(calls, exchanges=exchanges, payments=Payments(one=payment, told_by_logs=True))


def _in_order(story: dict[Key, Exchange]) -> list[tuple[Key, Exchange]]:
    return sorted(story.items(), key=lambda entry: (_when(entry[1]), entry[0]))


def _caller(bodies: Iterable[bytes]) -> str:
    """The provider whose callbacks are among these bodies of requests, where only one's are; else ""."""
    values = (body_of(body) for body in bodies)
    slugs = {slug for value in values if value is not None and (slug := providers.recognise_delivery(value))}
    return slugs.pop() if len(slugs) == 1 else ""


def _speaker(lone: Iterable[Exchange]) -> str:
    """The provider whose answers the saved ones look like, where no call names a host."""
    bodies = (exchange.response.body for exchange in lone if exchange.response is not None)
    return next((slug for body in bodies if (slug := providers.recognise_body(body)) is not None), "")


def _named(lone: Iterable[Exchange]) -> str:
    """The provider whose hosts the saved answers name, as an error in words does that quotes the call; else ""."""
    slug = providers.recognise(url for exchange in lone for url in urls_in(words_of(exchange))).slug
    return slug if slug != providers.PROVIDERS[-1] else ""


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
        where = f"{call_sources[sources[0]].source.name} has {plural(count, 'entry', 'entries')}"
    else:
        where = f"no recording or call is named {name}" if name else "there is no recording or call in the evidence"
    raise MisuseError(f"There is no entry {entry}: {where}.", "ticket-bundler inspect FILE lists them.")


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
        one = calls.read_count == 1
        told = (
            f"The call in {names} did not fail" if one else f"None of the {calls.read_count:,} calls in {names} failed"
        )
        raise UnreadableInput(
            f"{told}, and nothing else tells of a fault.",
            'Pick the call with --entry N, or say what went wrong with --event "…".',
        )
