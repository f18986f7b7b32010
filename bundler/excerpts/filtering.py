"""The log excerpt alone: which logs, in which order, and how their records are written down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from bundler.errors import MisuseError, UnreadableInput
from bundler.evidence.copying import copy_ranges
from bundler.evidence.sources import Skipped, Source, gather
from bundler.excerpts.cutting import Cut, LogSource, Reference, as_log, cut_log, timeline_of
from bundler.logs.mentions import Finder
from bundler.logs.scanning import scanner_of
from bundler.logs.types import LogFormat, Wanted, Window

if TYPE_CHECKING:
    from bundler.excerpts.progress import Progress
    from bundler.logs.following import Beside

_SURE_ENOUGH = 0.35


class Question(NamedTuple):
    """Which records are wanted."""

    ids: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    window: Window | None = None
    context: int = 0
    follows: bool = False
    every_spelling: bool = False
    job_count: int = 1


class Shape(NamedTuple):
    """How the records are written: as they stand in each log, unless one of these is asked for."""

    merges: bool = False
    folds: bool = False
    marks: bool = False
    budget: int = 0

    @property
    def is_plain(self) -> bool:
        return not (self.merges or self.folds or self.marks or self.budget)


class Answer(NamedTuple):
    """The cuts in order of their first record, and the further ids that were followed or found too common."""

    cuts: tuple[Cut, ...]
    ids: tuple[str, ...]
    followed: tuple[Beside, ...] = ()
    too_common: tuple[Beside, ...] = ()


class Found(NamedTuple):
    """The logs behind some names, what was left out of them, and whether a name could not be read at all."""

    logs: list[LogSource]
    skipped: list[Skipped]
    is_refused: bool


def find_logs(names: Sequence[str], taken_as: str) -> Found:
    """The logs behind ``names``; what was named is a log whatever it looks like, what lies in a folder if it is one.

    Raises ``UnreadableInput`` when none can be read, and ``MisuseError`` for a format nobody knows.
    """
    logs: dict[object, LogSource] = {}
    skipped: list[Skipped] = []
    refusal: UnreadableInput | None = None
    for name in names:
        try:
            sources, left_out = gather([name])
        except UnreadableInput as error:
            refusal = refusal or error
            skipped.append(Skipped(name, error.message))
            continue
        skipped += left_out
        for source in sources:
            fmt = _format_of(source, taken_as) if source.head else None
            if fmt is None:
                skipped.append(Skipped(source.name, "it does not look like a log" if source.head else "it is empty"))
            else:
                logs.setdefault(source.path.resolve() if source.path is not None else source, as_log(source, fmt))
    if not logs:
        raise refusal or UnreadableInput(
            "None of the files looks like a log." if len(skipped) != 1 else f"{skipped[0].name}: {skipped[0].why}.",
            "ticket-bundler inspect shows what they look like.",
        )
    return Found(list(logs.values()), skipped, refusal is not None)


def _format_of(source: Source, taken_as: str) -> LogFormat | None:
    from bundler.logs.catalogue import PLAIN, find_format
    from bundler.logs.recognition import recognise

    fmt = find_format(taken_as) if taken_as else None
    if taken_as and fmt is None:
        raise MisuseError(f"Nobody knows the log format {taken_as!r}.", "ticket-bundler explain format lists them.")
    if fmt is not None and source.named:
        return fmt
    guess = recognise(source.head, source.name)
    if guess.format is not None and (source.named or guess.score >= _SURE_ENOUGH):
        return guess.format
    return PLAIN if source.named else None


def answer(logs: Sequence[LogSource], question: Question, reference: Reference, progress: Progress) -> Answer:
    """Cut every log; with ``follows`` once more by the ids that stand beside the given ones."""
    first = cuts = _cut_all(logs, question.ids, question, reference, progress)
    if not (question.follows and question.ids):
        return Answer(_in_time(cuts, reference), question.ids)
    from bundler.logs.following import TOO_COMMON, find_beside

    seen = find_beside(_records_of(cuts), question.ids, question.excluded)
    common = tuple(each for each in seen if each.record_count > TOO_COMMON)
    beside = tuple(each for each in seen if each not in common)
    ids = question.ids
    while beside:
        ids = (*question.ids, *(each.value for each in beside))
        cuts = _cut_all(logs, ids, question, reference, progress, first)
        totals = [sum(cut.seen.counts[number] for cut in cuts) for number in range(len(question.ids), len(ids))]
        too_common = [each for each, total in zip(beside, totals, strict=True) if total > TOO_COMMON]
        if not too_common:
            break
        common += tuple(too_common)
        beside = tuple(each for each in beside if each not in too_common)
        ids = question.ids
        if not beside:
            cuts = first
    return Answer(_in_time(cuts, reference), ids, beside, common)


def _cut_all(
    logs: Sequence[LogSource],
    ids: Sequence[str],
    question: Question,
    reference: Reference,
    progress: Progress,
    earlier: Sequence[Cut] = (),
) -> list[Cut]:
    wanted = Wanted(question.window, Finder(ids), question.context, question.every_spelling)
    if len(logs) == 1:
        progress.begin(f"searching {logs[0].source.name}", logs[0].source.size)
        known = earlier[0] if earlier else None
        return [cut_log(logs[0], wanted, reference, progress.advance, job_count=question.job_count, earlier=known)]
    from bundler.excerpts.together import cut_all

    return cut_all(logs, wanted, reference, progress, job_count=question.job_count, earlier=earlier)


def _records_of(cuts: Iterable[Cut]) -> Iterator[bytes]:
    from bundler.logs.pieces import read_pieces

    for cut in cuts:
        scanner = scanner_of(cut.log.format)
        for piece in read_pieces(cut.blocks(), scanner):
            starts = [start for start, _ in scanner.starts(piece.data, 0, len(piece.data))]
            for start, end in zip(starts, [*starts[1:], len(piece.data)], strict=True):
                yield piece.data[start:end]


def _in_time(cuts: Sequence[Cut], reference: Reference) -> tuple[Cut, ...]:
    """The logs in order of the first record that was taken; those without one last."""
    if len(cuts) == 1:
        return tuple(cuts)
    firsts = [first_moment(cut, reference) for cut in cuts]
    order = sorted(range(len(cuts)), key=lambda at: (firsts[at] is None, firsts[at] or reference.now, at))
    return tuple(cuts[at] for at in order)


def first_moment(cut: Cut, reference: Reference) -> datetime | None:
    """The moment of the first record that was taken."""
    from bundler.logs.pieces import read_pieces

    timeline = timeline_of(cut.log, reference)
    scanner = scanner_of(cut.log.format)
    for piece in read_pieces(cut.blocks(), scanner):
        for _, stamp in scanner.starts(piece.data, 0, len(piece.data)):
            if stamp is not None:
                return timeline.moment(stamp)
    return None


def write(found: Answer, shape: Shape, middle: datetime | None, reference: Reference, sink: BinaryIO) -> list[str]:
    """Write the records to ``sink``; returns remarks on what was left out or folded.

    A log that was replaced or cut since it was searched has that as its cut's error.
    """
    if shape.is_plain:
        for cut in found.cuts:
            try:
                write_cut(cut, sink)
            except UnreadableInput as error:  # it was replaced while we searched: the others are still there
                cut.seen = cut.seen._replace(error=f"{error.message} {error.hint}")
        return []
    from bundler.excerpts.shaping import shaped

    remarks: list[str] = []
    for block in shaped(found, shape, middle, reference, remarks):
        sink.write(block)
    return remarks


def write_cut(cut: Cut, sink: BinaryIO) -> None:
    """The records of one log as they stand in it, copied by the system where it can."""
    if cut.spool is None and copy_ranges(cut.log.source, cut.bounds, sink):
        return
    for block in cut.blocks():
        sink.write(block)
