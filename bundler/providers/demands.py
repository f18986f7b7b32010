"""The rows that say what the provider demands: of fields, headers, rates and times, and before going live."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from bundler.model import Who

FieldType = Literal["", "string", "integer", "number", "boolean", "object", "list"]
FieldForm = Literal["", "uuid", "url", "https-url", "date-time", "msisdn"]
"""``url`` is https or has an app's own scheme, ``https-url`` is https, has a public host name and no blank."""


class FieldRule(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one field of a request's JSON body has to be; limits on texts are in characters, on numbers inclusive.

    ``operations`` names operations of the family, empty for all of them that carry a body. ``field`` is a path of keys
    as in error shapes (``amount.value``, ``allowedCardTypes[].name``), its capitals being part of the name. ``when``
    restricts the rule to bodies in which another field has a value (``isCheckout=true``, ``paymentMethod.type=WALLET``)
    or is there at all (``expiresAt``).
    ``misspelt`` are spellings that people use in its place; ``removed`` tells since when the field has no effect;
    ``placeholder`` are values of documentation that are left in. ``samples`` and ``misses`` are bodies as JSON that
    keep and break the rule (each miss breaks this rule; it may break others too).
    """

    family: str
    field: str
    remedy: str
    operations: tuple[str, ...] = ()
    when: str = ""
    required: bool = False
    type: FieldType = ""
    form: FieldForm = ""
    pattern: str = ""
    choices: tuple[str, ...] = ()
    deprecated: tuple[str, ...] = ()
    placeholders: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    shortest: int | None = None
    longest: int | None = None
    misspelt: tuple[str, ...] = ()
    removed: str = ""
    who: Who = "code"
    link: str = ""
    source: str = ""
    valid_from: str = ""
    samples: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()


class HeaderDemand(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a header of calls to the families has to be: there, absent, of a form.

    ``need`` is how badly it is needed: ``required`` calls fail without it, ``expected`` ones work but support asks for
    it, ``forbidden`` ones fail with it. ``methods`` and ``operations`` restrict the rule, empty for all.
    """

    name: str
    need: Literal["required", "expected", "optional", "forbidden"]
    remedy: str
    families: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    pattern: str = ""
    longest: int | None = None
    who: Who = "code"
    link: str = ""
    source: str = ""
    valid_from: str = ""
    samples: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()


class RateLimit(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How many calls of the operations may be made in so many seconds, counted ``per`` identifier and header."""

    family: str
    operations: tuple[str, ...]
    count: int
    seconds: int = 60
    per: tuple[str, ...] = ()
    link: str = ""
    source: str = ""
    valid_from: str = ""


DeadlineName = Literal[
    "token-life",  # of an access token, from when it was issued
    "payment-life",  # from initiating to authorising
    "patch-after-callback",  # MobilePay Online: from the card callback to the PATCH
    "callback-answer",  # from the provider's callback to the integrator's answer
    "webhook-answer",
    "capture",  # from authorising to capturing
    "cancel",
    "refund",  # from capturing to refunding
    "retry-wait",  # least seconds between a failure and the next try
    "retry-count",  # not seconds: so many tries at most
    "poll-wait",  # least seconds between two readings of one payment
]


class Deadline(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A time that the provider gives, in seconds; an empty ``environment`` means both."""

    family: str
    name: DeadlineName
    seconds: float
    remedy: str
    environment: Literal["", "production", "sandbox"] = ""
    market: str = ""  # "NO", "DK", "FI", where it differs
    link: str = ""
    source: str = ""
    valid_from: str = ""


class Mandatory(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One of the provider's conditions to go live. ``name`` is the one that the checks of going live know it by."""

    name: str
    title: str
    rule: str
    families: tuple[str, ...]
    link: str = ""
    source: str = ""
    valid_from: str = ""
