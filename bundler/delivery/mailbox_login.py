"""How one logs in at an IMAP server: passwords by AUTHENTICATE PLAIN or LOGIN, tokens by XOAUTH2 or OAUTHBEARER."""

from __future__ import annotations

import imaplib
from collections.abc import Callable

from bundler.delivery.accounts import Account, Credential, Server
from bundler.delivery.folders import quote
from bundler.delivery.mailbox_line import Unreachable, said
from bundler.delivery.security import LoginRefused
from bundler.delivery.words import server_words
from bundler.errors import EnvironmentProblem, MisuseError


def log_in(line: imaplib.IMAP4, server: Server, account: Account, credential: Credential) -> None:
    """Lets the user in, in the one way that the account names, for every refusal counts towards locking it.

    Raises ``LoginRefused`` when the server refuses, ``Unreachable`` when it cannot tell now, ``EnvironmentProblem``
    when it knows no such way, ``MisuseError`` for a name or secret that cannot be said, and ``imaplib.IMAP4.abort`` or
    ``OSError`` when the connection ends.
    """
    user, secret = account.login, credential.secret
    if not user or set(user + secret) & set("\0\1\r\n"):
        raise MisuseError("The user's name or the secret has characters that no server takes.")
    offered = {each.removeprefix("AUTH=") for each in line.capabilities if each.startswith("AUTH=")}
    try:
        if account.mechanism != "password":
            mechanism = account.mechanism.upper()
            if mechanism not in offered:
                raise _no_way_in(server, account, offered)
            line.authenticate(mechanism, _token_talk(server, account, secret))
        elif "PLAIN" in offered:
            line.authenticate("PLAIN", lambda _: f"\0{user}\0{secret}".encode())
        elif "LOGINDISABLED" not in line.capabilities and (user + secret).isascii():
            line.login(quote(user), secret)
        else:
            raise _no_way_in(server, account, offered)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        words = server_words(said(error).encode(), secret)
        raise _refused(server, account, words) from error


def _token_talk(server: Server, account: Account, token: str) -> Callable[[bytes], bytes]:
    """What we say first, and what to the server's explanation of a refusal (RFC 7628 section 3.2.3)."""
    if account.mechanism == "xoauth2":
        first, last = f"user={account.login}\1auth=Bearer {token}\1\1", b""
    else:
        name = account.login.replace("=", "=3D").replace(",", "=2C")  # RFC 5801 section 4
        first = f"n,a={name},\1host={server.host}\1port={server.port}\1auth=Bearer {token}\1\1"
        last = b"\1"
    return lambda challenge: last if challenge else first.encode()


def _no_way_in(server: Server, account: Account, offered: set[str]) -> EnvironmentProblem:
    known = ", ".join(server_words(each.encode()) for each in sorted(offered)[:8]) or "none"
    what = "a password" if account.mechanism == "password" else f"a token by {account.mechanism.upper()}"
    return EnvironmentProblem(
        f"{server.host}:{server.port} offers no way to log in with {what} (it offers: {known}).",
        f'Set auth = "xoauth2" and token_command for the account {account.name}.'
        if account.mechanism == "password"
        else f"Set another auth for the account {account.name}: password, xoauth2 or oauthbearer.",
    )


def _refused(server: Server, account: Account, words: str) -> EnvironmentProblem:
    where = f"{server.host}:{server.port}"
    if words.startswith("[UNAVAILABLE]"):  # RFC 5530 section 3
        return Unreachable(f"{where} lets nobody in for now ({words}).", "Try again later.")
    hint = (
        "Check the user's name and the password; many providers want one made for this program (app password)."
        if account.mechanism == "password"
        else f"Get a new token: the one that token_command of the account {account.name} prints is refused."
    )
    return LoginRefused(f"{where} does not let {account.login} in ({words}); nothing was sent.", hint)
