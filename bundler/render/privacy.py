"""What was masked, withheld, kept and not looked into, as rows for reports and for the terminal; never a value."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from bundler.document import count_redactions, exchange_wire, layout
from bundler.model import Finding, Redaction, SafeTicket

SECRETS, PAYING, PERSONAL, OTHERS = "secrets", "payment data", "personal data", "other values"

KINDS: dict[str, tuple[str, str]] = {
    "jwt": (SECRETS, "JSON web tokens"),
    "secret": (SECRETS, "passwords, client secrets and one-time codes"),
    "token": (SECRETS, "access and session tokens"),
    "basic": (SECRETS, "user names with passwords (Basic)"),
    "key": (SECRETS, "API and signing keys"),
    "cookie": (SECRETS, "session cookies"),
    "signature": (SECRETS, "signatures of requests"),
    "private-key": (SECRETS, "private keys"),
    "card": (PAYING, "card numbers"),
    "cvv": (PAYING, "card security codes"),
    "cryptogram": (PAYING, "card cryptograms and track data"),
    "iban": (PAYING, "bank accounts"),
    "national-id": (PERSONAL, "national identity numbers"),
    "email": (PERSONAL, "e-mail addresses"),
    "phone": (PERSONAL, "telephone numbers"),
    "name": (PERSONAL, "names of people"),
    "address": (PERSONAL, "postal addresses"),
    "birth-date": (PERSONAL, "dates of birth"),
    "ip": (PERSONAL, "IP addresses"),
    "device": (PERSONAL, "device and hardware ids"),
    "personal": (PERSONAL, "what the provider calls personal"),
    "word": (OTHERS, "words that the sender named"),
}
"""What each kind is for somebody who does not program: to which group it belongs, and its name in words."""

_WITHHELD = re.compile(rb"\[withheld: ([a-z0-9 -]{1,120})\]")
_NO_TEXT = "a body that is not text"
_PICTURE = ": what is seen in a picture is not searched"
_LOOK = "Look at it yourself; cover parts of it with --redact"


class Masked(Struct, frozen=True):
    """All secrets of one kind: how many different values there were, in how many places."""

    name: str
    value_count: int
    place_count: int

    def __str__(self) -> str:
        return f"{self.name} ({self.place_count:,})"

    @property
    def words(self) -> str:
        """The kind for somebody who does not program."""
        return KINDS.get(self.name, ("", self.name))[1]


class Group(Struct, frozen=True):
    """The kinds of one group, such as all that is personal."""

    name: str
    kinds: tuple[Masked, ...]

    @property
    def value_count(self) -> int:
        return sum(kind.value_count for kind in self.kinds)

    @property
    def place_count(self) -> int:
        return sum(kind.place_count for kind in self.kinds)


class FileMasked(Struct, frozen=True):
    """One file of the bundle, what it was made from, and what was masked in it."""

    name: str
    origin: str
    kinds: tuple[Masked, ...]


class Unseen(Struct, frozen=True):
    """What no rule has looked into, why not, and what to do about it."""

    what: str
    why: str
    advice: str
    is_picture: bool = False


class Withheld(Struct, frozen=True):
    """Texts that were left out of a file because a rule failed on them."""

    file: str
    why: str
    count: int


def by_kind(redactions: Iterable[Redaction]) -> tuple[Masked, ...]:
    """What was masked, a row a kind, in the order in which the kinds were first met."""
    values: Counter[str] = Counter()
    places: Counter[str] = Counter()
    for each in redactions:
        values[each.kind] += 1
        places[each.kind] += each.count
    return tuple(Masked(kind, values[kind], places[kind]) for kind in values)


def by_group(redactions: Iterable[Redaction]) -> tuple[Group, ...]:
    """What was masked, the groups in the order of their weight, in each the kind with most values first."""
    kinds = sorted(by_kind(redactions), key=lambda kind: -kind.value_count)
    groups: dict[str, list[Masked]] = {SECRETS: [], PAYING: [], PERSONAL: [], OTHERS: []}
    for kind in kinds:
        groups[KINDS.get(kind.name, (OTHERS, ""))[0]].append(kind)
    return tuple(Group(name, tuple(found)) for name, found in groups.items() if found)


def evidence_files(ticket: SafeTicket) -> Iterator[tuple[str, str, bytes]]:
    """Every file of the bundle that holds text of the evidence: its name, what it was made from, and its content."""
    names = layout(ticket)
    for name, exchange in zip(names.exchanges, ticket.exchanges, strict=True):
        yield name, str(exchange.origin("")), exchange_wire(exchange)
    for name, excerpt in zip(names.logs, ticket.logs, strict=True):
        yield name, excerpt.source, excerpt.data


def by_file(ticket: SafeTicket) -> tuple[FileMasked, ...]:
    """What was masked in each exchange and each log excerpt."""
    return tuple(
        FileMasked(name, origin, by_kind(count_redactions(data, ticket.redactions)))
        for name, origin, data in evidence_files(ticket)
    )


def unseen(ticket: SafeTicket) -> tuple[Unseen, ...]:
    """What was not looked into, pictures first, by their names in the bundle."""
    pictures = [
        (name, picture.source, picture.box_count)
        for name, picture in zip(layout(ticket).pictures, ticket.pictures, strict=True)
    ]
    return unseen_of(ticket.not_looked_into, pictures)


def unseen_of(told: Iterable[str], pictures: Sequence[tuple[str, str, int]]) -> tuple[Unseen, ...]:
    """The same from a ticket's own words and its pictures: name in the bundle, source, number of covered areas."""
    seen = {f"{source}{_PICTURE}" for _, source, _ in pictures}
    shown = [_picture(*picture) for picture in pictures]
    return (*shown, *(_thing(text) for text in told if text not in seen))


def withheld(ticket: SafeTicket) -> tuple[Withheld, ...]:
    """What was left out of the evidence's files because a rule failed."""
    return withheld_in((name, data) for name, _, data in evidence_files(ticket))


def withheld_in(files: Iterable[tuple[str, bytes]]) -> tuple[Withheld, ...]:
    """The markers of texts that were left out, counted by file; bodies that are no text are told of elsewhere."""
    found: list[Withheld] = []
    for name, data in files:
        markers = Counter(match[1].decode() for match in _WITHHELD.finditer(data))
        found += (Withheld(name, why, count) for why, count in markers.items() if why != _NO_TEXT)
    return tuple(found)


def decided(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What the masking itself has to say (``PRV9xx``): what stays on the user's word and why, and what went wrong."""
    return tuple(finding for finding in findings if finding.code.startswith("PRV9"))


def _picture(name: str, source: str, box_count: int) -> Unseen:
    covered = f"; {box_count} of its areas covered" if box_count else "; no part of it is covered"
    return Unseen(
        name, f"what a picture shows is never searched{covered}", f"{_LOOK} {source}:X,Y,W,H.", is_picture=True
    )


def _thing(text: str) -> Unseen:
    what, _, why = text.partition(": ")
    if not why:
        return Unseen(text, "", "Look at it yourself.")
    if why.endswith(_PICTURE.removeprefix(": ")):
        return Unseen(what, why, f"{_LOOK} X,Y,W,H.", is_picture=True)
    if "no text" in why or "not text" in why:
        return Unseen(what, why, "Not in the bundle. Where support needs it, say with --note what is in it.")
    return Unseen(what, why, "Look at it yourself; it may matter, or hold what nobody has masked.")
