"""Has the pure part of masking a stream done by others while the stream goes on: searches of one text each.

Whoever offers ``Crew`` runs an ``Errand`` elsewhere. What comes back is what would have been found here; where nothing
comes back, it is found here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import msgspec

from bundler.redact.base64_runs import Run
from bundler.redact.finds import Coding, Finds, Found, find_in
from bundler.redact.forms import Occurrence
from bundler.redact.inert import Span, blanked, inert_spans
from bundler.redact.known import Known, KnownValues
from bundler.redact.masker import Masker
from bundler.redact.rule import Hit, RuleFailure
from bundler.redact.search import Search

_RULES, _KNOWN = b"r", b"k"
_Place = tuple[int, int, int, bool]
_Question = tuple[list[Span], list[Run]]
_News = tuple[int, list[Known]]
"""How many bytes are going to be searched, and for what else than before."""


class Crew(Protocol):
    """Others who each run the errand, on texts that lie in numbered places which both sides see."""

    def begin(self, errand: Errand) -> None:
        """From now on there is somebody, who knows what the errand knows at this moment."""

    def place(self, text: bytes) -> int | None:
        """Put a text down; the number of its place, or None where there is no room for it."""

    def tell(self, news: bytes) -> None:
        """Let everybody know, before whatever is asked after this."""

    def ask(self, place: int, question: bytes, *, is_urgent: bool) -> None:
        """Ask one thing about the text in a place; what is urgent is answered before the rest."""

    def answer(self, place: int) -> bytes | None:
        """The answer, waited for; None where there is none to come."""

    def free(self, place: int) -> None:
        """The text is not needed any more."""


class Errand:
    """What others do: it depends on nothing but the text and what they were told."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._coding = Coding(search)
        self._known = KnownValues()
        self._numbers: dict[bytes, int] = {}

    def hear(self, news: bytes) -> None:
        """Take in the values that have become known."""
        size, values = msgspec.msgpack.decode(news, type=_News)
        self._known.expect(size)
        for known in values:
            self._numbers[known.value] = len(self._known.values)
            self._known.add(*known)

    def answer(self, text: bytes, question: bytes) -> bytes:
        """What the rules find in a text, or where known values stand in it; raises whatever a rule raises."""
        if question == _RULES:
            return self._coding.encode(text, find_in(self._search, text))
        spans, runs = msgspec.msgpack.decode(question[len(_KNOWN) :], type=_Question)
        found = self._known.find(blanked(text, spans), runs)
        return msgspec.msgpack.encode(
            [(each.start, each.end, self._numbers[each.value], each.is_encoded) for each in found]
        )


class Errands:
    """One masker's searches, done by ``crew`` once it has begun, and by itself without one.

    What the rules find in a text is kept in ``finds``, and not looked for again.
    """

    def __init__(self, masker: Masker, crew: Crew | None = None, finds: Finds | None = None) -> None:
        self.masker = masker
        self._crew = crew
        self._finds = finds
        self._has_begun = False
        self._coding = Coding(masker.search)
        self._expected = 0
        self._told = 0

    def expect(self, size: int) -> None:
        """So many bytes are going to be searched for all that is known by now."""
        self.masker.known.expect(size)
        self._expected = size

    @property
    def has_begun(self) -> bool:
        """True when others are at work."""
        return self._has_begun

    @property
    def may_begin(self) -> bool:
        """True when there are others at all."""
        return self._crew is not None

    def begin(self) -> None:
        """Have the crew at work, where there is one."""
        if self._crew is not None and not self._has_begun:
            self._crew.begin(Errand(self.masker.search))
            self._has_begun = True

    def known_finds(self, text: bytes) -> Found | None:
        """What the rules find in a text that was searched before; None where that is not known any more."""
        found = self._finds.get(text) if self._finds is not None else None
        return self._coding.decode(text, found) if found is not None else None

    def place(self, text: bytes) -> int | None:
        """Where a text lies for the crew, or None when it is searched here."""
        return self._crew.place(text) if self._crew is not None and self._has_begun else None

    def order(self, place: int | None) -> None:
        """Have the text in a place searched with the rules."""
        if self._crew is not None and place is not None:
            self._crew.ask(place, _RULES, is_urgent=False)

    def found(self, place: int | None, text: bytes) -> Found:
        """What the rules find in a text, as it was ordered; raises ``RuleFailure`` when a rule does."""
        answer = self._crew.answer(place) if self._crew is not None and place is not None else None
        found = find_in(self.masker.search, text) if answer is None else self._coding.decode(text, answer)
        if self._finds is not None:
            self._finds.put(text, self._coding.encode(text, found) if answer is None else answer)
        return found

    def ask(self, place: int | None, spans: Iterable[Span], runs: list[Run]) -> None:
        """Have a text, but for ``spans`` of it, and what its ``runs`` encode searched for all that is known by now."""
        if self._crew is None or place is None:
            return
        if news := self.masker.known.values[self._told :]:
            self._told += len(news)
            self._crew.tell(msgspec.msgpack.encode((self._expected, news)))
            self._expected = 0
        self._crew.ask(place, _KNOWN + msgspec.msgpack.encode((list(spans), runs)), is_urgent=True)

    def forget(self, place: int | None) -> None:
        """Let the crew have this place for another text."""
        if self._crew is not None and place is not None:
            self._crew.free(place)

    def places(self, place: int | None, text: bytes, spans: Iterable[Span], runs: list[Run]) -> list[Occurrence]:
        """Where known values stand in a text that was asked about."""
        answer = self._crew.answer(place) if self._crew is not None and place is not None else None
        if answer is None:
            return list(self.masker.known.find(blanked(text, spans), runs))
        values = self.masker.known.values
        return [
            Occurrence(start, end, values[number].value, is_encoded)
            for start, end, number, is_encoded in msgspec.msgpack.decode(answer, type=list[_Place])
        ]


class Reading:
    """One text of a stream on its way through both searches: ``learn`` and ``complete``, then ``drop``.

    ``lead`` is what stood in the stream long before it and tells what it means; nothing is found in that.
    """

    def __init__(self, errands: Errands, text: bytes, offset: int, lead: bytes = b"") -> None:
        self.text = lead + text
        self.start = len(lead)
        """Where the text itself begins in ``text``."""
        self.offset = offset - len(lead)
        """Of the first byte in the stream."""
        self.hits: list[Hit] = []
        self.has_failed = False
        """A rule raised, so that nothing is known of this text."""
        self._errands = errands
        self._unnamed: list[Run] = []
        self._inert: Sequence[Span] = ()
        self._place: int | None = None
        self._is_handed_over = False
        self._is_recalled = False
        self._has_asked = False

    def hand_over(self, *, is_all_known: bool) -> None:
        """Let others begin; with the second search at once where all is known, and the first was made before."""
        if self._is_handed_over:
            return
        self._is_handed_over = True
        self._place = self._errands.place(self.text)
        if is_all_known and (found := self._errands.known_finds(self.text)) is not None:
            self._recall(found)
            self._ask()
        else:
            self._errands.order(self._place)

    def learn(self) -> None:
        """Take in what the rules find: its values are known from now on."""
        if self._is_recalled:
            return
        if self._place is None and (known := self._errands.known_finds(self.text)) is not None:
            self._recall(known)
            return
        try:
            found = self._errands.found(self._place, self.text)
        except RuleFailure:
            self.has_failed = True
        else:
            self._unnamed = found.unnamed
            self._inert = inert_spans(self.text)
            self.hits = self._errands.masker.learn_from(self.text, self._behind_lead(found.hits), self._inert)

    def _recall(self, known: Found) -> None:
        """Take in what was found when the same text came before."""
        self._is_recalled = True
        self._unnamed = known.unnamed
        self._inert = inert_spans(self.text)
        self.hits = self._errands.masker.learned_from(self.text, self._behind_lead(known.hits), self._inert)

    def _behind_lead(self, hits: list[Hit]) -> list[Hit]:
        return [hit for hit in hits if hit.start >= self.start] if self.start else hits

    def _spans(self) -> Iterator[Span]:
        """What is not looked at again."""
        yield from ((hit.start, hit.end) for hit in self.hits)
        yield from self._inert

    def _ask(self) -> None:
        """Have the rest of the text searched for what is known."""
        self._has_asked = True
        self._errands.ask(self._place, self._spans(), self._unnamed)

    def complete(self) -> None:
        """Add what is known to stand in the rest."""
        if self.has_failed:
            return
        if not self._has_asked:
            self._ask()
        places = self._errands.places(self._place, self.text, self._spans(), self._unnamed)
        self.hits = self._behind_lead(self._errands.masker.with_known(self.text, self.hits, places))

    def drop(self) -> None:
        """Nothing more is wanted of this text."""
        self._errands.forget(self._place)
