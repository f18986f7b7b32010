"""What is known of a mail account, as values: where its servers are and how one gets in; never a password."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from bundler.errors import EnvironmentProblem
from bundler.mail.letter import Sender

Security = Literal["tls", "starttls"]
"""``tls`` from the first byte (RFC 8314 section 3), or STARTTLS, without which nothing is said to the server."""
TIMEOUT_S = 30.0
"""How long a server may be silent."""
Mechanism = Literal["password", "xoauth2", "oauthbearer"]


class Server(Struct, frozen=True):
    """A server as an address in the configuration names it: ``imaps://host:993``, ``smtp+starttls://host:587``."""

    host: str
    port: int
    security: Security

    @property
    def where(self) -> str:
        """As messages name it."""
        return f"{self.host}:{self.port}"


class Account(Struct, frozen=True, kw_only=True):
    """One account of the user's configuration (``[account.NAME]``).

    ``user`` is who logs in, the sender's address where it is not told. ``password_command`` and ``token_command`` are
    argument lists of programs that print the secret, ``password_file`` a file that nobody else may read. ``drafts`` and
    ``sent`` overrule what the server says of its folders; ``keeps_sent`` is True where a copy is to be filed, because
    the provider does not do that itself. ``smtp_login`` is False for a relay that knows whom it serves by their address
    and asks for no password; TLS is verified there as everywhere.
    ``source_address`` is where connections come from, for machines with several.
    """

    name: str
    sender: Sender
    user: str = ""
    smtp: Server | None = None
    smtp_login: bool = True
    imap: Server | None = None
    mechanism: Mechanism = "password"
    password_command: tuple[str, ...] = ()
    token_command: tuple[str, ...] = ()
    password_file: str = ""
    sendmail: tuple[str, ...] = ()
    drafts: str = ""
    sent: str = ""
    keeps_sent: bool = False
    ca_file: str = ""
    timeout_s: float = TIMEOUT_S
    source_address: str = ""

    @property
    def login(self) -> str:
        """Who logs in."""
        return self.user or self.sender.address


class Credential(Struct, frozen=True):
    """A password or a token; shows itself nowhere."""

    secret: str

    def __repr__(self) -> str:
        return "Credential(…)"


Door = Literal["smtp", "imap"]
"""Which of an account's servers: the one to send by, or the mailbox."""


def server_of(account: Account, door: Door) -> Server:
    """That server; raises ``EnvironmentProblem`` for an account that has none."""
    server = account.smtp if door == "smtp" else account.imap
    if server is None:
        raise EnvironmentProblem(
            f"The account {account.name} has no {'server to send by' if door == 'smtp' else 'mailbox'}.",
            f'Set {door} = "{door}s://HOST" under [account.{account.name}] of the configuration.',
        )
    return server


def sender_program(account: Account) -> tuple[str, ...]:
    """The command of the account that sends a mail; raises ``EnvironmentProblem`` for an account that has none."""
    if not account.sendmail:
        raise EnvironmentProblem(
            f"The account {account.name} names no program to send by.",
            f'Set sendmail = ["/usr/sbin/sendmail"] or ["msmtp"] under [account.{account.name}].',
        )
    return account.sendmail
