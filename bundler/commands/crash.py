"""Writes the crash file (a private file in the user's state folder): what we need to mend it, nothing of the user's."""

from __future__ import annotations

import os
import platform
import re
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bundler import __version__
from bundler.commands import COMMANDS

_QUOTED = re.compile(r"(?s)[\"'`].*[\"'`]")
"""From the first quote to the last: ``invalid literal for int(): 'hunter2'``."""


def write_crash_file(argv: Sequence[str], error: Exception) -> Path | None:
    """A Markdown file ready to be pasted into a report; None where no place for it can be written."""
    from platformdirs import user_state_path

    name = f"crash-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}.md"
    text = crash_text(argv, error)
    for folder in (user_state_path("ticket-bundler"), Path()):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / name
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
        except OSError:
            continue
        return path
    return None


def crash_text(argv: Sequence[str], error: Exception) -> str:
    """Versions, the command with its values left out, and where in our code it happened.

    The traceback's source lines are our own code; the exception's message may quote evidence, so what stands in quotes
    is left out and the rest masked, and all of it is left out should masking be what failed.
    """
    frames = "".join(traceback.format_tb(error.__traceback__))
    return "\n".join(
        (
            f"# ticket-bundler {__version__} crashed",
            "",
            f"- Python {sys.version.split()[0]} on {platform.platform()}",
            f"- command: `{' '.join(_without_values(argv))}`",
            "",
            "```",
            frames.replace(str(Path.home()), "~") + _masked(error),
            "```",
            "",
        )
    )


def _without_values(argv: Sequence[str]) -> list[str]:
    """The command and the options it has; every value becomes ``…``, one that looks like an option too."""
    name = argv[0] if argv and argv[0] in COMMANDS else ""
    options = _options_of(name)
    words = ["ticket-bundler", *([name] if name else [])]
    for word in argv[1:] if name else argv:
        option = word.partition("=")[0] if word.startswith("--") else word[:2]
        words.append(option if option in options else "…")
    return words


def _options_of(name: str) -> set[str]:
    """The options of a command whose module is loaded, as that of the one that crashed is."""
    command = getattr(sys.modules.get(f"bundler.commands.{name}"), name, None) if name else None
    return {
        option
        for parameter in getattr(command, "params", ())
        for option in (*parameter.opts, *parameter.secondary_opts)
    }


def _masked(error: Exception) -> str:
    from bundler.providers import load
    from bundler.redact import mask_text

    kind = type(error).__name__
    try:
        return f"{kind}: {_QUOTED.sub('…', mask_text(str(error), load('generic')))}"
    except Exception:  # noqa: BLE001 - whatever failed in masking, the message stays with us
        return f"{kind}: (message withheld, it could not be masked)"
