"""Makes of a ticket that may hold secrets one that may not: walks every field of it, twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from bundler import providers
from bundler.amounts import plural
from bundler.model import (
    BodyState,
    Excerpt,
    Exchange,
    Finding,
    FindingKind,
    Picture,
    RecordSpan,
    Reporter,
    Request,
    Response,
    SafeTicket,
    Ticket,
)
from bundler.providers.profile import Profile
from bundler.redact import wishes
from bundler.redact.masker import Masker
from bundler.redact.placeholders import Placeholders
from bundler.redact.rule import Rule
from bundler.redact.rules import RULES
from bundler.redact.vault import Vault
from bundler.redact.words import NO_WORDS, Words

Visit = Callable[[bytes, str], bytes]
"""What is done with a text: its bytes, and the header's name where it is the value of one."""

_OUR_WORDS = frozenset(
    ("provider", "family", "kind", "environment", "severity", "who", "certainty", "direction", "body_state")
)
"""Fields whose values are words of our own, not of the evidence."""


FINDINGS: dict[str, FindingKind] = {
    "PRV901": FindingKind(
        "A masking rule failed.",
        "warning",
        "Nothing unmasked has left. Send the evidence in another form, and tell us which rule it was.",
    ),
    "PRV902": FindingKind(
        "An identifier also stands where a secret does.",
        "warning",
        "Check whether a key was typed as an id. If the id is right, change the secret.",
    ),
    **wishes.FINDINGS,
}
"""The findings that ``redact`` itself makes, by code."""

_NOT_TEXT = b"[withheld: a body that is not text]"


def redact(
    ticket: Ticket,
    profile: Profile,
    *,
    rules: Iterable[Rule] = RULES,
    placeholders: Placeholders | None = None,
    words: Words = NO_WORDS,
) -> tuple[SafeTicket, Vault]:
    """The same ticket without secrets and personal data, and the private map of what was taken out.

    Every text and every byte of the ticket is searched, the reporter excepted, who is never masked anywhere. A text on
    which a rule fails is withheld whole and a finding says so; nothing is raised. The values of the ticket's facts are
    kept, unless the evidence shows one of them under the name of a secret (``client_secret``, ``password``).
    Redacting what is redacted changes nothing. ``placeholders`` may know values and ways of writing from an earlier
    ticket. ``words`` are what the user wants kept and masked; raises ``MisuseError`` where these contradict the rules.
    """
    masker = Masker(
        profile,
        identifiers_of(ticket, profile),
        _untouchable(ticket, profile),
        rules=rules,
        placeholders=placeholders,
        words=words,
    )
    not_text = tuple(_bodies_that_are_no_text(ticket.exchanges))
    _rebuilt(ticket, _discovering(masker))
    masker.settle()
    values = {name: _rebuilt_field(ticket, name, masker.mask) for name in ticket.__struct_fields__}
    values["findings"] += (*_findings(masker), *masker.wishes.findings(masker.mask))
    values["not_looked_into"] += tuple(masker.mask(text.encode()).decode() for text in not_text)
    vault = masker.placeholders.vault(ticket.ticket_id)
    kept = tuple(masker.wishes.kept_on_purpose(masker.mask))
    return SafeTicket(**values, redactions=vault.redactions(), kept=kept), vault


def texts_of(ticket: Ticket | SafeTicket) -> tuple[bytes, ...]:
    """Every text of the ticket that comes from the evidence or from who writes it, the reporter excepted."""
    texts: list[bytes] = []

    def collect(data: bytes, _header: str = "") -> bytes:
        texts.append(data)
        return data

    for name in Ticket.__struct_fields__:
        if name not in ("ticket_id", "findings", *_OUR_WORDS):
            _rebuilt(getattr(ticket, name), collect)
    return tuple(texts)


def mask_text(text: str, profile: Profile) -> str:
    """``text`` without secrets and personal data; withheld whole where a rule fails."""
    masker = Masker(profile)
    data = text.encode("utf-8", "surrogatepass")
    masker.discover(data)
    masker.settle()
    return masker.mask(data).decode("utf-8", "surrogatepass")


def mask_exchange(exchange: Exchange, profile: Profile) -> Exchange:
    """The same exchange without secrets and personal data, its identifiers kept."""
    masker = Masker(profile, _in_paths((exchange,), profile), (profile.support.address,))
    for visit in (_discovering(masker), masker.mask):
        rebuilt = _rebuilt(exchange, visit)
        masker.settle()
    masked: Exchange = rebuilt
    return masked


def _discovering(masker: Masker) -> Visit:
    def discover(data: bytes, header: str = "") -> bytes:
        masker.discover(data, header)
        return data

    return discover


def identifiers_of(ticket: Ticket | SafeTicket, profile: Profile) -> Iterator[str]:
    """Values that support needs: the ticket's facts with their rivals, and the ids in the paths of known operations."""
    yield ticket.ticket_id
    yield from ticket.facts.values()
    yield from _in_paths(ticket.exchanges, profile)


def _in_paths(exchanges: Iterable[Exchange], profile: Profile) -> Iterator[str]:
    for exchange in exchanges:
        if exchange.request is not None:
            matched = providers.find_operation(profile, exchange.request.method, exchange.request.url)
            if matched is not None:
                yield from matched.params.values()


def _untouchable(ticket: Ticket, profile: Profile) -> tuple[str, ...]:
    reporter = ticket.reporter
    return (reporter.email, reporter.name, reporter.company, reporter.integration, profile.support.address)


def _rebuilt_field(ticket: Ticket, name: str, visit: Visit) -> Any:
    value = getattr(ticket, name)
    return value if name in _OUR_WORDS else _rebuilt(value, visit)


def _rebuilt(value: Any, visit: Visit) -> Any:
    """``value`` with every text in it replaced by what ``visit`` makes of it, in the order of the fields."""
    if isinstance(value, Enum) or value is None:
        return value
    if isinstance(value, str):
        return visit(value.encode("utf-8", "surrogatepass"), "").decode("utf-8", "replace")
    if isinstance(value, bytes):
        return visit(value, "")
    if isinstance(value, tuple):
        return tuple(_rebuilt(part, visit) for part in value)
    if isinstance(value, Reporter | RecordSpan):
        return value  # the one is never masked, the other holds no text
    if isinstance(value, Request | Response):
        return _rebuilt_message(value, visit)
    if isinstance(value, Excerpt):
        return _rebuilt_excerpt(value, visit)
    if isinstance(value, Struct):
        kept = {"data", "format"} if isinstance(value, Picture) else _OUR_WORDS
        return replace(
            value,
            **{name: _rebuilt(getattr(value, name), visit) for name in value.__struct_fields__ if name not in kept},
        )
    return value


def _rebuilt_message(message: Request | Response, visit: Visit) -> Request | Response:
    parts = {
        name: _rebuilt(getattr(message, name), visit)
        for name in message.__struct_fields__
        if name not in ("headers", "body", "body_state")
    }
    headers = tuple(
        (_rebuilt(name, visit), visit(value.encode("utf-8", "surrogatepass"), name).decode("utf-8", "replace"))
        for name, value in message.headers
    )
    body = _NOT_TEXT if _is_no_text(message) else visit(message.body, "") if message.body else message.body
    return replace(message, **parts, headers=headers, body=body)


def _rebuilt_excerpt(excerpt: Excerpt, visit: Visit) -> Excerpt:
    """The excerpt with its lines masked; withheld, it has no records left to be counted."""
    parts = {name: _rebuilt(getattr(excerpt, name), visit) for name in excerpt.__struct_fields__}
    if (
        excerpt.data
        and parts["data"].startswith(b"[withheld: the rule ")
        and not excerpt.data.startswith(b"[withheld: ")
    ):
        parts |= {"spans": (), "notes": (*parts["notes"], parts["data"].decode("utf-8", "replace"))}
    return replace(excerpt, **parts)


def _is_no_text(message: Request | Response) -> bool:
    if not message.body:
        return False
    if message.body_state is BodyState.NOT_TEXT:
        return True
    return b"\0" in message.body and not message.body.startswith((b"\xff\xfe", b"\xfe\xff"))


def _bodies_that_are_no_text(exchanges: Iterable[Exchange]) -> Iterator[str]:
    for exchange in exchanges:
        for name, message in (("request body", exchange.request), ("response body", exchange.response)):
            if message is not None and message.body != _NOT_TEXT and _is_no_text(message):
                size = plural(len(message.body), "byte")
                yield f"{exchange.origin(name)}: no text ({size}); left out, for it cannot be searched"


def _findings(masker: Masker) -> tuple[Finding, ...]:
    """What redaction itself has to say: rules that failed, identifiers that turned out to be secrets."""
    found: list[Finding] = []
    if masker.failed_rules:
        rules = ", ".join(sorted(masker.failed_rules))
        count = masker.withheld_count
        found.append(
            Finding(
                code="PRV901",
                severity=FINDINGS["PRV901"].severity,
                message=f"A masking rule failed ({rules}); texts left out: {count}.",
                advice=FINDINGS["PRV901"].advice,
            )
        )
    if masker.used_as_secret:
        rules = ", ".join(sorted(masker.used_as_secret))
        found.append(
            Finding(
                code="PRV902",
                severity=FINDINGS["PRV902"].severity,
                message=f"An identifier of this ticket also stands where a secret does ({rules}), and is masked.",
                advice=FINDINGS["PRV902"].advice,
            )
        )
    return tuple(found)
