"""Whether a finished bundle or mail is intact and free of secrets; the same code answers sender and receiver."""

from __future__ import annotations

from msgspec import Struct

from bundler import providers
from bundler.assemble.leaking import refusing_failed_rules
from bundler.document import TICKET_NAME, TicketDocument, attachment_name, decode
from bundler.errors import UnreadableInput
from bundler.mail.read import read_mail, verify_mail
from bundler.model import Finding, Kept
from bundler.pack.open import is_zip, open_bundle
from bundler.pack.verify import verify as verify_bundle
from bundler.redact import Excused, Leak, Look, Vault, find_leaks
from bundler.redact.words import NO_WORDS, Words

NEITHER = UnreadableInput(
    "This is neither a bundle nor a mail with a ticket.",
    "Name a ticket-….zip or ticket-….eml; verify --leaks-only searches any other file for secrets.",
)


class Verdict(Struct, frozen=True):
    """What is damaged, what leaks, how the search for leaks was done, and what it could not look into.

    ``kept`` are secrets that the ticket itself says stay on purpose; they are told and are no leaks.

    Without a ticket (``ticket_id`` empty) only leaks were searched for.
    """

    ticket_id: str
    file_count: int
    damage: tuple[Finding, ...]
    leaks: tuple[Leak, ...]
    searched: str
    not_looked_into: tuple[str, ...] = ()
    kept: tuple[Excused, ...] = ()


def verify_file(data: bytes, vault: Vault | None, words: Words = NO_WORDS) -> Verdict:
    """Judge the bytes of a bundle or a mail; raises ``UnreadableInput`` for what is neither."""
    if is_zip(data):
        bundle = open_bundle(data)
        ticket = _ticket(bundle.members.get(TICKET_NAME))
        look = _look("the bundle", data, ticket, vault, words)
        return _verdict(
            bundle.manifest.ticket_id, len(bundle.contents), verify_bundle(bundle), look, _manner(vault, words)
        )
    mail = read_mail(data)
    attachments = {name: content for name, _, content in mail.attachments}
    if attachment_name(TICKET_NAME) not in attachments:
        raise NEITHER
    ticket = _ticket(attachments[attachment_name(TICKET_NAME)])
    look = _look("the mail", data, ticket, vault, words)
    return _verdict(
        ticket.ticket_id if ticket else "", len(attachments), verify_mail(mail, data), look, _manner(vault, words)
    )


def search_file(data: bytes, vault: Vault | None, words: Words = NO_WORDS) -> Verdict:
    """Search the bytes of any file for secrets, whoever made it; whether it is intact is not asked."""
    return _verdict("", 1, (), _look("the file", data, None, vault, words), _manner(vault, words))


def _manner(vault: Vault | None, words: Words) -> str:
    """How the search is done, in words."""
    known = "by the values of the private map and by shape" if vault is not None else "by shape"
    return f"for the words of the mask file, {known}" if words.masked or words.patterns else known


def _verdict(ticket_id: str, count: int, damage: tuple[Finding, ...], look: Look, searched: str) -> Verdict:
    unread = tuple(f"{part.member}: {part.place}" for part in look.unread)
    return Verdict(ticket_id, count, damage, look.leaks, searched, unread, look.kept)


def _ticket(data: bytes | None) -> TicketDocument | None:
    """The ticket for its ids; a broken one is damage that verifying tells of, not a reason to stop searching."""
    try:
        return decode(data) if data is not None else None
    except UnreadableInput:
        return None


def _look(name: str, data: bytes, ticket: TicketDocument | None, vault: Vault | None, words: Words) -> Look:
    protected: list[str] = []
    kept: tuple[Kept, ...] = ()
    slug = "generic"
    if ticket is not None:
        facts = ticket.facts
        known = (facts.merchant_id, facts.payment_id, *facts.trace_ids, *facts.others)
        protected = [fact.value for fact in known if fact is not None]
        protected += [text for text in (ticket.reporter.email, ticket.reporter.name, ticket.reporter.company) if text]
        slug = ticket.provider if ticket.provider in providers.known_providers() else slug
        kept = ticket.kept
    profile = providers.load(slug)
    with refusing_failed_rules():
        return find_leaks([(name, data)], vault=vault, profile=profile, protected=protected, words=words, kept=kept)
