"""What has to be true of a mail before it is handed over, whichever way it leaves."""

from __future__ import annotations

from bundler.assemble.leaking import refusing_failed_rules
from bundler.document import TICKET_NAME, TicketDocument, attachment_name, decode
from bundler.errors import LeakFound, UnreadableInput
from bundler.mail.read import read_mail
from bundler.pack.open import is_zip, open_bundle
from bundler.providers import load_or_generic
from bundler.redact.card_data import find_card_data

_HINT = (
    "Make the ticket again, without --keep-secret for it; where it is a number of another kind, name it as what it is, "
    "for example with --payment-id."
)


def refuse_card_data(data: bytes) -> None:
    """Raise ``LeakFound`` where a mail, or a bundle, still holds the number or the security code of a card.

    Nothing that a ticket keeps on purpose is excused: PCI DSS 4.0.1 forbids to keep a security code (requirement
    3.3.1) and to send a card number by mail unprotected (requirement 4.2.2). Masked numbers, stand-ins and the numbers
    that are published for tests may leave. Ask before encrypting: what is encrypted cannot be searched and is refused
    for that.
    """
    ticket = _find_ticket(data)
    protected = list(ticket.facts.values()) if ticket is not None else []
    profile = load_or_generic(ticket.provider if ticket is not None else "")
    name = "the bundle" if is_zip(data) else "the mail"
    with refusing_failed_rules():
        look = find_card_data(data, name, profile, protected)
    if look.leaks:
        first = look.leaks[0]
        what = "the security code of a card" if first.kind == "cvv" else "a card number"
        more = f" (and {len(look.leaks) - 1} more)" if len(look.leaks) > 1 else ""
        raise LeakFound(
            f"There is {what} in {first.member}, {first.place}{more}: card data is never handed over, kept on purpose "
            "or not; nothing was handed over.",
            _HINT,
        )
    if look.unread:
        unread = look.unread[0]
        raise LeakFound(
            f"{unread.member} cannot be searched for card data: {unread.place}; nothing was handed over.", unread.hint
        )


def _find_ticket(data: bytes) -> TicketDocument | None:
    """The ticket in it, for its identifiers; a broken one, or none, is no reason not to search."""
    try:
        if is_zip(data):
            document = open_bundle(data).members.get(TICKET_NAME)
        else:
            attached = {name: content for name, _, content in read_mail(data).attachments}
            document = attached.get(attachment_name(TICKET_NAME))
        return decode(document) if document is not None else None
    except UnreadableInput:
        return None
