"""``scrub --jobs``: one file on several cores, as real processes: the same bytes, and nobody left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from bundler.evidence.workers import can_fork

pytestmark = pytest.mark.skipif(not can_fork(), reason="this system has no fork that is safe")

ROOT = Path(__file__).parents[3]
LINE = "2026-11-23 14:03:11 INFO polling, nothing new\n"
SECRET = "2026-11-23 14:03:12 INFO client_secret=kq7Zr2x9tAvB4mN8sLd0 for kari@example.com\n"
BLOCK = LINE * 23_000


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "bundler", *map(str, words)]


def start(folder: Path, *words: str | Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command(*words), cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def ended(process: subprocess.Popen[bytes]) -> tuple[int, bytes, bytes]:
    out, said = process.communicate(timeout=120)
    return process.returncode, out, said


def children(process: subprocess.Popen[bytes]) -> list[int]:
    """The processes that it made; waits till there are two."""
    while process.poll() is None:
        found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="utf-8").split()
        if len(found) == 2:
            return [int(pid) for pid in found]
        time.sleep(0.01)
    raise AssertionError(process.communicate())


def is_gone(pid: int) -> bool:
    """True once a process has ended, for which it has a while: a signal is on its way."""
    for _ in range(500):
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":  # nobody has asked how it ended: its parent is gone
            return True
        time.sleep(0.01)
    return False


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Ten blocks: more than what one process does alone."""
    path = tmp_path / "service.log"
    path.write_text((BLOCK + SECRET) * 10, encoding="utf-8")
    return path


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A log that takes long enough to be interrupted."""
    path = tmp_path / "endless.log"
    path.write_text((BLOCK + SECRET) * 32, encoding="utf-8")
    return path


def test_a_file_is_the_same_on_one_core_and_on_several(log: Path, tmp_path: Path) -> None:
    outcomes = []
    for jobs in ("1", "2", "5", "0"):
        code, out, said = ended(start(tmp_path, "scrub", log, "--jobs", jobs, "--report", f"report-{jobs}"))
        outcomes.append((code, out, said, (tmp_path / f"report-{jobs}").read_bytes()))
    code, out, said, report = outcomes[0]
    assert code == ExitCode.FINE
    assert out == log.read_bytes().replace(b"kq7Zr2x9tAvB4mN8sLd0", b"[secret-1]").replace(
        b"kari@example.com", b"[email-1]"
    )
    assert said == b"20 replacements of 2 values\n"
    assert report.count(b"\n") == 20
    assert outcomes == [outcomes[0]] * 4


def test_a_folder_and_its_map_are_the_same_on_one_core_and_on_several(log: Path, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    log.rename(logs / "b.log")
    (logs / "a.log").write_text("before: kq7Zr2x9tAvB4mN8sLd0\n", encoding="utf-8")
    (logs / "kari@example.com.txt").write_text("named after somebody\n", encoding="utf-8")
    words = ("--mask", "nothing new")
    first = ended(start(tmp_path, "scrub", "logs", "-o", "one", "--jobs", "1", "--map", "1.map.json", *words))
    second = ended(start(tmp_path, "scrub", "logs", "-o", "two", "--jobs", "2", "--map", "2.map.json", *words))
    assert first == second
    assert first[0] == ExitCode.FINE
    trees = [{path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()} for folder in ("one", "two")]
    assert trees[0] == trees[1]
    assert b"[secret-1]" in trees[0]["a.log"]
    assert b"nothing new" not in trees[0]["b.log"]
    maps = [json.loads((tmp_path / f"{number}.map.json").read_bytes())["entries"] for number in (1, 2)]
    assert maps[0] == maps[1] != []


def test_an_interrupt_ends_all_of_them_and_leaves_no_file(endless: Path, tmp_path: Path) -> None:
    process = start(tmp_path, "scrub", endless, "-o", "safe.log", "--jobs", "2")
    made = children(process)
    for pid in (process.pid, *made):  # as a terminal does
        os.kill(pid, signal.SIGINT)
    code, out, said = ended(process)
    assert (code, out, said.strip()) == (ExitCode.INTERRUPTED, b"", b"Interrupted; nothing was left behind.")
    assert all(map(is_gone, made))
    assert [path.name for path in tmp_path.iterdir()] == ["endless.log"]


def test_nobody_goes_on_when_the_program_itself_is_ended(endless: Path, tmp_path: Path) -> None:
    process = start(tmp_path, "scrub", endless, "--jobs", "2", "-o", "safe.log")
    made = children(process)
    process.kill()
    process.communicate()
    assert all(map(is_gone, made))
    assert not (tmp_path / "safe.log").exists()


def test_nobody_goes_on_when_nobody_reads_any_more(endless: Path, tmp_path: Path) -> None:
    process = start(tmp_path, "scrub", endless, "--jobs", "2")
    made = children(process)
    assert process.stdout is not None
    process.stdout.read(10)
    process.stdout.close()
    assert process.wait(120) == ExitCode.FINE
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    assert all(map(is_gone, made))


def test_the_outcome_is_whole_when_one_of_them_is_lost(endless: Path, tmp_path: Path) -> None:
    process = start(tmp_path, "scrub", endless, "--jobs", "2", "-o", "safe.log")
    os.kill(children(process)[0], signal.SIGKILL)
    code, _, said = ended(process)
    assert code == ExitCode.FINE
    alone = ended(start(tmp_path, "scrub", endless, "--jobs", "1"))
    assert (tmp_path / "safe.log").read_bytes() == alone[1]
    assert said == alone[2]
