"""How a hand-over ended, told apart by what may be done next."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

State = Literal["delivered", "partly", "refused", "later", "unknown"]
"""``partly``: some recipients were refused. ``later``: refused for now (4xx), or no way to the server.
Nothing was taken then. ``unknown``: the mail was given over and no answer came; it may have been taken, and is never
tried again blindly."""

TRY_LATER = "Try again later."


class Refusal(Struct, frozen=True):
    """Whom a server refused, with its code (0: none was given) and its own words, made printable and short."""

    recipient: str
    code: int
    text: str


class Outcome(Struct, frozen=True):
    """What became of one letter. ``told`` is a sentence for a person, ``hint`` what they do next; the command to go on
    is for whoever was asked to hand it over."""

    state: State
    told: str
    hint: str = ""
    accepted: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    place: str = ""  # a folder, a file, a queue id
