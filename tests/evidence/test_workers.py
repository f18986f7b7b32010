"""Work divided among processes comes back in order, and a process that is lost is noticed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import partial

import pytest

from bundler.evidence import workers


def test_workers_answer_in_order_and_tell_their_progress() -> None:
    def task(number: int, advance: Callable[[int], None]) -> bytes:
        advance(10)
        return bytes([number]) * 300_000

    told: list[int] = []
    answers = workers.run([partial(task, number) for number in range(3)], told.append)
    assert answers == [bytes([number]) * 300_000 for number in range(3)]
    assert sum(told) == 30


def test_worker_that_dies_is_noticed() -> None:
    def dies(_: Callable[[int], None]) -> bytes:
        os.kill(os.getpid(), signal.SIGKILL)
        return b""

    with pytest.raises(workers.WorkerLost):
        workers.run([dies, lambda _: b"fine"], lambda _: None)
