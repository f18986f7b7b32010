"""The service's clock, which whoever drives it may move, and the log that is written by this clock."""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Copenhagen")


class Clock:
    """The time as the service sees it: the machine's, moved by an offset that whoever drives the service may change.

    ``fast`` makes waiting free: it moves the offset instead of sleeping.
    """

    def __init__(self) -> None:
        self.fast = False
        self._offset = 0.0
        self._lock = threading.Lock()

    def now(self) -> float:
        return time.time() + self._offset

    def wait(self, seconds: float) -> None:
        if self.fast:
            with self._lock:
                self._offset += seconds
        else:
            time.sleep(seconds)

    def set(self, moment: float) -> None:
        with self._lock:
            self._offset = moment - time.time()


def log(name: str) -> logging.Logger:
    return logging.getLogger(f"authorizer.{name}")


class _Formatter(logging.Formatter):
    """Local time with its offset from UTC, by the service's clock."""

    def __init__(self, clock: Clock) -> None:
        super().__init__("%(asctime)s - %(name)s - %(levelname)s - %(message)s")
        self._clock = clock

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's name
        moment = record.created - time.time() + self._clock.now()
        return datetime.fromtimestamp(moment, ZONE).isoformat(sep=" ", timespec="milliseconds")


def write_log(path: Path, clock: Clock) -> logging.Handler:
    """Write everything below "authorizer" to ``path`` until what is returned is closed."""
    handler = logging.FileHandler(path, mode="w", encoding="utf-8")
    handler.setFormatter(_Formatter(clock))
    logger = logging.getLogger("authorizer")
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    logger.addHandler(handler)
    return handler
