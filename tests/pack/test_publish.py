"""All files or none, under their names only when whole, and never over another file unasked."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bundler.errors import EnvironmentProblem
from bundler.pack.naming import TEMPORARY
from bundler.pack.publish import Output, publish

ROOT = Path(__file__).parents[2]
THREE = (Output("t.zip", b"zip"), Output("t.eml", b"mail"), Output("t.map.json", b"{}", private=True))


def _left(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_files_appear_with_their_modes(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        paths = publish(tmp_path, THREE)
    finally:
        os.umask(before)
    assert [path.name for path in paths] == ["t.zip", "t.eml", "t.map.json"]
    assert _left(tmp_path) == {output.name: output.data for output in THREE}
    assert [path.stat().st_mode & 0o777 for path in paths] == [0o640, 0o640, 0o600]
    assert [path.stat().st_nlink for path in paths] == [1, 1, 1]


def test_private_file_is_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        (path,) = publish(tmp_path, [Output("a", b"", private=True)])
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("taken", ["t.zip", "t.map.json"])
def test_name_that_is_taken_stops_all(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).write_bytes(b"mine")
    with pytest.raises(EnvironmentProblem, match="exists already") as caught:
        publish(tmp_path, THREE)
    assert "--force" in caught.value.hint
    assert _left(tmp_path) == {taken: b"mine"}


def test_link_to_nowhere_is_a_name_that_is_taken(tmp_path: Path) -> None:
    (tmp_path / "t.eml").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(EnvironmentProblem, match="exists already"):
        publish(tmp_path, THREE)
    assert [path.name for path in tmp_path.iterdir()] == ["t.eml"]


def test_overwriting_is_done_when_asked_for(tmp_path: Path) -> None:
    publish(tmp_path, THREE)
    publish(tmp_path, [Output("t.zip", b"new"), Output("t.eml", b"newer")], overwrite=True)
    assert _left(tmp_path) == {"t.zip": b"new", "t.eml": b"newer", "t.map.json": b"{}"}


def test_folder_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "t.zip").mkdir()
    with pytest.raises(EnvironmentProblem, match="exists already"):
        publish(tmp_path, THREE, overwrite=True)
    assert (tmp_path / "t.zip").is_dir()
    assert [path.name for path in tmp_path.iterdir()] == ["t.zip"]


Link = Callable[..., None]


def _failing(real: Link, code: int, *, at: int) -> Link:
    """``os.link`` that works until the call ``at`` and then fails the way a system does."""
    calls = iter(range(1, 100))

    def link(*args: object, **kwargs: object) -> None:
        if next(calls) >= at:
            raise OSError(code, os.strerror(code))
        real(*args, **kwargs)

    return link


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EDQUOT, "disk is full"),
        (errno.EROFS, "may not be written"),
        (errno.EACCES, "may not be written"),
        (errno.EIO, "could not be written: input/output error"),
        (errno.EEXIST, "exists already"),
    ],
)
@pytest.mark.parametrize("at", [1, 3])
def test_failure_at_the_last_step_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, sentence: str, at: int
) -> None:
    monkeypatch.setattr(os, "link", _failing(os.link, code, at=at))
    with pytest.raises(EnvironmentProblem, match=sentence) as caught:
        publish(tmp_path, THREE)
    assert caught.value.hint
    assert _left(tmp_path) == {}


@pytest.mark.parametrize("at", range(1, 7))
def test_failure_while_overwriting_puts_everything_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    publish(tmp_path, THREE)
    calls = iter(range(1, 100))
    real_replace, real_link = Path.replace, os.link

    def fail_in_time() -> None:
        if next(calls) == at:
            raise OSError(errno.EIO, "")

    def replace_file(path: Path, target: Path) -> Path:
        fail_in_time()
        return real_replace(path, target)

    def link(*args: object, **kwargs: object) -> None:
        fail_in_time()
        real_link(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "replace", replace_file)
    monkeypatch.setattr(os, "link", link)
    with pytest.raises(EnvironmentProblem):
        publish(tmp_path, [Output(each.name, b"new") for each in THREE], overwrite=True)
    assert _left(tmp_path) == {output.name: output.data for output in THREE}


def test_file_system_without_hard_links_works_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", _failing(os.link, errno.EPERM, at=1))
    publish(tmp_path, THREE)
    with pytest.raises(EnvironmentProblem, match="exists already"):
        publish(tmp_path, THREE)
    publish(tmp_path, [Output("t.zip", b"new")], overwrite=True)
    assert _left(tmp_path) == {"t.zip": b"new", "t.eml": b"mail", "t.map.json": b"{}"}


@pytest.mark.parametrize("at", [1, 2, 3])
def test_interrupt_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    real, calls = os.link, iter(range(1, 100))

    def link(*args: object, **kwargs: object) -> None:
        real(*args, **kwargs)  # type: ignore[arg-type]
        if next(calls) == at:  # the worst moment: the name is there, and nobody was told yet
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(KeyboardInterrupt):
        publish(tmp_path, THREE)
    assert _left(tmp_path) == {}


def test_no_folder_and_a_file_in_its_place_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="There is no folder"):
        publish(tmp_path / "none", THREE)
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(EnvironmentProblem, match="is not a folder"):
            publish(path, THREE)


def test_name_too_long_for_the_system_is_said(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="could not be written: file name too long"):
        publish(tmp_path, [Output("a", b"1"), Output("b" * 300, b"2")])
    assert _left(tmp_path) == {}


@pytest.mark.parametrize("names", [["a/b"], [".."], [""], ["a", "A"]])
def test_names_that_are_not_plain_are_a_mistake(tmp_path: Path, names: list[str]) -> None:
    with pytest.raises(ValueError, match="name"):
        publish(tmp_path, [Output(name, b"") for name in names])


def test_limit_of_the_system_on_file_sizes_leaves_nothing(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(EnvironmentProblem, match="larger than the system lets"):
            publish(tmp_path, [Output("small", b"1"), Output("large", b"0" * 200_000)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert _left(tmp_path) == {}


def test_leftovers_of_a_killed_run_are_removed_after_a_day(tmp_path: Path) -> None:
    old, young, kept = (tmp_path / f"{TEMPORARY[0]}{name}" for name in ("old.tmp", "young.tmp", "old.kept"))
    for path in (old, young, kept):
        path.write_bytes(b"half")
    for path in (old, kept):
        os.utime(path, (time.time() - 90_000,) * 2)
    publish(tmp_path, [Output("a", b"1")])
    assert set(_left(tmp_path)) == {"a", young.name, kept.name}


def test_of_two_runs_at_once_one_wins_whole(tmp_path: Path) -> None:
    outcomes: list[bytes | str] = []

    def run(data: bytes) -> None:
        try:
            publish(tmp_path, [Output("t.zip", data), Output("t.eml", data)])
            outcomes.append(data)
        except EnvironmentProblem as error:
            outcomes.append(error.message)

    for number in range(20):
        outcomes.clear()
        threads = [threading.Thread(target=run, args=(f"{number}-{each}".encode(),)) for each in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        winners = [each for each in outcomes if isinstance(each, bytes)]
        assert len(winners) == 1, outcomes
        assert _left(tmp_path) == {"t.zip": winners[0], "t.eml": winners[0]}
        for path in tmp_path.iterdir():
            path.unlink()


WRITER = """
import sys
from pathlib import Path
from bundler.pack.publish import Output, publish
data = b"0123456789abcdef" * 65536
print("ready", flush=True)
while True:
    publish(Path(sys.argv[1]), [Output(f"{name}.bin", data) for name in "abcd"], overwrite=True)
"""


@pytest.mark.parametrize("wait", [0.001, 0.01, 0.03, 0.05, 0.08])
def test_kill_9_leaves_no_name_with_half_a_file(tmp_path: Path, wait: float) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, env={"PYTHONPATH": str(ROOT)}
    )
    assert writer.stdout is not None
    with writer.stdout:
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(wait)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    whole = b"0123456789abcdef" * 65536
    for name, data in _left(tmp_path).items():
        assert name.startswith(TEMPORARY[0]) or data == whole
    publish(tmp_path, [Output("after.bin", b"1")])
