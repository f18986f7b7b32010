"""The real program at a real terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def at_a_terminal(folder: Path, *argv: str | Path, keys: bytes) -> tuple[int, bytes]:
    """Run the program in ``folder`` with what a person types; how it ends and all that it says."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    command = [sys.executable, "-m", "bundler", *map(str, argv)]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    os.write(ours, keys)
    said = b""
    while True:
        try:
            block = os.read(ours, 4096)
        except OSError:  # the terminal is gone with the program
            break
        if not block:
            break
        said += block
    os.close(ours)
    return process.wait(timeout=20), said
