"""The mail of the demo, whole, as `ticket-bundler demo` makes it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from bundler.mail.letter import Letter, Manner, Sender
from bundler.mail.manners import as_letter
from tests.conftest import NOW

ME = Sender("dev@shop.example", "Søren Ågård")
MOMENT = datetime.fromtimestamp(NOW, UTC)


@cache
def demo_draft() -> bytes:
    """The draft, made by the real program once for all tests."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bundler", "demo", "-q", "-o", folder]
        subprocess.run(command, check=True, capture_output=True, cwd=Path(__file__).parents[2])
        (draft,) = Path(folder).glob("*.eml")
        return draft.read_bytes()


def demo_letter(manner: Manner) -> Letter:
    return as_letter(demo_draft(), manner, ME, MOMENT)
