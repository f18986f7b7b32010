"""Which mail of which ticket a draft is, as our own headers in it tell; by them one takes another's place."""

from __future__ import annotations

import re

from msgspec import Struct

HEADERS = "X-Ticket-Id X-Ticket-Update X-Ticket-Part"
"""What a mailbox is asked for of every draft."""

_FIELD = re.compile(rb"^(X-Ticket-(?:Id|Update|Part)):[ \t]*([^\r\n]*?)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_PART = re.compile(rb"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")
_WHOLE = (b"1/1",)


class Mark(Struct, frozen=True):
    """A ticket's id, which follow-up it is (empty for the ticket itself), and the number of the mail out of ``count``.

    A mail that is the only one of its ticket is number 1 of 1.
    """

    ticket_id: str
    update: bytes = b""
    number: int = 1
    count: int = 1

    def takes_place_of(self, other: Mark) -> bool:
        """Whether ``other`` is an older form of this mail.

        The last mail also stands for those beyond it, which are left where a ticket had more mails before; so none of
        the mails that belong together ever takes another's place.
        """
        if (self.ticket_id, self.update) != (other.ticket_id, other.update):
            return False
        return other.number == self.number or (self.number == self.count and other.number > self.count)


def read_mark(header: bytes) -> Mark | None:
    """The mark in the header of a mail; None where there is none, or one that is not as we write it."""
    found: dict[bytes, list[bytes]] = {}
    for name, value in _FIELD.findall(header):
        found.setdefault(name.lower(), []).append(value)
    ids, updates = found.get(b"x-ticket-id", []), found.get(b"x-ticket-update", [])
    parts = found.get(b"x-ticket-part", _WHOLE)
    part = _PART.fullmatch(parts[0]) if len(parts) == 1 else None
    if len(ids) != 1 or len(updates) > 1 or part is None or not re.fullmatch(rb"[A-Za-z0-9-]+", ids[0]):
        return None
    return Mark(ids[0].decode(), b"".join(updates), int(part[1]), int(part[2]))
