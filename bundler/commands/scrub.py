"""``scrub``: the masking alone, as a filter, and for files and folders."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from bundler.amounts import plural
from bundler.commands.console import Console, result, say
from bundler.commands.mapping import MapManner, map_options, read_mapping
from bundler.commands.own_profiles import choose_provider, complete_provider, use_own_profiles
from bundler.commands.words import read_words, word_options
from bundler.errors import MisuseError

if TYPE_CHECKING:
    from bundler.evidence.files import StoredFile
    from bundler.redact.errands import Crew
    from bundler.redact.placeholders import Placeholders
    from bundler.redact.scrubbed import Line, Scrubbed
    from bundler.redact.vault import Vault

    Note = Callable[[Line], None]

_SHOWN = 10
PROVIDER = "vipps-mobilepay"
"""Whose names apply where nobody says: a text on its own does not tell whose it is."""


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
    default="",
    metavar="NAME",
    shell_complete=complete_provider,
    help="Whose names of keys and ids apply, or a folder ./NAME with a profile; "
    f"default: the configuration's provider, else {PROVIDER}.",
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

    Everything is read to its end before a byte is written: a value that is named once is masked wherever it stands.
    Identifiers that support needs stay as they are. Bytes that are no secret are not touched. Packed files, archives
    and mails are masked inside and packed again. What cannot be searched is not handed on: a file NAME.withheld.txt in
    its place says why, and the exit code is 5.
    """
    from bundler.evidence.files import is_folder, stored_files

    paths = paths or ("-",)
    output = "" if output == "-" else output
    is_tree = len(paths) > 1 or is_folder(paths[0])
    _require_places(paths, output, report, typed, is_tree=is_tree)
    with Console(quiet=quiet) as console, _crew(typed) as crew:
        work = _Work(typed, console, crew)
        # the report is no part of a folder that it lies in, so what is there is listed before it is begun
        outside = [Path(path) for path in (output, report, typed["map_file"]) if path]
        files = stored_files(paths, outside) if is_tree else []
        with _reporting(report, typed["force"]) as note:
            if is_tree:
                done = work.scrub_folder(files, Path(output), note)
            elif output:
                from bundler.pack.replacing import replacing

                with replacing(Path(output), overwrite=typed["force"]) as sink:
                    done = work.scrub_file(paths[0], sink, note)
            else:
                done = work.scrub_file(paths[0], sys.stdout.buffer, note)
                sys.stdout.buffer.flush()
    _tell(done, is_tree=is_tree, quiet=quiet)
    if typed["as_json"]:
        _print(done, output)
    return done.exit_code


def _require_places(paths: tuple[str, ...], output: str, report: str, typed: dict[str, Any], *, is_tree: bool) -> None:
    """Raise ``MisuseError`` where something would be written to no place, or where something else goes."""
    if is_tree and not output:
        what = "Several files are" if len(paths) > 1 else f"{paths[0]} is a folder, and a folder is"
        raise MisuseError(f"{what} masked into a new folder.", "Name it with -o DIR.")
    if typed["as_json"] and not output:
        raise MisuseError("--json and the masked text would both go to standard output.", "Write to a file with -o.")
    if typed["map_recipients"] and not typed["map_file"]:
        raise MisuseError("--map-recipient is for a map, and none is written.", "Name it with --map FILE.")
    named = {"--report": report, "--map": typed["map_file"], "--output": output}
    places = {option: _place(path) for option, path in named.items() if path}
    for (one, first), (other, second) in combinations(places.items(), 2):
        if first == second:
            raise MisuseError(f"{one} and {other} name the same file.", "Give each a name of its own.")
        if is_tree and other == "--output" and first.is_relative_to(os.path.realpath(second)):
            raise MisuseError(
                f"{one} would lie in the folder that is made, and that appears as a whole.",
                f"Name a file beside {output} with {one}.",
            )


def _place(path: str) -> Path:
    """Where a file of this name would be put: links on the way to it are followed, it itself may be one."""
    return Path(os.path.realpath(Path(path).parent), Path(path).name)


class _Work:
    """What was typed, understood."""

    def __init__(self, typed: dict[str, Any], console: Console, crew: Crew | None) -> None:
        from bundler import config
        from bundler.providers import load
        from bundler.redact.many import ManyPlaceholders
        from bundler.redact.sweep import Manner
        from bundler.redact.words import NO_WORDS

        self._console = console
        self._map_file = Path(typed["map_file"]) if typed["map_file"] else None
        placeholders: Placeholders = ManyPlaceholders()
        is_mapped = self._map_file is not None or typed["preserves_format"]
        self._mapping = read_mapping(typed, may_be_new=True) if is_mapped else MapManner()
        if is_mapped:
            from bundler.commands.options import read_key

            placeholders = self._mapping.placeholders(read_key(""))
        use_own_profiles()
        settings = config.load(config.current_folder())
        words = read_words(typed, settings)
        self._is_plain = not is_mapped and words == NO_WORDS
        self._overwrites = typed["force"]
        self._manner = Manner(
            profile=load(choose_provider(typed["provider"] or settings.provider) or PROVIDER),
            placeholders=placeholders,
            words=words,
            copies_unread=typed["copies_unread"],
            crew=crew,
        )

    def scrub_folder(self, files: Sequence[StoredFile], folder: Path, note: Note | None) -> Scrubbed:
        from bundler.assemble.scrubbing import scrub_folder

        return scrub_folder(
            files,
            folder,
            self._manner,
            overwrite=self._overwrites,
            report=note,
            progress=self._console,
            keep=self._keep if self._map_file is not None else None,
        )

    def scrub_file(self, name: str, sink: BinaryIO, note: Note | None) -> Scrubbed:
        from bundler.evidence.files import stored_files
        from bundler.evidence.legible import is_plain

        file = stored_files([name])[0]
        if self._is_plain and file.content is not None:
            with file.content.open() as stream:
                if is_plain(stream, file.name):
                    return self._scrub_text(file, stream, sink, note)
        from bundler.assemble.scrubbing import scrub_file

        keep = self._keep if self._map_file is not None else None
        return scrub_file(file, sink, self._manner, report=note, progress=self._console, keep=keep)

    def _scrub_text(self, file: StoredFile, stream: BinaryIO, sink: BinaryIO, note: Note | None) -> Scrubbed:
        """A plain text, without all that only other files need."""
        from collections import Counter

        from bundler.evidence.sources import counted
        from bundler.redact import Mark
        from bundler.redact.scrubbed import Line, Scrubbed
        from bundler.redact.sweep import Sweep

        replacements: Counter[str] = Counter()

        def count(mark: Mark) -> None:
            replacements[mark.kind] += 1
            if note is not None:
                note(Line(mark.kind, mark.start, mark.end, mark.placeholder))

        sweep = Sweep(self._manner)
        for task in ("reading", "writing"):
            self._console.begin(f"{task} {file.name}", file.size)
            stream.seek(0)
            sweep.copy(counted(stream, self._console.advance), sink, count)
            sweep.settle()
        return Scrubbed(1, file.size, dict(sorted(replacements.items())), sweep.value_count())

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
    replaced = plural(sum(done.replacements.values()), "replacement")
    where = f" in {plural(done.files, 'file')} of {plural(done.bytes, 'byte')}" if is_tree else ""
    say(f"{replaced} of {plural(done.values, 'value')}{where}")
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
