"""Masks many streams with one set of placeholders: first all of them are read, then all of them are written."""

from __future__ import annotations

import io
from typing import BinaryIO, cast

from msgspec import Struct

from bundler.providers.profile import Profile
from bundler.redact.errands import Crew, Errands
from bundler.redact.masker import Masker
from bundler.redact.placeholders import Placeholders
from bundler.redact.rule import Hit, RuleFailure
from bundler.redact.scrub import Report, Stream
from bundler.redact.splicing import Change
from bundler.redact.vault import Vault
from bundler.redact.words import NO_WORDS, Words


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
        self._masker = _TwoPasses(manner.profile, placeholders=manner.placeholders, words=manner.words)
        self._errands = Errands(self._masker, manner.crew)

    @property
    def is_learning(self) -> bool:
        """True until ``settle`` is called: nothing is written until then."""
        return self._masker.is_learning

    def settle(self) -> None:
        """From now on texts are written."""
        self._masker.is_learning = False

    def copy(self, source: BinaryIO, sink: BinaryIO, report: Report | None = None) -> None:
        """Learn from ``source``, or write it to ``sink`` without what has to go; ``report`` as for ``scrub``."""
        is_learning = self.is_learning
        target = cast("BinaryIO", Nowhere()) if is_learning else sink
        stream = Stream(target, self._errands, None if is_learning else report)
        for chunk in stream.chunks_of(source):
            stream.feed(chunk)

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


class _TwoPasses(Masker):
    """A masker of streams that hands out no placeholder before it has seen everything."""

    is_learning = True

    def splice(self, text: bytes, hits: list[Hit], changes: list[Change] | None = None) -> bytes:
        if not self.is_learning:
            return super().splice(text, hits, changes)
        if changes is not None:
            changes += [Change(hit.start, hit.end, hit.rule.kind, b"") for hit in hits]
        return text


class Nowhere(io.RawIOBase):
    """Takes what is written and keeps nothing."""

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        return memoryview(cast("bytes", data)).nbytes
