"""The little that recorded calls boil down to: what conditions to go live are judged by."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from bundler.model import Origin
from bundler.providers.profile import Host

CallStep = Literal["initiate", "authorise", "capture", "cancel", "refund", "create-merchant"]


class CardType(Struct, frozen=True):
    """One entry of ``allowedCardTypes``, and the addresses it comes with."""

    name: str
    token_url: str = ""
    pan_url: str = ""


class Call(Struct, frozen=True):
    """One call that matters for going live; ``fields`` holds what its body says, None where it could not be read."""

    step: CallStep
    family: str
    removed: str
    source: str
    place: str
    is_done: bool  # answered with success, or reported by the provider as done
    payment: str = ""
    grants: bool = False  # an authorisation that was given, not refused
    fields: dict[str, Any] | None = None
    cards: tuple[CardType, ...] = ()

    def origin(self, place: str) -> Origin:
        """Where ``place`` of the call is, for people."""
        return Origin(self.source, ", ".join(part for part in (self.place, place) if part))

    def text(self, field: str) -> str:
        """The field's value where it is a text, else an empty one."""
        value = (self.fields or {}).get(field)
        return value.strip() if isinstance(value, str) else ""


class Page(Struct, frozen=True):
    """A host of the provider that was called or redirected to."""

    host: Host
    origin: Origin
    is_done_page: bool = False


class Traffic(Struct, frozen=True):
    """All that the rules may look at."""

    calls: tuple[Call, ...] = ()
    pages: tuple[Page, ...] = ()
    picture_types: dict[str, str] = {}
    """Content types of pictures that were fetched, by their address."""
    own_names: frozenset[str] = frozenset()

    def of(self, families: tuple[str, ...]) -> Traffic:
        """The same with the calls of these APIs only; all of them where none is named."""
        return replace(self, calls=tuple(call for call in self.calls if not families or call.family in families))

    def steps(self, *steps: CallStep) -> tuple[Call, ...]:
        """The calls that are one of these steps, in the order in which they were seen."""
        return tuple(call for call in self.calls if call.step in steps)
