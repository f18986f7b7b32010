"""A folder appears whole or not at all, and never in the place of what it was made of."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from bundler.errors import EnvironmentProblem, MisuseError
from bundler.pack.mirroring import mirror


def write(folder: Path, *names: str, overwrite: bool = False, sources: tuple[Path, ...] = ()) -> None:
    with mirror(folder, sources, overwrite=overwrite) as made:
        for name in names:
            with made.file(name) as stream:
                stream.write(name.encode())


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_files_appear_together_with_the_permissions_that_new_ones_have(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write(tmp_path / "out", "a", "b/c")
    finally:
        os.umask(before)
    assert names(tmp_path) == ["out", "out/a", "out/b", "out/b/c"]
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o750
    assert stat.S_IMODE((tmp_path / "out/a").stat().st_mode) == 0o640


def test_while_it_is_made_nobody_else_may_look(tmp_path: Path) -> None:
    with mirror(tmp_path / "out", (), overwrite=False) as made, made.file("a"):
        (temporary,) = tmp_path.iterdir()
        assert temporary.name.startswith(".ticket-bundler-")
        assert stat.S_IMODE(temporary.stat().st_mode) == 0o700


def test_a_file_that_fails_is_gone_and_the_folder_too_when_nobody_catches_it(tmp_path: Path) -> None:
    with mirror(tmp_path / "first", (), overwrite=False) as made:
        with pytest.raises(ValueError, match="half"), made.file("a"):
            raise ValueError("half")
        assert list(tmp_path.rglob("a")) == []
    (tmp_path / "first").rmdir()
    with pytest.raises(ValueError, match="whole"), mirror(tmp_path / "out", (), overwrite=False):
        raise ValueError("whole")
    assert names(tmp_path) == []


def test_what_was_there_comes_back_when_the_last_step_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "out", "old")
    rename = Path.rename

    def fail(path: Path, target: Path) -> Path:
        if path.name.endswith(".tmp"):
            raise OSError(5, "Input/output error")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(EnvironmentProblem, match="could not be written"):
        write(tmp_path / "out", "new", overwrite=True)
    assert names(tmp_path) == ["out", "out/old"]


def test_an_existing_folder_is_taken_when_it_is_empty_or_may_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write(tmp_path / "out", "a")
    with pytest.raises(EnvironmentProblem, match="exists already"):
        write(tmp_path / "out", "b")
    write(tmp_path / "out", "b", overwrite=True)
    assert names(tmp_path) == ["out", "out/b"]


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    write(tmp_path / "link", "a")
    assert (tmp_path / "link").is_symlink()
    assert names(tmp_path / "real") == ["a"]


@pytest.mark.parametrize("held", ["source", "current", "home"])
def test_a_folder_with_something_dear_in_it_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: str
) -> None:
    write(tmp_path / "out", "a", "in/b")
    if held == "current":
        monkeypatch.chdir(tmp_path / "out" / "in")
    if held == "home":
        monkeypatch.setenv("HOME", str(tmp_path / "out"))
    sources = (tmp_path / "out/a",) if held == "source" else ()
    with pytest.raises(MisuseError, match="would be replaced as a whole"):
        write(tmp_path / "out", "new", overwrite=True, sources=sources)
    assert names(tmp_path / "out") == ["a", "in", "in/b"]


def test_a_file_or_a_folder_of_nowhere_is_no_place_for_it(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place, said in (("file", "is a file"), ("gone/out", "There is no folder")):
        with pytest.raises(EnvironmentProblem, match=said):
            write(tmp_path / place, "a", overwrite=True)
