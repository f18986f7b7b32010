"""What is left of our own bugs: a file that tells of the program and nothing of the user's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bundler.cli import run
from bundler.commands.crash import crash_text
from bundler.commands.create import create
from bundler.errors import ExitCode
from tests.commands.previews import PAYMENT, SECRET


@pytest.mark.parametrize(
    ("argv", "shown"),
    [
        (["create", "--note=password one", "--force", "-oout"], "ticket-bundler create --note --force -o"),
        (["create", "--note", "--kari-nordmann", "-x", "create"], "ticket-bundler create --note … … …"),
        (["--kari"], "ticket-bundler …"),
    ],
)
def test_a_crash_file_names_options_and_no_value_that_looks_like_one(argv: list[str], shown: str) -> None:
    assert create.name == "create"  # its module is loaded, as it is when the command has run
    assert f"`{shown}`" in crash_text(argv, ValueError("bad"))


def test_a_crash_file_leaves_out_what_the_exception_quotes() -> None:
    text = crash_text(["create"], ValueError("invalid literal for int() with base 10: 'it's \"hunter2\"'"))
    assert "ValueError: invalid literal for int() with base 10: …" in text
    assert "hunter2" not in text


def test_our_own_bug_leaves_a_crash_file_without_the_users_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError(f"cannot handle client_secret={SECRET}")

    monkeypatch.setattr("bundler.config.load", fail)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert run(["create", "--payment-id", PAYMENT, "private-name.har"]) == ExitCode.BUG
    crash_file = next(tmp_path.rglob("crash-*.md"))
    text = crash_file.read_text(encoding="utf-8")
    assert "ticket-bundler create --payment-id … …" in text
    assert "in create" in text
    for private in (SECRET, PAYMENT, "private-name"):
        assert private not in text
    assert crash_file.stat().st_mode & 0o777 == 0o600
    assert str(crash_file) in capsys.readouterr().err
