"""The log formats we know: one TOML file each, beside this module, and none of them read further than somebody asks."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from io import FileIO
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from bundler.logs.stamps import KINDS
from bundler.logs.types import LogFormat

if TYPE_CHECKING:
    from bundler.logs.proofs import Proof, Sample

_FOLDER = f"{__file__.removesuffix('catalogue.py')}formats"  # importing pathlib takes longer than all that is done here
_PROOF = ("\nmisses = ", "\n[[samples]]")
_DIALECT = "\nsignatures = "
_SIGNS = {"json": (b'{"', b"{ "), "logfmt": (b"=",)}
_TEXT = r"""'([^'\n]*)'|"([^"\\\n]*)\""""  # compiled when a format is read, not when one is looked at
_DIGITS = bytes.maketrans(b"123456789", b"000000000")


def zeroed(line: bytes) -> bytes:
    """A line with zeros for all its digits: so times and numbers look alike."""
    return line.translate(_DIGITS)


def _shapes(kinds: Iterable[str]) -> tuple[bytes, ...]:
    known = [KINDS[kind] for kind in kinds if kind in KINDS]
    return tuple(dict.fromkeys(shape for kind in known for shape in kind.shapes))


class Glance(NamedTuple):
    """What a format is known by before it is read: enough to say that it cannot be what some lines are."""

    name: str
    kind: str
    weight: float
    signs: tuple[bytes, ...]
    """One of these stands in each of its lines once that is ``zeroed``; empty where nothing is known."""
    is_dialect: bool
    """True where another format reads the same lines, without knowing whose they are."""
    knows_levels: bool
    """True for patterns that tell a level."""


class _Entry:
    """One format: a file of the folder, or a value that the user brought."""

    def __init__(self, name: str, fmt: LogFormat | None = None) -> None:
        self.name = name
        self.is_own = fmt is not None
        if fmt is not None:
            self.format = fmt

    @cached_property
    def _text(self) -> str:
        with FileIO(f"{_FOLDER}/{self.name}.toml") as file:
            return file.readall().decode()

    @cached_property
    def _head(self) -> str:
        ends = [place + 1 for place in map(self._text.find, _PROOF) if place >= 0]
        return self._text[: min(ends, default=None)]

    @cached_property
    def glance(self) -> Glance:
        if self.is_own:
            own = self.format
            marks = tuple(zeroed(mark.encode()) for mark in own.marks)
            return Glance(self.name, own.kind, own.weight, marks, bool(own.signatures), own.kind == "text")
        head = self._head
        kind = self._line("kind").strip('"') or "text"
        marks = tuple(zeroed(mark.encode()) for mark in self._line("marks").split("'")[1::2])
        signs = marks or _SIGNS.get(kind) or _shapes(part.partition(">")[0] for part in head.split("<"))
        knows_levels = any(group in head for group in ("(?P<level>", "(?P<status>", "(?P<pri>", "(?P<event_level>"))
        return Glance(self.name, kind, float(self._line("weight")), signs, _DIALECT in head, knows_levels)

    def _line(self, key: str) -> str:
        """What stands behind ``key`` on its line: reading TOML in earnest takes a hundred times as long."""
        start = self._head.find(f"\n{key} = ") + len(key) + 4
        return "" if start == len(key) + 3 else self._head[start : self._head.find("\n", start)]

    @cached_property
    def format(self) -> LogFormat:
        return LogFormat(**(_read_toml(self._head) if _DIALECT in self._head else _read_plain(self._head)))

    @property
    def proof(self) -> Proof:
        from msgspec import convert

        from bundler.logs.proofs import Proof

        return Proof() if self.is_own else convert(_read_toml(self._text[len(self._head) :]), Proof)


def _read_toml(text: str) -> dict[str, Any]:
    import tomllib

    return {key: tuple(value) if isinstance(value, list) else value for key, value in tomllib.loads(text).items()}


def _read_plain(head: str) -> dict[str, Any]:
    """The same of a head that holds texts without escapes, lists of them, and numbers: what tomllib takes long for."""
    values: dict[str, Any] = {}
    for part in f"\n{head}".replace("\n  ", " ").split("\n"):  # an entry of a list stands on an indented line
        key, equals, written = part.partition(" = ")
        if not equals:
            continue
        texts = tuple(single or double for single, double in re.findall(_TEXT, written))
        if written[0] == "[":
            values[key] = texts
        elif texts:
            values[key] = texts[0]
        else:
            number = written.strip()
            values[key] = number == "true" or (float(number) if "." in number else int(number))
    return values


@cache
def _shipped() -> Mapping[str, _Entry]:
    with os.scandir(_FOLDER) as found:
        names = sorted(entry.name.removesuffix(".toml") for entry in found if entry.name.endswith(".toml"))
    return {name: _Entry(name) for name in names}


class Formats(Sequence[LogFormat]):
    """All formats, those of the user first, then the most special first. Each is read when it is first touched."""

    def __init__(self) -> None:
        self._own: dict[str, _Entry] = {}
        self._ordered: tuple[_Entry, ...] | None = None
        self._glances: tuple[Glance, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all, in their order by the alphabet; reads nothing but the folder."""
        return tuple(sorted({*self._own, *_shipped()}))

    @property
    def glances(self) -> tuple[Glance, ...]:
        """What is known of each before it is read, in the order of the formats."""
        if not self._glances:
            self._glances = tuple(entry.glance for entry in self._entries)
        return self._glances

    def entry(self, name: str) -> _Entry | None:
        """The format of that name, unread."""
        return self._own.get(name) or _shipped().get(name)

    def take_first(self, own: Sequence[LogFormat]) -> None:
        """Put ``own`` in front, in place of whatever stood there; one with the name of a shipped format hides that."""
        self._own = {fmt.name: _Entry(fmt.name, fmt) for fmt in own}
        self._ordered, self._glances = None, ()

    @property
    def _entries(self) -> tuple[_Entry, ...]:
        if self._ordered is None:
            shipped = [entry for entry in _shipped().values() if entry.name not in self._own]
            shipped.sort(key=lambda entry: -entry.glance.weight)
            self._ordered = (*self._own.values(), *shipped)
        return self._ordered

    @overload
    def __getitem__(self, index: int) -> LogFormat: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[LogFormat]: ...
    def __getitem__(self, index: int | slice) -> LogFormat | Sequence[LogFormat]:
        if isinstance(index, slice):
            return tuple(entry.format for entry in self._entries[index])
        return self._entries[index].format

    def __len__(self) -> int:
        return len(self._entries)


FORMATS = Formats()
"""All formats there are, of the user and shipped."""

PLAIN = LogFormat(
    name="plain",
    title="plain lines",
    kind="plain",
    weight=0.0,
    note="no format is known for it: each line that is not indented counts as a record, and no times are read",
)
"""For a file that the user calls a log and nobody recognises. Never guessed, so not one of ``FORMATS``."""


def use(own: Sequence[LogFormat]) -> None:
    """Let the user's own formats take part, before all others, from now on; the front says so once, at the start.

    They are those of this process: what starts another one hands them on.
    """
    FORMATS.take_first(own)


def find_format(name: str) -> LogFormat | None:
    """The format of that name."""
    entry = FORMATS.entry(name)
    if entry is not None:
        return entry.format
    return PLAIN if name == PLAIN.name else None


def samples_of(name: str) -> tuple[Sample, ...]:
    """Lines that the shipped format of that name claims; empty for other names."""
    entry = FORMATS.entry(name)
    return () if entry is None else entry.proof.samples


def misses_of(name: str) -> tuple[str, ...]:
    """Lines that the shipped format of that name must leave to others; empty for other names."""
    entry = FORMATS.entry(name)
    return () if entry is None else entry.proof.misses
