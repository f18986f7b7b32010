"""Masks files and folders with one set of placeholders: reads all of them, then writes all of them, or nothing.

everything named ──> read: every value is learned ──> written: each file under its masked name ──> one folder
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from bundler.assemble.naming import WITHHELD, Names
from bundler.assemble.rewriting import Place, Rewriter
from bundler.errors import UnreadableInput
from bundler.evidence.contents import Content
from bundler.evidence.files import StoredFile
from bundler.evidence.legible import LOOK, Withheld
from bundler.evidence.sources import counted
from bundler.excerpts.progress import Progress
from bundler.pack.mirroring import Mirror, mirror
from bundler.redact.scrubbed import Line, Scrubbed
from bundler.redact.sweep import Manner, Nowhere
from bundler.redact.vault import Vault

Report = Callable[[Line], None]


def scrub_folder(
    files: Sequence[StoredFile],
    folder: Path,
    manner: Manner,
    *,
    overwrite: bool,
    report: Report | None,
    progress: Progress,
    keep: Callable[[Vault], None] | None,
) -> Scrubbed:
    """Write every file into ``folder`` without what has to go; a notice for what is withheld.

    ``keep``, where there is one, gets the real values when all is written and nothing has its name yet. Raises
    ``EnvironmentProblem`` when ``folder`` may not be written, ``MisuseError`` when it would take the place of one of
    ``files``; then nothing is there.
    """
    sources = [file.path for file in files if file.path is not None]
    rewriter = Rewriter(manner, report)
    with mirror(folder, sources, overwrite=overwrite) as made:
        _learn(rewriter, files, progress)
        progress.begin("writing", sum(file.size for file in files))
        taken = Names()
        for number, file in enumerate(files):
            _write(rewriter, number, file, made, taken, progress)
        if keep is not None:
            keep(rewriter.sweep.vault())
    return _sum(rewriter, files)


def scrub_file(
    file: StoredFile,
    sink: BinaryIO,
    manner: Manner,
    *,
    report: Report | None,
    progress: Progress,
    keep: Callable[[Vault], None] | None,
) -> Scrubbed:
    """Copy one file to ``sink`` without what has to go, whatever it is packed or encoded in.

    ``keep``, where there is one, gets the real values. Raises ``UnreadableInput`` for a file that cannot be searched,
    before anything is written.
    """
    rewriter = Rewriter(manner, report)
    refusal = _learn(rewriter, [file], progress).get(0)
    if refusal is None:
        progress.begin(f"writing {file.name}", file.size)
        _rewrite(rewriter, 0, file, sink, Place(), progress)
    elif manner.copies_unread:
        with _content(file).open() as stream:
            rewriter.copy_unread(stream, sink)
    else:
        raise UnreadableInput(f"{file.name} is not masked. {refusal.message}", refusal.hint)
    if keep is not None:
        keep(rewriter.sweep.vault())
    return _sum(rewriter, [file])


def _learn(rewriter: Rewriter, files: Sequence[StoredFile], progress: Progress) -> dict[int, UnreadableInput]:
    """The first pass: every text and every name is read; which files are refused, by their number."""
    refused: dict[int, UnreadableInput] = {}
    progress.begin("reading", sum(file.size for file in files))
    for number, file in enumerate(files):
        rewriter.name(file.name)
        try:
            _rewrite(rewriter, number, file, cast("BinaryIO", Nowhere()), Place(file.name), progress)
        except UnreadableInput as refusal:
            refused[number] = refusal
    rewriter.sweep.settle()
    return refused


def _write(rewriter: Rewriter, number: int, file: StoredFile, made: Mirror, names: Names, progress: Progress) -> None:
    """The second pass, for one file of a folder."""
    name = rewriter.name(file.name)
    free = names.take(name)
    modified_ns = file.path.lstat().st_mtime_ns if file.path is not None and file.path.exists() else None
    try:
        with made.file(free, modified_ns) as sink:
            _rewrite(rewriter, number, file, sink, Place(free), progress)
    except UnreadableInput as refusal:
        if rewriter.copies_unread and file.content is not None:
            with made.file(free, modified_ns) as sink, file.content.open() as stream:
                rewriter.copy_unread(stream, sink)
            return
        left = rewriter.withhold(free, refusal)
        with made.file(names.take(free + WITHHELD)) as sink:
            sink.write(left.notice())


def _rewrite(
    rewriter: Rewriter, number: int, file: StoredFile, sink: BinaryIO, place: Place, progress: Progress
) -> None:
    left = file.size

    def advance(count: int) -> None:
        nonlocal left
        left -= count
        progress.advance(count)

    with _content(file).open() as stream:
        try:
            rewriter.rewrite(number, counted(stream, advance), file.name, sink, place, file.size)
        finally:
            progress.advance(max(0, left))


def _content(file: StoredFile) -> Content:
    if file.content is None:
        raise file.refusal or Withheld("It cannot be read.", LOOK)
    return file.content


def _sum(rewriter: Rewriter, files: Sequence[StoredFile]) -> Scrubbed:
    return Scrubbed(
        files=len(files),
        bytes=sum(file.size for file in files),
        replacements=dict(sorted(rewriter.replacements.items())),
        values=rewriter.sweep.value_count(),
        withheld=tuple(rewriter.left_out),
        copied_unread=rewriter.copied_count,
        notes=rewriter.sweep.notes(),
    )
