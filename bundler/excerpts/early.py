"""Begins to search a large log for ids that are known early, while other processes than ours have nothing to do."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from contextlib import closing

from bundler.errors import UnreadableInput
from bundler.evidence import workers
from bundler.excerpts import searching
from bundler.excerpts.cutting import Cut, LogSource, Seen
from bundler.excerpts.progress import Progress
from bundler.logs.blocks import reads_as_stored
from bundler.logs.mentions import Finder
from bundler.logs.scanning import scanner_of


class EarlySearch:
    """A search without context of the first log that is a large file."""

    def __init__(self) -> None:
        self._log: LogSource | None = None
        self._begun: searching.Begun | None = None

    def begin(self, logs: Sequence[LogSource], ids: Sequence[str]) -> bool:
        """Have the search done; whether there is such a log. One that cannot be read tells so when it is cut."""
        finder = Finder(ids)
        for log in logs:
            if self._begun is None and finder and reads_as_stored(log.source.head):
                self._begin(log, finder)
        return self._begun is not None

    def _begin(self, log: LogSource, finder: Finder) -> None:
        try:
            readable = log.source.readable()
        except UnreadableInput:
            return
        if readable is not None:
            with closing(readable):
                self._log = log
                self._begun = searching.begin(readable, scanner_of(log.format), finder, workers.core_count())

    def finish(self, progress: Progress) -> list[Cut]:
        """What was found, once, as a cut by these ids that spares the search for them; waits for it."""
        begun, self._begun = self._begun, None
        if begun is None or self._log is None:
            return []
        progress.begin(f"searching {self._log.source.name}", self._log.source.size)
        with closing(begun):
            found = begun.finish(progress.advance)
        return [] if found is None else [Cut(self._log, array("Q"), Seen(), search=found)]

    def close(self) -> None:
        """End a search that nobody wants any more."""
        if self._begun is not None:
            self._begun.close()
