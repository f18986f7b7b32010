"""What each source is and what was read out of it, in the shape of ``inspect --json``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from msgspec import Struct, to_builtins

from bundler import providers
from bundler.assemble.case import Progress
from bundler.document import exchange_document, moment_text
from bundler.errors import BundlerError
from bundler.evidence.recognition import recognise, recognise_words
from bundler.evidence.sources import Source, counted, gather
from bundler.excerpts.cutting import LogSource, Reference, as_log, first_reference
from bundler.logs.extract import survey
from bundler.moments.parse import parse_when
from bundler.pictures.clean import clean
from bundler.readers.types import Reader
from bundler.redact import mask_exchange, mask_text

_SAID = ("name", "path", "reason", "error")
"""What a record says of its source in words."""


class Inspection(Struct, frozen=True):
    """How files are looked at: as what, with whose rules, in which zone, and whether values are shown unmasked."""

    reference: Reference
    forced: str = ""
    provider: str = ""
    raw: bool = False

    def sources(self, names: Sequence[str], progress: Progress) -> list[dict[str, Any]]:
        """One record a source, in the order given; a source that cannot be read carries ``error`` and stops nobody."""
        records: list[dict[str, Any]] = []
        for name in names:
            try:
                sources, skipped = gather([name])
            except BundlerError as error:
                records.append(_failed(name, error))
                continue
            for source in sources:
                try:
                    records.append(self._source(source, progress))
                except BundlerError as error:
                    records.append(_failed(source.name, error))
            records += [_record(left.name, "", notes=[f"left out: {left.why}"]) for left in skipped]
        return records if self.raw else [self._masked(record) for record in records]

    def times(self, texts: Sequence[str]) -> list[dict[str, Any]]:
        """How each text is understood as a time."""
        zone, zone_from = self.reference.zone, self.reference.zone_from
        read = (parse_when(text, now=self.reference.now, zone=zone, zone_from=zone_from) for text in texts)
        return [
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
            for when in read
        ]

    def _source(self, source: Source, progress: Progress) -> dict[str, Any]:
        recognition = recognise(source, self.forced) or (recognise_words(source) if source.named else None)
        path = str(source.path) if source.path is not None else ""
        if recognition is None:
            return _record(source.name, path, reason="nobody recognises it")
        known = {"format": recognition.format, "score": round(recognition.score, 2), "reason": recognition.reason}
        progress.begin(f"reading {source.name}", source.size)
        notes: list[str] = []
        log = as_log(source, recognition.log) if recognition.log is not None else None
        with source.open(notes) as stream:
            followed = counted(stream, progress.advance)
            if recognition.reader is not None:
                exchanges = list(self._exchanges(recognition.reader, source.name, followed, notes))
                return _record(source.name, path, **known, notes=notes, exchanges=exchanges)
            if log is not None:
                return _record(source.name, path, **known, log=self._log(log, followed, notes), notes=notes)
            picture = clean(followed, source.name)
        size = f"{picture.width} x {picture.height} pixels"
        removed = [f"would be removed: {what}" for what in picture.removed]
        return _record(source.name, path, **known, notes=[*notes, size, *removed, *picture.notes])

    def _log(self, log: LogSource, stream: BinaryIO, notes: list[str]) -> dict[str, Any]:
        zone, zone_from = self.reference.zone, self.reference.zone_from
        first, first_from = first_reference(log, self.reference)
        seen = survey(stream, log.format, zone=zone, zone_from=zone_from, reference=first, reference_from=first_from)
        notes.extend(seen.notes)
        return {
            "format": seen.format,
            "zone": seen.zone,
            "zone_from": seen.zone_from,
            "first": moment_text(seen.first),
            "last": moment_text(seen.last),
            "records": seen.records,
            "sorted": seen.sorted,
        }

    def _exchanges(self, reader: Reader, name: str, stream: BinaryIO, notes: list[str]) -> Iterator[dict[str, Any]]:
        profile = providers.load(self.provider or "generic")
        for exchange in reader.read(stream, name, notes):
            if profile.slug == "generic" and not self.provider and exchange.request is not None:
                # the first provider whose host is called decides how the rest is masked
                profile = providers.recognise([exchange.request.url])
            yield to_builtins(exchange_document(exchange if self.raw else mask_exchange(exchange, profile)))

    def _masked(self, record: dict[str, Any]) -> dict[str, Any]:
        """The record with what is said about the source masked too: a file's name may be a person's address."""
        profile = providers.load(self.provider or "generic")
        said = {name: mask_text(text, profile) for name, text in record.items() if name in _SAID}
        return {**record, **said, "notes": [mask_text(note, profile) for note in record["notes"]]}


def _failed(name: str, error: BundlerError) -> dict[str, Any]:
    return {**_record(name, ""), "error": f"{error.message} {error.hint}".strip()}


def _record(name: str, path: str, **more: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {"format": None, "score": 0.0, "reason": "", "notes": [], "exchanges": [], "log": None}
    return {"name": name, "path": path, **empty, **more}
