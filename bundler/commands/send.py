"""``send``: hands the mail of a ticket over; nothing leaves unless it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from bundler.commands.finished import read_finished
from bundler.commands.mapping import map_reading_options, read_map_beside
from bundler.commands.sending_job import make_job, refuse_contradictions
from bundler.commands.typed import parse_size
from bundler.commands.ways import SENDING, Way

if TYPE_CHECKING:
    from bundler.assemble.outgoing import Outgoing


@click.command()
@click.argument("file", default="", metavar="[BUNDLE|MAIL]")
@click.option(
    "--way",
    type=click.Choice(get_args(Way)),
    default=None,
    help="How; default: a draft in the account's mailbox, else the file. smtp and sendmail send at once.",
)
@click.option("--account", default="", metavar="NAME", help="The mail account, as in [account.NAME].")
@click.option("--to", multiple=True, metavar="ADDRESS", help="Instead of the provider's support; repeatable.")
@click.option("--cc", multiple=True, metavar="ADDRESS", help="Gets a copy; repeatable.")
@click.option("--bcc", multiple=True, metavar="ADDRESS", help="Gets a copy unseen; repeatable.")
@click.option("--reply-to", default="", metavar="ADDRESS", help="Where answers go, if not to the sender.")
@click.option("--encrypt", multiple=True, metavar="KEY|FILE", help="Encrypt for this key (OpenPGP, age); repeatable.")
@click.option("--open", "opens", is_flag=True, help="Open the draft in the program for .eml files.")
@click.option("--program", default="", metavar="NAME", help="Open it in this one: thunderbird, neomutt, xdg-email, …")
@click.option("--check", is_flag=True, help="Only look it over: 0 it may leave, 1 it should not, 4 it holds a secret.")
@click.option("--dry-run", is_flag=True, help="Say everything that would be done; connect nowhere.")
@click.option("--reflect", is_flag=True, help="Send it to yourself first, as support would get it.")
@click.option("--resume", is_flag=True, help="Go on with what waits in the outbox, byte for byte.")
@click.option("--outbox", is_flag=True, help="Send everything that waits in the outbox.")
@click.option("--arrived", is_flag=True, help="You have looked: a mail whose end was unknown has arrived.")
@click.option("--again", is_flag=True, help="Send a ticket once more to whom it was sent already.")
@click.option(
    "--size-limit", default="", metavar="SIZE", help="How large a mail the recipient takes, if not what is known: 25MB."
)
@click.option("--ca-file", default="", metavar="FILE", help="Trust this authority's certificate (PEM).")
@map_reading_options("The private map, to search the mail for its very values; default: the one beside.")
@click.option("--yes", is_flag=True, help="Send without the question; needed where there is no terminal.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def send(file: str, **typed: Any) -> int:
    """Hand the mail of a ticket over, after a look at all that leaves.

    \b
    ticket-bundler send ticket-….zip                  # a draft in your mailbox, or the file to open
    ticket-bundler send ticket-….zip --way smtp       # shows everything, asks, sends
    ticket-bundler send ticket-….eml --program neomutt
    ticket-bundler send ticket-….zip --way smtp --reflect

    Accounts stand in your own configuration (config import-mail takes them over from git and msmtp), passwords in the
    keyring or in what password_command prints. A ticket goes to nobody twice. Exit codes: 0 handed over, 1 it should
    not leave as it is, 2 wrong usage or not confirmed, 3 not handed over, 4 it holds a secret, 5 some were refused, or
    are damaged in the outbox.
    """
    from bundler.commands.handing import Hands, may_ask
    from bundler.commands.resuming import hand_over_waiting, note_arrived, tell_all_damaged
    from bundler.commands.sending import Sending
    from bundler.commands.settings import load_settings
    from bundler.commands.several import run_all

    refuse_contradictions(file, typed)
    settings = load_settings()
    quiet = typed["quiet"] or typed["as_json"]
    hands = Hands(settings.accounts, typed["ca_file"], may_ask=may_ask(typed), quiet=quiet)
    if typed["arrived"]:
        return note_arrived(file, hands)
    if typed["resume"] or typed["outbox"]:
        return hand_over_waiting(file, hands, yes=typed["yes"], as_json=typed["as_json"])
    account = hands.account(typed["account"], settings.default_account)
    job = make_job(file, account, typed)
    runs = [Sending(hands, account, typed, job, outgoing) for outgoing in _read(file, typed)]
    code = run_all(runs, as_json=typed["as_json"], quiet=quiet)
    if runs[0].job.way in SENDING and runs[0].state != "none":
        tell_all_damaged()
    return code


def _read(file: str, typed: Mapping[str, Any]) -> list[Outgoing]:
    """The draft that was named, or those that lie beside the bundle, each with all that a look at it tells."""
    from bundler.assemble.outgoing import bundle_of, drafts_of, look_at
    from bundler.pack.open import is_zip

    source = Path(file)
    data = read_finished(source)
    beside = bundle_of(source)
    bundle = data if is_zip(data) else read_finished(beside) if beside.is_file() else b""
    vault = read_map_beside(beside, typed["map_file"], typed["map_identities"])
    allowed = parse_size(typed["size_limit"])
    return [
        look_at(source, path, read_finished(path), bundle, vault, seals=bool(typed["encrypt"]), allowed=allowed)
        for path in drafts_of(source, data)
    ]
