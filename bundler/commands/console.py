"""What all commands share of the terminal: colour, quiet, progress."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import click

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

_PATIENCE_S = 0.5
"""Nothing moves on the screen for work that is done sooner."""


def is_terminal() -> bool:
    """True when a person sees standard error and may be asked on standard input."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def has_colour(stream: Any) -> bool:
    """Colour only on a terminal, and not where NO_COLOR (no-color.org) or a dumb terminal says otherwise."""
    return bool(stream.isatty()) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def say(text: str = "", *, quiet: bool = False, **style: Any) -> None:
    """A line for the person, on standard error."""
    if not quiet:
        coloured = has_colour(sys.stderr)
        click.echo(click.style(text, **style) if style and coloured else text, err=True, color=coloured)


def result(text: str) -> None:
    """A line of the result, on standard output."""
    click.echo(text, color=has_colour(sys.stdout))


class Console:
    """Progress by bytes on a terminal, shown once work has lasted half a second; silent everywhere else."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._is_shown = sys.stderr.isatty() and not quiet
        self._started = time.monotonic()
        self._rich: RichProgress | None = None
        self._task: TaskID | None = None
        self._text, self._size, self._done = "", 0, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._rich is not None:
            self._rich.stop()

    def begin(self, text: str, size: int) -> None:
        """A new piece of work of so many bytes begins."""
        self._text, self._size, self._done = text, size, 0
        if self._rich is not None:
            if self._task is not None:
                self._rich.remove_task(self._task)
            self._task = self._rich.add_task(text, total=size or None)

    def advance(self, size: int) -> None:
        """So many bytes more are done."""
        self._done += size
        if not self._is_shown:
            return
        if self._rich is None:
            if time.monotonic() - self._started < _PATIENCE_S:
                return
            self._show()
        if self._rich is not None and self._task is not None:
            self._rich.update(self._task, completed=self._done)

    def _show(self) -> None:
        from rich.console import Console as RichConsole
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

        self._rich = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=RichConsole(stderr=True),
            transient=True,
        )
        self._rich.start()
        self._task = self._rich.add_task(self._text, total=self._size or None)
