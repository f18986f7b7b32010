"""Every file behind what was named is there once, and what is no file with the reason."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bundler.errors import MisuseError, UnreadableInput
from bundler.evidence.files import is_folder, stored_files


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("logs/b.log", "logs/a/c.log", "logs/.git/config", "x.log"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(name, encoding="utf-8")


def test_a_folder_alone_gives_its_own_names_and_with_others_its_name_too() -> None:
    assert [file.name for file in stored_files(["logs"])] == ["b.log", "a/c.log"]
    assert [file.name for file in stored_files(["logs", "x.log", Path("x.log").absolute().as_uri()])] == [
        "logs/b.log",
        "logs/a/c.log",
        "x.log",
    ]
    assert is_folder("logs")
    assert is_folder(Path("logs").absolute().as_uri())
    assert not any(is_folder(name) for name in ("x.log", "-", "", "s3://logs", "gone", "x\0y", "~nobody-of-that-name"))


def test_what_is_no_file_says_so() -> None:
    os.mkfifo("logs/pipe")
    Path("logs/link").symlink_to("b.log")
    refused = {file.name: file.refusal for file in stored_files(["logs"]) if file.content is None}
    assert set(refused) == {"link", "pipe"}
    assert all(refusal is not None and refusal.hint for refusal in refused.values())


def test_what_is_written_there_is_not_read() -> None:
    assert [file.name for file in stored_files(["logs"], outside=[Path("logs/a")])] == ["b.log"]
    assert len(stored_files(["logs"], outside=[Path()])) == 2


def test_names_of_nothing_are_refused() -> None:
    Path("none").mkdir()
    for name in ("gone", "none", "x\0y"):
        with pytest.raises(UnreadableInput):
            stored_files([name])
    with pytest.raises(MisuseError):
        stored_files([""])
