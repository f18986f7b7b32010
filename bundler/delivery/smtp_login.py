"""How one logs in at an SMTP server (RFC 4954): passwords by PLAIN or LOGIN, tokens by XOAUTH2 or OAUTHBEARER."""

from __future__ import annotations

from base64 import b64encode

from msgspec import Struct

from bundler.delivery.accounts import Account, Credential, Server
from bundler.delivery.dialogue import Dialogue, Reply
from bundler.delivery.security import LoginRefused
from bundler.delivery.words import server_words
from bundler.errors import EnvironmentProblem, MisuseError

COMMAND_LIMIT = 510
"""A command with its CRLF has at most 512 octets (RFC 5321 section 4.5.3.1.4). A longer first answer, as tokens make
it, waits until the server asks for it (RFC 4954 section 4)."""


class _Talk(Struct, frozen=True):
    """What we say in one mechanism, in this order. With ``opens`` the first goes along with the command.

    The last answer of a mechanism for tokens is to the server's explanation of a refusal.
    """

    answers: tuple[bytes, ...]
    opens: bool = True


def log_in(dialogue: Dialogue, server: Server, account: Account, credential: Credential) -> Reply:
    """The server's reply that lets the user in (235), or one of the 4yz kind: not now.

    Tries one mechanism only, since every refusal counts towards locking the account. Raises ``LoginRefused`` when the
    server refuses, and ``EnvironmentProblem`` when it knows no mechanism that fits the account.
    """
    offered = dialogue.offers.get("AUTH", "").upper().split()
    talks = _talks(server, account, credential)
    name = next((each for each in talks if each in offered), None)
    if name is None:
        raise _no_way_in(server, account, offered)
    said = [b64encode(answer).decode() for answer in talks[name].answers]
    reply = _speak(dialogue, f"AUTH {name}", list(said), opens=talks[name].opens)
    if reply.code == 235 or reply.kind == 4:
        return reply
    raise _refused(server, account, reply, server_words(reply.text, credential.secret, *said))


def _talks(server: Server, account: Account, credential: Credential) -> dict[str, _Talk]:
    """The mechanisms that fit, the wanted one first. The two for tokens differ in spelling only."""
    user, secret = account.login, credential.secret
    if not user or set(user + secret) & set("\0\1\r\n"):
        raise MisuseError("The user's name or the secret has characters that no server takes.")
    name, word = user.encode(), secret.encode()
    if account.mechanism == "password":
        return {"PLAIN": _Talk((b"\0%b\0%b" % (name, word),)), "LOGIN": _Talk((name, word), opens=False)}
    plain = b"user=%b\1auth=Bearer %b\1\1" % (name, word)
    escaped = name.replace(b"=", b"=3D").replace(b",", b"=2C")  # RFC 5801 section 4
    place = b"host=%b\1port=%d" % (server.host.encode(), server.port)
    bearer = b"n,a=%b,\1%b\1auth=Bearer %b\1\1" % (escaped, place, word)  # RFC 7628 section 3.1
    talks = {"XOAUTH2": _Talk((plain, b"")), "OAUTHBEARER": _Talk((bearer, b"\1"))}
    wanted = account.mechanism.upper()
    return {wanted: talks[wanted], **talks}


def _speak(dialogue: Dialogue, command: str, answers: list[str], *, opens: bool) -> Reply:
    if opens and len(command) + 1 + len(answers[0]) <= COMMAND_LIMIT:
        command = f"{command} {answers.pop(0)}"
    reply = dialogue.ask(command)
    while reply.code == 334 and answers:
        reply = dialogue.ask(answers.pop(0))
    return dialogue.ask("*") if reply.code == 334 else reply


def _no_way_in(server: Server, account: Account, offered: list[str]) -> EnvironmentProblem:
    known = ", ".join(server_words(each.encode()) for each in offered[:8]) or "none"
    what = "a password" if account.mechanism == "password" else "a token"
    return EnvironmentProblem(
        f"{server.host}:{server.port} offers no way to log in with {what} (it offers: {known}).",
        f'Set auth = "xoauth2" and token_command for the account {account.name}.'
        if account.mechanism == "password"
        else f'Set auth = "password" for the account {account.name}, if the provider allows that.',
    )


def _refused(server: Server, account: Account, reply: Reply, words: str) -> LoginRefused:
    if account.mechanism != "password":
        hint = f"Get a new token: the one that token_command of the account {account.name} prints is refused."
    elif "5.7.30" in words:  # Microsoft 365, which refuses passwords altogether
        hint = f'This server takes no passwords: set auth = "xoauth2" and token_command for {account.name}.'
    else:
        hint = "Check the user's name and the password; many providers want one made for this program (app password)."
    where = f"{server.host}:{server.port}"
    return LoginRefused(f"{where} does not let {account.login} in ({reply.code} {words}); nothing was sent.", hint)
