"""A mail that is ready to be handed over: its bytes, and what the hand-over has to know of it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Manner = Literal["file", "imap", "send", "mutt"]
"""How a mail leaves: as a draft to be opened, as a draft in a mailbox, sent at once, or as neomutt's draft."""


class Sender(Struct, frozen=True):
    """Whom a mail comes from: a plain address, and the name shown with it, which may be empty and of any letters."""

    address: str
    name: str = ""


class Letter(Struct, frozen=True):
    """One mail for one hand-over.

    ``data`` has CRLF line ends and is sent as it is; ``sender`` and ``recipients`` are the plain addresses of the
    envelope, those of Cc and Bcc among them. ``message_id`` is empty where the mail program gives one. The same
    ticket, manner, sender, recipients and moment make the same bytes.
    """

    data: bytes
    manner: Manner
    sender: str
    recipients: tuple[str, ...]
    ticket_id: str
    subject: str
    message_id: str = ""
