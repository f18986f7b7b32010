"""Has the pure part of masking a stream done by others while the stream goes on: searches of one text each.

Whoever offers ``Crew`` runs an ``Errand`` elsewhere. What comes back is what would have been found here; where nothing
comes back, it is found here.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import msgspec

from bundler.redact.forms import Occurrence
from bundler.redact.inert import Span, blanked, inert_spans
from bundler.redact.known import Known, KnownValues
from bundler.redact.masker import Masker
from bundler.redact.rule import Hit, Rank, Rule, RuleFailure
from bundler.redact.search import Search

_RULES, _KNOWN = b"r", b"k"
_RANKS = {int(rank): rank for rank in Rank}
_Row = tuple[int, int, int, int, bytes | None, bytes, bool]
_Found = tuple[list[_Row], bool]
_Place = tuple[int, int, int, bool]


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
        self._rules = {id(rule): number for number, rule in enumerate(rules_of(search))}
        self._known = KnownValues()
        self._numbers: dict[bytes, int] = {}

    def hear(self, news: bytes) -> None:
        """Take in the values that have become known."""
        for known in msgspec.msgpack.decode(news, type=list[Known]):
            self._numbers[known.value] = len(self._known.values)
            self._known.add(*known)

    def answer(self, text: bytes, question: bytes) -> bytes:
        """What the rules find in a text, or where known values stand in it; raises whatever a rule raises."""
        if question == _RULES:
            rows = [self._row(text, hit) for hit in self._search.hits(text)]
            return msgspec.msgpack.encode((rows, bool(inert_spans(text))))
        spans = array("Q", question[len(_KNOWN) :])
        rest = blanked(text, zip(spans[::2], spans[1::2], strict=True))
        places = [(each.start, each.end, self._numbers[each.value], each.is_encoded) for each in self._known.find(rest)]
        return msgspec.msgpack.encode(places)

    def _row(self, text: bytes, hit: Hit) -> _Row:
        value = hit.value if hit.value != text[hit.start : hit.end] else None
        return hit.start, hit.end, self._rules[id(hit.rule)], int(hit.rank), value, hit.quote, hit.spreads


class Errands:
    """One masker's searches, done by ``crew`` once it has begun, and by itself without one."""

    def __init__(self, masker: Masker, crew: Crew | None = None) -> None:
        self.masker = masker
        self._crew = crew
        self._has_begun = False
        self._rules = rules_of(masker.search)
        self._told = 0

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

    def hand_over(self, text: bytes) -> int | None:
        """Have a text searched with the rules; where it lies for the crew, or None when it is searched here."""
        if self._crew is None or not self._has_begun:
            return None
        place = self._crew.place(text)
        if place is not None:
            self._crew.ask(place, _RULES, is_urgent=False)
        return place

    def found(self, place: int | None, text: bytes) -> tuple[list[Hit], Sequence[Span]]:
        """What the rules find in a text, and where nothing may be found; raises ``RuleFailure`` when a rule does."""
        answer = self._crew.answer(place) if self._crew is not None and place is not None else None
        if answer is None:
            return self.masker.search.hits(text), inert_spans(text)
        rows, has_inert = msgspec.msgpack.decode(answer, type=_Found)
        hits = [
            Hit(
                start, end, self._rules[rule], _RANKS[rank], text[start:end] if value is None else value, quote, spreads
            )
            for start, end, rule, rank, value, quote, spreads in rows
        ]
        return hits, inert_spans(text) if has_inert else ()

    def ask(self, place: int | None, spans: Iterable[Span]) -> None:
        """Have a text searched for all that is known at this moment, but for ``spans`` of it."""
        if self._crew is None or place is None:
            return
        if news := self.masker.known.values[self._told :]:
            self._told += len(news)
            self._crew.tell(msgspec.msgpack.encode(news))
        self._crew.ask(place, _KNOWN + array("Q", [at for span in spans for at in span]).tobytes(), is_urgent=True)

    def forget(self, place: int | None) -> None:
        """Let the crew have this place for another text."""
        if self._crew is not None and place is not None:
            self._crew.free(place)

    def places(self, place: int | None, text: bytes, spans: Iterable[Span]) -> list[Occurrence]:
        """Where known values stand in a text that was asked about."""
        answer = self._crew.answer(place) if self._crew is not None and place is not None else None
        if answer is None:
            return list(self.masker.known.find(blanked(text, spans)))
        values = self.masker.known.values
        return [
            Occurrence(start, end, values[number].value, is_encoded)
            for start, end, number, is_encoded in msgspec.msgpack.decode(answer, type=list[_Place])
        ]


class Reading:
    """One text of a stream on its way through both searches: first ``learn``, then ``ask``, then ``complete``."""

    def __init__(self, errands: Errands, text: bytes, offset: int) -> None:
        self.text = text
        self.offset = offset
        """Of the text's first byte in the stream."""
        self.hits: list[Hit] = []
        self.has_failed = False
        """A rule raised, so that nothing is known of this text."""
        self._errands = errands
        self._inert: Sequence[Span] = ()
        self._place: int | None = None
        self._is_handed_over = False

    def hand_over(self) -> None:
        """Let others begin."""
        if not self._is_handed_over:
            self._is_handed_over = True
            self._place = self._errands.hand_over(self.text)

    def learn(self) -> None:
        """Take in what the rules find: its values are known from now on."""
        try:
            hits, inert = self._errands.found(self._place, self.text)
        except RuleFailure:
            self.has_failed = True
        else:
            self.hits = self._errands.masker.learn_from(self.text, hits, inert)
            self._inert = inert

    def _spans(self) -> Iterator[Span]:
        """What is not looked at again."""
        yield from ((hit.start, hit.end) for hit in self.hits)
        yield from self._inert

    def ask(self) -> None:
        """Have the rest of the text searched for what is known."""
        if not self.has_failed:
            self._errands.ask(self._place, self._spans())

    def complete(self) -> None:
        """Add what is known to stand in the rest."""
        if not self.has_failed:
            places = self._errands.places(self._place, self.text, self._spans())
            self.hits = self._errands.masker.with_known(self.text, self.hits, places)
        self._errands.forget(self._place)


def rules_of(search: Search) -> tuple[Rule, ...]:
    """Every rule that a hit of this search may name, in an order that is the same everywhere."""
    return (*search.rules, *search.names.rules())
