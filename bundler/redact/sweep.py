"""Masks many streams with one set of placeholders: first all of them are read, then all of them are written."""

from __future__ import annotations

import io
from typing import BinaryIO, cast

from msgspec import Struct

from bundler.errors import UnreadableInput
from bundler.providers.profile import Profile
from bundler.redact.errands import Crew, Errands
from bundler.redact.finds import Finds
from bundler.redact.many import ManyPlaceholders
from bundler.redact.masker import Masker
from bundler.redact.placeholders import Placeholders
from bundler.redact.rule import RuleFailure
from bundler.redact.stream import Report, Stream
from bundler.redact.vault import Vault
from bundler.redact.words import NO_WORDS, Words


def scrub(
    source: BinaryIO, sink: BinaryIO, profile: Profile, report: Report | None = None, *, crew: Crew | None = None
) -> int:
    """Copy ``source`` to ``sink`` with placeholders for secrets and personal data; tells how many values there were.

    ``source`` is read twice from its start: a value that is named once is masked in all of it. ``report`` gets every
    replacement in order. Raises ``UnreadableInput`` for UTF-16, which cannot be searched in pieces.
    """
    if source.read(2) in (b"\xff\xfe", b"\xfe\xff"):
        raise UnreadableInput(
            "This file is UTF-16, which cannot be masked in pieces.", "Convert it first: iconv -t UTF-8."
        )
    sweep = Sweep(Manner(profile, ManyPlaceholders(), crew=crew))
    for _ in range(2):
        source.seek(0)
        sweep.copy(source, sink, report)
        sweep.settle()
    return sweep.value_count()


class Manner(Struct, frozen=True):
    """How to scrub: whose names count, what hands out placeholders, what the user wants kept and masked.

    ``copies_unread`` is the user's word that what cannot be searched may be handed on as it is. ``crew`` searches side
    by side what is large.
    """

    profile: Profile
    placeholders: Placeholders | None = None
    words: Words = NO_WORDS
    copies_unread: bool = False
    crew: Crew | None = None


class Sweep:
    """Give every text to ``copy`` once, call ``settle``, and give every text to it once more.

    What is found in one text is then masked in all of them. Bounded memory: as much as the values themselves take.
    """

    def __init__(self, manner: Manner) -> None:
        self._masker = Masker(manner.profile, placeholders=manner.placeholders, words=manner.words)
        self._errands = Errands(self._masker, manner.crew, Finds())
        self._is_learning = True
        self._size = 0  # of all that was learned from

    @property
    def is_learning(self) -> bool:
        """True until ``settle`` is called: nothing is written until then."""
        return self._is_learning

    def settle(self) -> None:
        """From now on texts are written."""
        if self._is_learning:
            self._errands.expect(self._size)
        self._is_learning = False

    def copy(self, source: BinaryIO, sink: BinaryIO, report: Report | None = None) -> None:
        """Learn from ``source``, or write it to ``sink`` without what has to go; ``report`` gets each replacement."""
        stream = Stream(None if self.is_learning else sink, self._errands, report)
        stream.copy(source)
        self._size += stream.offset

    def mask(self, text: bytes) -> bytes:
        """The same for a short text, such as the name of a file."""
        sink = io.BytesIO()
        self.copy(io.BytesIO(text), sink)
        return text if self.is_learning else sink.getvalue()

    def finds_in(self, text: bytes) -> int:
        """How many things would have to go from ``text``; 1 where a rule fails on it."""
        try:
            return len(self._masker.read_on(text))
        except RuleFailure:
            return 1

    def notes(self) -> tuple[str, ...]:
        """What became of the texts that the user wanted kept, where that has to be said."""
        return tuple(finding.message for finding in self._masker.wishes.findings(self.mask))

    def value_count(self) -> int:
        """How many values were replaced."""
        return self._masker.placeholders.value_count()

    def vault(self) -> Vault:
        """The real values of what was replaced, and how often each was, where the placeholders keep them."""
        return self._masker.placeholders.vault()


class Nowhere(io.RawIOBase):
    """Takes what is written and keeps nothing."""

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        return memoryview(cast("bytes", data)).nbytes
