"""``logs``: the excerpt alone, as a filter."""

from __future__ import annotations

import io
import sys
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from bundler.commands.console import Console, say
from bundler.commands.options import parse_window
from bundler.errors import MisuseError, UnreadableInput


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--around", default="", metavar="WHEN", help='The moment of the error: "today 14:03", ISO, epoch.')
@click.option("--window", default="", metavar="BEFORE,AFTER", help="How much around it: 5m,2m.")
@click.option("--id", "ids", multiple=True, metavar="ID", help="Keep the records that mention it; repeatable.")
@click.option("--as", "taken_as", default="log", metavar="FORMAT", help="The format of the named files.")
@click.option("--tz", "zone", default="", metavar="ZONE", help="Zone of times that name none.")
@click.option("--scrub", "is_scrubbed", is_flag=True, help="Mask secrets and personal data in the excerpt.")
@click.option("--report", default="", metavar="FILE", help="Write what was taken and left out as JSON.")
@click.option("-o", "--output", default="", metavar="FILE", help="Write here instead of standard output.")
@click.option("--force", is_flag=True, help="Overwrite the output.")
@click.option("-q", "--quiet", is_flag=True, help="Do not say what was left out.")
def logs(
    paths: tuple[str, ...],
    around: str,
    window: str,
    ids: tuple[str, ...],
    taken_as: str,
    zone: str,
    is_scrubbed: bool,
    report: str,
    output: str,
    force: bool,
    quiet: bool,
) -> int:
    """Print the records that mention an --id, and those --around a moment, as they stand in the logs.

    \b
    ticket-bundler logs service.log --id 1b0c5c2e-… --around "2026-11-23 14:03 Europe/Copenhagen"

    The bytes are the log's own, in the order of time; --scrub masks them.
    """
    from bundler import config
    from bundler.assemble.excerpts import Reference
    from bundler.logs.mentions import SHORTEST
    from bundler.pack import replacing

    if not (ids or around):
        raise MisuseError("Nothing says which records are wanted.", "Give --id ID, or --around WHEN, or both.")
    if any(len(text.strip()) < SHORTEST for text in ids):
        raise MisuseError(
            f"An --id has fewer than {SHORTEST} characters, and would be found everywhere.", "Give the whole id."
        )
    settings = config.load(config.current_folder())
    now = config.present_moment()
    tz, zone_from = config.zone_of(settings, zone)
    moment = _moment(around, now, tz, zone_from)
    excerpts = _excerpts(paths, taken_as, ids, moment, window, Reference(tz, zone_from, now), quiet)
    with ExitStack() as stack:
        lines = stack.enter_context(replacing(Path(report), overwrite=force)) if report else None
        sink = stack.enter_context(replacing(Path(output), overwrite=force)) if output else sys.stdout.buffer
        for excerpt in excerpts:
            sink.write(_masked(excerpt.data) if is_scrubbed else excerpt.data)
        sink.flush()
        if lines is not None:
            import msgspec

            lines.write(
                msgspec.json.format(msgspec.json.encode([_described(each) for each in excerpts]), indent=2) + b"\n"
            )
    for excerpt in excerpts:
        _tell(excerpt, quiet)
    return 0


def _moment(around: str, now: datetime, tz: Any, zone_from: str) -> datetime | None:
    from bundler.assemble.case import Case
    from bundler.assemble.facts import known_time

    told = known_time(Case(at=around), now, tz, zone_from)
    return told.value if told is not None else None


def _excerpts(
    paths: tuple[str, ...],
    taken_as: str,
    ids: tuple[str, ...],
    moment: datetime | None,
    window: str,
    reference: Any,
    quiet: bool,
) -> list[Any]:
    from bundler import evidence
    from bundler.assemble.case import Case
    from bundler.assemble.excerpts import FILTER_BUDGET, LogSource, cut

    before, after = parse_window(window)
    sources, skipped = evidence.gather(paths)
    found = []
    for source in sources:
        if not (source.head or source.named):
            skipped.append(evidence.Skipped(source.name, "it is empty"))
            continue
        recognition = evidence.recognise(source, taken_as if source.named else "")
        if recognition is not None and recognition.log is not None:
            found.append(LogSource(source, recognition.log))
    if not found:
        raise UnreadableInput(
            "None of the files looks like a log.", "ticket-bundler inspect shows what they look like."
        )
    for left in skipped:
        say(f"left out: {left.name} - {left.why}", quiet=quiet)
    with Console(quiet=quiet) as console:
        excerpts = cut(found, ids, moment, Case(before=before, after=after), reference, console, budget=FILTER_BUDGET)
    return sorted(excerpts, key=lambda excerpt: (excerpt.first is None, excerpt.first or reference.now))


def _masked(data: bytes) -> bytes:
    from bundler.providers import load
    from bundler.redact import scrub

    sink = io.BytesIO()
    scrub(io.BytesIO(data), sink, load("vipps-mobilepay"))
    return sink.getvalue()


def _described(excerpt: Any) -> dict[str, Any]:
    return {
        "source": excerpt.source,
        "format": excerpt.format,
        "from": excerpt.first,
        "to": excerpt.last,
        "records": len(excerpt.spans),
        "lines": [[span.line, span.line + span.line_count - 1] for span in excerpt.spans],
        "omitted": [{"records": omission.records, "why": omission.why} for omission in excerpt.omitted],
        "notes": list(excerpt.notes),
    }


def _tell(excerpt: Any, quiet: bool) -> None:
    left_out = "; ".join(f"{omission.records:,} records {omission.why}" for omission in excerpt.omitted)
    say(f"{excerpt.source}: {len(excerpt.spans):,} records{f'; left out: {left_out}' if left_out else ''}", quiet=quiet)
    for note in excerpt.notes:
        say(f"  {note}", quiet=quiet)
    if not excerpt.spans and excerpt.source_first is not None and excerpt.source_last is not None:
        say(
            f"  it covers {excerpt.source_first:%Y-%m-%d %H:%M:%S} to {excerpt.source_last:%Y-%m-%d %H:%M:%S} UTC",
            quiet=quiet,
        )
