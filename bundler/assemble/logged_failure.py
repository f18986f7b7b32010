"""Finds the failure in the logs themselves: where nothing else tells it, and right after the payment's last record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from bundler.assemble.case import Progress
from bundler.assemble.excerpts import SHORTEST_ID
from bundler.errors import UnreadableInput
from bundler.excerpts.cutting import LogSource, Reference, timeline_of
from bundler.identify.records import read_records as read_sightings
from bundler.identify.sightings import Sighting
from bundler.logs.catalogue import PLAIN, find_format
from bundler.logs.levels import SEVERE, level
from bundler.logs.records import Record, read_records
from bundler.logs.types import LogFormat
from bundler.model import Excerpt, RecordSpan
from bundler.providers.profile import Profile

FOLLOWS_WITHIN = timedelta(seconds=10)
"""An error that names no payment belongs to the one that was spoken of so shortly before, if nothing came between."""

_WORDS = (b"error", b"fail", b"exception", b"fatal", b"severe", b"crit")
_DIGITS = bytes(ord("4" if byte in b"45" else "0" if byte in b"0123456789" else " ") for byte in range(256))
_STATUS = re.compile(rb" 4[04][04] ")
"""Any status of a failure, by ``_DIGITS``."""
_ANSWERED = re.compile(
    rb"(?:status(?:[ _-]?code)?|HTTP/\d(?:\.\d)?\"?|answered|returned|[-=]>|\xe2\x86\x92)[^\d\n]{1,4}[45]\d\d(?!\d)",
    re.I,
)


class LoggedFailure(Struct, frozen=True):
    """The last record of a failed call to the provider: when, where, the ids in it; ``count`` is how many there are."""

    moment: datetime | None
    source: str
    line: int
    ids: tuple[str, ...]
    count: int

    @property
    def remark(self) -> str:
        """What to tell of the choice; empty where there was none."""
        if self.count < 2:
            return ""
        return (
            f"the last of {self.count:,} failures in the logs was taken; --payment-id, --trace-id or --at picks another"
        )


def find_logged_failure(
    log_sources: Sequence[LogSource], profile: Profile, reference: Reference, progress: Progress
) -> LoggedFailure | None:
    """The last failure that the logs tell of a call to the provider, or None; reads each log once, as a stream.

    A record counts when its level or a status tells of a fault, and it names an id or a host of the provider.
    """
    latest: tuple[datetime | None, LogSource, Record, tuple[str, ...]] | None = None
    count = 0
    for log in log_sources:
        for record in _failing_records(log, reference, progress):
            ids = _ids_in(record, log.source.name, profile)
            if not ids and not any(host.host.lstrip(".").encode() in record.data for host in profile.hosts):
                continue
            count += 1
            if latest is None or latest[0] is None or (record.moment is not None and record.moment >= latest[0]):
                latest = record.moment, log, record, ids
    if latest is None:
        return None
    moment, log, record, ids = latest
    return LoggedFailure(moment, log.source.name, record.line, ids, count)


def last_mention(excerpts: Sequence[Excerpt]) -> datetime | None:
    """The moment of the last record that names one of the ids that the excerpts were cut by."""
    moments = [span.moment for excerpt in excerpts for span in excerpt.spans if span.mentions and span.moment]
    return max(moments, default=None)


def failure_after(excerpts: Sequence[Excerpt], mention: datetime | None) -> tuple[datetime, str, int] | None:
    """Moment, source and line of the first error record within ten seconds of the last one that names the payment."""
    if mention is None:
        return None
    found: list[tuple[datetime, str, int]] = []
    for excerpt in excerpts:
        fmt = find_format(excerpt.format) or PLAIN
        for span, data in excerpt.records():
            moment = span.moment
            if moment is None or not timedelta(0) <= moment - mention <= FOLLOWS_WITHIN or span.mentions:
                continue
            if level(fmt, data) in SEVERE:
                found.append((moment, excerpt.source, span.line))
    return min(found, default=None)


def ids_of_failure(
    excerpts: Sequence[Excerpt], failure: tuple[datetime, str, int], profile: Profile
) -> tuple[str, ...]:
    """The trace ids and the like in the record of ``failure_after``; none where it names a payment: it is another's."""
    _, source, line = failure
    for excerpt in excerpts:
        for span, data in excerpt.records() if excerpt.source == source else ():
            if span.line == line:
                sightings = _sightings(span, data, source, profile)
                of_payment = any(each.identifier.role == "payment_id" for each in sightings)
                return () if of_payment else _searchable(sightings)
    return ()


def _failing_records(log: LogSource, reference: Reference, progress: Progress) -> Iterator[Record]:
    progress.begin(f"looking for failures in {log.source.name}", log.source.size)
    try:
        with log.source.open([]) as stream:
            for record in read_records(stream, log.format, timeline_of(log, reference), advance=progress.advance):
                if _may_tell(record.data) and _is_failure(log.format, record.data):
                    yield record
    except UnreadableInput:
        return  # it is told where the log is cut


def _may_tell(data: bytes) -> bool:
    """Whether a failure may be told there; one pattern that says the same takes three times as long."""
    lowered = data.lower()
    for word in _WORDS:
        if word in lowered:
            return True
    digits = data.translate(_DIGITS)
    return b" 4" in digits and _STATUS.search(digits) is not None


def _is_failure(fmt: LogFormat, data: bytes) -> bool:
    return level(fmt, data) in SEVERE or _ANSWERED.search(data) is not None


def _ids_in(record: Record, source: str, profile: Profile) -> tuple[str, ...]:
    """The payment that the record names, else everything in it that leads to other records of the same call."""
    seen = _sightings(RecordSpan(record.line, record.line_count, record.moment), record.data, source, profile)
    payments = [each for each in seen if each.identifier.role == "payment_id"]
    return _searchable(payments or [each for each in seen if each.identifier.role != "merchant_id"])


def _sightings(span: RecordSpan, data: bytes, source: str, profile: Profile) -> list[Sighting]:
    alone = Excerpt(source, "", data, (span,))
    return [sighting for read in read_sightings(profile, (alone,), ()) for sighting in read.sightings]


def _searchable(sightings: Iterable[Sighting]) -> tuple[str, ...]:
    """The values that can be searched for, each once; the merchant's stands in every record."""
    found = (each.value for each in sightings if each.identifier.role != "merchant_id")
    return tuple(dict.fromkeys(value for value in found if len(value) >= SHORTEST_ID))
