"""Out of a finished draft, the mail for one way of leaving: another header block above the very same parts.

Which manner has which headers:

| | file | imap | send | mutt |
|---|---|---|---|---|
| ``X-Unsent`` | yes | no | never: a copy that is kept would open as a draft | no |
| ``From`` | if known | yes | yes | if known |
| ``Date``, ``Message-ID`` | no: the program adds them | yes | yes | no |
| ``Bcc`` | yes | yes | in the envelope alone | yes |
| ``Auto-Submitted`` | no | no | if nobody looked at it (RFC 3834) | no |
| ``X-Ticket-Digest`` | yes | no | no | no |

The digest is over every byte, so it would lie wherever a program writes headers of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256

from bundler.errors import MisuseError, UnreadableInput
from bundler.mail.addresses import checked, header_field, is_international, mailbox
from bundler.mail.digest import with_digest
from bundler.mail.header import take_apart
from bundler.mail.letter import Letter, Manner, Sender

_DATED = ("imap", "send")
_TICKET_ID = re.compile(r"[A-Za-z0-9-]{1,80}")
_HINT = "Make it again with `ticket-bundler create`."
_NOWHERE = "ticket-bundler.invalid"


def as_letter(
    draft: bytes,
    manner: Manner,
    sender: Sender | None,
    moment: datetime | None,
    *,
    to: Sequence[str] | None = None,
    cc: Sequence[str] = (),
    bcc: Sequence[str] = (),
    reply_to: str = "",
    unattended: bool = False,
) -> Letter:
    """The mail of ``draft`` (the bytes of an ``.eml`` of ours) as it leaves in ``manner``; the same for the same input.

    ``to``, where it is given, stands in place of the draft's own recipient; each of ``to``, ``cc`` and ``bcc`` is one
    address, with or without a name. ``sender`` may only be None for what a program opens: the draft's ``From`` is kept
    then, or the program gives its own; ``moment`` (with a zone) is the date of a mail that is sent or put into a
    mailbox.

    Raises ``UnreadableInput`` for what is no draft of ours, and ``MisuseError`` for an address or a name that no header
    may hold, for a mail without a sender or, when it is sent, without a recipient.
    """
    found, body = take_apart(draft)
    fields: dict[str, bytes] = {}
    for name, field in found:
        fields.setdefault(name, field)
    ticket_id = _value(fields, "x-ticket-id")
    if not _TICKET_ID.fullmatch(ticket_id):
        raise UnreadableInput("The file is not a draft of ours: it names no ticket.", _HINT)
    own = [_value(fields, "to")] if "to" in fields else []
    people = {"To": _people(own if to is None else to), "Cc": _people(cc), "Bcc": _people(bcc)}
    recipients = tuple(dict.fromkeys(each.address for group in people.values() for each in group))
    origin = _taken(fields, "from") if sender is None else [header_field("From", [checked(sender)])]
    sender = _sender(fields, sender, manner)
    answers = _people([reply_to] if reply_to else [])
    addresses = [*recipients, *(each.address for each in answers), *([sender.address] if sender else [])]
    if manner != "send" and any(map(is_international, addresses)):
        raise MisuseError(
            "An address with letters beyond ASCII can only be written to by SMTP.",
            "Send the mail with an SMTP account, or use an address of plain letters.",
        )
    if manner == "send" and not recipients:
        raise MisuseError("The mail has no recipient.", "Name one with --to.")

    head = [*origin]
    head += [header_field("Reply-To", answers)] if answers else []
    head += [header_field(name, group) for name, group in people.items() if group and (name, manner) != ("Bcc", "send")]
    head += _taken(fields, "subject")
    message_id = ""
    if manner in _DATED and sender is not None:
        if moment is None or moment.tzinfo is None:
            raise ValueError("a mail that is sent has a moment with a zone")
        message_id = _message_id(ticket_id, body, sender)
        head.insert(0, f"Date: {format_datetime(moment)}\r\n".encode())
        head.append(f"Message-ID: {message_id}\r\n".encode())
    head += _taken(fields, "in-reply-to", "references")
    head += [b"X-Unsent: 1\r\n"] if manner == "file" else []
    head += _taken(fields, *(name for name in fields if name.startswith("x-ticket-") and name != "x-ticket-digest"))
    head += [b"Auto-Submitted: auto-generated\r\n"] if unattended and manner == "send" else []
    head += _taken(fields, "mime-version", *(name for name in fields if name.startswith("content-")))
    data = b"".join([*head, b"\r\n", body])
    return Letter(
        data=with_digest(data) if manner == "file" else data,
        manner=manner,
        sender=sender.address if sender else "",
        recipients=recipients,
        ticket_id=ticket_id,
        subject=_value(fields, "subject"),
        message_id=message_id,
    )


def _value(fields: Mapping[str, bytes], name: str) -> str:
    raw = fields.get(name, b":").partition(b":")[2]
    return raw.replace(b"\r\n", b"").decode("utf-8", "replace").strip()


def _taken(fields: Mapping[str, bytes], *names: str) -> Iterator[bytes]:
    return (fields[name] for name in names if name in fields)


def _people(written: Sequence[str]) -> list[Sender]:
    return [mailbox(each) for each in written]


def _sender(fields: Mapping[str, bytes], sender: Sender | None, manner: Manner) -> Sender | None:
    if sender is not None:
        return sender
    if manner not in ("file", "mutt"):
        raise MisuseError("The mail has no sender.", "Name your address in the account, as from = …")
    return Sender(_value(fields, "from").rpartition("<")[2].removesuffix(">")) if "from" in fields else None


def _message_id(ticket_id: str, body: bytes, sender: Sender) -> str:
    """The same for the same parts, so that a mail that is tried again is the same mail."""
    domain = sender.address.rpartition("@")[2]
    return f"<{ticket_id}.{sha256(body).hexdigest()[:32]}@{domain if domain.isascii() else _NOWHERE}>"
