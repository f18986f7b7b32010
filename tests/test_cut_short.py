"""A run that is interrupted, or whose output goes nowhere, ends in words and leaves nothing half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from tests.creating import HAR


def start(folder: Path, *argv: str) -> subprocess.Popen[bytes]:
    """The program as its own process, reading a pipe that never ends, so that it can be interrupted in the middle."""
    return subprocess.Popen(
        [sys.executable, "-m", "bundler", "create", *argv],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_with_130_and_leaves_nothing(tmp_path: Path, sent: signal.Signals) -> None:
    process = start(tmp_path, "-")
    assert process.stdin is not None
    process.stdin.write(b'{"log": {"entries": [')
    process.stdin.flush()
    time.sleep(1.0)
    process.send_signal(sent)
    _, said = process.communicate(timeout=20)
    assert process.returncode == ExitCode.INTERRUPTED
    assert b"Traceback" not in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_standard_output_on_a_full_disk_is_an_error_in_words(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        run = subprocess.run(
            [sys.executable, "-m", "bundler", "explain"],
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
            check=False,
        )
    assert run.returncode == ExitCode.INPUT
    assert b"No space is left" in run.stderr
    assert b"Traceback" not in run.stderr


@pytest.mark.parametrize("argv", [("explain",), ("inspect", str(HAR), "--json"), ("--help",)])
def test_a_reader_that_went_away_is_no_failure(tmp_path: Path, argv: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    run = subprocess.run(
        [sys.executable, "-m", "bundler", *argv],
        stdout=writing,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        check=False,
    )
    os.close(writing)
    assert (run.returncode, run.stderr) == (ExitCode.FINE, b"")


@pytest.mark.parametrize("closed", ["1>&-", "2>&-", "1>&- 2>&-"])
def test_an_output_that_is_closed_is_no_failure(tmp_path: Path, closed: str) -> None:
    run = subprocess.run(
        ["sh", "-c", f'"$0" -m bundler create "$1" -o out {closed}', sys.executable, HAR],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        check=False,
    )
    assert run.returncode == ExitCode.FINE
    assert b"Traceback" not in run.stderr
    assert len(list((tmp_path / "out").iterdir())) == 3
