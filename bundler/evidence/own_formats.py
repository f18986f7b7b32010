"""Reads the files in which users describe their own log formats; the outside thing it touches: those files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bundler.errors import UnreadableInput
from bundler.evidence.contents import unreadable


def read_formats(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The name and the text of each TOML file that is named or lies in a named folder; raises ``UnreadableInput``."""
    for name in names:
        path = Path(name)
        try:
            files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
            if not files:
                raise UnreadableInput(f"{path.name} holds no log format.", "A format is a file that ends in .toml.")
            for file in files:
                yield file.name, file.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise UnreadableInput(f"A log format in {path.name} is not UTF-8.", "Save it as UTF-8.") from error
        except OSError as error:
            refusal = unreadable(path.name, error)
            raise UnreadableInput(f"formats in the configuration: {refusal.message}", refusal.hint) from error
