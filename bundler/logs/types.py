"""What a log format is, and what is said about a log: plain values.

None of them needs msgspec, whose import takes as long as a third of cutting a log.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from bundler.logs.mentions import Finder


class LogFormat:
    """One way of writing log records: one TOML file in ``formats/``.

    ``text`` formats have ``patterns``, matched at the start of a line; a line that matches starts a record. In a
    pattern ``<iso>`` and the like stand for a stamp of that kind (``stamps.KINDS``), and the groups ``level``,
    ``status`` (HTTP), ``pri`` (syslog) and ``event_level`` (Windows) tell the level. ``json`` and ``logfmt`` have
    keys instead, the likeliest first. ``plain`` knows nothing but lines.
    """

    name: str
    title: str
    kind: Literal["text", "json", "logfmt", "plain"] = "text"
    weight: float = 0.9
    """Score when every line fits; a general format has less than a special one."""
    marks: tuple[str, ...] = ()
    """One of these stands in every line of it, with any digits for theirs; a look for them spares the patterns."""
    patterns: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    """Patterns of lines that go on with the record before them, although they look like a format of their own."""
    unfinished: str = ""
    """A pattern of two lines, of which the second goes on with the record of the first, however it looks itself.

    The group ``part`` is what the first holds of the record's own line, and ``next`` begins where that goes on.
    """
    span: int = 1
    """How many lines a pattern may look at: the stamp of a record need not stand in its first line."""
    indented: bool = False
    """True when a line that opens a record may begin with a blank."""
    ordered: bool = False
    """True where its stamps may be numbers of another sense: only several that agree are times."""
    signatures: tuple[dict[str, str], ...] = ()
    """What sets one dialect of JSON or logfmt apart: keys, and how their values begin. All of one of them must fit."""
    time_keys: tuple[str, ...] = ()
    level_keys: tuple[str, ...] = ()
    wraps: str = ""
    """What of a line is itself a line of some log: the value of this key, or ``rest``, what a pattern leaves of it."""
    zone: str = ""
    """Set where the format itself fixes the zone of stamps that name none."""
    writers: tuple[str, ...] = ()
    """Programs that write it, as people call them."""
    note: str = ""
    """What a user should know about every log of this format."""
    docs: str = ""

    def __init__(self, **given: Any) -> None:
        self.__dict__.update(given)  # what is not given is as it stands above


class LogGuess(NamedTuple):
    """How sure we are that something is a log (0 to 1), why, and of which format."""

    score: float
    reason: str
    format: LogFormat | None = None


class Window(NamedTuple):
    """A span of time: the first moment is in it, the last is not."""

    start: datetime
    end: datetime
    moment: datetime | None = None
    """What it lies around, where that is known."""

    @property
    def middle(self) -> datetime | None:
        """The moment that matters most, in the middle where none is known; None for a window without bounds."""
        return None if self == EVERYTHING else self.moment or self.start + (self.end - self.start) / 2

    def __contains__(self, moment: object) -> bool:
        """Without bounds a window also holds what has no moment."""
        return self.start <= moment < self.end if isinstance(moment, datetime) else self == EVERYTHING


BEFORE = timedelta(minutes=5)
AFTER = timedelta(minutes=2)
"""How much of a log around the error is taken, unless said otherwise."""


def window_around(moment: datetime, before: timedelta, after: timedelta) -> Window:
    """The time around ``moment``; at the ends of the calendar there is less of it."""
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    return Window(moment - min(before, moment - first), moment + min(after, last - moment), moment)


EVERYTHING = Window(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


class Wanted(NamedTuple):
    """Which records are wanted: those in the window, and those with a mention, each with some more around it."""

    window: Window | None
    finder: Finder
    context: int = 0
    every_spelling: bool = False
    """Whether ids are looked for in other spellings even where that takes many times as long."""
    counts_lines: bool = False
    """Whether it is asked on which lines of the log the records begin."""
