"""The shape of what we know of a payment provider: plain data, read from the TOML files beside this module."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from bundler.model import Who

FactRole = Literal["merchant_id", "payment_id", "trace_id", "other"]
HeaderClass = Literal["secret", "partly-secret", "trace", "keep", "personal"]
KeyClass = Literal["secret", "personal", "keep"]


class Host(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One host, or host and path prefix, of the provider. A leading dot makes ``host`` a suffix."""

    host: str
    environment: Literal["production", "sandbox"]
    path: str = ""
    family: str = ""
    purpose: str = "api"  # "api", "landing-page", "callback"


class Family(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One API of the provider, recognised by its path prefixes on the provider's hosts.

    ``like`` names the family whose identifiers, operations, error shapes and codes hold here as well.
    """

    slug: str
    name: str
    paths: tuple[str, ...] = ()
    status: Literal["current", "legacy", "closed"] = "current"
    like: str = ""
    docs: str = ""
    source: str = ""


class Operation(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One call: ``path`` is a template such as ``/v1/payments/{reference}/capture`` and may start anywhere in the URL.

    Names in braces that are also identifiers tell where the identifier sits. ``creates`` names the identifier that only
    the answer to this call brings into being; ``removed`` says since when the call is gone.
    """

    family: str
    name: str
    method: str
    path: str
    direction: Literal["outgoing", "incoming"] = "outgoing"
    creates: str = ""
    removed: str = ""
    docs: str = ""


class Identifier(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One identifier: what it is called, what it is to us, how it looks and where else than in paths it sits.

    ``keys`` are names in bodies, queries, forms and logs, compared without case, ``-`` and ``_``. ``pattern`` must
    match the whole value. ``rank`` decides between identifiers of the same role: the lowest wins. Empty ``families``
    means all of them.
    """

    name: str
    role: FactRole
    pattern: str
    families: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    rank: int = 50
    label: str = ""  # how the ask-list calls it, where that differs
    samples: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()


class HeaderRule(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a header is to us. ``partly-secret`` keeps the last four characters, as the provider asks for them."""

    names: tuple[str, ...]
    kind: HeaderClass


class KeyRule(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a key in a body, query or form is to us; ``label`` names the placeholder (``phone``, ``name``)."""

    names: tuple[str, ...]
    kind: KeyClass
    label: str


class ErrorShape(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One form of an error body. Paths are dotted keys; ``[]`` steps into each element of an array.

    ``$`` is the body itself, ``[name=X]`` keeps the elements whose ``name`` is X, and ``type#fragment`` takes what
    stands after the ``#`` of ``type``. So ``code`` may be ``extraDetails[name=ErrorCode].reason``. A shape fits when
    every path of ``needs`` leads to something other than null. ``reasons`` leads to the objects that blame single
    fields; ``reason_name`` and ``reason_text`` are their keys for the field and for what is wrong with it. Without
    these two, ``reasons`` is an object whose keys are the fields.
    """

    name: str
    families: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    code: str = ""
    group: str = ""
    title: str = ""
    detail: str = ""
    trace: tuple[str, ...] = ()
    reasons: str = ""
    reason_name: str = ""
    reason_text: str = ""
    samples: tuple[str, ...] = ()
    source: str = ""


class ErrorCode(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One row of the provider's error tables. ``valid_from`` is the date of the table it was read from."""

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


class StatusRow(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an HTTP status usually means with this provider, for when the body says nothing more.

    Status 0 stands for "no answer came". A row with ``contains`` holds only when the body or the error has one of these
    texts in it (compared without case), and then wins; of the others the first that fits is the one.
    """

    status: int
    cause: str
    remedy: str
    who: Who
    families: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    link: str = ""
    source: str = ""


class AskItem(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing that the provider asks for. ``item`` is the stable name that checks know it by."""

    item: Literal["merchant_id", "payment_id", "occurred_at", "request", "response", "screenshot", "logs"]
    label: str
    how: str  # how to get it, and the option that adds it
    when: Literal["always", "in-app"] = "always"


class Support(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where and how to reach the provider's developer support."""

    address: str = ""
    desk: str = ""
    answers_within: str = ""
    contact_page: str = ""
    status_page: str = ""
    size_limit: int = 10_000_000
    source: str = ""


class Profile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, eq=False):
    """Everything we know of one provider. Compared by identity, so that look-up tables can be kept beside it."""

    slug: str
    name: str
    valid_from: str
    support: Support = Support()
    hosts: tuple[Host, ...] = ()
    families: tuple[Family, ...] = ()
    operations: tuple[Operation, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    headers: tuple[HeaderRule, ...] = ()
    keys: tuple[KeyRule, ...] = ()
    shapes: tuple[ErrorShape, ...] = ()
    codes: tuple[ErrorCode, ...] = ()
    statuses: tuple[StatusRow, ...] = ()
    asks: tuple[AskItem, ...] = ()
    links: dict[str, str] = {}
    time_zone: str = "UTC"
    day_first: bool = True
