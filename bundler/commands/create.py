"""``create``: evidence in; bundle, mail and private map out."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct
from msgspec.structs import replace

from bundler.assemble.case import Case
from bundler.commands.console import Console, is_terminal, result, say
from bundler.commands.follow import follow_options, read_earlier
from bundler.commands.mapping import map_options, read_mapping, warn_of_another
from bundler.commands.options import case_options, make_case, read_key, require_something
from bundler.commands.sizes import option_of_send, read_sizing, size_options, tell_lacks
from bundler.commands.words import read_words, word_options
from bundler.config import Settings
from bundler.errors import BundlerError, ExitCode

if TYPE_CHECKING:
    from bundler.assemble.mailing import Sizing
    from bundler.assemble.parcel import Parcel
    from bundler.assemble.sealing import Recipients


@click.command()
@case_options
@word_options
@click.option("-o", "--output", default="", metavar="DIR", help="Where the files go; default: the current folder.")
@click.option("--templates", default="", metavar="DIR", help="A folder whose templates win over ours, file by file.")
@click.option("--key", default="", metavar="FILE", help="Fixes the ticket's key, for repeatable runs.")
@map_options("The private map of an earlier ticket: what it knows keeps its placeholders.")
@follow_options
@size_options
@click.option("--force", is_flag=True, help="Overwrite files of the same name.")
@click.option("--strict", is_flag=True, help="Exit 1 when anything that support asks for is missing.")
@click.option("--no-input", is_flag=True, help="Never ask, even on a terminal.")
@click.option("--json", "as_json", is_flag=True, help="Print ticket and files as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors; the files are still printed.")
def create(
    output: str,
    templates: str,
    key: str,
    force: bool,
    strict: bool,
    no_input: bool,
    as_json: bool,
    quiet: bool,
    **typed: Any,
) -> int:
    """Gather EVIDENCE (files, folders, - for standard input) and write the ticket.

    \b
    ticket-bundler create trace.har logs/ phone.png
    ticket-bundler create --request call.sh --response answer.txt
    ticket-bundler create --event "User tapped Pay, the app said: try again" phone.png
    ticket-bundler create --payment-id 1b0c5c2e-… logs/
    ticket-bundler create --follow-up ticket-….zip later.log

    Ids, time and the failing call are found; what you type wins. Nothing is sent. A mail that would be too large keeps
    what is nearest to the error and says what it leaves out; the bundle is always whole.
    """
    from bundler.commands.settings import load_settings

    settings = load_settings()
    case = make_case(typed, templates or settings.templates)
    folder = Path(output or settings.output or ".")
    require_something(case, settings, "create")
    asks = is_terminal() and not (no_input or as_json or quiet)
    earlier = read_earlier(typed)
    mapping = read_mapping(earlier.typed)
    if earlier.ticket is not None and mapping.known is not None:
        warn_of_another(mapping.known, earlier.ticket.document.ticket_id)
    words = read_words(typed, settings)
    case = replace(
        case,
        earlier=earlier.ticket,
        thread=earlier.thread,
        known=mapping.known,
        preserves_format=mapping.preserves_format,
        words=words,
    )
    manner = Manner(
        folder,
        read_key(key),
        asks=asks,
        force=force,
        strict=strict,
        as_json=as_json,
        quiet=quiet,
        recipients=mapping.recipients,
        sizing=read_sizing(typed, settings, may_ask=asks, quiet=quiet or as_json),
    )
    return write_ticket(case, settings, manner)


class Manner(Struct, frozen=True):
    """How a ticket is written: where, by which key, and how much is asked and said on the way."""

    folder: Path
    key: bytes
    asks: bool = False
    force: bool = False
    strict: bool = False
    as_json: bool = False
    quiet: bool = False
    recipients: Recipients | None = None
    sizing: Sizing | None = None


def write_ticket(case: Case, settings: Settings, manner: Manner) -> int:
    """Make the ticket, tell what was found, write the files; returns the exit code."""
    from bundler import config
    from bundler.assemble import Moment, make_draft
    from bundler.commands.asking import ask_for_missing, wants_ticket
    from bundler.commands.outcome import tell
    from bundler.config import clock
    from bundler.moments.understood import understand_time

    quiet = manner.quiet
    zone, zone_from = clock.zone_of(settings, case.zone)
    moment = Moment(clock.present_moment(), zone, zone_from, manner.key)
    with Console(quiet=quiet) as console:
        draft = make_draft(case, settings, moment, console, _load_rest)
    if manner.asks and not wants_ticket(draft.ticket):
        say("Nothing was written.", quiet=quiet, bold=True)
        return ExitCode.FINE
    understand = partial(understand_time, now=moment.now, zone=zone, zone_from=zone_from)
    if manner.asks and (answered := ask_for_missing(case, draft.ticket, understand)) != case:
        case = answered
        with Console(quiet=quiet) as console:
            draft = make_draft(case, settings, moment, console)
    from bundler.assemble.mailing import USUAL
    from bundler.assemble.parcel import make_parcel, publish_parcel

    parcel = make_parcel(draft, case.templates, config.cache_folder(), manner.recipients, manner.sizing or USUAL)
    if not manner.as_json:
        for text, style in tell(draft.ticket, draft.profile, assumed_provider=draft.assumed_provider):
            say(text, quiet=quiet, **style)
    missing = bool(draft.ticket.missing) and manner.strict
    code = exit_code(blocked=draft.ticket.blocked or missing, partial=draft.is_partial)
    try:
        files = publish_parcel(parcel, manner.folder, overwrite=manner.force)
    except BundlerError as error:
        if manner.as_json:
            _show_json(parcel, {}, error.exit_code)
        raise
    if manner.as_json:
        _show_json(parcel, files, code)
        return code
    say("\nWritten", quiet=quiet, bold=True)
    for path in files.values():
        result(str(path))
    for line in tell_lacks(parcel, is_split=manner.sizing is not None and manner.sizing.splits):
        say(line, quiet=quiet, fg="yellow")
    support = draft.profile.support
    option = option_of_send(parcel, support.size_limit)
    say(f"\n{_next_step(files, support.address, option, blocked=draft.ticket.blocked)}", quiet=quiet)
    if missing:
        say(GAPS_COUNT, quiet=quiet)
    return code


def _load_rest() -> None:
    """Load what finishing a ticket takes."""
    from bundler.assemble.parcel import load

    load()


def _show_json(parcel: Parcel, files: dict[str, Path], code: ExitCode) -> None:
    import json

    paths = {name: str(path) for name, path in files.items()}
    shown = {"ticket": json.loads(parcel.document), "files": paths, "exit": int(code)}
    if parcel.lacks:
        shown["left_out_of_mail"] = dict(parcel.lacks)
    result(json.dumps(shown, ensure_ascii=False, indent=2))


GAPS_COUNT = "Exit code 1, for --strict wants everything that is asked for, and something is missing."


def exit_code(*, blocked: bool, partial: bool = False) -> ExitCode:
    """1 when the ticket should not be sent as it is, 5 when something could not be collected."""
    if blocked:
        return ExitCode.BLOCKED
    return ExitCode.PARTIAL if partial else ExitCode.FINE


def _next_step(files: dict[str, Path], address: str, option: str, *, blocked: bool) -> str:
    if blocked:
        return "Do not send it as it is: see the blocking finding above."
    to = f" to {address}" if address else ""
    mails = [str(path) for name, path in files.items() if name.startswith("mail")]
    each = f", and then the other {len(mails) - 1}" if len(mails) > 1 else ""
    return (
        f"To send it{to}: open {files['mail']} in your mail program, look it over and press Send{each};\n"
        f"or ticket-bundler send {files['bundle']}{option} puts it among your drafts.\n"
        f"ticket-bundler preview {files['bundle']} shows exactly what leaves.\n"
        f"{files['map'].name} stays with you: it holds the real values."
    )
