"""``logs``: the excerpt alone, as a filter."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from bundler.commands.console import Console, say
from bundler.commands.typed import QuickCommand, parse_size, parse_window
from bundler.errors import ExitCode, MisuseError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bundler.excerpts.cutting import Reference
    from bundler.excerpts.filtering import Answer, Question, Shape


@click.command(cls=QuickCommand)
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("--around", default="", metavar="WHEN", help='The moment of the error: "today 14:03", ISO, epoch.')
@click.option("--window", default="", metavar="BEFORE,AFTER", help="How much around it: 5m,2m.")
@click.option("--id", "ids", multiple=True, metavar="ID", help="Keep the records that mention it; repeatable.")
@click.option("--every-spelling", is_flag=True, help="Find --id spelled otherwise in large logs too.")
@click.option("--follow/--no-follow", "follows", help="Also search for the trace and order ids seen beside --id.")
@click.option("--exclude-id", "excluded", multiple=True, metavar="ID", help="Never follow this one; repeatable.")
@click.option("--context", default=0, type=click.IntRange(0, 10_000), metavar="N", help="N records around each hit.")
@click.option("--merge", "merges", is_flag=True, help="Put the records of all logs on one clock.")
@click.option("--fold", "folds", is_flag=True, help="Fold repeated records.")
@click.option("--mark", "marks", is_flag=True, help="Put the name of its log before each line.")
@click.option("--budget", default="", metavar="SIZE", help="Leave out the least useful records past this: 200KB.")
@click.option("--log-command", "commands", multiple=True, metavar="COMMAND", help="Read what a program prints.")
@click.option("--log-source", "named", multiple=True, metavar="NAME", help="A configured source or a preset.")
@click.option("--as", "taken_as", default="", metavar="FORMAT", help="The format of the named files.")
@click.option("--tz", "zone", default="", metavar="ZONE", help="Zone of times that name none.")
@click.option("--scrub", "is_scrubbed", is_flag=True, help="Mask secrets and personal data in the excerpt.")
@click.option("--report", default="", metavar="FILE", help="Write what was taken and left out as JSON.")
@click.option("--jobs", "job_count", default=0, type=click.IntRange(0, 64), metavar="N", help="Cores; default: all.")
@click.option("-o", "--output", default="", metavar="FILE", help="Write here instead of standard output.")
@click.option("--force", is_flag=True, help="Overwrite the output.")
@click.option("-q", "--quiet", is_flag=True, help="Do not say what was left out.")
def logs(paths: tuple[str, ...], quiet: bool, **typed: Any) -> int:
    """Print the records that mention an --id, and those --around a moment, as they stand in the logs.

    \b
    ticket-bundler logs service.log --id 1b0c5c2e-… --around "2026-11-23 14:03 Europe/Copenhagen"
    ticket-bundler logs /var/log/shop/ --around "today 14:03" --window 5m,2m --merge --mark
    ticket-bundler logs --log-source journalctl:unit=shop.service --around "today 14:03"

    PATH is a file, a folder, an archive, a URL (s3://, gs://, az://) or - for standard input. The bytes are the logs'
    own, whole records, log by log in order of time; --scrub masks them.
    """
    from bundler.commands.settings import load_settings
    from bundler.config import clock
    from bundler.excerpts.cutting import Reference

    settings = load_settings(asks_providers=False)
    tz, zone_from = clock.zone_of(settings, typed["zone"])
    reference = Reference(tz, zone_from, clock.present_moment())
    question = _question(typed, reference)
    with Console(quiet=quiet) as console:
        found, left_out, code = _answer(paths, typed, question, settings, reference, console)
        remarks = _write(found, typed, question, reference)
    for line in (*left_out, *remarks):
        say(line, quiet=quiet)
    _tell(found, question, reference, quiet=quiet)
    return ExitCode.INPUT if any(cut.seen.error for cut in found.cuts) else code


def _question(typed: dict[str, Any], reference: Reference) -> Question:
    from bundler.evidence.workers import core_count
    from bundler.excerpts.filtering import Question
    from bundler.logs.mentions import LONGEST, SHORTEST

    ids = tuple(text.strip() for text in typed["ids"])
    if not (ids or typed["around"]):
        raise MisuseError("Nothing says which records are wanted.", "Give --id ID, or --around WHEN, or both.")
    if any(len(text) < SHORTEST for text in ids):
        raise MisuseError(
            f"An --id has fewer than {SHORTEST} characters, and would be found everywhere.", "Give the whole id."
        )
    if any(not text.isprintable() or len(text.encode("utf-8", "replace")) > LONGEST for text in ids):
        raise MisuseError(
            f"An --id is longer than {LONGEST} bytes, or not one line of text.", "Copy the identifier alone."
        )
    if typed["window"] and not typed["around"]:
        raise MisuseError("--window needs a moment to lie around.", 'Give --around "2026-11-23 14:03".')
    if typed["follows"] and not ids:
        raise MisuseError("--follow needs an id to start from.", "Give --id ID.")
    before, after = parse_window(typed["window"])
    window = None
    if typed["around"]:
        from bundler.logs.types import window_around
        from bundler.moments.understood import find_instant

        moment = find_instant(typed["around"], reference.now, reference.zone, reference.zone_from)
        window = window_around(moment, before, after)
    return Question(
        ids=ids,
        excluded=typed["excluded"],
        window=window,
        context=typed["context"],
        follows=typed["follows"],
        every_spelling=typed["every_spelling"],
        job_count=typed["job_count"] or core_count(),
    )


def _answer(
    paths: tuple[str, ...],
    typed: dict[str, Any],
    question: Question,
    settings: Any,
    reference: Reference,
    console: Console,
) -> tuple[Answer, list[str], ExitCode]:
    from bundler.excerpts.filtering import answer, find_logs

    found, skipped, is_refused = find_logs(paths, typed["taken_as"]) if paths else ([], [], False)
    _require_other_names((*paths, *(log.source.path for log in found if log.source.path is not None)), typed)
    left_out = [f"left out: {left.name} - {left.why}" for left in skipped]
    code = ExitCode.INPUT if is_refused else ExitCode.FINE
    if typed["commands"] or typed["named"]:
        from bundler.excerpts.collecting import collect_logs, find_sources

        collected = collect_logs(
            find_sources(typed["commands"], typed["named"], settings),
            window=question.window,
            ids=question.ids,
            payment_id=question.ids[0] if question.ids else "",
            reference=reference,
            progress=console,
        )
        found += collected.logs
        left_out += collected.remarks
        code = ExitCode.PARTIAL if collected.is_partial else code
    elif not found:
        raise MisuseError("No log is named.", 'For example: ticket-bundler logs service.log --around "today 14:03".')
    return answer(found, question, reference, console), left_out, code


def _write(found: Answer, typed: dict[str, Any], question: Question, reference: Reference) -> list[str]:
    """Write excerpt and report where they were asked for; returns what to say of it."""
    from bundler.excerpts.filtering import Shape, write

    shape = Shape(typed["merges"], typed["folds"], typed["marks"], parse_size(typed["budget"]))
    middle = question.window.middle if question.window is not None else None
    with ExitStack() as stack:
        lines = stack.enter_context(_new_file(typed["report"], typed["force"])) if typed["report"] else None
        output = "" if typed["output"] == "-" else typed["output"]
        sink = stack.enter_context(_new_file(output, typed["force"])) if output else sys.stdout.buffer
        if typed["is_scrubbed"]:
            remarks = _scrub(found, shape, middle, reference, sink)
        else:
            remarks = write(found, shape, middle, reference, sink)
        sink.flush()
        if lines is not None:
            from bundler.excerpts.telling import as_json

            lines.write(as_json(found, reference))
    return remarks


def _require_other_names(read: Iterable[str | Path], typed: dict[str, Any]) -> None:
    """Raises ``MisuseError`` where what is written would take the place of a log, or of what else is written."""
    written = [Path(typed[option]) for option in ("output", "report") if typed[option] not in {"", "-"}]
    if len({path.absolute() for path in written}) < len(written):
        raise MisuseError("--report and --output name the same file.", "Give each a name of its own.")
    for path in filter(Path.is_file, written):
        if any(Path(name).is_file() and path.samefile(name) for name in read):
            raise MisuseError(f"{path} is one of the logs that are read.", "Name another file to write to.")


def _new_file(name: str, overwrite: bool) -> Any:
    from bundler.pack.replacing import replacing

    return replacing(Path(name), overwrite=overwrite)


def _scrub(found: Answer, shape: Shape, middle: datetime | None, reference: Reference, sink: BinaryIO) -> list[str]:
    import tempfile

    from bundler.commands.own_profiles import use_own_profiles
    from bundler.excerpts.filtering import write
    from bundler.providers import load
    from bundler.redact import scrub

    use_own_profiles()
    with tempfile.TemporaryFile() as plain:
        remarks = write(found, shape, middle, reference, plain)
        plain.seek(0)
        scrub(plain, sink, load("vipps-mobilepay"))
    return remarks


def _tell(found: Answer, question: Question, reference: Reference, *, quiet: bool) -> None:
    if quiet:
        return
    from bundler.excerpts.telling import remarks

    for line in remarks(found, question, reference):
        say(line)
    if question.window is not None and any(cut.log.format.kind == "plain" for cut in found.cuts):
        say("A log without known times has no window: give --as FORMAT (ticket-bundler explain format) or --id ID.")
