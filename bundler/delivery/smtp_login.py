"""How one logs in at an SMTP server (RFC 4954)."""

from __future__ import annotations

from base64 import b64encode

from bundler.delivery.accounts import Account, Credential, Server
from bundler.delivery.dialogue import Dialogue, Reply
from bundler.delivery.mechanisms import answers_of, no_way_in, refused, secrets_in
from bundler.delivery.words import server_words
from bundler.errors import EnvironmentProblem

COMMAND_LIMIT = 510
"""A command with its CRLF has at most 512 octets (RFC 5321 section 4.5.3.1.4). A longer first answer, as tokens make
it, waits until the server asks for it (RFC 4954 section 4)."""

_ASKED_FOR = "LOGIN"
"""The mechanism whose first answer never goes along with the command."""


def log_in(dialogue: Dialogue, server: Server, account: Account, credential: Credential) -> Reply:
    """The server's reply that lets the user in (235), or one of the 4yz kind: not now.

    Tries one mechanism only, since every refusal counts towards locking the account. Raises ``LoginRefused`` when the
    server refuses, ``EnvironmentProblem`` when it knows no mechanism that fits the account, and ``MisuseError`` for a
    name or a secret that cannot be said.
    """
    offered = dialogue.offers.get("AUTH", "").upper().split()
    answers = answers_of(server, account, credential)
    name = next((each for each in answers if each in offered), None)
    if name is None:
        raise no_way_in(server, account, offered)
    reply = _speak(dialogue, name, [b64encode(answer).decode() for answer in answers[name]])
    if reply.code == 235 or reply.kind == 4:
        return reply
    words = server_words(reply.text, *secrets_in(answers, credential))
    raise refused(server, account, f"{reply.code} {words}")


def _speak(dialogue: Dialogue, mechanism: str, answers: list[str]) -> Reply:
    command = f"AUTH {mechanism}"
    if mechanism != _ASKED_FOR and len(command) + 1 + len(answers[0]) <= COMMAND_LIMIT:
        command = f"{command} {answers.pop(0)}"
    reply = dialogue.ask(command)
    while reply.code == 334 and answers:
        reply = dialogue.ask(answers.pop(0))
    return dialogue.ask("*") if reply.code == 334 else reply


def refuse_stranger(dialogue: Dialogue, server: Server, account: Account, code: int, words: str) -> None:
    """Raise ``EnvironmentProblem`` for an answer to somebody who has not logged in that says to do so.

    That is 530 (RFC 4954 section 6), and what servers that relay for some alone say of others: not allowed (RFC 3463
    section 3.8, X.7.1).
    """
    if code != 530 and not words.startswith("5.7.1"):
        return
    told = f"{server.where} takes no mail without a login ({code} {words}); nothing was sent."
    if "AUTH" in dialogue.offers:
        hint = f"Take smtp_login = false out of [account.{account.name}], and name what prints the password: "
        raise EnvironmentProblem(told, f'{hint}password_command = ["pass", "show", "mail"].')
    told = f"{server.where} takes no mail from this machine ({code} {words}); nothing was sent."
    raise EnvironmentProblem(told, "It asks nobody to log in: its administrator can add this machine's address.")
