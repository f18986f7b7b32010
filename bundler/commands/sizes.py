"""The options by which users say how large a mail may be, and what is said of what did not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bundler.amounts import plural
from bundler.commands.console import say
from bundler.commands.typed import parse_size
from bundler.errors import MisuseError

if TYPE_CHECKING:
    from bundler.assemble.mailing import Sizing
    from bundler.assemble.parcel import Parcel
    from bundler.config import Settings

Function = TypeVar("Function", bound=Callable[..., Any])

_ACCOUNT = "account"
_MOST_NAMED = 10
_OPTIONS = (
    click.option(
        "--size-limit",
        default="",
        metavar="SIZE",
        help="How large a mail may be, as it is sent: 25MB; account (or account:NAME) asks that account's servers; "
        "default: what the recipient takes.",
    ),
    click.option("--strict-size", is_flag=True, help="Fail when anything would have to be left out of the mail."),
    click.option("--split", "splits", is_flag=True, help="Several numbered mails rather than anything left out."),
)


def size_options(function: Function) -> Function:
    """Give a command ``--size-limit``, ``--strict-size`` and ``--split``."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def read_sizing(typed: Mapping[str, Any], settings: Settings, *, may_ask: bool = False, quiet: bool = False) -> Sizing:
    """What was typed of ``size_options``; the servers of a mail account are asked where that was typed.

    Raises ``MisuseError`` for a size that is none, or too large to be read, and as ``ask_limits`` does.
    """
    from bundler.assemble.mailing import Sizing
    from bundler.mail.guard import MAIL_LIMITS

    word, _, name = typed["size_limit"].strip().partition(":")
    asks_account = word == _ACCOUNT
    limit = 0 if asks_account else parse_size(typed["size_limit"])
    if limit > MAIL_LIMITS.size:
        raise MisuseError(
            f"--size-limit {typed['size_limit']} is more than a mail may have to be read again: {MAIL_LIMITS.size:,}.",
            "Most mailboxes take 10MB to 25MB; --split makes several mails.",
        )
    if typed["splits"] and typed["strict_size"]:
        raise MisuseError("--split leaves nothing out, so --strict-size says nothing.", "Leave one of them out.")
    server_limit = _ask_account(name.strip(), settings, may_ask=may_ask, quiet=quiet) if asks_account else 0
    return Sizing(limit, typed["strict_size"], typed["splits"], server_limit)


def _ask_account(name: str, settings: Settings, *, may_ask: bool, quiet: bool) -> int:
    """The largest mail that all servers of a mail account take, 0 where none tells; says which of them told what."""
    from bundler.commands.handing import ask_secret
    from bundler.delivery.configured import choose_account
    from bundler.delivery.limits import ask_limits
    from bundler.mail.fit import DEFAULT_LIMIT
    from bundler.render.text import size

    account = choose_account(settings.accounts, name, settings.default_account)
    if account is None:
        raise MisuseError(
            "There is no mail account whose server could be asked for its limit.",
            "ticket-bundler config import-mail takes one over from git or msmtp; or say it: --size-limit 25MB.",
        )
    told = {server.where: limit for server, limit in ask_limits(account, ask_secret if may_ask else None)}
    known = {where: limit for where, limit in told.items() if limit}
    for where, limit in known.items():
        say(f"{where} takes a mail of {size(limit)}.", quiet=quiet)
    if not known:
        say(
            f"No limit is told by {' or '.join(told)}, or there is no way there now: what the recipient takes counts, "
            f"else {size(DEFAULT_LIMIT)}.",
            quiet=quiet,
            fg="yellow",
        )
    return min(known.values(), default=0)


def option_of_send(parcel: Parcel, known: int) -> str:
    """What ``send`` has to be told of mails that are larger than the recipient is known to take; empty for others.

    ``known`` is that size in bytes, 0 where it is not known.
    """
    from bundler.mail.fit import DEFAULT_LIMIT

    is_larger = max(map(len, parcel.mails)) > (known or DEFAULT_LIMIT)
    return f" --size-limit {parcel.mail_limit}" if is_larger else ""


def tell_lacks(parcel: Parcel, *, is_split: bool) -> Iterator[str]:
    """What the mail leaves out of the bundle, a line each; ``is_split`` where several were asked for."""
    from bundler.document import attachment_name
    from bundler.render.text import size

    if not parcel.lacks:
        return
    yield f"The mail may have {size(parcel.mail_limit)}, so it holds less than the bundle, and says so:"
    for name, why in parcel.lacks[:_MOST_NAMED]:
        yield f"  {attachment_name(name)}: {why}"
    if len(parcel.lacks) > _MOST_NAMED:
        yield f"  and {plural(len(parcel.lacks) - _MOST_NAMED, 'more file')}"
    if len(parcel.mails) == 1:
        yield f"  --size-limit SIZE allows a larger one{'' if is_split else ', --split makes several'}."
