"""Runs one program without a shell, bounded in time and in bytes; the outside thing it touches: processes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from typing import IO, BinaryIO, Literal, cast

from msgspec import Struct

Ending = Literal["ended", "timed-out", "cut", "stopped", "not-started"]

_BLOCK_SIZE = 64 * 1024
_TAIL_SIZE = 4096
_TICK_S = 0.1
_SILENCE_S = 2.0
"""How long somebody may still hold the output of a program that has ended, without writing."""
_KILL_AFTER_S = 0.5


class Run(Struct, frozen=True):
    """How a program went, and what it wrote."""

    ending: Ending
    exit_code: int | None
    spool: BinaryIO
    """Its standard output, in a private file that vanishes with the program."""
    size: int
    complaint: bytes
    """The end of its standard error: for looking up what is wrong, never to be shown, because it may hold secrets."""
    seconds: float
    refusal: OSError | None = None


def run(command: Sequence[str], *, timeout_s: float, limit: int, errors_too: bool, stop: threading.Event) -> Run:
    """Run ``command`` to its end, or till it has had its time, has written ``limit`` bytes, or ``stop`` is set.

    ``errors_too`` takes what it writes to standard error for output. Whatever it started ends with it.
    """
    began = time.monotonic()
    spool = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - lives on in the result
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if errors_too else subprocess.PIPE,
            start_new_session=True,  # a group of its own, and no terminal to ask for a password on
            bufsize=0,
        )
    except (OSError, ValueError) as error:  # ValueError: a NUL in an argument
        refusal = error if isinstance(error, OSError) else OSError(str(error))
        return Run("not-started", None, spool, 0, b"", time.monotonic() - began, refusal)
    output = _Output(spool, limit)
    complaints = _Tail()
    ending: Ending = "stopped"
    try:
        _start(output.take, process.stdout, output.over)
        if process.stderr is not None:
            _start(complaints.take, process.stderr, complaints.over)
        ending = _watch(process, output, began + timeout_s, stop)
    finally:
        if ending != "ended" or not output.over.is_set():
            _end(process)
        output.close()
    if process.stderr is not None:
        complaints.over.wait(_SILENCE_S)
    spool.flush()
    if errors_too:
        spool.seek(max(0, output.size - _TAIL_SIZE))
        complaints.take(spool.read())
    return Run(ending, process.returncode, spool, output.size, complaints.kept, time.monotonic() - began)


class _Output:
    """Standard output on its way into the spool, never more than the limit."""

    def __init__(self, spool: BinaryIO, limit: int) -> None:
        self._spool = spool
        self._limit = limit
        self._lock = threading.Lock()
        self._is_closed = False
        self.size = 0
        self.is_full = False
        self.over = threading.Event()

    def take(self, block: bytes) -> bool:
        """Keep a block; False when no more is wanted."""
        with self._lock:
            if self._is_closed:
                return False
            kept = block[: self._limit - self.size]
            try:
                self._spool.write(kept)
            except OSError:  # the disk is full, which is a limit as good as any
                self.is_full = True
                return False
            self.size += len(kept)
            self.is_full = len(kept) < len(block)
            return not self.is_full

    def close(self) -> None:
        """Nothing is taken after this, whoever may still write."""
        with self._lock:
            self._is_closed = True


class _Tail:
    """Standard error, drained; only its end is kept."""

    def __init__(self) -> None:
        self.kept = b""
        self.over = threading.Event()

    def take(self, block: bytes) -> bool:
        self.kept = (self.kept + block)[-_TAIL_SIZE:]
        return True


def _start(take: Callable[[bytes], bool], pipe: IO[bytes] | None, over: threading.Event) -> None:
    # a daemon: a stranger who keeps the pipe open may hold this thread, but not the end of our program
    threading.Thread(target=_pump, args=(take, pipe, over), daemon=True).start()


def _pump(take: Callable[[bytes], bool], pipe: IO[bytes], over: threading.Event) -> None:
    try:
        with pipe:
            while (block := os.read(pipe.fileno(), _BLOCK_SIZE)) and take(block):
                pass
    finally:
        over.set()


def _watch(process: subprocess.Popen[bytes], output: _Output, deadline: float, stop: threading.Event) -> Ending:
    """Wait for the end of the output and of the program, whichever comes last, or for a reason not to."""
    size, quiet_since = 0, time.monotonic()
    while True:
        is_over = output.over.wait(_TICK_S)
        now = time.monotonic()
        if stop.is_set():
            return "stopped"
        if output.is_full:
            return "cut"
        if is_over:
            # the output is closed, so that the end is near; a program that goes on all the same has its time
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(min(_TICK_S, max(0.0, deadline - now)))
        if output.size != size:
            size, quiet_since = output.size, now
        has_ended = process.poll() is not None
        if has_ended and (is_over or now - quiet_since > _SILENCE_S):
            return "ended"
        if now >= deadline:
            return "timed-out"


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what still runs of the program's group: first asked to, then made to."""
    if sys.platform == "win32":  # there are no groups that could be asked
        process.kill()
        process.wait()
        return
    try:
        _signal(process, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_KILL_AFTER_S)
    finally:
        _signal(process, signal.SIGKILL)
    process.wait()


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
