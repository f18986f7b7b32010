"""Fetches the mail of a ticket out of a mailbox, for the commands that look at what arrived."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from bundler.commands.console import is_terminal
from bundler.delivery.marks import Mark, read_mark
from bundler.errors import UnreadableInput
from bundler.mail.splitting import MOST_MAILS


class Arrived(Struct, frozen=True):
    """One mail that was fetched, empty for one that belongs to those that were and is not there.

    ``which`` tells it apart from the others of its ticket: "mail 2 of 3", "follow-up 1", "follow-up 1, mail 2 of 3"; it
    is empty for a ticket in one mail. Follow-ups are counted as they arrived.
    """

    data: bytes
    which: str


def fetch_arrived(account_name: str, ticket_id: str, folder: str, *, may_ask: bool) -> list[Arrived]:
    """The mails of a ticket in a folder of a configured account, of each the newest, and which of them are missing.

    They stay unread if they were. Raises ``MisuseError`` for an account that there is not, else as ``fetch_letters``.
    """
    from bundler.commands.handing import Hands, ask_secret
    from bundler.commands.settings import load_settings
    from bundler.delivery.accounts import server_of
    from bundler.delivery.imap import fetch_letters
    from bundler.delivery.secrets import find_secret, logged_in

    settings = load_settings()
    account = Hands(settings.accounts).named(account_name)
    server = server_of(account, "imap")
    ask = ask_secret if may_ask and is_terminal() else None
    found = find_secret(account, server, ask)
    letters = logged_in(found, account, server, ask, lambda secret: fetch_letters(account, secret, ticket_id, folder))
    return list(_arrived(letters, ticket_id))


def _arrived(letters: list[bytes], ticket_id: str) -> Iterator[Arrived]:
    """Each with what tells it apart; letters without our headers are the only ones of their ticket."""
    marks = [(read_mark(each.partition(b"\r\n\r\n")[0]) or Mark(ticket_id), each) for each in letters]
    updates = list(dict.fromkeys(mark.update for mark, _ in marks))
    for update in updates:
        parts = {mark.number: each for mark, each in marks if mark.update == update}
        count = next(mark.count for mark, _ in marks if mark.update == update)
        if count > MOST_MAILS or max(parts) > count:
            raise UnreadableInput(f"A mail of {ticket_id} says that it is one of {count:,}, and no ticket has so many.")
        followed = f"follow-up {updates.index(update) + (b'' not in updates)}" if update else ""
        for number in range(1, count + 1):
            part = f"mail {number} of {count}" if count > 1 else ""
            yield Arrived(parts.get(number, b""), ", ".join(filter(None, (followed, part))))
