"""What lies in a folder; the outside thing it touches: folders of this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from bundler.errors import UnreadableInput
from bundler.evidence.contents import unreadable


def walk(folder: Path) -> Iterator[tuple[Path, UnreadableInput | None]]:
    """Files and links below ``folder``, one folder's names in memory at a time; folders only where they are refused."""
    refused: list[tuple[Path, UnreadableInput]] = []

    def refuse(error: OSError) -> None:
        place = Path(error.filename)
        refusal = unreadable("the folder" if place != folder else str(folder), error)
        if place == folder:
            raise refusal from error
        refused.append((place, refusal))

    for place, folders, files in os.walk(folder, onerror=refuse):
        here = Path(place)
        yield from refused
        refused.clear()
        folders.sort()
        links = {entry for entry in folders if (here / entry).is_symlink()}
        folders[:] = [entry for entry in folders if entry not in links and not entry.startswith(".git")]
        for entry in sorted([*files, *links]):
            yield here / entry, None
    yield from refused
