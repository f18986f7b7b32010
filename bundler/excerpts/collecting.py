"""Runs the commands that hand out logs, once it is known what to ask them for, and makes logs of what they wrote."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from bundler.config import Settings
from bundler.evidence.commands import Collected, CommandSource, collect_all, command_source
from bundler.evidence.placeholders import Search
from bundler.evidence.presets import find_source
from bundler.excerpts.cutting import LogSource, Reference, as_log
from bundler.excerpts.progress import Progress
from bundler.logs.catalogue import PLAIN, find_format
from bundler.logs.recognition import recognise
from bundler.logs.types import Window

PARTIAL = frozenset(("failed", "timed-out", "cut"))
"""States after which the ticket lacks what could not be collected."""


class Collection(Struct, frozen=True):
    """What became of all command sources, in the order given, and the logs made of them."""

    collected: tuple[Collected, ...]
    logs: tuple[LogSource, ...]

    @property
    def is_partial(self) -> bool:
        return any(each.state in PARTIAL for each in self.collected)

    @property
    def remarks(self) -> list[str]:
        """What is not as it should be, a line each."""
        return [
            f"{each.name}: {each.state}{f' - {each.why}' if each.why else ''}"
            for each in self.collected
            if each.state != "ok"
        ]


def find_sources(commands: Sequence[str], names: Sequence[str], settings: Settings) -> tuple[CommandSource, ...]:
    """What ``--log-command`` and ``--log-source`` mean; raises ``MisuseError``. Nothing is run yet."""
    return (*(command_source(text) for text in commands), *(find_source(text, settings.sources) for text in names))


def collect_logs(
    sources: Sequence[CommandSource],
    *,
    window: Window | None,
    ids: Sequence[str],
    payment_id: str,
    reference: Reference,
    progress: Progress,
) -> Collection:
    """Run every source for the window and the ids; none of them stops the others."""
    search = Search(window=window, ids=tuple(ids), payment_id=payment_id, zone=reference.zone, now=reference.now)
    progress.begin(f"asking {', '.join(source.name for source in sources)}", 0)
    collected = tuple(collect_all(sources, search, lambda each: progress.advance(each.size)))
    return Collection(collected, tuple(log for each in collected if (log := _log_of(each)) is not None))


def _log_of(collected: Collected) -> LogSource | None:
    source = collected.source
    if source is None or not source.head:
        return None
    fmt = find_format(collected.format) if collected.format else recognise(source.head, source.name).format
    return as_log(source, fmt or PLAIN, collected.zone, f"the source {collected.name}" if collected.zone else "")
