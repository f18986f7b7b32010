"""What ``send`` is to do, out of what was typed and which account there is; refuses what contradicts itself."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from bundler.commands.ways import SENDING, Way, sending_way
from bundler.errors import MisuseError

if TYPE_CHECKING:
    from bundler.assemble.outgoing import Addressed
    from bundler.delivery.accounts import Account


class Job(Struct, frozen=True):
    """What is to be done: the way, whether it was typed, to and from whom, and the command itself."""

    way: Way
    is_typed: bool
    addressed: Addressed
    command: str


def refuse_contradictions(file: str, typed: Mapping[str, Any]) -> None:
    """Raise ``MisuseError`` for options that cannot be meant together."""
    if not file and not (typed["outbox"] or typed["resume"]):
        raise MisuseError("No bundle or mail was named.", "For example: ticket-bundler send ticket-….zip")
    if file and typed["outbox"]:
        raise MisuseError("--outbox sends all that waits; a file was named too.", "For that one alone: --resume FILE.")
    later = [name for name in ("resume", "outbox", "arrived") if typed[name]]
    if len(later) > 1:
        raise MisuseError(f"--{later[0]} and --{later[1]} are two different things.", "Ask for one of them.")
    changing = [name for name in ("to", "cc", "bcc", "encrypt", "reply_to", "way", "account", "reflect") if typed[name]]
    if later and changing:
        raise MisuseError(
            f"--{later[0]} leaves the mail as it is, byte for byte; --{changing[0].replace('_', '-')} would change it.",
            "Leave that out.",
        )
    if (typed["opens"] or typed["program"]) and typed["way"] not in (None, "file", "program"):
        raise MisuseError(f"--way {typed['way']} opens no program.", "Leave out --open and --program, or --way.")


def make_job(file: str, account: Account | None, typed: Mapping[str, Any]) -> Job:
    """The job; raises ``MisuseError`` for a way that there is no account for, ``EnvironmentProblem`` for one that the
    account has no server or program for."""
    from bundler.assemble.outgoing import Addressed

    way, is_typed = typed["way"], typed["way"] is not None
    if typed["opens"] or typed["program"]:
        way, is_typed = "program", True
    elif way is None and typed["reflect"]:
        way = sending_way("file", account) or "smtp"
    elif way is None:
        way = "file" if account is None else "imap" if account.imap is not None else sending_way("file", account)
    if typed["reflect"] and way not in SENDING:
        raise MisuseError("--reflect sends to yourself, and this way sends nothing.", "Take --way smtp or sendmail.")
    if way not in ("file", "program"):
        _check_account(way, account)
    return Job(
        way=way,
        is_typed=is_typed,
        addressed=Addressed(
            sender=account.sender if account is not None else None,
            to=typed["to"] or None,
            cc=typed["cc"],
            bcc=typed["bcc"],
            reply_to=typed["reply_to"],
            keys=typed["encrypt"],
            unattended=typed["yes"] and not (sys.stdin is not None and sys.stdin.isatty()),
        ),
        command=command_of(file, typed),
    )


def _check_account(way: Way, account: Account | None) -> None:
    from bundler.delivery.accounts import sender_program, server_of
    from bundler.delivery.configured import no_account

    if account is None:
        raise no_account()
    if way == "sendmail":
        sender_program(account)
    else:
        server_of(account, "imap" if way == "imap" else "smtp")


def command_of(file: str, typed: Mapping[str, Any]) -> str:
    """The command with all options of ``typed``, as it may be typed again."""
    words = ["ticket-bundler", "send", file]
    for option in click.get_current_context().command.params:
        name = option.name or ""
        if not isinstance(option, click.Option) or not typed.get(name):
            continue
        flag = max(option.opts, key=len)
        values = typed[name] if option.multiple else (typed[name],)
        words += [flag] if option.is_flag else [word for value in values for word in (flag, value)]
    return shlex.join(words)
