"""What is said of one condition to go live, and how verdicts are put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from bundler.model import Origin

State = Literal["pass", "fail", "unseen"]

_ORIGINS = 5
_NAMED = 3


class GoLiveItem(Struct, frozen=True, kw_only=True):
    """One condition to go live: whether the traffic keeps it (``unseen`` where it cannot tell), and why, in words."""

    rule: str
    title: str
    state: State
    reason: str
    origins: tuple[Origin, ...] = ()
    link: str | None = None


class Verdict(Struct, frozen=True):
    """What a rule says of the traffic."""

    state: State
    reason: str
    origins: tuple[Origin, ...] = ()


def unseen(reason: str) -> Verdict:
    """The traffic does not tell."""
    return Verdict("unseen", reason)


def passed(reason: str, origins: Iterable[Origin]) -> Verdict:
    """The traffic keeps the rule; the first few places that show it."""
    return Verdict("pass", reason, _first(origins))


def failed(reason: str, origins: Iterable[Origin]) -> Verdict:
    """The traffic breaks the rule; the first few places that do."""
    return Verdict("fail", reason, _first(origins))


def _first(origins: Iterable[Origin]) -> tuple[Origin, ...]:
    return tuple(dict.fromkeys(origins))[:_ORIGINS]


def listed(words: Sequence[str]) -> str:
    """The first three of ``words``, each once, and how many more there are."""
    distinct = list(dict.fromkeys(words))
    more = f" and {len(distinct) - _NAMED} more" if len(distinct) > _NAMED else ""
    return ", ".join(distinct[:_NAMED]) + more
