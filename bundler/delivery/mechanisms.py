"""How one says who one is, in whichever protocol: passwords by PLAIN or LOGIN, tokens by XOAUTH2 or OAUTHBEARER."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping

from bundler.delivery.accounts import Account, Credential, Server
from bundler.delivery.security import LoginRefused
from bundler.delivery.words import server_words
from bundler.errors import EnvironmentProblem, MisuseError


def answers_of(server: Server, account: Account, credential: Credential) -> dict[str, tuple[bytes, ...]]:
    """The mechanisms that fit, the wanted one first, and what we say in each, in this order.

    The last answer of a mechanism for tokens, which differ in spelling only, is to the server's explanation of a
    refusal (RFC 7628 section 3.2.3). Raises ``MisuseError`` for a name or a secret that cannot be said.
    """
    user, secret = account.login, credential.secret
    if not user or set(user + secret) & set("\0\1\r\n"):
        raise MisuseError("The user's name or the secret has characters that no server takes.")
    name, word = user.encode(), secret.encode()
    if account.mechanism == "password":
        return {"PLAIN": (b"\0%b\0%b" % (name, word),), "LOGIN": (name, word)}
    plain = b"user=%b\1auth=Bearer %b\1\1" % (name, word)
    escaped = name.replace(b"=", b"=3D").replace(b",", b"=2C")  # RFC 5801 section 4
    place = b"host=%b\1port=%d" % (server.host.encode(), server.port)
    bearer = b"n,a=%b,\1%b\1auth=Bearer %b\1\1" % (escaped, place, word)  # RFC 7628 section 3.1
    answers = {"XOAUTH2": (plain, b""), "OAUTHBEARER": (bearer, b"\1")}
    wanted = account.mechanism.upper()
    return {wanted: answers[wanted], **answers}


def secrets_in(answers: Mapping[str, tuple[bytes, ...]], credential: Credential) -> tuple[str, ...]:
    """What a server may have heard of the secret, whichever way: nothing of it is shown where it says that back."""
    return (credential.secret, *(b64encode(each).decode() for said in answers.values() for each in said if each))


def no_way_in(server: Server, account: Account, offered: Iterable[str]) -> EnvironmentProblem:
    """Of a server that knows no mechanism that fits the account."""
    names = [server_words(each.encode()) for each in list(offered)[:8]]
    known = ", ".join(names) or "none"
    is_password = account.mechanism == "password"
    return EnvironmentProblem(
        f"{server.where} offers no way to log in with {'a password' if is_password else 'a token'} "
        f"(it offers: {known}).",
        f"If it is a relay that asks nobody to log in: smtp_login = false in [account.{account.name}]."
        if not names and server == account.smtp
        else f'Set auth = "xoauth2" and token_command for the account {account.name}.'
        if is_password
        else f"Set another auth for the account {account.name}: password, xoauth2 or oauthbearer.",
    )


def refused(server: Server, account: Account, words: str) -> LoginRefused:
    """Of a server that does not let the user in, with its own words."""
    if account.mechanism != "password":
        hint = f"Get a new token: the one that token_command of the account {account.name} prints is refused."
    elif "5.7.30" in words:  # Microsoft 365, which refuses passwords altogether
        hint = f'This server takes no passwords: set auth = "xoauth2" and token_command for {account.name}.'
    else:
        hint = "Check the user's name and the password; many providers want one made for this program (app password)."
    return LoginRefused(f"{server.where} does not let {account.login} in ({words}); nothing was sent.", hint)
