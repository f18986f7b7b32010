"""Writes the story with structlog, a file for each of its renderers: FOLDER PAYMENT."""

from __future__ import annotations

import sys
from pathlib import Path

import structlog

LEVEL = structlog.processors.add_log_level
STAMP = structlog.processors.TimeStamper(fmt="iso", utc=True)
TRACE = structlog.processors.format_exc_info
COLUMNS = ["timestamp", "level", "event"]

STYLES: dict[str, list[structlog.typing.Processor] | None] = {
    "default": None,  # what structlog does when nobody has configured it: with rich's boxes around a traceback
    "json": [LEVEL, STAMP, TRACE, structlog.processors.JSONRenderer()],
    "json-trace": [LEVEL, STAMP, structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()],
    "console": [
        LEVEL, STAMP, structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ],
    "coloured": [LEVEL, STAMP, structlog.dev.ConsoleRenderer(colors=True, force_colors=True)],
    "key-value": [LEVEL, STAMP, TRACE, structlog.processors.KeyValueRenderer(key_order=COLUMNS)],
    "logfmt": [LEVEL, STAMP, TRACE, structlog.processors.LogfmtRenderer(key_order=COLUMNS)],
}  # fmt: skip


def main(folder: Path, payment: str) -> None:
    """Write all styles."""
    for style, processors in STYLES.items():
        with (folder / f"{style}.log").open("w", encoding="utf-8") as file:
            logger = structlog.wrap_logger(structlog.PrintLogger(file), processors)
            logger.info("callback received", payment_id=payment)
            try:
                raise LookupError(f"no reservation for {payment}")
            except LookupError:
                logger.exception("capture failed", attempt=2)
            logger.warning("gave up", attempts=2)


main(Path(sys.argv[1]), sys.argv[2])
