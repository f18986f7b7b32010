"""The options by which users say how large a mail may be, and what is said of what did not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bundler.commands.typed import parse_size
from bundler.errors import MisuseError

if TYPE_CHECKING:
    from bundler.assemble.mailing import Sizing
    from bundler.assemble.parcel import Parcel

Function = TypeVar("Function", bound=Callable[..., Any])

_MOST_NAMED = 10
_OPTIONS = (
    click.option(
        "--size-limit",
        default="",
        metavar="SIZE",
        help="How large a mail may be, as it is sent: 10MB, 25MB; default: what the recipient takes.",
    ),
    click.option("--strict-size", is_flag=True, help="Fail when anything would have to be left out of the mail."),
    click.option("--split", "splits", is_flag=True, help="Several numbered mails rather than anything left out."),
)


def size_options(function: Function) -> Function:
    """Give a command ``--size-limit``, ``--strict-size`` and ``--split``."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def read_sizing(typed: Mapping[str, Any]) -> Sizing:
    """What was typed of ``size_options``; raises ``MisuseError`` for a size that is none, or too large to be read."""
    from bundler.assemble.mailing import Sizing
    from bundler.mail.guard import MAIL_LIMITS

    limit = parse_size(typed["size_limit"])
    if limit > MAIL_LIMITS.size:
        raise MisuseError(
            f"--size-limit {typed['size_limit']} is more than a mail may have to be read again: {MAIL_LIMITS.size:,}.",
            "Most mailboxes take 10MB to 25MB; --split makes several mails.",
        )
    if typed["splits"] and typed["strict_size"]:
        raise MisuseError("--split leaves nothing out, so --strict-size says nothing.", "Leave one of them out.")
    return Sizing(limit, typed["strict_size"], typed["splits"])


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
        yield f"  and {len(parcel.lacks) - _MOST_NAMED:,} more files"
    if len(parcel.mails) == 1:
        yield f"  --size-limit SIZE allows a larger one{'' if is_split else ', --split makes several'}."
