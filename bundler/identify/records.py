"""Finds identifiers in the records of log excerpts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from msgspec import Struct

from bundler.identify.sightings import Sighting
from bundler.identify.texts import TextReader
from bundler.model import Excerpt, Origin
from bundler.providers.profile import Profile

_TROUBLE = re.compile(
    rb"(?i)\b(?:error|fatal|severe|critical|exception|failed|failure|rejected|declined)\b|\b[45]\d\d\b"
)


class Record(Struct, frozen=True):
    """One log record: its bytes, the line it starts on, the identifiers in it and the APIs whose addresses it names."""

    source: str
    line: int
    data: bytes
    sightings: tuple[Sighting, ...] = ()
    families: frozenset[str] = frozenset()

    @property
    def tells_of_trouble(self) -> bool:
        """Whether a level, a word or an HTTP status in the record speaks of a fault."""
        return _TROUBLE.search(self.data) is not None

    @property
    def origin(self) -> Origin:
        """Where the record begins."""
        return Origin(self.source, f"line {self.line}")


def read_records(profile: Profile, logs: Sequence[Excerpt], families: Sequence[str]) -> tuple[Record, ...]:
    """The records of all excerpts in their order, each with its identifiers."""
    reader = TextReader(profile, families)
    records: list[Record] = []
    for excerpt in logs:
        read = [(span, data, data.decode("utf-8", "replace")) for span, data in excerpt.records()]
        may_tell = reader.sieve(text for _, _, text in read)
        for span, data, text in read:
            if not may_tell(text):
                records.append(Record(excerpt.source, span.line, data))
                continue
            sightings = tuple(reader.read(text, _places(excerpt.source, span.line, text)))
            called = reader.families_called(text) if "/" in text else frozenset()
            records.append(Record(excerpt.source, span.line, data, sightings, called))
    return tuple(records)


def _places(source: str, first: int, text: str) -> Callable[[int], Origin]:
    """Turns offsets into lines, counting on from the last one, so that a record of many lines stays cheap."""
    reached, line = 0, first

    def place(offset: int) -> Origin:
        nonlocal reached, line
        if offset < reached:
            reached, line = 0, first
        line += text.count("\n", reached, offset)
        reached = offset
        return Origin(source, f"line {line}")

    return place
