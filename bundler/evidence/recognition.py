"""Asks readers, log formats and pictures which of them knows a source, and takes the surest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from bundler import readers
from bundler.errors import MisuseError, UnreadableInput
from bundler.evidence.sources import Source
from bundler.logs.catalogue import FORMATS, PLAIN, find_format
from bundler.logs.recognition import recognise as recognise_log
from bundler.logs.types import LogFormat
from bundler.pictures import clean
from bundler.readers import error_text
from bundler.readers.types import Reader

Role = Literal["exchanges", "log", "picture"]

SURE_ENOUGH = 0.35
"""Score below which nobody is taken to know a source."""


class Recognition(Struct, frozen=True):
    """Who will read a source, and why. Exactly one of ``reader`` and ``log`` is set, or none for a picture."""

    role: Role
    format: str
    score: float
    reason: str
    reader: Reader | None = None
    log: LogFormat | None = None


def recognise(source: Source, forced: str = "") -> Recognition | None:
    """Who reads ``source``; None when nobody does. ``forced`` is a format's name, or a role.

    Raises ``MisuseError`` for a name that is no format, ``UnreadableInput`` for an empty source.
    """
    if not source.head:
        raise UnreadableInput(f"{source.name} is empty.", "Save it again; nothing was written into it.")
    candidates = list(_candidates(source))
    if forced:
        return _as_told(source, forced, candidates)
    best = max(candidates, key=lambda candidate: candidate.score)
    return best if best.score >= SURE_ENOUGH else None


def _candidates(source: Source) -> Iterator[Recognition]:
    head, name = source.head, source.name
    for reader in readers.READERS:
        guess = reader.detect(head, name)
        yield Recognition("exchanges", reader.FORMAT, guess.score, guess.reason, reader=reader)
    log = recognise_log(head, name)
    if log.format is not None:
        yield Recognition("log", log.format.name, log.score, log.reason, log=log.format)
    picture = clean.detect(head, name)
    yield Recognition("picture", "picture", picture.score, picture.reason)


def _as_told(source: Source, forced: str, candidates: Sequence[Recognition], told: str = "") -> Recognition:
    told = told or f"you said it is {forced}"
    of_role = [candidate for candidate in candidates if forced in {candidate.format, candidate.role}]
    if of_role:
        best = max(of_role, key=lambda candidate: candidate.score)
        return Recognition(best.role, best.format, 1.0, told, best.reader, best.log)
    if forced == "log" or forced in FORMATS.names:
        chosen = find_format(forced) or PLAIN
        return Recognition("log", chosen.name, 1.0, told, log=chosen)
    if forced in {"request", "response"}:
        fitting = [each for each in candidates if forced == "response" or each.format != error_text.FORMAT]
        return _as_told(source, "exchanges", fitting, f"you said it is the {forced}")
    names = ", ".join(format_names())
    raise MisuseError(f"Nobody knows the format {forced!r}.", f"The formats are: {names}.")


def recognise_words(source: Source) -> Recognition | None:
    """A short text that nobody recognises and that tells of trouble, as what a program said; None for any other."""
    guess = error_text.detect(source.head, source.name)
    if not guess.score or not error_text.tells_of_trouble(source.head):
        return None
    return Recognition(
        "exchanges", error_text.FORMAT, guess.score, f"{guess.reason} that tells of an error", error_text
    )


def format_names() -> tuple[str, ...]:
    """Every name that ``--as`` takes."""
    return (*(reader.FORMAT for reader in readers.READERS), "log", *FORMATS.names, "picture")
