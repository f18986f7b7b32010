"""``scrub``: the masking alone, as a filter."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from bundler.commands.console import Console, say
from bundler.errors import MisuseError

if TYPE_CHECKING:
    from bundler.providers.profile import Profile


@click.command()
@click.argument("file", default="-", metavar="[FILE]")
@click.option("-o", "--output", default="", metavar="FILE", help="Write here instead of standard output.")
@click.option(
    "--report", default="", metavar="FILE", help="Write one JSON object a replacement: kind, bytes, placeholder."
)
@click.option(
    "--provider",
    default="vipps-mobilepay",
    show_default=True,
    metavar="NAME",
    help="Whose names of keys and ids apply.",
)
@click.option("--force", is_flag=True, help="Overwrite the output.")
@click.option("-q", "--quiet", is_flag=True, help="Do not say what was masked.")
def scrub(file: str, output: str, report: str, provider: str, force: bool, quiet: bool) -> int:
    """Copy FILE (or standard input) with every secret and personal value replaced by a placeholder.

    \b
    ticket-bundler scrub service.log > safe.log
    kubectl logs pay-0 | ticket-bundler scrub

    Identifiers that support needs stay as they are. Bytes that are no secret are not touched.
    """
    from bundler.evidence.sources import gather
    from bundler.pack.replacing import replacing
    from bundler.providers import load

    profile = load(provider)
    if Path(file).is_dir():
        raise MisuseError(f"{file} is a folder, and one file is masked at a time.", "Name the file.")
    source = gather([file])[0][0]
    with Console(quiet=quiet) as console, source.open() as stream:
        console.begin(f"masking {source.name}", source.size)
        if output:
            with replacing(Path(output), overwrite=force) as sink:
                _scrub(stream, sink, profile, report, force, console, quiet)
        else:
            _scrub(stream, sys.stdout.buffer, profile, report, force, console, quiet)
    return 0


def _scrub(
    stream: BinaryIO, sink: BinaryIO, profile: Profile, report: str, force: bool, console: Console, quiet: bool
) -> None:
    from contextlib import ExitStack

    import msgspec

    from bundler.pack.replacing import replacing
    from bundler.redact import Mark
    from bundler.redact import scrub as mask

    with ExitStack() as stack:
        lines = stack.enter_context(replacing(Path(report), overwrite=force)) if report else None

        def note(mark: Mark) -> None:
            if lines is not None:
                lines.write(msgspec.json.encode(mark) + b"\n")

        redactions = mask(stream, sink, profile, note, console.advance)
    sink.flush()
    total = sum(redaction.count for redaction in redactions)
    say(f"{total:,} replacements of {len(redactions):,} values", quiet=quiet)
