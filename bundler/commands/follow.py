"""The options of a follow-up: which ticket was sent before, with which map, and which mail it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec import Struct

from bundler.assemble.case import NO_THREAD, Thread
from bundler.commands.finished import read_finished
from bundler.errors import EnvironmentProblem, MisuseError

if TYPE_CHECKING:
    from bundler.assemble.following import Earlier

Function = TypeVar("Function", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--follow-up",
        "follow_up",
        default="",
        metavar="TICKET",
        help="Only what is new since this ticket (its .zip or .eml), under its id, with the map beside it.",
    ),
    click.option(
        "--new-placeholders", is_flag=True, help="Follow up without the earlier map: placeholders mean something else."
    ),
    click.option(
        "--in-reply-to",
        default="",
        metavar="ID",
        help="The Message-ID of the mail that is answered; default: the ticket's last one, if it was sent by send.",
    ),
    click.option(
        "--references", multiple=True, metavar="ID", help="Message-IDs of the mails before that one; repeatable."
    ),
)


class Followed(Struct, frozen=True):
    """What was typed of them: the earlier ticket, if any, the thread, and all options, its map among them."""

    ticket: Earlier | None
    thread: Thread
    typed: Mapping[str, Any]


def follow_options(function: Function) -> Function:
    """Give a command the options of a follow-up."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def read_earlier(typed: Mapping[str, Any]) -> Followed:
    """Open the ticket that is followed up, find its map and the mail that it was sent with.

    Raises ``UnreadableInput`` for a ticket that is not there or damaged, ``MisuseError`` where its map is missing.
    """
    thread = Thread(typed["in_reply_to"], typed["references"]) if typed["in_reply_to"] else NO_THREAD
    if typed["references"] and not typed["in_reply_to"]:
        raise MisuseError("--references needs the mail that is answered.", "Name its Message-ID with --in-reply-to.")
    if not typed["follow_up"]:
        if typed["new_placeholders"]:
            raise MisuseError("--new-placeholders is for a follow-up.", "Name the earlier ticket with --follow-up.")
        return Followed(None, thread, typed)
    from bundler.assemble.following import open_earlier
    from bundler.assemble.maps import map_beside

    path = Path(typed["follow_up"])
    earlier = open_earlier(read_finished(path), path.name)
    thread = thread if thread.in_reply_to else _sent_thread(earlier.document.ticket_id)
    if typed["new_placeholders"]:
        if typed["map_file"]:
            raise MisuseError("--map and --new-placeholders contradict each other.", "Keep one of them.")
        return Followed(earlier, thread, typed)
    beside = typed["map_file"] or map_beside(path)
    if not beside:
        raise MisuseError(
            f"The private map of {path.name} is not beside it, so that its placeholders would mean something else.",
            "Name it with --map FILE; or say --new-placeholders, and support cannot compare the two tickets.",
        )
    return Followed(earlier, thread, {**typed, "map_file": str(beside)})


def _sent_thread(ticket_id: str) -> Thread:
    """The mails that the ledger knows to have been sent; a ledger that cannot be read is none."""
    from bundler.delivery.ledger import entries, sent_ids
    from bundler.delivery.state import place

    with suppress(EnvironmentProblem):
        if sent := sent_ids(entries(place()).values(), ticket_id):
            return Thread(sent[-1], sent[:-1])
    return NO_THREAD
