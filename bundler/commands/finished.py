"""Reads finished bundles and mails for the commands that look at them; touches the file it is given."""

from __future__ import annotations

import sys
from pathlib import Path

from bundler.errors import UnreadableInput
from bundler.evidence.contents import unreadable


def read_finished(path: Path) -> bytes:
    """The bytes of a bundle or a mail; of one that is too large to be opened, enough to say so.

    Raises ``UnreadableInput`` for a file that cannot be read or holds nothing.
    """
    from bundler.pack.limits import LIMITS

    try:
        with path.open("rb") as stream:
            data = stream.read(LIMITS.archive_size + 1)
    except OSError as error:
        raise unreadable(str(path), error) from error
    if not data:
        raise UnreadableInput(f"{path} is empty.", "Ask for it again; nothing was written into it.")
    return data


def read_standard_input() -> bytes:
    """As ``read_finished``, of what comes in from another program."""
    from bundler.pack.limits import LIMITS

    data = sys.stdin.buffer.read(LIMITS.archive_size + 1)
    if not data:
        raise UnreadableInput("Nothing came in from standard input.", "Pipe a mail or a bundle into it.")
    return data
