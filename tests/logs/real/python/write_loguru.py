"""Writes the story with loguru, as it comes, coloured, serialized, and with a zone: FOLDER PAYMENT."""

from __future__ import annotations

import sys
from pathlib import Path

from loguru import logger


def main(folder: Path, payment: str) -> None:
    """Write all styles."""
    logger.remove()
    logger.add(folder / "default.log")
    logger.add(folder / "coloured.log", colorize=True)
    logger.add(folder / "serialized.log", serialize=True)
    logger.add(folder / "zoned.log", format="{time:YYYY-MM-DDTHH:mm:ss.SSSSSSZ} {level} {name}: {message}")
    logger.info("callback received for {}", payment)
    try:
        raise LookupError(f"no reservation for {payment}")
    except LookupError:
        logger.exception("capture failed")
    logger.warning("gave up")


main(Path(sys.argv[1]), sys.argv[2])
