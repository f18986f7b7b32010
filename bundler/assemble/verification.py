"""Whether a finished bundle or mail is intact and free of secrets; the same code answers sender and receiver."""

from __future__ import annotations

import zipfile
from io import BytesIO

from msgspec import Struct

from bundler import providers
from bundler.assemble.leaking import search
from bundler.document import TICKET_NAME, TicketDocument, attachment_name, decode
from bundler.errors import UnreadableInput
from bundler.mail.read import read_mail, verify_mail
from bundler.model import Finding
from bundler.pack.open import open_bundle
from bundler.pack.verify import verify as verify_bundle
from bundler.redact import Leak, Vault, read_vault


class Verdict(Struct, frozen=True):
    """What is damaged, what leaks, and how the search for leaks was done."""

    ticket_id: str
    file_count: int
    damage: tuple[Finding, ...]
    leaks: tuple[Leak, ...]
    searched: str


def verify_file(data: bytes, vault_data: bytes | None) -> Verdict:
    """Judge the bytes of a bundle or a mail; raises ``UnreadableInput`` for what is neither."""
    vault = read_vault(vault_data) if vault_data is not None else None
    searched = "by the values of the private map and by shape" if vault is not None else "by shape"
    if zipfile.is_zipfile(BytesIO(data)) or data.startswith(b"PK"):
        bundle = open_bundle(data)
        ticket = _ticket(bundle.members.get(TICKET_NAME))
        leaks = _leaks(list(bundle.contents), ticket, vault)
        return Verdict(bundle.manifest.ticket_id, len(bundle.contents), verify_bundle(bundle), leaks, searched)
    mail = read_mail(data)
    attachments = {name: content for name, _, content in mail.attachments}
    if attachment_name(TICKET_NAME) not in attachments:
        raise UnreadableInput(
            "This is neither a bundle nor a mail with a ticket.", "Name a ticket-….zip or ticket-….eml."
        )
    ticket = _ticket(attachments[attachment_name(TICKET_NAME)])
    parts = [("the subject", mail.subject.encode()), ("the text", mail.text.encode()), ("the HTML", mail.html.encode())]
    leaks = _leaks([*parts, *attachments.items()], ticket, vault)
    return Verdict(ticket.ticket_id if ticket else "", len(attachments), verify_mail(mail), leaks, searched)


def _ticket(data: bytes | None) -> TicketDocument | None:
    """The ticket for its ids; a broken one is damage that verifying tells of, not a reason to stop searching."""
    try:
        return decode(data) if data is not None else None
    except UnreadableInput:
        return None


def _leaks(members: list[tuple[str, bytes]], ticket: TicketDocument | None, vault: Vault | None) -> tuple[Leak, ...]:
    protected: list[str] = []
    slug = "generic"
    if ticket is not None:
        facts = ticket.facts
        known = (facts.merchant_id, facts.payment_id, *facts.trace_ids, *facts.others)
        protected = [fact.value for fact in known if fact is not None]
        protected += [text for text in (ticket.reporter.email, ticket.reporter.name, ticket.reporter.company) if text]
        slug = ticket.provider if ticket.provider in providers.PROVIDERS else slug
    return search(members, vault=vault, profile=providers.load(slug), protected=protected)
