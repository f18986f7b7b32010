"""What each source is and what was read out of it, in the shape of ``inspect --json``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Any

from msgspec import to_builtins

from bundler import evidence, logs, providers
from bundler.assemble.case import Progress
from bundler.document import exchange_document, moment_text
from bundler.errors import BundlerError
from bundler.evidence import Recognition, Source, counted
from bundler.model import Exchange
from bundler.moments import parse_when
from bundler.pictures.clean import clean
from bundler.providers.profile import Profile
from bundler.redact import mask_exchange, mask_text


def inspect_sources(
    names: Sequence[str],
    forced: str,
    provider: str,
    now: datetime,
    zone: tzinfo,
    zone_from: str,
    *,
    raw: bool,
    progress: Progress,
) -> list[dict[str, Any]]:
    """One record a source, in the order given; a source that cannot be read carries ``error`` and stops nobody."""
    records: list[dict[str, Any]] = []
    for name in names:
        try:
            sources, skipped = evidence.gather([name])
        except BundlerError as error:
            records.append(_failed(name, error))
            continue
        for source in sources:
            try:
                records.append(_inspect(source, forced, provider, now, zone, zone_from, raw=raw, progress=progress))
            except BundlerError as error:
                records.append(_failed(source.name, error))
        records += [_record(left.name, "", notes=[f"left out: {left.why}"]) for left in skipped]
    return records


def _failed(name: str, error: BundlerError) -> dict[str, Any]:
    return {**_record(name, ""), "error": f"{error.message} {error.hint}".strip()}


def _record(name: str, path: str, **more: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {"format": None, "score": 0.0, "reason": "", "notes": [], "exchanges": [], "log": None}
    return {"name": name, "path": path, **empty, **more}


def _inspect(
    source: Source,
    forced: str,
    provider: str,
    now: datetime,
    zone: tzinfo,
    zone_from: str,
    *,
    raw: bool,
    progress: Progress,
) -> dict[str, Any]:
    recognition = evidence.recognise(source, forced)
    path = str(source.path) if source.path is not None else ""
    if recognition is None:
        return _record(source.name, path, reason="nobody recognises it")
    known = {"format": recognition.format, "score": round(recognition.score, 2), "reason": recognition.reason}
    progress.begin(f"reading {source.name}", source.size)
    with source.open() as stream:
        followed = counted(stream, progress.advance)
        if recognition.reader is not None:
            notes: list[str] = []
            exchanges = list(_exchanges(recognition, source, followed, notes, provider, raw=raw))
            shown_notes = notes if raw else [mask_text(note, providers.load(provider or "generic")) for note in notes]
            return _record(source.name, path, **known, notes=shown_notes, exchanges=exchanges)
        if recognition.log is not None:
            survey = logs.survey(followed, recognition.log, zone=zone, zone_from=zone_from, reference=now)
            log = {
                "format": survey.format,
                "zone": survey.zone,
                "zone_from": survey.zone_from,
                "first": moment_text(survey.first),
                "last": moment_text(survey.last),
                "records": survey.records,
                "sorted": survey.sorted,
            }
            return _record(source.name, path, **known, log=log)
        picture = clean(followed, source.name)
        notes = [
            f"{picture.width} x {picture.height} pixels",
            *(f"would be removed: {what}" for what in picture.removed),
        ]
        return _record(source.name, path, **known, notes=[*notes, *picture.notes])


def _exchanges(
    recognition: Recognition, source: Source, stream: Any, notes: list[str], provider: str, *, raw: bool
) -> Iterator[dict[str, Any]]:
    if recognition.reader is None:
        return
    profile: Profile | None = None
    for exchange in recognition.reader.read(stream, source.name, notes):
        if not raw:
            profile = _profile(profile, provider, exchange)
            exchange = mask_exchange(exchange, profile)
        yield to_builtins(exchange_document(exchange))


def _profile(before: Profile | None, provider: str, exchange: Exchange) -> Profile:
    """The profile by which to mask: the one asked for, else the first that knows a host of this source."""
    if provider:
        return providers.load(provider)
    if before is not None and before.slug != "generic":
        return before
    return providers.recognise([exchange.request.url] if exchange.request is not None else [])


def read_times(texts: Sequence[str], now: datetime, zone: tzinfo, zone_from: str) -> list[dict[str, Any]]:
    """How each text is understood as a time, in the shape of ``inspect --json``."""
    shown = []
    for text in texts:
        when = parse_when(text, now=now, zone=zone, zone_from=zone_from)
        shown.append(
            {
                "written": when.written,
                "utc": moment_text(when.instant),
                "local": when.local,
                "zone": when.zone,
                "zone_from": when.zone_from,
                "certainty": when.certainty,
                "readings": [moment_text(reading) for reading in when.readings],
                "notes": list(when.notes),
            }
        )
    return shown
