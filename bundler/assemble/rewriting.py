"""Copies one file without what is secret or personal in it, whatever it is packed or encoded in, or refuses it."""

from __future__ import annotations

import io
import os
import shutil
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

from bundler.assemble.naming import WITHHELD, Names, masked_name
from bundler.assemble.streams import BUFFER_SIZE, Watched, empty, headed, spool
from bundler.errors import UnreadableInput
from bundler.evidence.legible import LOOK, Withheld, judge
from bundler.evidence.names import writable
from bundler.redact import Mark
from bundler.redact.scrubbed import LeftOut, Line
from bundler.redact.sweep import Manner, Sweep

if TYPE_CHECKING:
    from bundler.evidence.archives import Entry, Opened
    from bundler.logs.readable import Readable

DEPTH = 6
"""How many packings and parts may lie within each other."""
MEMBER_LIMIT = 100_000
"""How many files an archive may hold."""
RATIO_LIMIT, RATIO_FROM = 500, 256 * 1024**2
"""All that a file unpacks to may not be more than this many times its size; up to so many bytes it does not count."""

_IT = "It"
"""What a refusal calls the file: its own name may hold what has to go, and the notice tells the masked one."""


class Place(NamedTuple):
    """Where a text stands: the file, the part of it, and how many bytes of that come before the text."""

    file: str = ""
    part: str = ""
    offset: int = 0
    is_decoded: bool = False

    def within(self, part: str, *, is_decoded: bool = False) -> Place:
        """The same for something in it: offsets count from its own start."""
        return Place(self.file, f"{self.part}/{part}" if self.part else part, 0, is_decoded)

    def at(self, offset: int) -> Place:
        """So many bytes further on."""
        return self._replace(offset=self.offset + offset)


class Rewriter:
    """Gives every text in a file to a sweep, and writes the file anew around it.

    While the sweep is learning nothing is written. What cannot be searched is withheld: a file as a whole by raising
    ``UnreadableInput``, something within it by a notice in its place.
    """

    def __init__(self, manner: Manner, report: Callable[[Line], None] | None = None) -> None:
        self.sweep = Sweep(manner)
        self.copies_unread = manner.copies_unread
        self.replacements: Counter[str] = Counter()
        self.left_out: list[LeftOut] = []
        self.copied_count = 0
        """How many things were copied unread, on the user's word."""
        self.change_count = 0
        """Goes up with everything that is written otherwise than it was read."""
        self._report = report
        self._budget = RATIO_FROM
        self._path = [0, 0]  # the file's number, and how many attempts there were before on each level within it
        self._refused: dict[tuple[int, ...], tuple[str, str]] = {}

    def rewrite(self, number: int, stream: BinaryIO, name: str, sink: BinaryIO, place: Place, size: int) -> None:
        """Copy ``stream``, which is at its start, to ``sink``; ``size`` is how much is stored of it.

        ``number`` is the same for the same file while the sweep learns and while it writes. Raises ``UnreadableInput``
        when the file has to be withheld; what is in ``sink`` then is to be thrown away.
        """
        self._budget = max(RATIO_FROM, RATIO_LIMIT * size)
        self._path = [number, 0]
        self.attempt(lambda: self.deeper(stream, name, sink, place, 0))

    def attempt(self, work: Callable[[], None]) -> None:
        """Do something that may be refused; what was refused while the sweep learned is not begun once more.

        Raises ``UnreadableInput``.
        """
        self._path[-1] += 1
        key = tuple(self._path)
        if key in self._refused:
            raise Withheld(*self._refused[key])
        self._path.append(0)
        try:
            work()
        except UnreadableInput as refusal:
            if self.sweep.is_learning:
                self._refused[key] = refusal.message, refusal.hint
            raise
        finally:
            self._path.pop()

    def name(self, name: str) -> str:
        """A file's name without what is secret in it."""
        return masked_name(self.sweep, name)

    def withhold(self, name: str, refusal: UnreadableInput) -> LeftOut:
        """Take down that something is left out, and why."""
        why = refusal.message if refusal.message.endswith(".") else f"{refusal.message}."
        left = LeftOut(writable(name), why, refusal.hint or LOOK)
        self.change_count += 1
        if not self.sweep.is_learning:
            self.left_out.append(left)
        return left

    def copy_unread(self, source: BinaryIO, sink: BinaryIO) -> None:
        """Copy something that cannot be searched as it is."""
        if not self.sweep.is_learning:
            self.copied_count += 1
            shutil.copyfileobj(source, sink)

    def deeper(self, stream: BinaryIO, name: str, sink: BinaryIO, place: Place, depth: int) -> None:
        """The same as ``rewrite`` for something that lies ``depth`` deep in the file."""
        if depth > DEPTH:
            raise Withheld(f"It is packed more than {DEPTH} deep.", "Unpack it and name the files.")
        head, stream = headed(stream)
        match judge(head, name):
            case "text":
                self.text(stream, sink, place)
            case "utf-16-le" | "utf-16-be" as encoding:
                self._utf16(stream, sink, place, encoding)
            case "packed":
                self._packed(stream, head, name, sink, place, depth)
            case "archive":
                self._archive(stream, head, sink, place, depth)
            case "mail":
                from bundler.assemble.mail_masking import rewrite_mail

                rewrite_mail(self, stream, sink, place, depth)
            case "har":
                from bundler.assemble.har_bodies import rewrite_har

                rewrite_har(self, stream, sink, place, depth)

    def text(self, stream: BinaryIO, sink: BinaryIO, place: Place, marks: list[Mark] | None = None) -> None:
        """Copy a text without what has to go from it; ``marks`` gets what was done."""

        def note(mark: Mark) -> None:
            self.replacements[mark.kind] += 1
            self.change_count += 1
            if marks is not None:
                marks.append(mark)
            if self._report is not None:
                start, end = place.offset + mark.start, place.offset + mark.end
                told = Line(mark.kind, start, end, mark.placeholder, place.file, place.part, place.is_decoded)
                self._report(told)

        self.sweep.copy(cast("BinaryIO", Watched(stream, self._spend)), sink, note)

    def short(self, text: bytes, sink: BinaryIO, place: Place, marks: list[Mark] | None = None) -> None:
        """The same for a text in memory."""
        self.text(io.BytesIO(text), sink, place, marks)

    def _spend(self, size: int) -> None:
        self._budget -= size
        if self._budget < 0:
            raise Withheld(
                f"It unpacks to more than {RATIO_LIMIT} times its size.", "No log does that. Unpack it and look at it."
            )

    def _utf16(self, stream: BinaryIO, sink: BinaryIO, place: Place, encoding: str) -> None:
        from bundler.redact.utf16 import AsUtf8, FromUtf8

        text = io.BufferedReader(AsUtf8(stream, encoding), BUFFER_SIZE)
        self.text(cast("BinaryIO", text), cast("BinaryIO", FromUtf8(sink, encoding)), place._replace(is_decoded=True))

    def _packed(self, stream: BinaryIO, head: bytes, name: str, sink: BinaryIO, place: Place, depth: int) -> None:
        from bundler.logs.opening import decompressed
        from bundler.logs.repacking import packed
        from bundler.packings import packing_of

        packing = packing_of(head[:16])
        if packing is None:
            raise Withheld("It is packed in no known way.", LOOK)
        self.change_count += 1
        notes: list[str] = []
        inner = decompressed(stream, notes, _IT)
        with packed(sink, packing) as target:
            self.deeper(inner, name.rpartition(".")[0] or name, target, place, depth + 1)
        _refuse_damage(notes)

    def _archive(self, stream: BinaryIO, head: bytes, sink: BinaryIO, place: Place, depth: int) -> None:
        from bundler.evidence.archives import FinishedBundle, opened

        self.change_count += 1
        try:
            with opened(_IT, head, self._opener(stream), MEMBER_LIMIT) as archive:
                if archive is None:
                    raise Withheld("It is an Office document, an e-book or a program.", "Save its text and name that.")
                self._members(archive, sink, place, depth)
        except FinishedBundle as bundle:
            what = "ticket-bundler verify FILE says whether it is intact, and free of secrets."
            raise Withheld("It is a finished ticket bundle.", what) from bundle
        if archive.problems:
            _refuse_damage([archive.problems[0].why])

    def _members(self, archive: Opened, sink: BinaryIO, place: Place, depth: int) -> None:
        from bundler.assemble.repacked import archive_to

        names = Names()
        with archive_to(sink, is_zip=archive.is_zip) as add:
            for count, entry in enumerate(archive.entries):
                if count == MEMBER_LIMIT:
                    raise Withheld(f"It holds more than {MEMBER_LIMIT:,} files.", "Unpack it and name the folder.")
                with spool() as content:
                    called = self._entry(entry, content, place, depth)
                    size = content.tell()
                    content.seek(0)
                    add(names.take(called), size, content, entry.info)

    def _opener(self, stream: BinaryIO) -> Callable[[], Readable]:
        """What opens the archive to be read at any place; one that comes in order is put into a temporary file."""
        from bundler.evidence.contents import OpenFile, spooled

        try:
            number = stream.fileno()
        except OSError:
            content, size = spooled(_IT, stream)
            self._spend(size)
            return content.readable
        return lambda: OpenFile(os.dup(number), _IT)

    def _entry(self, entry: Entry, content: BinaryIO, place: Place, depth: int) -> str:
        """Write a member, or a notice for it, into ``content``; returns its name."""
        from bundler.evidence.archives import inner_name

        name = inner_name(entry.name)
        masked = self.name(name)
        inner = place.within(masked)
        try:
            self.attempt(lambda: _use(entry, lambda member: self.deeper(member, name, content, inner, depth + 1)))
        except UnreadableInput as refusal:
            empty(content)
            if self.copies_unread and entry.content is not None:
                _use(entry, lambda member: self.copy_unread(member, content))
                return masked
            left = self.withhold(f"{place.file}/{inner.part}" if place.file else inner.part, refusal)
            content.write(left.notice())
            return masked + WITHHELD
        return masked


def _use(entry: Entry, use: Callable[[BinaryIO], None]) -> None:
    """Open a member of an archive for a moment; raises ``UnreadableInput``."""
    from bundler.logs.opening import decompressed

    if entry.content is None:
        raise Withheld(f"{entry.why[0].upper()}{entry.why[1:]}.", "Unpack the archive and look at it yourself.")
    notes: list[str] = []
    with entry.content.open() as stored:
        use(decompressed(stored, notes, _IT) if entry.is_packed else stored)
    _refuse_damage(notes)


def _refuse_damage(notes: list[str]) -> None:
    if notes:
        raise Withheld("It is damaged, or ends early.", "Copy it again, or unpack what is there and name that.")
