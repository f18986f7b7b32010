"""What the benchmarks of the installed program are told on the command line, and where they write what is small."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.corpus import parse_size

_IN_MEMORY = Path("/dev/shm")


def parser(
    about: str | None, rows: Mapping[str, object], folder: str, *, size: str, of_what: str
) -> argparse.ArgumentParser:
    """The options that they share; ``folder`` is the name of the one that ``--folder`` stands for without it."""
    made = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)

    def chosen(text: str) -> list[str]:
        names = text.split(",")
        if unknown := [name for name in names if name not in rows]:
            raise argparse.ArgumentTypeError(f"there is no row {unknown[0]!r}; there are {', '.join(rows)}")
        return names

    made.add_argument(
        "--program",
        type=Path,
        default=Path(sys.executable).with_name("ticket-bundler"),
        help="the installed ticket-bundler (default: the one beside this Python)",
    )
    made.add_argument("--rows", type=chosen, default=list(rows), help=f"only these, in this order: {','.join(rows)}")
    made.add_argument("--size", type=parse_size, default=size, help=f"{of_what} (default: {size})")
    made.add_argument(
        "--folder",
        type=Path,
        default=Path(tempfile.gettempdir()) / folder,
        help="on a disk with room, for what is too big for memory (default: %(default)s)",
    )
    made.add_argument("--seed", type=int, default=7, help="the same seed gives the same bytes (default: 7)")
    return made


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder for the run, in memory where the system has such folders."""
    return tempfile.TemporaryDirectory(dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None)
