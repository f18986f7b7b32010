"""Sends a mail by SMTP (RFC 5321, RFC 8314), only over verified TLS, and tells for certain what became of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import NoReturn

from bundler.delivery.accounts import Account, Credential, Server, server_of
from bundler.delivery.dialogue import Dialogue, Hangup, Reply, connected
from bundler.delivery.envelope import check_envelope
from bundler.delivery.outcome import TRY_LATER, Outcome, Refusal
from bundler.delivery.security import trusting
from bundler.delivery.smtp_login import log_in, refuse_stranger
from bundler.delivery.smtp_outcomes import reason, when_given_over, when_nobody_may_have_it, when_turned_away
from bundler.delivery.words import server_words
from bundler.errors import EnvironmentProblem
from bundler.mail.letter import Letter

LAST_WORD = 10
"""How many times the account's time the answer to the whole mail may take. RFC 5321 section 4.5.3.2.6 gives servers
ten minutes for it: they scan the mail then, and giving up early leaves a person with an outcome nobody knows."""


class _Turned(Exception):
    """The server said no, or not now, before the mail was given over."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


def deliver_by_smtp(letter: Letter, account: Account, credential: Credential | None) -> Outcome:
    """Sends ``letter``, byte by byte as it is, to all its recipients; without a credential nobody logs in.

    ``partly`` when the server refused some recipients, ``later`` when it took nothing for now or there is no way to
    it, ``refused`` when it never will, and ``unknown`` when all was given over and no whole answer came. An interrupt
    while that answer is awaited leaves the outcome just as unknown.

    Raises ``LoginRefused`` for a wrong password or token, ``EnvironmentProblem`` for a server that is not to be
    trusted, cannot take this mail or wants a login where there is none, ``MisuseError`` for addresses that are none;
    nothing was given over then.
    """
    server = server_of(account, "smtp")
    check_envelope(letter)
    try:
        with connected(server, account) as dialogue:
            _enter(dialogue, server, account)
            options = _options(dialogue, server, letter)
            if credential is not None and (reply := log_in(dialogue, server, account, credential)).kind != 2:
                _turn(reply)
            refusing = partial(refuse_stranger, dialogue, server, account) if credential is None else None
            return _hand_over(dialogue, server, account, letter, options, refusing)
    except _Turned as turned:
        return when_turned_away(server, letter.recipients, turned.reply)
    except Hangup:
        return Outcome(
            "later",
            f"{server.where} hung up or fell silent before it had the whole mail; nothing was sent.",
            TRY_LATER,
        )
    except OSError as error:
        return Outcome("later", f"There is no way to {server.where}: {reason(error)}.", TRY_LATER)


def limit_of_server(account: Account) -> int | None:
    """The largest mail that the account's server takes, in bytes as they are sent (RFC 1870), asked before login.

    None where the server tells none, where there is no way to it now, and where the account has none. Raises
    ``EnvironmentProblem`` for a server that is not to be trusted.
    """
    if account.smtp is None:
        return None
    try:
        with connected(account.smtp, account) as dialogue:
            _enter(dialogue, account.smtp, account)
            return _limit(dialogue)
    except (_Turned, Hangup, OSError):
        return None


def _enter(dialogue: Dialogue, server: Server, account: Account) -> None:
    """To where the server has told in TLS what it can do. Nothing but a greeting is said without TLS."""
    greeting = dialogue.reply()
    if greeting.kind == 0:
        raise EnvironmentProblem(f"{server.where} does not speak SMTP; nothing was sent.", "Check host and port.")
    _want(greeting, 220)
    _want(dialogue.greet(), 250)
    if server.security == "tls":
        return
    if "STARTTLS" not in dialogue.offers or dialogue.ask("STARTTLS").code != 220:
        raise EnvironmentProblem(
            f"{server.where} offers no TLS, so nothing was sent to it.",
            "Use the provider's port with TLS: smtps://HOST:465",
        )
    dialogue.secure(trusting(account), server)
    _want(dialogue.greet(), 250)


def _options(dialogue: Dialogue, server: Server, letter: Letter) -> str:
    """What MAIL FROM tells of the mail; raises ``EnvironmentProblem`` for a mail that this server cannot take."""
    size = len(letter.data)
    limit = _limit(dialogue)
    if limit is not None and size > limit:
        raise EnvironmentProblem(
            f"The mail has {size:,} bytes, and {server.where} takes at most {limit:,}; nothing was sent.",
            f"Make a smaller one with ticket-bundler create … --size-limit {limit}",
        )
    options = f" SIZE={size}" if "SIZE" in dialogue.offers else ""
    if not letter.data.isascii():
        if "8BITMIME" not in dialogue.offers:
            raise EnvironmentProblem(f"{server.where} takes no mail with bytes beyond ASCII; nothing was sent.")
        options += " BODY=8BITMIME"
    foreign = next((each for each in (letter.sender, *letter.recipients) if not each.isascii()), "")
    if foreign or not letter.data.partition(b"\r\n\r\n")[0].isascii():
        if "SMTPUTF8" not in dialogue.offers:
            raise EnvironmentProblem(
                f"{server.where} takes no addresses with letters beyond ASCII{f' ({foreign})' if foreign else ''}; "
                "nothing was sent.",
                "Use an address of ASCII letters, or a draft that a mail program sends.",
            )
        options += " SMTPUTF8"
    return options


def _limit(dialogue: Dialogue) -> int | None:
    """RFC 1870 section 4: no number, or 0, says that there is no fixed limit."""
    told = re.fullmatch(r"[0-9]{1,18}", dialogue.offers.get("SIZE", ""))
    return (int(told[0]) or None) if told else None


def _hand_over(
    dialogue: Dialogue,
    server: Server,
    account: Account,
    letter: Letter,
    options: str,
    refusing: Callable[[int, str], None] | None,
) -> Outcome:
    """``refusing`` raises for an answer that only strangers get; None for whoever has logged in."""
    reply = dialogue.ask(f"MAIL FROM:<{letter.sender}>{options}")
    if refusing is not None:
        refusing(reply.code, server_words(reply.text))
    _want(reply, 250)
    accepted: list[str] = []
    refusals: list[Refusal] = []
    for recipient in dict.fromkeys(letter.recipients):
        reply = dialogue.ask(f"RCPT TO:<{recipient}>")
        if reply.kind == 2:
            accepted.append(recipient)
        else:
            refusals.append(Refusal(recipient, reply.code, server_words(reply.text)))
    if not accepted:
        if refusing is not None:
            refusing(refusals[0].code, refusals[0].text)
        return when_nobody_may_have_it(server, tuple(refusals))
    _want(dialogue.ask("DATA"), 354)
    try:
        dialogue.put_mail(letter.data)
    except Hangup:
        _turn(dialogue.reply())  # it may have said why; it has no whole mail, whatever it says
    try:
        dialogue.put(b".\r\n")
        reply = dialogue.reply(account.timeout_s * LAST_WORD)
    except Hangup:
        reply = Reply(0, b"")
    if reply.kind in (4, 5):
        more = when_turned_away(server, tuple(accepted), reply)
        return Outcome(more.state, more.told, more.hint, refusals=(*refusals, *more.refusals))
    return when_given_over(server, tuple(accepted), tuple(refusals), reply)


def _want(reply: Reply, code: int) -> None:
    if reply.code != code:
        _turn(reply)


def _turn(reply: Reply) -> NoReturn:
    raise _Turned(reply)
