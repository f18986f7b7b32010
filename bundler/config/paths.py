"""Paths in a configuration: taken from where its file lies, ``~`` being somebody's home folder."""

from __future__ import annotations

from pathlib import Path

from bundler.errors import UnreadableInput


def anchored(file: Path, option: str, written: str) -> str:
    """The path that ``option`` of the configuration ``file`` names.

    Raises ``UnreadableInput`` for the home folder of a user that there is not.
    """
    try:
        return str(file.parent / Path(written).expanduser())
    except RuntimeError as error:
        raise UnreadableInput(
            f"{file}: {option} is in the home folder of a user that there is not.", "Write the whole path: /home/…"
        ) from error
