"""Makes of a safe ticket what leaves: bundle, mail and private map; looks for leaks in them before any has a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from msgspec import Struct

from bundler import __version__
from bundler.assemble import Draft
from bundler.assemble.leaking import refuse, refusing_failed_rules
from bundler.assemble.maps import ENDING, SEALED_ENDING, map_bytes
from bundler.assemble.sealing import Recipients
from bundler.assemble.wording import Files, foreign_words, refuse_words
from bundler.document import (
    MANIFEST_NAME,
    TICKET_NAME,
    attachment_name,
    count_redactions,
    encode,
    exchange_wire,
    layout,
    to_document,
)
from bundler.errors import EnvironmentProblem
from bundler.mail.compose import INLINE_LIMIT, Attachment, compose, picture_id
from bundler.model import Omission, SafeTicket
from bundler.pack.build import Member, build
from bundler.pack.open import open_bundle
from bundler.pack.publish import Output, publish
from bundler.redact import find_leaks
from bundler.redact.edition import rules_edition
from bundler.redact.words import NO_WORDS
from bundler.render import Tool, render

TOOL = Tool(name="ticket-bundler", version=__version__, rules=rules_edition())
_REPORTS = ("report.html", "report.md", "privacy.md")

_FOREIGN = re.compile(r"[^A-Za-z0-9-]+")
_MEDIA_TYPES = {".json": "application/json", ".png": "image/png", ".jpg": "image/jpeg"}
_ANYTHING = "application/octet-stream"


class Parcel(Struct, frozen=True):
    """What leaves, as bytes, and the private map, which does not. ``stem`` is the name they share.

    ``map_ending`` tells whether the map is encrypted.
    """

    stem: str
    bundle: bytes
    mail: bytes
    vault: bytes
    document: bytes
    map_ending: str = ENDING


def make_parcel(
    draft: Draft, templates: Path | None = None, cache: Path | None = None, recipients: Recipients | None = None
) -> Parcel:
    """Bundle and mail of ``draft``; raises ``LeakFound`` when something secret is still in them.

    The same draft gives the same bytes, but for a map that is encrypted for ``recipients``.
    """
    document, files = _finished(draft.ticket, draft, templates, cache)
    stem = _stem(draft.ticket)
    named = [*files, ("the files' names", stem.encode())]
    _refuse_leaks(draft, named, lambda empty: _finished(empty, draft, None, cache)[1])
    (_, bundle), (_, mail) = files
    private = map_bytes(draft.vault, recipients)
    return Parcel(stem, bundle, mail, private, document, ENDING if recipients is None else SEALED_ENDING)


def _finished(
    ticket: SafeTicket, draft: Draft, templates: Path | None, cache: Path | None
) -> tuple[bytes, list[tuple[str, bytes]]]:
    """The document of ``ticket``, and bundle and mail by what people call them."""
    document = encode(to_document(ticket))
    write = partial(render, ticket=ticket, tool=TOOL, templates=templates, cache=cache)
    members = tuple(_members(ticket, document, write))
    bundle = build(members, ticket_id=ticket.ticket_id, tool=f"{TOOL.name} {TOOL.version}")
    opened = open_bundle(bundle)
    manifest = opened.members[MANIFEST_NAME]
    mail = compose(
        ticket,
        to=draft.profile.support.address,
        subject=write("subject.txt").strip(),
        text=write("mail.txt"),
        html=write("mail.html"),
        attachments=tuple(_attachments(ticket, members, manifest)),
    )
    return document, [("the bundle", bundle), ("the mail", mail)]


def publish_parcel(parcel: Parcel, folder: Path, *, overwrite: bool) -> dict[str, Path]:
    """Write bundle, mail and map into ``folder`` (made if need be), all or none; returns their paths."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = (error.strerror or "unknown reason").lower()
        raise EnvironmentProblem(f"The folder {folder} cannot be made: {why}.", "Name another one with -o.") from error
    outputs = (
        Output(f"{parcel.stem}.zip", parcel.bundle),
        Output(f"{parcel.stem}.eml", parcel.mail),
        Output(f"{parcel.stem}{parcel.map_ending}", parcel.vault, private=True),
    )
    return dict(zip(("bundle", "mail", "map"), publish(folder, outputs, overwrite=overwrite), strict=True))


def _members(ticket: SafeTicket, document: bytes, write: Callable[[str], str]) -> Iterator[Member]:
    names = layout(ticket)

    def member(name: str, data: bytes, origin: str, omitted: tuple[Omission, ...] = ()) -> Member:
        return Member(name, data, origin, count_redactions(data, ticket.redactions), omitted)

    yield member(TICKET_NAME, document, "the ticket")
    for report in _REPORTS:
        yield member(report, write(report).encode(), "the ticket, rendered")
    for name, exchange in zip(names.exchanges, ticket.exchanges, strict=True):
        yield member(name, exchange_wire(exchange), str(exchange.origin("")))
    for name, excerpt in zip(names.logs, ticket.logs, strict=True):
        yield member(name, excerpt.data, excerpt.source, excerpt.omitted)
    for name, picture in zip(names.pictures, ticket.pictures, strict=True):
        yield member(name, picture.data, picture.source)


def _attachments(ticket: SafeTicket, members: tuple[Member, ...], manifest: bytes) -> Iterator[Attachment]:
    """Every file of the bundle but the reports, which the mail's own text stands for; pictures are shown in it."""
    shown = 0
    for member in members:
        if member.name in _REPORTS:
            continue
        media_type = _MEDIA_TYPES.get(Path(member.name).suffix, _ANYTHING)
        content_id = None
        if media_type.startswith("image/") and shown < INLINE_LIMIT:
            shown += 1
            content_id = picture_id(ticket.ticket_id, shown)
        yield Attachment(attachment_name(member.name), member.data, media_type, content_id)
    yield Attachment(MANIFEST_NAME, manifest, "application/json")


def _refuse_leaks(draft: Draft, files: list[tuple[str, bytes]], write_empty: Callable[[SafeTicket], Files]) -> None:
    """The last step before anything has a name: what redaction took out must be nowhere in the finished bytes."""
    reporter = draft.ticket.reporter
    protected = [fact.value for fact in draft.ticket.facts.ids()] + [reporter.email, reporter.name, reporter.company]
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
