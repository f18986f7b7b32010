"""Fetches the mail of a ticket out of a mailbox, for the commands that look at what arrived."""

from __future__ import annotations

from msgspec import Struct

from bundler.commands.console import is_terminal
from bundler.errors import UnreadableInput
from bundler.mail.splitting import MOST_MAILS


class Arrived(Struct, frozen=True):
    """What was fetched, at least one mail; ``missing`` are the numbers of those that belong to it and are not there."""

    letters: list[bytes]
    count: int
    missing: list[int]


def fetch_arrived(account_name: str, ticket_id: str, folder: str, *, may_ask: bool) -> Arrived:
    """The newest mail of a ticket in a folder of a configured account, or the several that belong together.

    They stay unread if they were. Raises ``MisuseError`` for an account that there is not, else as ``fetch_letters``.
    """
    from bundler.commands.handing import Hands, ask_secret
    from bundler.commands.settings import load_settings
    from bundler.delivery.accounts import server_of
    from bundler.delivery.imap import fetch_letters
    from bundler.delivery.marks import read_mark
    from bundler.delivery.secrets import find_secret, logged_in

    settings = load_settings()
    account = Hands(settings.accounts).named(account_name)
    server = server_of(account, "imap")
    ask = ask_secret if may_ask and is_terminal() else None
    found = find_secret(account, server, ask)
    letters = logged_in(found, account, server, ask, lambda secret: fetch_letters(account, secret, ticket_id, folder))
    marks = [mark for each in letters if (mark := read_mark(each.partition(b"\r\n\r\n")[0])) is not None]
    count = marks[0].count if marks else 1
    if count > MOST_MAILS or any(mark.number > count for mark in marks):
        raise UnreadableInput(f"A mail of {ticket_id} says that it is one of {count:,}, and no ticket has so many.")
    there = {mark.number for mark in marks} or {1}
    return Arrived(letters, count, [number for number in range(1, count + 1) if number not in there])
