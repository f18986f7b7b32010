"""What is told of a mail that an SMTP server took, refused, or left us in the dark about."""

from __future__ import annotations

import re

from bundler.delivery.accounts import Server
from bundler.delivery.dialogue import Reply
from bundler.delivery.outcome import TRY_LATER, Outcome, Refusal
from bundler.delivery.words import server_words

_FULL = "5.2.2"
_NO_ROOM = "The mailbox of a recipient is full: tell them another way, or write to another address with --to."
_QUEUED = re.compile(r"\bqueued as ([A-Za-z0-9.-]{1,64})")


def when_given_over(server: Server, accepted: tuple[str, ...], refusals: tuple[Refusal, ...], reply: Reply) -> Outcome:
    """What is told when the server has the whole mail and did not say no."""
    to = ", ".join(accepted)
    if reply.kind != 2:
        return Outcome(
            "unknown",
            f"{server.where} was given the whole mail to {to} and never answered: it may have been sent.",
            "Look into Sent and the inbox, or ask the recipient, before you send it again.",
            accepted,
            refusals,
        )
    queued = _QUEUED.search(server_words(reply.text))
    place = queued[1] if queued else ""
    if not refusals:
        return Outcome("delivered", f"{server.where} took the mail to {to}.", "", accepted, (), place)
    return Outcome(
        "partly",
        f"{server.where} took the mail to {to}, and refused {_listed(refusals)}.",
        "The others have it; those that were refused for now can be tried again."
        if all(each.code // 100 == 4 for each in refusals)
        else "Correct what was refused and send it to those alone: the others have it.",
        accepted,
        refusals,
        place,
    )


def when_nobody_may_have_it(server: Server, refusals: tuple[Refusal, ...]) -> Outcome:
    told = f"{server.where} refused {_listed(refusals)}; nothing was sent."
    if any(each.code // 100 != 5 for each in refusals):
        return Outcome("later", told, TRY_LATER, refusals=refusals)
    return Outcome("refused", told, "Check the recipients' addresses.", refusals=refusals)


def when_turned_away(server: Server, recipients: tuple[str, ...], reply: Reply) -> Outcome:
    words = server_words(reply.text)
    refusals = tuple(Refusal(each, reply.code, words) for each in dict.fromkeys(recipients))
    said = f"({reply.code} {words})" if reply.code else "(no answer that SMTP knows)"
    if reply.kind != 5:
        told = f"{server.where} does not take the mail now {said}; nothing was sent."
        return Outcome("later", told, TRY_LATER, refusals=refusals)
    hint = "The server's words tell what to change."
    if reply.code == 552:  # of the mail or of the mailbox (RFC 5321 section 4.2.2), which RFC 3463 tells apart
        is_full = words.startswith(_FULL)
        hint = _NO_ROOM if is_full else "Make a smaller one with ticket-bundler create … --size-limit SIZE"
    return Outcome("refused", f"{server.where} refuses the mail {said}; nothing was sent.", hint, refusals=refusals)


def _listed(refusals: tuple[Refusal, ...]) -> str:
    return ", ".join(f"{each.recipient} ({each.code} {each.text})" for each in refusals)


def reason(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer"
    return server_words((error.strerror or str(error) or type(error).__name__).encode())
