"""Opens finished bytes layer by layer, so that whoever searches them sees all that a reader could ever see.

A layer is a text: as it lies there, or without one of the ways in which it is written (``spellings``), or what Base64,
a packed file, a mail or a picture holds besides. Layers come one by one; what cannot be opened comes as ``Unread``.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import accumulate, chain
from typing import NamedTuple

from msgspec import Struct

from bundler.packings import CLOSED, NAMES, packing_of
from bundler.redact import unpacking
from bundler.redact.base64_runs import Run, find_runs
from bundler.redact.blocks import blocks
from bundler.redact.mail_parts import is_mail, take_apart
from bundler.redact.picture_words import is_picture, words_of
from bundler.redact.printable import printable_stretches, without_printable, without_sure_printable
from bundler.redact.spellings import SPELLINGS, Region, is_quoted_printable, regions, text_encoding
from bundler.redact.unpacking import DAMAGED, Part, Unopened

_HEAD = 600
_ROOM = 1024 * 1024
_LINE_FEED = re.compile(rb"\n")
_BETWEEN = b"\n\n"

Path = tuple[str, ...]
LineOf = Callable[[int], int]


class Spot(str):
    """A step of a path that is no file's name: where in a text a packed file lies as Base64."""

    __slots__ = ()


class Limits(Struct, frozen=True):
    """How far is opened: packed files in each other, spellings in each other, and bytes, unpacked and held at once.

    ``spellings`` is how many times as large as a text all that it reads like without its spellings may be.
    """

    packed: int = 6
    spelled: int = 5
    spellings: int = 16
    total: int = 2_000_000_000
    held: int = 100_000_000


LIMITS = Limits()


class Layer(NamedTuple):
    """A text to be searched: the files that it lies in, from outside to inside, and the place of any byte of it."""

    path: Path
    text: bytes
    place: Callable[[int], str]


class Unread(NamedTuple):
    """Something that was not looked into, and why."""

    path: Path
    why: str


def layers(name: str, data: bytes, limits: Limits = LIMITS) -> Iterator[Layer | Unread]:
    """All layers of a file; of texts that are the same only the first.

    Each file in it is told of by an empty layer before its own, so that every name is in a path, whatever it holds.
    """
    return Opener(limits).open((name,), data)


class Opener:
    """Opens several files that share what they have seen: a text that was in one of them is not yielded again."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._left = limits.total
        self._left_spelled = 0
        self._seen: set[tuple[int, int]] = set()

    def open(self, path: Path, data: bytes) -> Iterator[Layer | Unread]:
        """The layers of ``data``, whose bytes are held already."""
        held = max(self._limits.held, len(data))
        return self._file(path, iter((data,)), self._limits.packed, held)

    def _file(self, path: Path, chunks: Iterator[bytes], depth: int, held: int) -> Iterator[Layer | Unread]:
        yield Layer(path, b"", str)
        try:
            yield from self._opened(path, self._counted(chunks), depth, held)
        except Unopened as reason:
            yield Unread(path, reason.why)

    def _counted(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._left -= len(chunk)
            if self._left < 0:
                raise Unopened(f"there is more than {self._limits.total:,} bytes in it")
            yield chunk

    def _opened(self, path: Path, chunks: Iterator[bytes], depth: int, held: int) -> Iterator[Layer | Unread]:
        head = b""
        for chunk in chunks:
            head += chunk
            if len(head) >= _HEAD:
                break
        whole = chain((head,), chunks)
        packing = packing_of(head)
        is_archive = unpacking.is_zip(head) or unpacking.is_tar(head)
        if (packing or is_archive) and depth == 0:
            raise Unopened(f"it is packed more than {self._limits.packed} times")
        if packing is not None:
            unpacked = self._counted(unpacking.unpack(packing, whole))
            yield from self._opened((*path, NAMES[packing]), unpacked, depth - 1, held)
        elif is_archive:
            data = _hold(whole, held)
            parts = unpacking.unzip(data) if unpacking.is_zip(head) else unpacking.untar(data)
            yield from self._parts(path, parts, depth - 1)
        elif is_picture(head):
            for place, words in words_of(_hold(whole, held)):
                yield from self._text((*path, place), iter((words,)), depth)
        elif is_mail(head):
            text, files = take_apart(_hold(whole, held))
            yield from self._text(path, iter((text,)), depth, is_mail=True)
            for name, data in files:
                yield from self._file((*path, name), iter((data,)), depth, self._limits.held)
        else:
            yield from self._text(path, whole, depth)
            for sign, what in CLOSED.items():
                if head.startswith(sign):
                    raise Unopened(f"it is {what}, which is not opened here")

    def _parts(self, path: Path, parts: Iterator[Part], depth: int) -> Iterator[Layer | Unread]:
        for name, chunks in parts:
            if name:
                yield from self._file((*path, name), chunks, depth, self._limits.held)
            else:
                yield from self._text((*path, "its own bytes"), chunks, depth)

    def _text(
        self, path: Path, chunks: Iterator[bytes], depth: int, *, is_mail: bool = False
    ) -> Iterator[Layer | Unread]:
        head = next(chunks, b"")
        chunks = chain((head,), chunks)
        encoding = text_encoding(head)
        for line, text in blocks(_decoded(chunks, encoding) if encoding else chunks):
            self._left_spelled = self._limits.spellings * len(text) + _ROOM
            yield from self._spelled(_Text(path, text, (), _counting(text, line)), depth, self._limits.spelled, is_mail)

    def _spelled(self, text: _Text, packed: int, depth: int, is_mail: bool) -> Iterator[Layer | Unread]:
        """The text itself, then without each spelling in turn, and so on with what that gave."""
        key = len(text.text), hash(text.text)
        if key in self._seen:
            return
        self._seen.add(key)
        self._left_spelled -= len(text.text)
        if self._left_spelled < 0:
            raise Unopened("it is written in too many ways within each other")
        yield Layer(text.path, text.text, text.place)
        if depth == 0:
            return
        for spelled in _respelled(text, is_mail):
            yield from self._spelled(spelled, packed, depth - 1, False)
        yield from self._encoded(text, packed, depth)

    def _encoded(self, text: _Text, packed: int, depth: int) -> Iterator[Layer | Unread]:
        runs = find_runs(text.text)
        plain = [run for run in runs if not run.is_packed]
        if plain:
            yield from self._spelled(_of_runs(text, plain), packed, depth - 1, False)
        for run in runs:
            if run.is_packed:
                spot = Spot(f"{text.place(run.start)} > Base64")
                opened = self._file((*text.path, spot), iter((run.plain,)), packed, self._limits.held)
                yield from (each for each in opened if not _is_damaged(each))


class _Text(NamedTuple):
    """A text on its way: the files it lies in, how it was spelled, and which line of the file a byte of it is on."""

    path: Path
    text: bytes
    labels: tuple[str, ...]
    line_of: LineOf

    def place(self, offset: int) -> str:
        return " > ".join((f"line {self.line_of(offset)}", *self.labels))


def _counting(text: bytes, first: int) -> LineOf:
    """The line of an offset; from one to a later one, only what is between is counted."""
    known = [0, first]

    def line_of(offset: int) -> int:
        if offset < known[0]:
            known[:] = 0, first
        known[:] = offset, known[1] + text.count(b"\n", known[0], offset)
        return known[1]

    return line_of


def _hold(chunks: Iterator[bytes], limit: int) -> bytes:
    pieces: list[bytes] = []
    for chunk in chunks:
        pieces.append(chunk)
        limit -= len(chunk)
        if limit < 0:
            raise Unopened("it is too large to be opened within another file")
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _decoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "surrogatepass")


def _is_damaged(each: Layer | Unread) -> bool:
    """True for what is cut off or only looks packed: nobody could read it on."""
    return isinstance(each, Unread) and each.why == DAMAGED


def _respelled(text: _Text, is_mail: bool) -> Iterator[_Text]:
    whole = text.text
    if b"\0" in whole:  # UTF-16 without its mark, or in the midst of something else: ASCII with zeros between
        yield _undone(text, "UTF-16", lambda stretch: stretch.replace(b"\0", b""), [(0, len(whole))])
    may_have_words = is_mail or is_quoted_printable(whole)
    for spelling in SPELLINGS:
        stretches = regions(spelling, whole) if may_have_words or not spelling.mail else []
        if stretches:
            yield _undone(text, spelling.label, spelling.undo, stretches, is_folded=spelling.unit == "field")
    printable = printable_stretches(whole, is_mail=is_mail)
    if printable.wholly:
        yield _undone(text, "quoted-printable", without_printable, printable.wholly)
    if printable.partly:
        yield _undone(text, "quoted-printable", without_sure_printable, printable.partly)


def _undone(
    text: _Text, label: str, undo: Callable[[bytes], bytes], stretches: list[Region], *, is_folded: bool = False
) -> _Text:
    """These stretches of ``text`` undone in one go, with an empty line between that no soft line break passes.

    Only where somebody asks for the line of a byte, each line is undone once more for itself, or all of a stretch
    whose lines are one (``is_folded``).
    """
    places: list[Region] = []
    starts: list[int] = []

    def line_of(offset: int) -> int:
        if not starts:
            sizes: list[int] = []
            for start, end in stretches:
                lines = [(start, end)] if is_folded else _lines(text.text, start, end)
                places.extend(lines)
                sizes += (len(undo(text.text[start:end])) for start, end in lines)
                sizes[-1] += len(_BETWEEN)
            starts.extend(accumulate(sizes, initial=0))
        return text.line_of(places[_last_before(starts, offset, len(places))][0])

    written = _BETWEEN.join([text.text[start:end] for start, end in stretches])
    return _Text(text.path, undo(written), (*text.labels, label), line_of)


def _of_runs(text: _Text, runs: list[Run]) -> _Text:
    starts = list(accumulate((len(run.plain) + 1 for run in runs), initial=0))

    def line_of(offset: int) -> int:
        return text.line_of(runs[_last_before(starts, offset, len(runs))].start)

    return _Text(text.path, b"\n".join([run.plain for run in runs]), (*text.labels, "Base64"), line_of)


def _last_before(starts: list[int], offset: int, count: int) -> int:
    return min(max(bisect_right(starts, offset) - 1, 0), count - 1)


def _lines(text: bytes, start: int, end: int) -> list[Region]:
    starts = [start, *(found.end() for found in _LINE_FEED.finditer(text, start, end))]
    return list(zip(starts, [*starts[1:], end], strict=True))
