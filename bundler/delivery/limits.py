"""Asks the servers of an account how large a mail they take, before any is made; touches the network."""

from __future__ import annotations

from collections.abc import Iterator

from bundler.delivery.accounts import Account, Server
from bundler.delivery.imap import limit_of_mailbox
from bundler.delivery.secrets import Ask, find_secret, logged_in
from bundler.delivery.smtp import limit_of_server
from bundler.errors import EnvironmentProblem


def ask_limits(account: Account, ask: Ask | None) -> Iterator[tuple[Server, int | None]]:
    """Each server of the account with the bytes of the largest mail that it takes, as it is sent.

    None where a server tells none, or there is no way to it now. The server to send by is asked without logging in, the
    mailbox tells nobody but its owner; ``ask`` is who types a password, None where nobody can be asked.

    Raises ``EnvironmentProblem`` for an account without a server, ``LoginRefused`` for a wrong password or token, else
    as ``limit_of_server``, ``find_secret`` and ``limit_of_mailbox`` do.
    """
    if account.smtp is None and account.imap is None:
        raise EnvironmentProblem(
            f"The account {account.name} has no server that could be asked for its limit.",
            "Say it yourself: --size-limit 25MB.",
        )
    if account.smtp is not None:
        yield account.smtp, limit_of_server(account)
    if account.imap is not None:
        found = find_secret(account, account.imap, ask)
        yield (
            account.imap,
            logged_in(found, account, account.imap, ask, lambda secret: limit_of_mailbox(account, secret)),
        )
