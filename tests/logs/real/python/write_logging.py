"""Writes the story with Python's own logging, in the layouts that people use most: FOLDER PAYMENT."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

LAYOUTS = {
    "basic": logging.BASIC_FORMAT,
    "dashes": "%(asctime)s - %(name)s - %(levelname)s - %(message)s",
    "colon": "%(asctime)s %(levelname)s %(name)s: %(message)s",
    "brackets": "%(asctime)s [%(levelname)s] %(message)s",
    "flask": "[%(asctime)s] %(levelname)s in %(module)s: %(message)s",
    "celery": "[%(asctime)s: %(levelname)s/%(processName)s] %(message)s",
    "django": "%(levelname)s %(asctime)s %(module)s %(process)d %(thread)d %(message)s",
    "level-first": "%(levelname)s: %(asctime)s: %(message)s",
}


def main(folder: Path, payment: str) -> None:
    """Write all layouts, and one with the stamp that RFC 3339 has."""
    logger = logging.getLogger("shop.payments")
    logger.setLevel(logging.INFO)
    formatters = {style: logging.Formatter(layout) for style, layout in LAYOUTS.items()}
    formatters["zoned"] = logging.Formatter("%(asctime)s %(levelname)-8s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S%z")
    for style, formatter in formatters.items():
        handler = logging.FileHandler(folder / f"{style}.log", encoding="utf-8")
        handler.setFormatter(formatter)
        logger.addHandler(handler)
    logger.info("callback received for %s", payment)
    try:
        raise LookupError(f"no reservation for {payment}")
    except LookupError:
        logger.exception("capture failed\nat the second attempt")
    logger.warning("gave up")


main(Path(sys.argv[1]), sys.argv[2])
