"""What scrubbing did, as values: each replacement, what was withheld, and the sum of it."""

from __future__ import annotations

from msgspec import Struct

from bundler.errors import ExitCode


class Line(Struct, frozen=True, omit_defaults=True):
    """One replacement in a report, never a value: offsets in bytes of the file, or of the part of it, as unpacked.

    ``decoded`` when they are those of its text in UTF-8.
    """

    kind: str
    start: int
    end: int
    placeholder: str
    file: str = ""
    part: str = ""
    decoded: bool = False


class LeftOut(Struct, frozen=True):
    """Something that was not handed on: why, and what to do."""

    file: str
    why: str
    hint: str

    def notice(self) -> bytes:
        """The text that stands in its place."""
        return f"{self.file} was withheld.\n{self.why}\n{self.hint}\n".encode("utf-8", "replace")


class Scrubbed(Struct, frozen=True):
    """What was done: how many files and bytes were read, what was replaced by kind, and of how many values."""

    files: int
    bytes: int
    replacements: dict[str, int]
    values: int
    withheld: tuple[LeftOut, ...] = ()
    copied_unread: int = 0
    notes: tuple[str, ...] = ()
    """Which secrets stay readable on the user's word, and which stayed masked against it."""

    @property
    def exit_code(self) -> ExitCode:
        """Partial where something is missing from what was written: no script may take that for the whole."""
        return ExitCode.PARTIAL if self.withheld else ExitCode.FINE
