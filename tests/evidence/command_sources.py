"""Commands for the tests, a line of Python each, and what they are asked for."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from bundler.evidence.commands import Collected, CommandSource
from bundler.evidence.placeholders import Search
from bundler.logs.types import Window

MOMENT = datetime(2026, 11, 23, 13, 3, 27, tzinfo=UTC)
SEARCH = Search(
    window=Window(MOMENT - timedelta(minutes=5), MOMENT + timedelta(minutes=5)),
    ids=("pay-1001", "order.7"),
    payment_id="pay-1001",
)


def python(code: str, *arguments: str, **options: Any) -> CommandSource:
    """A source that runs ``code``."""
    escaped = code.replace("{", "{{").replace("}", "}}")
    return CommandSource(name="shop", command=(sys.executable, "-c", escaped, *arguments), **options)


def content(collected: Collected) -> bytes:
    """All that it handed out."""
    assert collected.source is not None
    with collected.source.open() as stream:
        return stream.read()
