"""Writes the story with python-json-logger, in three choices of keys: FOLDER PAYMENT."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from pythonjsonlogger.json import JsonFormatter

STYLES = {
    "asctime": JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"),
    "timestamp": JsonFormatter("%(message)s %(levelname)s", timestamp=True),
    "renamed": JsonFormatter("%(levelname)s %(message)s", rename_fields={"levelname": "severity"}, timestamp="time"),
}


def main(folder: Path, payment: str) -> None:
    """Write all styles."""
    logger = logging.getLogger("shop.payments")
    logger.setLevel(logging.INFO)
    for style, formatter in STYLES.items():
        handler = logging.FileHandler(folder / f"{style}.log", encoding="utf-8")
        handler.setFormatter(formatter)
        logger.addHandler(handler)
    logger.info("callback received", extra={"payment_id": payment})
    try:
        raise LookupError(f"no reservation for {payment}")
    except LookupError:
        logger.exception("capture failed")
    logger.warning("gave up")


main(Path(sys.argv[1]), sys.argv[2])
