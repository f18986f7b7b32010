"""The shape of what we know of a payment provider: plain data, read from the TOML files beside this module."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from bundler.providers.causes import (
    Behaviour,
    Certainty,
    CodeBand,
    ErrorCode,
    MessageText,
    StatusRow,
    TestAmount,
)
from bundler.providers.demands import Deadline, FieldRule, HeaderDemand, Mandatory, RateLimit
from bundler.providers.desks import AskItem, Desk, Support

FactRole = Literal["merchant_id", "payment_id", "trace_id", "idempotency_key", "other"]
"""An idempotency key is the caller's own: it is no trace id, for a provider finds no call by it unless it says so."""
HeaderClass = Literal["secret", "partly-secret", "trace", "keep", "personal"]
KeyClass = Literal["secret", "personal", "keep"]
Step = Literal["", "initiate", "authorise", "capture", "refund", "cancel", "fail", "read"]
"""What a call or an event is in the life of a payment; ``fail`` is its end without money (rejected, expired)."""


class Host(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One host, or host and path prefix, of the provider. A leading dot makes ``host`` a suffix.

    An empty ``environment`` is that of a host which serves both: there only the key of a call tells.
    """

    host: str
    environment: Literal["", "production", "sandbox"]
    path: str = ""
    family: str = ""
    purpose: str = "api"  # "api", "landing-page", "callback"
    source: str = ""
    certainty: Certainty = "documented"


class Family(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One API of the provider, recognised by its path prefixes on the provider's hosts.

    ``like`` names the family whose identifiers, operations, error shapes and codes hold here as well. ``told_by`` are
    the signs of a call that tell it apart from that one where the paths do not: the name of a header, or a field with
    its value (``paymentMethod.type=CARD_PASSTHROUGH``).
    """

    slug: str
    name: str
    paths: tuple[str, ...] = ()
    status: Literal["current", "legacy", "closed"] = "current"
    like: str = ""
    told_by: tuple[str, ...] = ()
    docs: str = ""
    source: str = ""


class Operation(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One call: ``path`` is a template such as ``/v1/payments/{reference}/capture`` and may start anywhere in the URL.

    Names in braces that are also identifiers tell where the identifier sits. ``creates`` names the identifier that only
    the answer to this call brings into being; ``removed`` says since when the call is gone. ``step`` is what a
    successful answer means for the payment, ``amount`` the path to the amount in the request's body, in minor units.
    """

    family: str
    name: str
    method: str
    path: str
    direction: Literal["outgoing", "incoming"] = "outgoing"
    creates: str = ""
    step: Step = ""
    amount: str = ""
    removed: str = ""
    docs: str = ""
    source: str = ""
    certainty: Certainty = "documented"


class Event(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the provider reports of a payment by itself: the name it gives the event, and the step that it is.

    ``kind`` tells where the name stands: in a webhook, an event log, a callback's status, a state.
    """

    family: str
    name: str
    step: Step
    kind: Literal["webhook", "event", "callback", "state"]
    source: str = ""
    valid_from: str = ""


class Payload(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of a webhook or callback: it is one when every path of ``needs`` leads to something.

    ``event`` is the path to the event's name, ``occurred`` that to its time, ``amount`` that to the amount in minor
    units; a ``step`` holds whatever the body says (a callback that comes only for one thing).
    """

    family: str
    name: str
    needs: tuple[str, ...]
    event: str = ""
    step: Step = ""
    occurred: str = ""
    amount: str = ""
    samples: tuple[str, ...] = ()
    source: str = ""
    valid_from: str = ""


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
    source: str = ""
    certainty: Certainty = "documented"


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

    ``$`` is the body itself, ``[name=X]`` keeps the elements whose ``name`` is X, ``type#fragment`` takes what stands
    after the ``#`` of ``type``, and ``type#segment`` what stands after its last ``/``. So ``code`` may be
    ``extraDetails[name=ErrorCode].reason``. A shape fits when every path of ``needs`` leads to something other than
    null. ``reasons`` leads to the objects that blame single fields; ``reason_name`` and ``reason_text`` are their keys
    for the field and for what is wrong with it. Without these two, ``reasons`` is an object whose keys are the fields.
    ``group_name`` is the group of all codes of this form, where the body itself names none. ``success`` are codes that
    say that all went well, in a form that reports both: a body without any other code is no error.
    """

    name: str
    families: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    code: str = ""
    success: tuple[str, ...] = ()
    group: str = ""
    group_name: str = ""
    title: str = ""
    detail: str = ""
    trace: tuple[str, ...] = ()
    reasons: str = ""
    reason_name: str = ""
    reason_text: str = ""
    samples: tuple[str, ...] = ()
    source: str = ""
    certainty: Certainty = "documented"


class Profile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, eq=False):
    """Everything we know of one provider. Compared by identity, so that look-up tables can be kept beside it.

    ``sources`` are the pages it was made from; ``certainty`` says how much of it these confirm, in a sentence.
    ``replaces`` is true for a profile of the user's own that is meant to stand in for the shipped one of its slug.
    """

    slug: str
    name: str
    valid_from: str
    certainty: str = ""
    replaces: bool = False
    sources: tuple[str, ...] = ()
    support: Support = Support()
    hosts: tuple[Host, ...] = ()
    families: tuple[Family, ...] = ()
    operations: tuple[Operation, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    headers: tuple[HeaderRule, ...] = ()
    keys: tuple[KeyRule, ...] = ()
    shapes: tuple[ErrorShape, ...] = ()
    codes: tuple[ErrorCode, ...] = ()
    bands: tuple[CodeBand, ...] = ()
    statuses: tuple[StatusRow, ...] = ()
    texts: tuple[MessageText, ...] = ()
    behaviours: tuple[Behaviour, ...] = ()
    test_amounts: tuple[TestAmount, ...] = ()
    fields: tuple[FieldRule, ...] = ()
    header_demands: tuple[HeaderDemand, ...] = ()
    limits: tuple[RateLimit, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    events: tuple[Event, ...] = ()
    payloads: tuple[Payload, ...] = ()
    mandatory: tuple[Mandatory, ...] = ()
    asks: tuple[AskItem, ...] = ()
    desks: tuple[Desk, ...] = ()
    links: dict[str, str] = {}
    time_zone: str = "UTC"
    day_first: bool = True
