"""Opens everything that was named, once, and puts it where it belongs: calls, logs, pictures, or left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from bundler import providers
from bundler.assemble.call_sources import CallSource
from bundler.assemble.case import Case
from bundler.assemble.maps import without_maps
from bundler.assemble.named_provider import urls_in
from bundler.config import Settings
from bundler.errors import MisuseError, UnreadableInput
from bundler.evidence.recognition import Recognition, recognise, recognise_words
from bundler.evidence.sources import Skipped, Source, gather
from bundler.excerpts.cutting import LogSource, as_log
from bundler.model import Taken

DEFAULT_PROVIDER = "vipps-mobilepay"
"""Whose ticket it is when the evidence names no host at all."""


class Pile(Struct):
    """The evidence by role."""

    calls: list[CallSource] = []
    logs: list[LogSource] = []
    pictures: list[Source] = []
    taken: list[Taken] = []


def sort_evidence(case: Case, settings: Settings) -> Pile:
    """Open everything that was named and put it where it belongs; what nobody recognises is listed or refused."""
    pile = Pile()
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
        sources, skipped = gather(names)
        gathered += [(source, forced) for source in without_maps(sources, skipped)]
        left_out += skipped
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
        recognition = recognise(source, forced if source.named else "")
    except UnreadableInput:
        if source.named:
            raise
        return None
    if recognition is None and source.named and (recognition := recognise_words(source)) is None:
        raise UnreadableInput(
            f"{source.name} is nothing that can be read: no recording, request, response, log or picture.",
            "Say what it is: --log for a log, --response for what was answered, --as FORMAT; or leave it out.",
        )
    return recognition


def _place(pile: Pile, source: Source, recognition: Recognition | None) -> None:
    if recognition is None:
        reason = "nobody recognises it" if source.head else "it is empty"
        pile.taken.append(Taken(source.name, "left out", reason, used=False, size=source.size))
        return
    if recognition.reader is not None:
        pile.calls.append(CallSource(source, recognition.reader))
    elif recognition.log is not None:
        pile.logs.append(as_log(source, recognition.log))
    else:
        pile.pictures.append(source)
    role = f"log: {recognition.format}" if recognition.role == "log" else recognition.format
    pile.taken.append(Taken(source.name, role, recognition.reason, size=source.size))


def provider_of_logs(pile: Pile) -> str:
    """Where no call names a host: the provider whose host the beginning of a log names, else the default."""
    slug = providers.recognise(url for log in pile.logs for url in urls_in(log.source.head)).slug
    return slug if slug != "generic" else DEFAULT_PROVIDER
