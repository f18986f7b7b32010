"""``scrub``: the masking alone, as a filter, and for files and folders."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from bundler.commands.console import Console, result, say
from bundler.commands.mapping import MapManner, map_options, read_mapping
from bundler.commands.words import read_words, word_options
from bundler.errors import MisuseError

if TYPE_CHECKING:
    from bundler.evidence.files import StoredFile
    from bundler.redact.errands import Crew
    from bundler.redact.scrubbed import Line, Scrubbed
    from bundler.redact.vault import Vault

    Note = Callable[[Line], None]

_SHOWN = 10


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "-o", "--output", default="", metavar="FILE|DIR", help="Write here; for a folder or several PATHs a new folder."
)
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
@word_options
@map_options("A private map: what it knows keeps its placeholders, and what is new is added. Made if it is not there.")
@click.option(
    "--jobs",
    "job_count",
    default=0,
    type=click.IntRange(0, 64),
    metavar="N",
    help="Cores for large files; default: all.",
)
@click.option("--copy-unread", "copies_unread", is_flag=True, help="Copy what cannot be searched, such as pictures.")
@click.option("--force", is_flag=True, help="Overwrite the output; a folder is replaced as a whole.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON; needs -o.")
@click.option("-q", "--quiet", is_flag=True, help="Do not say what was masked.")
def scrub(paths: tuple[str, ...], output: str, report: str, quiet: bool, **typed: Any) -> int:
    """Copy PATH (or standard input) with every secret and personal value replaced by a placeholder.

    \b
    ticket-bundler scrub service.log > safe.log
    kubectl logs pay-0 | ticket-bundler scrub
    ticket-bundler scrub logs/ trace.har mails.zip -o safe/

    Identifiers that support needs stay as they are. Bytes that are no secret are not touched. Packed files, archives
    and mails are masked inside and packed again. What cannot be searched is not handed on: a file NAME.withheld.txt in
    its place says why, and the exit code is 5.
    """
    from bundler.evidence.files import is_folder

    paths = paths or ("-",)
    is_tree = len(paths) > 1 or is_folder(paths[0])
    if is_tree and not output:
        what = "Several files are" if len(paths) > 1 else f"{paths[0]} is a folder, and a folder is"
        raise MisuseError(f"{what} masked into a new folder.", "Name it with -o DIR.")
    if typed["as_json"] and not output:
        raise MisuseError("--json and the masked text would both go to standard output.", "Write to a file with -o.")
    if report and Path(report).absolute() == Path(output or "-").absolute():
        raise MisuseError("--report and --output name the same file.", "Give each a name of its own.")
    if typed["map_recipients"] and not typed["map_file"]:
        raise MisuseError("--map-recipient is for a map, and none is written.", "Name it with --map FILE.")
    with Console(quiet=quiet) as console, _reporting(report, typed["force"]) as note, _crew(typed) as crew:
        work = _Work(typed, note, console, crew)
        if is_tree:
            done = work.scrub_folder(paths, Path(output))
        elif output:
            from bundler.pack.replacing import replacing

            with replacing(Path(output), overwrite=typed["force"]) as sink:
                done = work.scrub_file(paths[0], sink)
        else:
            done = work.scrub_file(paths[0], sys.stdout.buffer)
            sys.stdout.buffer.flush()
    _tell(done, is_tree=is_tree, quiet=quiet)
    if typed["as_json"]:
        _print(done, output)
    return done.exit_code


class _Work:
    """What was typed, understood."""

    def __init__(self, typed: dict[str, Any], note: Note | None, console: Console, crew: Crew | None) -> None:
        from bundler import config
        from bundler.providers import load
        from bundler.redact.sweep import Manner
        from bundler.redact.words import NO_WORDS

        self._note = note
        self._console = console
        self._map_file = Path(typed["map_file"]) if typed["map_file"] else None
        placeholders = None
        is_mapped = self._map_file is not None or typed["preserves_format"]
        self._mapping = read_mapping(typed, may_be_new=True) if is_mapped else MapManner()
        if is_mapped:
            from bundler.commands.options import read_key

            placeholders = self._mapping.placeholders(read_key(""))
        words = read_words(typed, config.load(config.current_folder()))
        self._is_plain = not is_mapped and words == NO_WORDS
        self._overwrites = typed["force"]
        self._manner = Manner(
            profile=load(typed["provider"]),
            placeholders=placeholders,
            words=words,
            copies_unread=typed["copies_unread"],
            crew=crew,
        )

    def scrub_folder(self, paths: tuple[str, ...], folder: Path) -> Scrubbed:
        from bundler.assemble.scrubbing import scrub_folder

        return scrub_folder(
            paths,
            folder,
            self._manner,
            overwrite=self._overwrites,
            report=self._note,
            progress=self._console,
            keep=self._keep,
        )

    def scrub_file(self, name: str, sink: BinaryIO) -> Scrubbed:
        from bundler.evidence.files import stored_files
        from bundler.evidence.legible import is_plain

        file = stored_files([name])[0]
        if self._is_plain and file.content is not None:
            with file.content.open() as stream:
                if is_plain(stream, file.name):
                    stream.seek(0)
                    return self._scrub_text(file, stream, sink)
        from bundler.assemble.scrubbing import scrub_file

        return scrub_file(file, sink, self._manner, report=self._note, progress=self._console, keep=self._keep)

    def _scrub_text(self, file: StoredFile, stream: BinaryIO, sink: BinaryIO) -> Scrubbed:
        """A plain text in one pass, without all that only other files need."""
        from collections import Counter

        from bundler.redact import Mark
        from bundler.redact import scrub as mask
        from bundler.redact.scrubbed import Line, Scrubbed

        replacements: Counter[str] = Counter()

        def count(mark: Mark) -> None:
            replacements[mark.kind] += 1
            if self._note is not None:
                self._note(Line(mark.kind, mark.start, mark.end, mark.placeholder))

        self._console.begin(f"masking {file.name}", file.size)
        redactions = mask(stream, sink, self._manner.profile, count, self._console.advance, crew=self._manner.crew)
        return Scrubbed(1, file.size, dict(sorted(replacements.items())), len(redactions))

    def _keep(self, vault: Vault) -> None:
        if self._map_file is not None:
            from bundler.assemble.maps import write_map

            write_map(self._map_file, vault, self._mapping.recipients)


@contextmanager
def _crew(typed: dict[str, Any]) -> Iterator[Crew | None]:
    """The processes among which large files are divided; None where this one does all."""
    from bundler.evidence.workers import core_count

    count = typed["job_count"] or core_count()
    if count == 1:
        yield None
        return
    from bundler.evidence.crew import ForkedCrew

    with ForkedCrew(count) as crew:
        yield crew


@contextmanager
def _reporting(path: str, overwrite: bool) -> Iterator[Note | None]:
    if not path:
        yield None
        return
    import msgspec

    from bundler.pack.replacing import replacing

    with replacing(Path(path), overwrite=overwrite) as lines:

        def note(line: Line) -> None:
            lines.write(msgspec.json.encode(line) + b"\n")

        yield note


def _tell(done: Scrubbed, *, is_tree: bool, quiet: bool) -> None:
    if quiet:
        return
    total = sum(done.replacements.values())
    where = f" in {done.files:,} files of {done.bytes:,} bytes" if is_tree else ""
    say(f"{total:,} replacements of {done.values:,} values{where}")
    if is_tree and done.replacements:
        say("  " + ", ".join(f"{count:,} {kind}" for kind, count in done.replacements.items()))
    for note in done.notes:
        say(f"  {note}", fg="yellow")
    for left in done.withheld[:_SHOWN]:
        say(f"  withheld: {left.file} - {left.why} {left.hint}", fg="yellow")
    if len(done.withheld) > _SHOWN:
        say(f"  withheld: {len(done.withheld) - _SHOWN:,} more", fg="yellow")
    if done.copied_unread:
        say(f"  copied unread, as you said: {done.copied_unread:,}", fg="yellow")


def _print(done: Scrubbed, output: str) -> None:
    import json

    import msgspec

    told = {"output": output, **msgspec.to_builtins(done), "exit": int(done.exit_code)}
    result(json.dumps(told, ensure_ascii=False, indent=2))
