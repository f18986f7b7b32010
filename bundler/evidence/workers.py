"""Runs work on several cores; the outside thing it touches: processes of its own, made by fork."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mmap import mmap

Advance = Callable[[int], None]
"""Told how many bytes more are done."""
Task = Callable[[Advance], bytes]
"""Does its work, telling how many bytes it has done, and returns what it found."""

_POLL_S = 0.1
_COUNTER_SIZE = 8
_FORKS = sys.platform.startswith("linux")  # elsewhere a forked child may not use the system's libraries


class WorkerLost(Exception):
    """A worker ended before it was done: the file that it had mapped was cut, or the system ran out of memory."""


def core_count() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def can_fork() -> bool:
    """Whether several tasks run at the same time."""
    return _FORKS


class Started:
    """Tasks that are at work, each in a process of its own; none is left once this is closed.

    Whoever starts them may do something else before asking for the answers.
    """

    def __init__(self, tasks: Sequence[Task]) -> None:
        from mmap import mmap

        self._counters = mmap(-1, _COUNTER_SIZE * max(1, len(tasks)))
        self._pipes: list[int] = []
        self._children: list[int] = []
        try:
            for number, task in enumerate(tasks):
                self._start(task, number)
        except BaseException:
            self.close()
            raise

    def _start(self, task: Task, number: int) -> None:
        reader, writer = os.pipe()
        self._pipes.append(reader)
        child = fork()
        if not child:
            _work(task, writer, self._counters, number)
        os.close(writer)
        self._children.append(child)

    def answers(self, advance: Advance) -> list[bytes]:
        """What each task returns, in order; waits for them, and can be asked once. Raises ``WorkerLost``.

        ``advance`` is told from time to time how many more bytes are done.
        """
        answers = _collect(self._pipes, self._counters, advance)
        lost = False
        while self._children:
            _, status = os.waitpid(self._children.pop(), 0)
            lost = lost or status != 0
        if lost:
            raise WorkerLost
        return answers

    def close(self) -> None:
        """End what is still at work."""
        children, self._children = self._children, []
        pipes, self._pipes = self._pipes, []
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        for pipe in pipes:
            os.close(pipe)
        self._counters.close()


def run(tasks: Sequence[Task], advance: Advance) -> list[bytes]:
    """What each task returns, in order; all run at the same time. Raises ``WorkerLost``.

    ``advance`` is told from time to time how many more bytes are done.
    """
    with closing(Started(tasks)) as started:
        return started.answers(advance)


def fork() -> int:
    """As ``os.fork``, for a child that an interrupt or a request to end stops at once and without a word.

    An interrupt meanwhile waits: Python would report it from within what it does itself after a fork.
    """
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        pid = os.fork()
        if not pid:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        return pid
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def _work(task: Task, writer: int, counters: mmap, number: int) -> None:
    """In the child: never returns, and leaves everything that the parent has open alone."""
    done = 0

    def advance(size: int) -> None:
        nonlocal done
        done += size
        counters[number * _COUNTER_SIZE : (number + 1) * _COUNTER_SIZE] = done.to_bytes(_COUNTER_SIZE, "little")

    code = 1
    try:
        view = memoryview(task(advance))
        while view:
            view = view[os.write(writer, view) :]
        code = 0
    finally:
        os._exit(code)


def _collect(pipes: Sequence[int], counters: mmap, advance: Advance) -> list[bytes]:
    from select import select

    parts: dict[int, list[bytes]] = {pipe: [] for pipe in pipes}
    waiting = set(pipes)
    told = 0
    while waiting:
        for pipe in select(list(waiting), [], [], _POLL_S)[0]:
            if block := os.read(pipe, 1 << 20):
                parts[pipe].append(block)
            else:
                waiting.discard(pipe)
        done = sum(
            int.from_bytes(counters[at : at + _COUNTER_SIZE], "little") for at in range(0, len(counters), _COUNTER_SIZE)
        )
        advance(done - told)
        told = done
    return [b"".join(parts[pipe]) for pipe in pipes]
