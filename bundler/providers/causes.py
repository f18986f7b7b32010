"""The rows that explain a failure: codes, statuses, texts, bands, test amounts, behaviour that looks like a fault."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from bundler.model import Who

Certainty = Literal["documented", "unconfirmed"]
"""``unconfirmed``: common knowledge that no page of the provider was found for; findings made of it are less sure."""


class ErrorCode(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One row of the provider's error tables. ``valid_from`` is the date of the table it was read from.

    ``confidence`` is how surely the code alone tells the cause: low for codes that the provider uses for anything.
    """

    family: str
    code: str
    title: str
    remedy: str
    who: Who
    group: str | None = None
    http: int | None = None
    cause: str = ""
    link: str = ""
    source: str = ""
    valid_from: str = ""
    confidence: float = 0.97
    certainty: Certainty = "documented"


class StatusRow(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an HTTP status usually means with this provider, for when the body says nothing more.

    Status 0 stands for "no answer came"; of several rows for a status the first that fits is the one.
    """

    status: int
    cause: str
    remedy: str
    who: Who
    families: tuple[str, ...] = ()
    link: str = ""
    source: str = ""
    valid_from: str = ""


class MessageText(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A text in an answer, an error or a redirect that tells the cause by itself.

    It fits when one of ``contains`` is in the text, and none of ``unless``; both are compared without case and with
    every run of blanks as one. ``name`` is stable: ``explain`` knows it. Empty ``families`` and ``statuses`` mean all.
    """

    name: str
    contains: tuple[str, ...]
    title: str
    remedy: str
    who: Who
    samples: tuple[str, ...]
    misses: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    statuses: tuple[int, ...] = ()
    cause: str = ""
    link: str = ""
    source: str = ""
    valid_from: str = ""
    confidence: float = 0.92
    certainty: Certainty = "documented"


class CodeBand(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the numbers from ``first`` to ``last`` have in common, for a code that no row knows."""

    family: str
    first: int
    last: int
    title: str
    who: Who
    group: str | None = None
    source: str = ""
    valid_from: str = ""


class TestAmount(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An amount, in minor units, that has a meaning of its own in the test environment.

    ``steps`` are the steps of a payment (as operations name them) whose amount it has to be, empty for any.
    """

    __test__ = False  # no test, whatever pytest makes of the name

    family: str
    value: int
    title: str
    steps: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    source: str = ""
    valid_from: str = ""


class Behaviour(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Behaviour that is documented and yet reported as a fault.

    ``mentions`` are groups of words: what the person wrote about the event has to hold one of each group (compared
    without case; a word of letters only at the beginning of a word). Samples are sentences that do, misses are some
    that do not.
    """

    name: str
    title: str
    explanation: str
    remedy: str
    who: Who
    mentions: tuple[tuple[str, ...], ...]
    samples: tuple[str, ...]
    misses: tuple[str, ...]
    families: tuple[str, ...] = ()
    link: str = ""
    source: str = ""
    valid_from: str = ""
    confidence: float = 0.85
