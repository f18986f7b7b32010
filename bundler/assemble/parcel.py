"""Makes of a safe ticket what leaves: bundle, mail and private map; looks for leaks in them before any has a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from bundler import __version__
from bundler.assemble import Draft
from bundler.assemble.leaking import refuse, refusing_failed_rules
from bundler.assemble.mailing import USUAL, Mailing, Sizing, Stationery, make_mailing
from bundler.assemble.maps import ENDING, SEALED_ENDING, map_bytes
from bundler.assemble.sealing import Recipients
from bundler.assemble.wording import Files, foreign_words, refuse_words
from bundler.document import (
    TICKET_NAME,
    Whole,
    count_redactions,
    encode,
    exchange_wire,
    layout,
    to_document,
)
from bundler.errors import EnvironmentProblem
from bundler.model import Omission, SafeTicket
from bundler.pack.build import Member, build
from bundler.pack.open import open_bundle
from bundler.pack.publish import Output, publish
from bundler.redact import find_leaks
from bundler.redact.edition import rules_edition
from bundler.redact.words import NO_WORDS
from bundler.render import Tool, render
from bundler.render import load as load_rendering

TOOL = Tool(name="ticket-bundler", version=__version__, rules=rules_edition())
_REPORTS = ("report.html", "report.md", "privacy.md")

_FOREIGN = re.compile(r"[^A-Za-z0-9-]+")


class Parcel(Struct, frozen=True):
    """What leaves, as bytes, and the private map, which does not. ``stem`` is the name they share.

    ``map_ending`` tells whether the map is encrypted. ``lacks`` is what the mails leave out of the bundle: files by
    name, each with a sentence.
    """

    stem: str
    bundle: bytes
    mails: tuple[bytes, ...]
    vault: bytes
    document: bytes
    map_ending: str = ENDING
    mail_limit: int = 0
    lacks: tuple[tuple[str, str], ...] = ()


def load() -> None:
    """Load what making a parcel takes later, for whoever has nothing else to do yet."""
    load_rendering()


def make_parcel(
    draft: Draft,
    templates: Path | None = None,
    cache: Path | None = None,
    recipients: Recipients | None = None,
    sizing: Sizing = USUAL,
) -> Parcel:
    """Bundle and mail of ``draft``; raises ``LeakFound`` when something secret is still in them.

    ``sizing`` is how large the mail may be. The same draft gives the same bytes, but for a map that is encrypted for
    ``recipients``.
    """
    document, bundle, mailing = _finished(draft.ticket, draft, templates, cache, sizing)
    stem = _stem(draft.ticket)
    named = [*_named(bundle, mailing), ("the files' names", stem.encode())]
    _refuse_leaks(draft, named, lambda empty: _named(*_finished(empty, draft, None, cache, USUAL)[1:]))
    return Parcel(
        stem,
        bundle,
        mailing.mails,
        map_bytes(draft.vault, recipients),
        document,
        ENDING if recipients is None else SEALED_ENDING,
        mailing.limit,
        mailing.lacks,
    )


def _finished(
    ticket: SafeTicket, draft: Draft, templates: Path | None, cache: Path | None, sizing: Sizing
) -> tuple[bytes, bytes, Mailing]:
    """The document of ``ticket``, its bundle and its mails."""
    document = encode(to_document(ticket))
    write = partial(render, tool=TOOL, templates=templates, cache=cache)
    members = _members(ticket, document, partial(write, ticket=ticket))
    bundle = build(members, ticket_id=ticket.ticket_id, tool=f"{TOOL.name} {TOOL.version}")
    support = draft.profile.support
    whole = Whole(name=f"{_stem(ticket)}.zip", size=len(bundle), sha256=sha256(bundle).hexdigest())
    paper = Stationery(support.address, whole, open_bundle(bundle).manifest, write, draft.thread)
    return document, bundle, make_mailing(ticket, paper, sizing, support.size_limit)


def _named(bundle: bytes, mailing: Mailing) -> list[tuple[str, bytes]]:
    """Bundle and mails by what people call them."""
    count = len(mailing.mails)
    mails = [("the mail" if count == 1 else f"mail {n} of {count}", mail) for n, mail in enumerate(mailing.mails, 1)]
    return [("the bundle", bundle), *mails]


def publish_parcel(parcel: Parcel, folder: Path, *, overwrite: bool) -> dict[str, Path]:
    """Write bundle, mail and map into ``folder`` (made if need be), all or none; returns their paths.

    Of several mails the first goes by ``mail``, the others by ``mail-2`` and so on.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = (error.strerror or "unknown reason").lower()
        raise EnvironmentProblem(f"The folder {folder} cannot be made: {why}.", "Name another one with -o.") from error
    count = len(parcel.mails)
    outputs = {"bundle": Output(f"{parcel.stem}.zip", parcel.bundle)}
    for number, mail in enumerate(parcel.mails, 1):
        numbered = f".{number}of{count}" if count > 1 else ""
        outputs["mail" if number == 1 else f"mail-{number}"] = Output(f"{parcel.stem}{numbered}.eml", mail)
    outputs["map"] = Output(f"{parcel.stem}{parcel.map_ending}", parcel.vault, private=True)
    return dict(zip(outputs, publish(folder, tuple(outputs.values()), overwrite=overwrite), strict=True))


def _members(ticket: SafeTicket, document: bytes, write: Callable[[str], str]) -> Iterator[Member]:
    names = layout(ticket)

    def member(name: str, data: bytes, origin: str, omitted: tuple[Omission, ...] = ()) -> Member:
        return Member(name, data, origin, count_redactions(data, ticket.redactions), omitted)

    for name, excerpt in zip(names.logs, ticket.logs, strict=True):  # they take longest to compress
        yield member(name, excerpt.data, excerpt.source, excerpt.omitted)
    yield member(TICKET_NAME, document, "the ticket")
    for report in _REPORTS:
        yield member(report, write(report).encode(), "the ticket, rendered")
    for name, exchange in zip(names.exchanges, ticket.exchanges, strict=True):
        yield member(name, exchange_wire(exchange), str(exchange.origin("")))
    for name, picture in zip(names.pictures, ticket.pictures, strict=True):
        yield member(name, picture.data, picture.source)


def _refuse_leaks(draft: Draft, files: list[tuple[str, bytes]], write_empty: Callable[[SafeTicket], Files]) -> None:
    """The last step before anything has a name: what redaction took out must be nowhere in the finished bytes."""
    reporter = draft.ticket.reporter
    protected = [*draft.ticket.facts.values(), reporter.email, reporter.name, reporter.company]
    protected += [reporter.integration, draft.profile.support.address]
    words = NO_WORDS
    if draft.words != NO_WORDS:
        refuse_words(draft, protected)
        words = foreign_words(draft, write_empty)
    with refusing_failed_rules():
        look = find_leaks(files, vault=draft.vault, profile=draft.profile, protected=protected, words=words)
    refuse(look)


def _stem(ticket: SafeTicket) -> str:
    payment = ticket.facts.payment_id
    slug = payment.value if payment is not None else ticket.provider
    plain = _FOREIGN.sub("-", slug).strip("-")[:48] or "ticket"
    return f"ticket-{plain}-{ticket.created:%Y%m%dT%H%M%SZ}"
