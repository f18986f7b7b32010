"""Makes of a safe ticket what leaves: bundle, mail and private map; looks for leaks in them before any has a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from msgspec import Struct

from bundler import __version__
from bundler.assemble import Draft
from bundler.assemble.leaking import search
from bundler.document import (
    MANIFEST_NAME,
    TICKET_NAME,
    attachment_name,
    encode,
    exchange_wire,
    layout,
    to_document,
)
from bundler.errors import EnvironmentProblem, LeakFound
from bundler.mail.compose import INLINE_LIMIT, Attachment, compose, picture_id
from bundler.mail.read import read_mail
from bundler.model import Omission, SafeTicket
from bundler.pack.build import Member, build, count_redactions
from bundler.pack.open import open_bundle
from bundler.pack.publish import Output, publish
from bundler.redact import Leak
from bundler.render import Tool, render

TOOL = Tool(name="ticket-bundler", version=__version__)

_FOREIGN = re.compile(r"[^A-Za-z0-9-]+")
_MEDIA_TYPES = {".json": "application/json", ".png": "image/png", ".jpg": "image/jpeg"}
_ANYTHING = "application/octet-stream"


class Parcel(Struct, frozen=True):
    """What leaves, as bytes, and the private map, which does not. ``stem`` is the name they share."""

    stem: str
    bundle: bytes
    mail: bytes
    vault: bytes
    document: bytes


def make_parcel(draft: Draft, templates: Path | None = None, cache: Path | None = None) -> Parcel:
    """Bundle and mail of ``draft``; raises ``LeakFound`` when something secret is still in them.

    The same draft gives the same bytes.
    """
    ticket = draft.ticket
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
    stem = _stem(ticket)
    _refuse_leaks(draft, [*opened.contents, *_mail_parts(mail), ("the files' names", stem.encode())])
    return Parcel(stem, bundle, mail, draft.vault.to_json(ticket.ticket_id), document)


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
        Output(f"{parcel.stem}.map.json", parcel.vault, private=True),
    )
    return dict(zip(("bundle", "mail", "map"), publish(folder, outputs, overwrite=overwrite), strict=True))


def _members(ticket: SafeTicket, document: bytes, write: Callable[[str], str]) -> Iterator[Member]:
    names = layout(ticket)

    def member(name: str, data: bytes, origin: str, omitted: tuple[Omission, ...] = ()) -> Member:
        return Member(name, data, origin, count_redactions(data, ticket.redactions), omitted)

    yield member(TICKET_NAME, document, "the ticket")
    for report in ("report.html", "report.md"):
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
        if member.name.startswith("report."):
            continue
        media_type = _MEDIA_TYPES.get(Path(member.name).suffix, _ANYTHING)
        content_id = None
        if media_type.startswith("image/") and shown < INLINE_LIMIT:
            shown += 1
            content_id = picture_id(ticket.ticket_id, shown)
        yield Attachment(attachment_name(member.name), member.data, media_type, content_id)
    yield Attachment(MANIFEST_NAME, manifest, "application/json")


def _mail_parts(mail: bytes) -> Iterator[tuple[str, bytes]]:
    read = read_mail(mail)
    yield "the mail's subject", read.subject.encode()
    yield "the mail's text", read.text.encode()
    yield "the mail's HTML", read.html.encode()
    for name, _, data in read.attachments:
        yield f"attachment {name}", data


def _refuse_leaks(draft: Draft, parts: list[tuple[str, bytes]]) -> None:
    """The last step before anything has a name: what redaction took out must be nowhere in the finished files."""
    reporter = draft.ticket.reporter
    protected = [fact.value for fact in draft.ticket.facts.ids()] + [reporter.email, reporter.name, reporter.company]
    leaks = search(parts, vault=draft.vault, profile=draft.profile, protected=protected)
    if leaks:
        raise LeakFound(
            _sentence(leaks), leaks[0].hint or "Leave that file out, or mask it first: ticket-bundler scrub."
        )


def _sentence(leaks: tuple[Leak, ...]) -> str:
    first = leaks[0]
    more = f" and {len(leaks) - 1} more" if len(leaks) > 1 else ""
    return f"A {first.kind} (rule {first.rule}) is still in {first.member}, {first.place}{more}; nothing was written."


def _stem(ticket: SafeTicket) -> str:
    payment = ticket.facts.payment_id
    slug = payment.value if payment is not None else ticket.provider
    plain = _FOREIGN.sub("-", slug).strip("-")[:48] or "ticket"
    return f"ticket-{plain}-{ticket.created:%Y%m%dT%H%M%SZ}"
