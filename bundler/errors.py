"""What can go wrong, as values: each error says what happened, what to type next, and how the program ends."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """How the program ends; scripts may rely on these numbers."""

    FINE = 0
    BLOCKED = 1  # a blocking finding: the ticket should not be sent as it is
    USAGE = 2  # wrong usage, and anything typed that cannot be understood
    INPUT = 3  # input or environment error
    LEAK = 4  # a leak was found; nothing was published
    PARTIAL = 5  # something could not be collected in time
    BUG = 70  # our own bug; a redacted crash file was written
    INTERRUPTED = 130


class BundlerError(Exception):
    """An expected failure.

    ``message`` is one sentence for a person, ``hint`` what to type or do next (may be empty). Neither may hold a
    value from the evidence that redaction has not seen; names of files are allowed.
    """

    exit_code = ExitCode.INPUT

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UnreadableInput(BundlerError):
    """An input does not hold what it should, or could not be opened."""


class EnvironmentProblem(BundlerError):
    """The machine cannot do what was asked: no display, a full disk, a folder that may not be written."""


class MisuseError(BundlerError):
    """Something typed cannot be understood: an ambiguous date, an unknown zone, contradictory flags."""

    exit_code = ExitCode.USAGE


class LeakFound(BundlerError):
    """The finished parcel still holds something secret; nothing was published."""

    exit_code = ExitCode.LEAK
