"""What follows up an earlier ticket: the same id and the same facts, and of the evidence only what is new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from bundler.amounts import plural
from bundler.assemble.case import Case
from bundler.assemble.previewing import Contents, open_contents
from bundler.document import TICKET_NAME, TicketDocument, exchange_wire
from bundler.document.ticket import OccurredAtDocument
from bundler.errors import MisuseError, UnreadableInput
from bundler.mail.read import read_mail
from bundler.mail.verified import verify_mail
from bundler.model import Asked, Excerpt, Fact, Facts, Finding, OccurredAt, Omission, Origin, SafeTicket, Taken, Ticket
from bundler.pack.open import open_bundle
from bundler.pack.verify import verify

_YOU = "you"


class Earlier(Struct, frozen=True):
    """A ticket that was made before, as it was sent: what it said, and its files by their names in the bundle."""

    document: TicketDocument
    files: dict[str, bytes]

    @property
    def name(self) -> str:
        """``ticket TB-7F3A2C91 of 2026-11-23``: what people call it."""
        day = f" of {self.document.created[:10]}" if self.document.created else ""
        return f"ticket {self.document.ticket_id}{day}"

    @property
    def origin(self) -> Origin:
        return Origin(self.name, "")

    @property
    def payment_id(self) -> str:
        payment = self.document.facts.payment_id
        return payment.value if payment is not None else ""

    @property
    def digests(self) -> frozenset[str]:
        """The SHA-256 of every file that was sent, and of the pictures from which some of them were made."""
        sent = {sha256(data).hexdigest() for data in self.files.values()}
        return frozenset(sent | {picture.original_sha256 for picture in self.document.pictures})


def open_earlier(data: bytes, name: str) -> Earlier:
    """The ticket in the bytes of a bundle or a mail of ours; ``name`` is what its file is called.

    Raises ``UnreadableInput`` for what is neither, and for one that is damaged.
    """
    contents = open_contents(data)
    if any(finding.severity == "blocker" for finding in _damage(contents, data)):
        raise UnreadableInput(
            f"{name} is damaged, so nobody can tell from it what was sent.",
            f"ticket-bundler verify {name} says where; take the bundle (.zip) or the mail as it was written.",
        )
    return Earlier(contents.document, contents.files)


def _damage(contents: Contents, data: bytes) -> tuple[Finding, ...]:
    return verify(open_bundle(data)) if contents.form == "bundle" else verify_mail(read_mail(data), data)


def with_earlier(case: Case, earlier: Earlier) -> Case:
    """``case``, which looks for the payment of the earlier ticket where nobody typed one."""
    return case if case.payment_id else replace(case, payment_id=earlier.payment_id)


def continued(ticket: Ticket, typed: Case, earlier: Earlier) -> Ticket:
    """The same ticket under the id of the earlier one, with that one's facts where the evidence gives none.

    Raises ``MisuseError`` where the evidence is of another provider or of another payment, unless that was typed.
    """
    document = earlier.document
    if ticket.provider != document.provider and not typed.provider:
        raise MisuseError(
            f"The evidence is of {ticket.provider}, and {earlier.name} is of {document.provider}.",
            "Make a ticket of its own, without --follow-up; or say whose it is with --provider.",
        )
    payment = ticket.facts.payment_id
    if payment is not None and not typed.payment_id:
        if payment.rivals and all(origin.source == _YOU for origin in payment.origins):
            raise MisuseError(
                f"The evidence is of another payment than {earlier.name}.",
                "Say which one is meant with --payment-id; for another matter make a ticket without --follow-up.",
            )
        found = tuple(origin for origin in payment.origins if origin.source != _YOU)
        ticket = replace(
            ticket, facts=replace(ticket.facts, payment_id=replace(payment, origins=(*found, earlier.origin)))
        )
    return replace(
        ticket,
        ticket_id=document.ticket_id,
        family=ticket.family or document.family,
        environment=ticket.environment or document.environment,
        summary=ticket.summary or document.summary,
        facts=_facts(ticket.facts, earlier),
    )


def _facts(facts: Facts, earlier: Earlier) -> Facts:
    before = earlier.document.facts

    def taken(fact: Fact) -> Fact:
        return Fact(fact.name, fact.value, (earlier.origin,))

    values = {fact.value for fact in facts.ids()}
    names = {fact.name for fact in (*facts.trace_ids, *facts.others)}
    others = [taken(fact) for fact in before.others if fact.name not in names and fact.value not in values]
    traces = facts.trace_ids or tuple(taken(fact) for fact in before.trace_ids if fact.value not in values)
    return Facts(
        merchant_id=facts.merchant_id or (taken(before.merchant_id) if before.merchant_id else None),
        payment_id=facts.payment_id,
        occurred_at=facts.occurred_at or (_moment(before.occurred_at, earlier) if before.occurred_at else None),
        trace_ids=traces,
        others=(*facts.others, *others),
    )


def _moment(known: OccurredAtDocument, earlier: Earlier) -> OccurredAt:
    return OccurredAt(
        value=datetime.fromisoformat(known.value),
        written=known.written,
        zone_from=known.zone_from,
        origins=(earlier.origin,),
        local=known.local,
    )


def only_new(ticket: SafeTicket, earlier: Earlier) -> SafeTicket:
    """``ticket`` without the calls, records, pictures and findings that were sent before.

    It says which ticket it follows. Equal secrets have equal placeholders, so what was sent before is told by its very
    bytes. Raises ``MisuseError`` when nothing is new.
    """
    digests = earlier.digests
    kept = [
        number
        for number, exchange in enumerate(ticket.exchanges)
        if sha256(exchange_wire(exchange)).hexdigest() not in digests
    ]
    pictures = tuple(
        picture
        for picture in ticket.pictures
        if not {picture.original_sha256, sha256(picture.data).hexdigest()} & digests
    )
    logs = tuple(excerpt for excerpt in _new_records(ticket, earlier) if excerpt.spans)
    said = {(finding.code, finding.message) for finding in earlier.document.findings}
    sources = {ticket.exchanges[number].source for number in kept}
    sources |= {each.source for each in logs} | {each.source for each in pictures}
    sent_count = len(ticket.exchanges) - len(kept)
    notes = tuple(note for note in ticket.notes if note not in earlier.document.notes)
    event = ticket.event if ticket.event != earlier.document.event else None
    if not (kept or pictures or logs or event or notes):
        raise MisuseError(
            f"All of it was sent with {earlier.name}.", "Name what is new, or say what happened with --event."
        )
    if sent_count:
        notes = (*notes, f"Left out: {plural(sent_count, 'call')} already sent with {earlier.name}.")
    document = earlier.document
    return replace(
        ticket,
        exchanges=tuple(ticket.exchanges[number] for number in kept),
        failing=kept.index(ticket.failing) if ticket.failing in kept else None,
        failing_reasons=ticket.failing_reasons if ticket.failing in kept else (),
        logs=logs,
        pictures=pictures,
        event=event,
        notes=notes,
        findings=tuple(finding for finding in ticket.findings if (finding.code, finding.message) not in said),
        evidence=tuple(_evidence(ticket, sources, earlier)),
        asked=tuple(_asked(ticket.asked, earlier)),
        update=(document.update or 1) + 1,
        follows=sha256(earlier.files[TICKET_NAME]).hexdigest(),
    )


def _new_records(ticket: SafeTicket, earlier: Earlier) -> Iterator[Excerpt]:
    """Each excerpt without as many equal records as were sent before."""
    sent: Counter[bytes] = Counter()
    for log in earlier.document.logs:
        sent.update(earlier.files.get(log.file, b"").splitlines())
    for excerpt in ticket.logs:
        yield _without(excerpt, sent, earlier)


def _without(excerpt: Excerpt, sent: Counter[bytes], earlier: Earlier) -> Excerpt:
    kept = []
    for span, data in excerpt.records():
        needed = Counter(data.splitlines())
        if all(sent[line] >= count for line, count in needed.items()):
            sent.subtract(needed)
        else:
            kept.append((span, data))
    left_out = len(excerpt.spans) - len(kept)
    if not left_out:
        return excerpt
    moments = [span.moment for span, _ in kept if span.moment is not None]
    return replace(
        excerpt,
        data=b"".join(data for _, data in kept),
        spans=tuple(span for span, _ in kept),
        first=min(moments, default=None),
        last=max(moments, default=None),
        hits=sum(span.mentions for span, _ in kept),
        omitted=(*excerpt.omitted, Omission(left_out, f"already sent with {earlier.name}")),
    )


def _evidence(ticket: SafeTicket, now: set[str], earlier: Earlier) -> Iterator[Taken]:
    """What was used before and is not any more, for it was sent before, says so."""
    before = {each.source for each in ticket.exchanges} | {each.source for each in ticket.logs}
    before |= {each.source for each in ticket.pictures}
    for taken in ticket.evidence:
        is_sent = taken.used and taken.source in before and taken.source not in now
        yield replace(taken, used=False, reason=f"already sent with {earlier.name}") if is_sent else taken


def _asked(asked: tuple[Asked, ...], earlier: Earlier) -> Iterator[Asked]:
    """What the earlier ticket has need not be sent again."""
    given = {each.item for each in earlier.document.asked if each.found}
    for each in asked:
        yield replace(each, found=True, where=earlier.name, how="") if each.item in given and not each.found else each
