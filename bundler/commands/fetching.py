"""Fetches the mail of a ticket out of a mailbox, for the commands that look at what arrived."""

from __future__ import annotations

from bundler.commands.console import is_terminal
from bundler.errors import MisuseError


def fetch_arrived(account_name: str, ticket_id: str, folder: str, *, may_ask: bool) -> bytes:
    """The newest mail of a ticket in a folder of a configured account; it stays unread if it was.

    Raises ``MisuseError`` for an account that there is not or that has no mailbox, else as ``fetch_letter``.
    """
    from bundler.commands.handing import Hands, ask_secret
    from bundler.commands.settings import load_settings
    from bundler.delivery.imap import fetch_letter
    from bundler.delivery.secrets import find_secret, logged_in

    settings = load_settings()
    account = Hands(settings.accounts).account(account_name)
    if account is None:
        raise MisuseError(f"There is no mail account {account_name!r}.", "ticket-bundler config import-mail")
    if account.imap is None:
        told = f"The account {account.name} has no mailbox to look into."
        raise MisuseError(told, f'Set imap = "imaps://…" in [account.{account.name}].')
    ask = ask_secret if may_ask and is_terminal() else None
    found = find_secret(account, account.imap, ask)
    return logged_in(
        found, account, account.imap, ask, lambda secret: fetch_letter(account, secret, folder, ticket_id=ticket_id)
    )
