"""The ways in which a mail leaves, as ``send`` names them, and what is said of each before it is taken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from bundler.delivery.accounts import Account
    from bundler.mail.letter import Letter

Way = Literal["file", "imap", "smtp", "sendmail", "program"]
SENDING = ("smtp", "sendmail")
"""The ways after which the mail is gone; after all others a person presses Send."""


def sending_way(wanted: Way, account: Account | None) -> Way | None:
    """The way that sends at once: the one that was wanted, else what the account has."""
    if account is None:
        return None
    if wanted in SENDING:
        return wanted
    return "smtp" if account.smtp is not None else "sendmail" if account.sendmail else None


def describe(way: Way, account: Account | None, program: str, *, reflects: bool) -> str:
    """Completes "handed over …"; ``program`` is the one that was typed, ``reflects`` to oneself alone."""
    to_myself = f", to {account.sender.address} alone" if reflects and account else ""
    if account is not None and way == "smtp" and account.smtp:
        return f"sent at once by {account.smtp.where}, over verified TLS{to_myself}"
    if account is not None and way == "sendmail" and account.sendmail:
        return f"sent at once by {account.sendmail[0]}{to_myself}"
    if account is not None and way == "imap" and account.imap:
        return f"a draft in the mailbox {account.login} at {account.imap.host}; nothing is sent"
    if way == "program":
        return f"opened in a mail program ({program or 'default'}); nothing is sent"
    return "a file to open in your mail program; nothing is sent"


def plan(way: Way, account: Account | None, letter: Letter, *, reflects: bool) -> Iterator[str]:
    """What a dry run says beside ``describe``: who logs in, whom the letter would go to, and where that is noted."""
    from bundler.delivery.state import place

    if account is not None and way in ("smtp", "imap"):
        logs_in = way == "imap" or account.smtp_login
        who = f"as {account.login}, with {account.mechanism}" if logs_in else "without logging in"
        yield f"{who}; account {account.name}"
    if way in SENDING:
        people = (account.sender.address,) if reflects and account is not None else letter.recipients
        yield f"to {', '.join(people)}; {len(letter.data):,} bytes; Message-ID {letter.message_id}"
        yield f"noted in the ledger in {place()}, without contents"


def choices(
    way: Way, account: Account | None, recipients: tuple[str, ...], *, reflects: bool, count: int
) -> dict[str, tuple[Way, str]]:
    """What may be chosen for ``count`` mails: a letter to press, the way that it takes, and what that does."""
    from bundler.delivery.programs import can_open

    them = "it" if count == 1 else f"all {count}"
    offered: dict[str, tuple[Way, str]] = {}
    sends = sending_way(way, account)
    if sends is not None:
        whom = "yourself" if reflects else ", ".join(recipients) or "nobody: add --to"
        offered["s"] = (sends, f"send {them} now to {whom}")
        if not reflects:
            offered["m"] = (sends, f"send {them} to yourself first")
    if account is not None and account.imap is not None and not reflects:
        offered["d"] = ("imap", f"put {them} among the drafts of {account.login}, to be sent from there")
    if not reflects and can_open():
        offered["o"] = ("program", f"open {them} in your mail program")
    elif not reflects:
        offered["f"] = ("file", f"name the file of {'the draft' if count == 1 else 'each draft'}, to open it elsewhere")
    return offered
