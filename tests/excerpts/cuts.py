"""Logs and cuts for the tests of this room."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path

from bundler.evidence.sources import file_source
from bundler.excerpts.cutting import Cut, LogSource, Reference
from bundler.excerpts.progress import NoProgress
from bundler.excerpts.together import cut_all
from bundler.logs.mentions import Finder
from bundler.logs.types import Wanted, Window
from tests.logs.reference import REFERENCE, START, format_named

PYTHON = format_named("python-logging")
WINDOW = Window(START + timedelta(seconds=900), START + timedelta(seconds=1500))
ZONE = Reference(UTC, "the test", REFERENCE)
PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}


def log_of(path: Path, data: bytes) -> LogSource:
    path.write_bytes(data)
    return LogSource(file_source(path, path.name, named=True), PYTHON)


def cut(
    *logs: LogSource,
    window: Window | None = None,
    ids: tuple[str, ...] = (),
    context: int = 0,
    counts_lines: bool = False,
) -> list[Cut]:
    wanted = Wanted(window, Finder(ids), context, counts_lines=counts_lines)
    return cut_all(logs, wanted, ZONE, NoProgress(), job_count=2)
