"""What the user typed about the case, as one value, and how the way through reports its progress."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from bundler.excerpts.progress import NoProgress, Progress
from bundler.logs.types import AFTER, BEFORE
from bundler.model import Environment, Kind
from bundler.pictures.clean import Box
from bundler.redact.words import NO_WORDS, Words

if TYPE_CHECKING:
    from bundler.assemble.following import Earlier
    from bundler.redact.vault import Vault

__all__ = ["Case", "NoProgress", "Progress"]


class Thread(Struct, frozen=True):
    """The mail that ours answers: the ``<id>`` of it, and those of the mails before it; empty where there is none."""

    in_reply_to: str = ""
    references: tuple[str, ...] = ()


NO_THREAD = Thread()


class Case(Struct, frozen=True, kw_only=True):
    """Everything typed. Empty means "find it". ``ids`` are further identifiers by their provider's name."""

    evidence: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    responses: tuple[str, ...] = ()
    logs: tuple[str, ...] = ()
    log_commands: tuple[str, ...] = ()
    log_sources: tuple[str, ...] = ()
    screenshots: tuple[str, ...] = ()
    taken_as: str = ""
    provider: str = ""
    kind: Kind = "incident"
    environment: Environment | None = None
    merchant_id: str = ""
    payment_id: str = ""
    trace_id: str = ""
    ids: tuple[tuple[str, str], ...] = ()
    at: str = ""
    zone: str = ""
    event: str = ""
    summary: str = ""
    notes: tuple[str, ...] = ()
    entry: str = ""
    before: timedelta = BEFORE
    after: timedelta = AFTER
    boxes: tuple[tuple[str, Box], ...] = ()  # the picture's name, empty for all of them, and the area
    templates: Path | None = None
    earlier: Earlier | None = None  # the ticket that this one follows up
    thread: Thread = NO_THREAD
    known: Vault | None = None  # the private map of an earlier ticket
    preserves_format: bool = False
    words: Words = NO_WORDS

    @property
    def asks_programs(self) -> bool:
        """True when logs are to be had from programs."""
        return bool(self.log_commands or self.log_sources)

    @property
    def typed_ids(self) -> dict[str, str]:
        """The identifiers that were typed, by the option that took them."""
        main = {"merchant_id": self.merchant_id, "payment_id": self.payment_id, "trace_id": self.trace_id}
        typed = {**main, **dict(self.ids)}
        return {name: value for name, value in typed.items() if value}

    @property
    def narrowing_ids(self) -> tuple[str, ...]:
        """What was typed that calls of one payment name and those of another do not: all ids but the merchant's."""
        return tuple(value for name, value in self.typed_ids.items() if name != "merchant_id")
