"""The way through: evidence in, one safe and checked ticket out, and the parcel made of it."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, tzinfo
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from bundler import checks, evidence, failing, providers
from bundler.assemble import excerpts as cutting
from bundler.assemble.calls import Calls, CallSource, read_calls, require_fault
from bundler.assemble.case import Case, NoProgress, Progress
from bundler.assemble.excerpts import LogSource, Reference
from bundler.assemble.facts import environment_of, family_of, known_time, summary_of, with_time
from bundler.config import Settings
from bundler.errors import MisuseError, UnreadableInput
from bundler.evidence import Recognition, Skipped, Source
from bundler.identify import identify
from bundler.model import Excerpt, Facts, Picture, SafeTicket, Taken, Ticket
from bundler.pictures.clean import clean
from bundler.providers.profile import Profile
from bundler.redact import Vault, mask_text, redact

__all__ = ["Case", "Draft", "NoProgress", "Progress", "make_draft"]

DEFAULT_PROVIDER = "vipps-mobilepay"
"""Whose ticket it is when the evidence names no host at all."""


_URL = re.compile(r"https?://[^\s\"'<>]{4,200}")


class Moment(Struct, frozen=True):
    """When and where the ticket is made: the present moment, the zone of times that name none, the ticket's key."""

    now: datetime
    zone: tzinfo
    zone_from: str
    key: bytes


class Draft(Struct, frozen=True):
    """A safe and checked ticket, the private map of its placeholders, and the profile it was made by."""

    ticket: SafeTicket
    vault: Vault
    profile: Profile
    assumed_provider: bool = False
    """True when nothing in the evidence told whose API it is."""


class _Sorted(Struct):
    """The evidence by role."""

    calls: list[CallSource] = []
    logs: list[LogSource] = []
    pictures: list[Source] = []
    taken: list[Taken] = []


def make_draft(case: Case, settings: Settings, moment: Moment, progress: Progress) -> Draft:
    """Everything found in ``case.evidence``, without its secrets, with what the checks say of it."""
    ticket, calls = _gather(case, settings, moment, progress)
    safe, vault = redact(ticket, calls.profile)
    assumed = calls.assumed_provider and not (case.provider or settings.provider)
    return Draft(checks.run(safe, calls.profile, now=moment.now), vault, calls.profile, assumed)


def _gather(case: Case, settings: Settings, moment: Moment, progress: Progress) -> tuple[Ticket, Calls]:
    """The ticket as it was found, secrets included: it goes to ``redact`` and nowhere else."""
    told = known_time(case, moment.now, moment.zone, moment.zone_from)
    pile = _sort(case, settings)
    clues = failing.Clues(ids=tuple(case.typed_ids.values()), at=told.value if told else None)
    provider = case.provider or settings.provider
    _require_pictures(case, pile.pictures)
    with ThreadPoolExecutor(max_workers=1) as aside:  # decoding pictures leaves the interpreter free for the rest
        cleaning = aside.map(lambda source: _picture(source, case), pile.pictures)
        calls = read_calls(pile.calls, case, clues, provider, progress, fallback=_provider_of_logs(pile))
        pictures = tuple(cleaning)

    _require_ids(case, calls.profile)
    facts = _identify(calls, case, ())
    facts = with_time(facts, calls, told, moment.zone, moment.zone_from, moment.now)
    cut_out, facts = _follow(pile.logs, calls, facts, case, moment, progress)
    failure_logged = cutting.first_failure(cut_out, cutting.searchable(facts)) is not None
    require_fault(calls, case, pile.calls, told_otherwise=failure_logged or bool(pictures))

    ticket = Ticket(
        ticket_id="",
        created=moment.now,
        provider=calls.profile.slug,
        kind=case.kind,
        family=family_of(calls, cut_out),
        environment=case.environment or environment_of(calls, cut_out),
        summary=case.summary or summary_of(calls, case),
        event=case.event or None,
        notes=(*settings.notes, *case.notes),
        reporter=settings.reporter,
        facts=facts,
        exchanges=calls.exchanges,
        failing=calls.failing,
        failing_reasons=calls.reasons,
        logs=tuple(excerpt for excerpt in cut_out if excerpt.spans),
        pictures=pictures,
        evidence=tuple(_with_outcome(pile.taken, pile.calls, cut_out)),
        not_looked_into=tuple(f"{picture.name}: what is seen in a picture is not searched" for picture in pictures),
    )
    return replace(ticket, ticket_id=_ticket_id(ticket, moment.key)), calls


def _follow(
    log_sources: Sequence[LogSource], calls: Calls, facts: Facts, case: Case, moment: Moment, progress: Progress
) -> tuple[tuple[Excerpt, ...], Facts]:
    """The one loop of the way: ids and the moment that are first found in logs send us through the logs once more."""
    reference = Reference(moment.zone, moment.zone_from, moment.now)
    searched: tuple[tuple[str, ...], datetime | None] | None = None
    cut_out: tuple[Excerpt, ...] = ()
    for _ in range(2):
        ids = cutting.searchable(facts)
        occurred = facts.occurred_at.value if facts.occurred_at else None
        if not log_sources or (ids, occurred) == searched:
            break
        searched = (ids, occurred)
        cut_out = cutting.cut(log_sources, ids, occurred, case, reference, progress)
        found = _identify(calls, case, cut_out)
        facts = replace(found, occurred_at=facts.occurred_at)
        if facts.occurred_at is None and (failure := cutting.first_failure(cut_out, ids)) is not None:
            facts = with_time(facts, calls, None, moment.zone, moment.zone_from, moment.now, failure)
    return cut_out, facts


def _identify(calls: Calls, case: Case, cut_out: Sequence[Excerpt]) -> Facts:
    return identify(calls.profile, typed=case.typed_ids, exchanges=calls.exchanges, failing=calls.failing, logs=cut_out)


def _sort(case: Case, settings: Settings) -> _Sorted:
    """Open everything that was named and put it where it belongs; what nobody recognises is listed or refused."""
    pile = _Sorted()
    named = (
        (case.evidence, case.taken_as),
        (case.requests, "request"),
        (case.responses, "response"),
        (case.logs, "log"),
        (case.screenshots, "picture"),
        (settings.logs, ""),
    )
    if sum(name == "-" for names, _ in named for name in names) > 1:
        raise MisuseError("Standard input is named twice, and can be read once.", "Save one of the two as a file.")
    left_out: list[Skipped] = []
    gathered: list[tuple[Source, str]] = []
    for names, forced in named:
        sources, skipped = evidence.gather(names)
        left_out += skipped
        gathered += [(source, forced) for source in sources]
    distinct = _distinct(gathered)
    _tell_apart([source for source, _ in distinct])
    for source, forced in distinct:
        _place(pile, source, _recognise(source, forced))
    pile.logs.sort(key=lambda log: log.source.name)
    pile.pictures.sort(key=lambda source: source.name)
    pile.taken.sort(key=lambda taken: taken.source)
    pile.taken += [Taken(skipped.name, "left out", skipped.why, used=False) for skipped in left_out]
    if case.evidence and not (pile.calls or pile.logs or pile.pictures):
        raise UnreadableInput(
            f"Nothing in {', '.join(case.evidence)} was recognised.",
            "ticket-bundler inspect shows what each file looks like; --as says what it is.",
        )
    return pile


def _distinct(gathered: Sequence[tuple[Source, str]]) -> list[tuple[Source, str]]:
    """Each file once, where it came first; of several ways of naming it, one with a role decides what it is."""
    kept: dict[object, tuple[Source, str]] = {}
    for source, forced in gathered:
        key = source.path.resolve() if source.path is not None else source
        if key not in kept or (forced and not kept[key][1]):
            kept[key] = source, forced
    return list(kept.values())


def _tell_apart(sources: Sequence[Source]) -> None:
    """Name files that would be called the same after the folder they lie in, and number what is still the same."""
    for _, twins in _same_names(sources):
        for source in twins:
            if source.path is not None and source.path.resolve().parent.name:
                source.name = f"{source.path.resolve().parent.name}/{Path(source.name).name}"
    for name, twins in _same_names(sources):
        for number, source in enumerate(twins[1:], start=2):
            source.name = f"{name} ({number})"


def _same_names(sources: Sequence[Source]) -> list[tuple[str, list[Source]]]:
    called: dict[str, list[Source]] = {}
    for source in sources:
        called.setdefault(source.name, []).append(source)
    return [(name, twins) for name, twins in called.items() if len(twins) > 1]


def _recognise(source: Source, forced: str) -> Recognition | None:
    """Guessing forgives, asking does not: an unknown file is an error only where it was named."""
    try:
        recognition = evidence.recognise(source, forced if source.named else "")
    except UnreadableInput:
        if source.named:
            raise
        return None
    if recognition is None and source.named:
        raise UnreadableInput(
            f"{source.name} is nothing that can be read: no recording, request, response, log or picture.",
            "Say what it is with --as FORMAT, or leave it out.",
        )
    return recognition


def _place(pile: _Sorted, source: Source, recognition: Recognition | None) -> None:
    if recognition is None:
        reason = "nobody recognises it" if source.head else "it is empty"
        pile.taken.append(Taken(source.name, "left out", reason, used=False, size=source.size))
        return
    if recognition.reader is not None:
        pile.calls.append(CallSource(source, recognition.reader))
    elif recognition.log is not None:
        pile.logs.append(LogSource(source, recognition.log))
    else:
        pile.pictures.append(source)
    role = f"log: {recognition.format}" if recognition.role == "log" else recognition.format
    pile.taken.append(Taken(source.name, role, recognition.reason, size=source.size))


def _with_outcome(
    taken: Sequence[Taken], call_sources: Sequence[CallSource], cut_out: Sequence[Excerpt]
) -> Iterator[Taken]:
    """``taken`` with the readers' notes, what each log covers, and whether anything was taken from it."""
    notes = {call_source.source.name: tuple(call_source.notes) for call_source in call_sources}
    excerpts = {excerpt.source: excerpt for excerpt in cut_out}
    for each in taken:
        excerpt = excerpts.get(each.source)
        if excerpt is None:
            yield replace(each, notes=notes.get(each.source, ()))
            continue
        read = replace(each, notes=excerpt.notes, first=excerpt.source_first, last=excerpt.source_last)
        yield read if excerpt.spans else replace(read, used=False, reason="nothing in it belongs to this payment")


def _provider_of_logs(pile: _Sorted) -> str:
    """Where no call names a host: the provider whose host the beginning of a log names, else the default."""
    urls = [url for log in pile.logs for url in _URL.findall(log.source.head.decode("utf-8", "replace"))]
    slug = providers.recognise(urls).slug
    return slug if slug != "generic" else DEFAULT_PROVIDER


def _require_ids(case: Case, profile: Profile) -> None:
    """Refuse a typed id that is secret or personal by its name or its looks: an id of the ticket is never masked."""
    for name, value in case.typed_ids.items():
        written = f"{name}={value}"
        if mask_text(written, profile) != written:
            raise MisuseError(
                "What was typed as an id is a secret or personal, and ids are not masked; nothing was written.",
                "Give the id that support looks the payment up by; tell everything else with --note, which is masked.",
            )


def _require_pictures(case: Case, sources: Sequence[Source]) -> None:
    """Refuse an area for a picture that is not there: it would leave uncovered what somebody meant to cover."""
    names = {"", *(source.name for source in sources), *(Path(source.name).name for source in sources)}
    for name, _ in case.boxes:
        if name not in names or not sources:
            which = f"no picture is called {name!r}" if name else "there is no picture"
            raise MisuseError(
                f"--redact has nothing to fill: {which}.", "Name the picture as evidence, and as it is called."
            )


def _picture(source: Source, case: Case) -> Picture:
    names = {"", source.name, Path(source.name).name}
    with source.open() as stream:
        return clean(stream, source.name, boxes=[box for name, box in case.boxes if name in names])


def _ticket_id(ticket: Ticket, key: bytes) -> str:
    """``TB-`` and eight characters that follow from evidence, moment and key."""
    try:
        whole = msgspec.msgpack.encode(ticket)
    except UnicodeEncodeError:  # a lone surrogate, which a file's name or a typed word may hold, has no UTF-8
        whole = repr(ticket).encode("utf-8", "backslashreplace")
    digest = hmac.new(key, whole, hashlib.sha256).digest()
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no letter that looks like a digit
    return "TB-" + "".join(alphabet[byte % 32] for byte in digest[:8])
