"""What every refusal of the program looks like, for the tests that give it bad input."""

from __future__ import annotations

from pathlib import Path

from bundler.errors import ExitCode
from tests.conftest import Invoke


def refused(invoke: Invoke, folder: Path, code: ExitCode, said: str, *argv: str | Path, stdin: bytes = b"") -> str:
    """Run the program, which must end with ``code``, a sentence and a hint, and change nothing in ``folder``."""
    before = sorted((path, path.lstat().st_mtime_ns) for path in folder.rglob("*"))
    outcome = invoke(*argv, stdin=stdin)
    assert outcome.code == code, outcome.err
    lines = outcome.err.strip().splitlines()
    assert lines[-2].startswith("Error: "), outcome.err
    assert said in lines[-2], outcome.err
    assert lines[-1].startswith("  "), "there is no hint"
    assert outcome.out == ""
    assert sorted((path, path.lstat().st_mtime_ns) for path in folder.rglob("*")) == before
    return outcome.err


def refused_create(
    invoke: Invoke, folder: Path, code: ExitCode, said: str, *argv: str | Path, stdin: bytes = b""
) -> str:
    """Run ``create``, which must end with ``code`` and a sentence and a hint, and write nothing."""
    return refused(invoke, folder, code, said, "create", *argv, stdin=stdin)
