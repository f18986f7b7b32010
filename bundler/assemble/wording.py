"""Searches what is finished for the words of a user; a word that is ours too is looked for in the evidence alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec.structs import replace

from bundler.assemble import Draft
from bundler.errors import LeakFound
from bundler.model import Facts, SafeTicket
from bundler.redact.layers import Layer, Opener
from bundler.redact.ticket import identifiers_of, texts_of
from bundler.redact.vault import KINDS, canonical
from bundler.redact.wishes import Wishes
from bundler.redact.word_search import WordSearch
from bundler.redact.words import Words

Files = Iterable[tuple[str, bytes]]

_ANY_NUMBER = 8
_HINT = "Leave that source out, or mask it first: ticket-bundler scrub --mask-file."


def refuse_words(draft: Draft, protected: Iterable[str]) -> None:
    """Raise ``LeakFound`` where a word, or what a pattern finds, is left in anything that came from the evidence."""
    ids = tuple(identifiers_of(draft.ticket, draft.profile))
    wishes = Wishes(draft.words, ids, tuple(protected))
    kept = {canonical(text.encode("utf-8", "surrogatepass")) for text in (*ids, *protected, *draft.words.kept)}
    for text in texts_of(draft.ticket):
        for _ in wishes.hits(text, lambda value: canonical(value) in kept):
            raise LeakFound("A word that is to be masked is still in the ticket; nothing was written.", _HINT)


def foreign_words(draft: Draft, write_empty: Callable[[SafeTicket], Files]) -> Words:
    """The words that may stand nowhere in the finished files: all but those which our own text holds.

    Bare numbers of a few digits are left out as well, for sizes, times and digests may hold them, and so are patterns.
    ``write_empty`` makes files of a ticket by our own templates; here it gets one without evidence.
    """
    words = tuple(word for word in draft.words.masked if not (word.text.isdigit() and len(word.text) < _ANY_NUMBER))
    search = WordSearch(Words(masked=words))
    ours = {found.source for text in _our_text(draft, write_empty) for found in search.find(text)}
    return replace(draft.words, masked=tuple(word for word in words if word not in ours), patterns=())


def _our_text(draft: Draft, write_empty: Callable[[SafeTicket], Files]) -> Iterator[bytes]:
    from bundler.render import templates_folder

    yield from (file.read_bytes() for file in sorted(templates_folder().rglob("*.j2")))
    schemas = Path(__file__).parents[1] / "schema"
    yield from (file.read_bytes() for file in sorted(schemas.glob("*.json")))
    yield " ".join(sorted(KINDS)).encode()
    ticket = draft.ticket
    yield msgspec.json.encode((ticket.findings, ticket.cause, ticket.asked, draft.profile.name, draft.profile.support))
    empty = replace(
        ticket,
        summary="",
        event=None,
        notes=(),
        facts=Facts(),
        exchanges=(),
        failing=None,
        failing_reasons=(),
        logs=(),
        pictures=(),
        evidence=(),
        not_looked_into=(),
    )
    for name, data in write_empty(empty):
        for layer in Opener().open((name,), data):
            if isinstance(layer, Layer):
                yield layer.text
