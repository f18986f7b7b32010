"""The programs whose mail accounts can be taken over, by name; a password in their files is never read on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bundler.delivery.import_git import from_git
from bundler.delivery.import_msmtp import from_msmtp
from bundler.delivery.imported import Imported
from bundler.errors import MisuseError

IMPORTERS: dict[str, Callable[[Path | None], list[Imported]]] = {
    "git": lambda path: from_git(path or Path()),
    "msmtp": from_msmtp,
}
"""By the names of ``config import-mail``."""


def import_mail(program: str, path: Path | None = None) -> list[Imported]:
    """The accounts that ``program`` knows; raises ``MisuseError`` for a program that nobody knows."""
    if program not in IMPORTERS:
        raise MisuseError(f"Nobody knows how to read {program!r}.", f"Known are: {', '.join(IMPORTERS)}.")
    return IMPORTERS[program](path)
