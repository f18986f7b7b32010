"""Whether a finished bundle or mail is intact and free of secrets; the same code answers sender and receiver."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from bundler.amounts import plural
from bundler.assemble.leaking import refusing_failed_rules
from bundler.assemble.named_provider import provider_of
from bundler.document import TICKET_NAME, TicketDocument, damage, decode
from bundler.errors import UnreadableInput
from bundler.mail.arrival import Arrival, what_arrived
from bundler.mail.mbox import mails_in
from bundler.mail.presence import find_manifest
from bundler.mail.read import read_mail
from bundler.mail.sealed import find_opener
from bundler.mail.verified import verify_mail
from bundler.model import Finding, Kept
from bundler.pack.open import is_zip, open_bundle
from bundler.pack.verify import verify as verify_bundle
from bundler.providers import PROVIDERS, load_or_generic
from bundler.providers.profile import Profile
from bundler.redact import Excused, Leak, Look, Vault, find_leaks
from bundler.redact.words import NO_WORDS, Words

_HINT = "Name a ticket-….zip or ticket-….eml; verify --leaks-only searches any other file for secrets."
_SIGNS = (b"x-ticket-id:", b"manifest.json")
"""What tells that a mail is one of ours where it cannot be read."""


class Verdict(Struct, frozen=True):
    """What is damaged, what leaks, how the search for leaks was done, and what it could not look into.

    ``kept`` are secrets that the ticket itself says stay on purpose; they are told and are no leaks.
    ``searched`` completes "searched …", with which provider was taken where no ticket tells it; it is empty for a mail
    that cannot be read.
    ``arrival`` is what is here of a ticket's mail, None for a bundle; where something leaks, it tells no field.
    Without a ticket (``ticket_id`` empty) only leaks were searched for, or nothing tells which ticket it is.
    """

    ticket_id: str
    file_count: int
    damage: tuple[Finding, ...]
    leaks: tuple[Leak, ...]
    searched: str
    not_looked_into: tuple[str, ...] = ()
    kept: tuple[Excused, ...] = ()
    arrival: Arrival | None = None

    @property
    def is_intact(self) -> bool:
        """Whether nothing is damaged or missing, and everything could be searched."""
        is_damaged = any(finding.severity == "blocker" for finding in self.damage) or bool(self.not_looked_into)
        is_missing = self.arrival is not None and any(part.state == "missing" for part in self.arrival.parts)
        return not is_damaged and not is_missing


class Mailbox(Struct, frozen=True):
    """The verdicts on all mails with a ticket in a file of many, in its order, and how many others were skipped."""

    mails: tuple[Verdict, ...]
    skipped: int


def no_ticket() -> UnreadableInput:
    """What is told of a file that is neither of ours."""
    return UnreadableInput("This is neither a bundle nor a mail with a ticket.", _HINT)


def verify_file(data: bytes, vault: Vault | None, words: Words = NO_WORDS) -> Verdict:
    """Judge the bytes of a bundle or a mail; raises ``UnreadableInput`` for what is neither."""
    if is_zip(data):
        bundle = open_bundle(data)
        ticket = _ticket(bundle.members.get(TICKET_NAME))
        look = _look("the bundle", data, ticket, _profile(ticket), vault, words)
        return _verdict(
            bundle.manifest.ticket_id, len(bundle.contents), verify_bundle(bundle), look, _manner(vault, words)
        )
    verdict = _judge_mail(data, data, vault, words)
    if verdict is None:
        raise no_ticket()
    return verdict


def verify_mailbox(data: bytes, vault: Vault | None, words: Words = NO_WORDS) -> Mailbox:
    """Judge every mail with a ticket in the bytes of an mbox; raises ``UnreadableInput`` where there is none.

    A mail of ours that cannot be read is damaged; any other is skipped.
    """
    verdicts, skipped = [], 0
    for mail in mails_in(data):
        try:
            verdict = _judge_mail(mail, _as_sent(mail), vault, words)
        except UnreadableInput as error:
            is_ours = any(sign in mail.lower() for sign in _SIGNS)
            found = (damage("PRV110", "the mail", error.message),)
            verdict = Verdict("", 0, found, (), "", not_looked_into=("the mail",)) if is_ours else None
        if verdict is not None:
            verdicts.append(verdict)
        else:
            skipped += 1
    if not verdicts:
        raise UnreadableInput(f"No ticket in {plural(skipped, 'mail')}.", _HINT)
    return Mailbox(tuple(verdicts), skipped)


def _as_sent(mail: bytes) -> bytes:
    """With the line ends that mails are sent with, where a file of many has others throughout."""
    return mail if b"\r\n" in mail else mail.replace(b"\n", b"\r\n")


def _judge_mail(data: bytes, sent: bytes, vault: Vault | None, words: Words) -> Verdict | None:
    """None for a mail that is none of ours; ``sent`` are its bytes on the way, which a draft is judged by."""
    mail = read_mail(data)
    arrival = what_arrived(mail)
    if not arrival.is_ours:
        return None
    part = next((part for part in arrival.parts if part.name == TICKET_NAME and part.number is not None), None)
    ticket = _ticket(mail.attachments[part.number][2]) if part is not None and part.number is not None else None
    profile = _profile(ticket) if ticket is not None else provider_of(mail)
    look = _look("the mail", data, ticket, profile, vault, words)
    if look.leaks:
        arrival = replace(arrival, fields=())
    elif find_manifest(mail) is None and (opener := find_opener(mail)):
        raise UnreadableInput("The mail is encrypted, so that nothing in it can be verified yet.", opener)
    ticket_id = ticket.ticket_id if ticket else arrival.ticket_id
    searched = _manner(vault, words) + (f", {_guess(profile)}" if ticket is None else "")
    verdict = _verdict(ticket_id, len(mail.attachments), verify_mail(mail, sent), look, searched)
    return replace(verdict, arrival=arrival)


def search_file(data: bytes, vault: Vault | None, words: Words = NO_WORDS) -> Verdict:
    """Search the bytes of any file for secrets, whoever made it; whether it is intact is not asked."""
    return _verdict("", 1, (), _look("the file", data, None, _profile(None), vault, words), _manner(vault, words))


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


def _profile(ticket: TicketDocument | None) -> Profile:
    return load_or_generic(ticket.provider if ticket is not None else "")


def _guess(profile: Profile) -> str:
    """By whose names for ids the search told these from secrets, where no ``ticket.json`` tells the provider."""
    if profile.slug == PROVIDERS[-1]:
        return "no host in it tells the provider, so by what all call their ids"
    return f"by hosts in it, as a ticket of {profile.name}"


def _look(
    name: str, data: bytes, ticket: TicketDocument | None, profile: Profile, vault: Vault | None, words: Words
) -> Look:
    protected: list[str] = []
    kept: tuple[Kept, ...] = ()
    if ticket is not None:
        protected = list(ticket.facts.values())
        protected += [text for text in (ticket.reporter.email, ticket.reporter.name, ticket.reporter.company) if text]
        kept = ticket.kept
    with refusing_failed_rules():
        return find_leaks([(name, data)], vault=vault, profile=profile, protected=protected, words=words, kept=kept)
