"""No letter is lost and none goes twice, wherever the program is killed; against a real server, with real kills."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from bundler.delivery.posting import settle_arrived
from bundler.delivery.state import state_folder
from tests.delivery.certificates import Certificate, Certificates
from tests.delivery.killed import DATA
from tests.delivery.outboxes import ledger_states, left_waiting, now
from tests.delivery.rigs import Sink, reception

ROOT = Path(__file__).parents[2]


class _Killer(Sink):
    """Kills the sender at one step of the dialogue; of the mail itself, before it is kept or after."""

    def __init__(self, step: str = "") -> None:
        super().__init__()
        self.step = step
        self.victim: subprocess.Popen[bytes] | None = None

    def _kill_at(self, step: str) -> None:
        if step == self.step and self.victim is not None:
            self.victim.kill()
            self.victim.wait()

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, offers: list[str]
    ) -> list[str]:
        self._kill_at("EHLO")
        return await super().handle_EHLO(server, session, envelope, hostname, offers)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._kill_at("MAIL")
        return await super().handle_MAIL(server, session, envelope, address, options)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._kill_at("RCPT")
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self._kill_at("before it is kept")
        if self.step == "before it is kept":
            return "451 lost it"
        answer = await super().handle_DATA(server, session, envelope)
        self._kill_at("after it is kept")
        return answer


def _start(port: int, good: Certificate, what: str, flushes: int = 0) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.delivery.killed", str(port), str(good.cert), what, str(flushes)]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL)


def _set_right(port: int, good: Certificate, sink: Sink) -> None:
    """What a person does after a crash: flush, look for what is unknown, and say what they saw."""
    assert len(sink.box) <= 1
    assert _start(port, good, "resume").wait(60) == 0
    assert len(sink.box) <= 1, "sent twice, without anybody having looked"
    states = ledger_states()
    if not states and not left_waiting():  # killed before anything was asked of anybody: it is typed again
        assert sink.box == []
        assert _start(port, good, "post").wait(60) == 0
    elif "unknown" in states or "trying" in states:
        if sink.box:
            settle_arrived(state_folder(), "T-1", now)
        else:
            assert left_waiting(), "lost"
            assert _start(port, good, "resume-looked").wait(60) == 0
    assert [taken.data for taken in sink.box] == [DATA]
    assert ledger_states()[-1] == "delivered"
    assert left_waiting() == []
    assert _start(port, good, "resume").wait(60) == 0
    assert _start(port, good, "post").wait(60) != 0
    assert len(sink.box) == 1


@pytest.mark.parametrize("step", ["EHLO", "MAIL", "RCPT", "before it is kept", "after it is kept"])
def test_killed_within_the_dialogue_nothing_is_lost_or_sent_twice(certificates: Certificates, step: str) -> None:
    sink = _Killer(step)
    with reception(sink, certificates.good) as port:
        sink.victim = _start(port, certificates.good, "post")
        assert sink.victim.wait(60) == -signal.SIGKILL
        sink.step = ""
        _set_right(port, certificates.good, sink)


@pytest.mark.parametrize("flushes", range(1, 9))
def test_killed_at_any_flush_to_the_disk_nothing_is_lost_or_sent_twice(
    certificates: Certificates, flushes: int
) -> None:
    sink = Sink()
    with reception(sink, certificates.good) as port:
        ended = _start(port, certificates.good, "post", flushes).wait(60)
        assert ended in (0, -signal.SIGKILL)
        if flushes == 1:
            assert ended == -signal.SIGKILL
        _set_right(port, certificates.good, sink)


def test_killed_at_random_moments_nothing_is_lost_or_sent_twice(
    certificates: Certificates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = Sink()
    with reception(sink, certificates.good) as port:
        began = time.monotonic()
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "whole"))
        assert _start(port, certificates.good, "post").wait(60) == 0
        whole = time.monotonic() - began
        chance = random.Random(6)
        for number in range(10):
            sink.box.clear()
            monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / str(number)))
            victim = _start(port, certificates.good, "post")
            time.sleep(chance.uniform(0.2, 1) * whole)
            victim.kill()
            victim.wait()
            time.sleep(0.05)  # the server may still be keeping what it has
            _set_right(port, certificates.good, sink)
