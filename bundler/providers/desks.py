"""The rows about people: what the desk asks for by kind of problem, who else could help, how to write to them."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Problem = Literal["api-call", "webhook", "app", "plugin", "onboarding", "question", "feature", "operations-list"]

AskedItem = Literal[
    "merchant_id",
    "payment_id",
    "occurred_at",
    "request",
    "response",
    "screenshot",
    "logs",
    "environment",
    "family",
    "trace_id",
    "steps",
    "organisation",
    "app_version",
    "system",
    "contact",
    "journey",
]


class AskItem(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing that the provider asks for. ``item`` is the stable name that checks know it by.

    ``problems`` are the kinds of problem it is asked for, empty for all; ``when`` narrows it to errors in the app, and
    ``mentions`` to evidence that holds one of these words. Of several rows of an item the first that fits is the one.
    ``need`` tells whether the first reply will ask for it (``required``) or it only helps. ``why`` completes "it is
    asked for because …".
    """

    item: AskedItem
    label: str
    how: str  # how to get it, and the option that adds it
    why: str = ""
    mentions: tuple[str, ...] = ()
    when: Literal["always", "in-app"] = "always"
    problems: tuple[Problem, ...] = ()
    need: Literal["required", "helpful"] = "required"
    source: str = ""


class Desk(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Somebody else than developer support who can help, or developer support itself.

    ``mentions`` are groups of words as in ``Behaviour``: what was written has to hold one of each. ``because``
    completes "developer support will probably refuse this, because …" and is empty for the desk of developer support.
    """

    name: str
    title: str
    helps_with: str
    address: str = ""
    page: str = ""
    asks: str = ""
    because: str = ""
    subject: str = ""  # how the desk wants its subject, and what must not be in the mail
    masking: str = ""
    languages: tuple[str, ...] = ()
    mentions: tuple[tuple[str, ...], ...] = ()
    problems: tuple[Problem, ...] = ()
    samples: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    source: str = ""
    valid_from: str = ""


class Support(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where and how to reach the provider's developer support.

    ``size_limit`` is the largest mail that it takes, encoded, in bytes; 0 where that is not known.
    """

    address: str = ""
    desk: str = ""
    answers_within: str = ""
    contact_page: str = ""
    status_page: str = ""
    size_limit: int = 0
    source: str = ""
