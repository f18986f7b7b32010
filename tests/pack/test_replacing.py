"""A file that is written bit by bit appears whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from bundler.errors import EnvironmentProblem
from bundler.pack.mirroring import mirror
from bundler.pack.replacing import replacing


def test_the_file_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "safe.log"
    with replacing(path, overwrite=False) as stream:
        stream.write(b"one\n")
        assert not path.exists()
    assert path.read_bytes() == b"one\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["safe.log"]


def test_an_error_or_an_interrupt_leaves_nothing(tmp_path: Path) -> None:
    def fail(problem: type[BaseException]) -> None:
        with replacing(tmp_path / "safe.log", overwrite=False) as stream:
            stream.write(b"half")
            raise problem

    for problem in (ValueError, KeyboardInterrupt, OSError):
        with pytest.raises(problem):
            fail(problem)
        assert list(tmp_path.iterdir()) == []


def test_a_pipe_is_written_into_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        for overwrite in (False, True):
            with replacing(pipe, overwrite=overwrite) as stream:
                stream.write(b"one\n")
            assert os.read(reader, 10) == b"one\n"
            assert pipe.is_fifo()
    finally:
        os.close(reader)


def test_a_taken_name_is_refused_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "safe.log"
    path.write_bytes(b"mine")
    with pytest.raises(EnvironmentProblem), replacing(path, overwrite=False):
        raise AssertionError("not reached")
    assert path.read_bytes() == b"mine"
    with replacing(path, overwrite=True) as stream:
        stream.write(b"new")
    assert path.read_bytes() == b"new"


def test_a_name_taken_in_the_meantime_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "safe.log"

    def race() -> None:
        with replacing(path, overwrite=False) as stream:
            stream.write(b"late")
            path.write_bytes(b"first")

    with pytest.raises(EnvironmentProblem, match="exists already"):
        race()
    assert path.read_bytes() == b"first"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem), replacing(tmp_path / "no" / "safe.log", overwrite=False):
        raise AssertionError("not reached")


@pytest.fixture
def _small_files_only() -> Iterator[None]:
    """No file may be larger than 100,000 bytes."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def write_much(stream: BinaryIO) -> None:
    for _ in range(50):
        stream.write(bytes(10_000))


@pytest.mark.usefixtures("_small_files_only")
def test_a_system_that_takes_no_more_is_told_in_words_while_writing(tmp_path: Path) -> None:
    said = "larger than the system lets this process write"
    safe, folder = tmp_path / "safe.log", tmp_path / "safe"
    with pytest.raises(EnvironmentProblem, match=f"safe.log is {said}"), replacing(safe, overwrite=False) as stream:
        write_much(stream)
    with (
        pytest.raises(EnvironmentProblem, match=f"a.log is {said}"),
        mirror(folder, (), overwrite=False) as made,
        made.file("a.log") as stream,
    ):
        write_much(stream)
    assert list(tmp_path.iterdir()) == []
