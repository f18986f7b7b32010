"""What a labelled ticket is: files as people have them, and which causes would be right to name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tests.benchmarks.diagnosis_calls import Sent


class Cause(NamedTuple):
    """One right answer. A finding is this cause when it fits everything that is given here."""

    who: frozenset[str]
    """Who of these should act first; none where documentation does not say."""
    code: tuple[str | None, str] | None = None
    """Group and number of the provider's error."""
    findings: frozenset[str] = frozenset()
    """Codes of findings, one of which it has to be."""
    words: tuple[str, ...] = ()
    """The finding speaks of one of these, in its message or its advice."""
    not_by: str = ""
    """The provider whose tables must not say it."""


class Label(NamedTuple):
    """Which causes may be named. ``required``: one has to be; ``ceiling``: never as sure as that."""

    causes: tuple[Cause, ...] = ()
    required: bool = True
    ceiling: float = 1.01


NOTHING = Label(required=False)
"""No cause is right: somebody else's error, or none."""


class Story(NamedTuple):
    """What happened, before anybody wrote it down, and what would explain it."""

    kind: str
    family: str
    about: str
    calls: tuple[Sent, ...]
    """In time order; the last one is the failure that the ticket is about."""
    label: Label
    event: str = ""
    form: str = ""
    """The one form that this story can come in, where it is not free."""


class File(NamedTuple):
    """One piece of evidence; ``role`` is the option that it is named with, empty for none."""

    name: str
    data: bytes
    role: str = ""


class LabelledTicket(NamedTuple):
    """Files and options for ``check``, and what it should say."""

    number: int
    story: Story
    form: str
    files: tuple[File, ...]
    options: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        return f"{self.number:04} {self.story.kind} {self.story.family} {self.form} {self.story.about}"


def cause(
    who: str,
    *findings: str | Iterable[str],
    code: str = "",
    group: str | None = None,
    words: Iterable[str] = (),
    not_by: str = "",
) -> Cause:
    """A cause in few words: ``who`` may name several, separated by blanks."""
    spread = [each for some in findings for each in ([some] if isinstance(some, str) else some)]
    return Cause(frozenset(who.split()), (group, code) if code else None, frozenset(spread), tuple(words), not_by)


def span(prefix: str, first: int, last: int) -> tuple[str, ...]:
    """Codes of findings in a row: ``REQ003`` to ``REQ019``."""
    return tuple(f"{prefix}{number:03}" for number in range(first, last + 1))
