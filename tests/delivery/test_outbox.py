"""No letter is lost and none goes twice, wherever the program is killed; against a real server, with real kills."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from msgspec.structs import replace

from bundler.delivery.ledger import entries
from bundler.delivery.outbox import Waiting, letters, put
from bundler.delivery.outcome import Outcome, Refusal
from bundler.delivery.posting import post, resume, settle_arrived
from bundler.delivery.state import state_folder
from bundler.errors import BundlerError, EnvironmentProblem, MisuseError, UnreadableInput
from bundler.mail.letter import Letter
from tests.delivery.certificates import Certificate, Certificates
from tests.delivery.killed import DATA, SUPPORT
from tests.delivery.rigs import Sink, reception

ROOT = Path(__file__).parents[2]
OTHER = "desk@example.test"
MOMENT = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
LETTER = Letter(DATA, "send", "dev@example.test", (SUPPORT, OTHER), "T-1", "subject", "<t1@example.test>")
WAITING = Waiting("20261123T183000Z-T-1", LETTER, "smtp", "work", "/tickets/t-1.zip")
DELIVERED = Outcome("delivered", "taken", accepted=(SUPPORT, OTHER))


def _now() -> datetime:
    return MOMENT


class _Post:
    """Ends every hand-over as it was told to; what it was given is what a server would have."""

    def __init__(self, *endings: Outcome | BaseException) -> None:
        self.endings = list(endings)
        self.taken: list[Waiting] = []

    def __call__(self, waiting: Waiting) -> Callable[[], Outcome]:
        def hand_over() -> Outcome:
            self.taken.append(waiting)
            ending = self.endings.pop(0)
            if isinstance(ending, BaseException):
                raise ending
            return ending

        return hand_over


def _states() -> list[str]:
    return [each.state for each in entries(state_folder()).values()]


def _waiting() -> list[Waiting]:
    return list(letters(state_folder()))


def test_a_letter_comes_back_as_it_was_put_in_and_is_private() -> None:
    path = put(state_folder(), WAITING)
    assert _waiting() == [WAITING]
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "change",
    [lambda data: data[:-1], lambda data: data + b"x", lambda data: b"{}\n" + data],
    ids=["cut", "longer", "another head"],
)
def test_a_letter_that_was_changed_is_never_sent(change: Callable[[bytes], bytes]) -> None:
    path = put(state_folder(), WAITING)
    path.write_bytes(change(path.read_bytes()))
    server = _Post(DELIVERED)
    with pytest.raises(UnreadableInput, match="is not what was put into the outbox"):
        list(resume(state_folder(), server, _now))
    assert server.taken == []
    assert path.exists()


def test_what_has_arrived_leaves_the_outbox_and_stands_in_the_ledger() -> None:
    assert post(state_folder(), WAITING, _Post(DELIVERED), _now) == DELIVERED
    assert _waiting() == []
    assert _states() == ["delivered"]
    with pytest.raises(MisuseError, match="was sent to"):
        post(state_folder(), replace(WAITING, id="later"), _Post(), _now)
    assert _waiting() == []
    assert post(state_folder(), replace(WAITING, id="later"), _Post(DELIVERED), _now, again=True) == DELIVERED


@pytest.mark.parametrize("ending", [Outcome("later", "not now"), EnvironmentProblem("The certificate is not trusted.")])
def test_what_nobody_took_waits_and_goes_out_later_as_it_is(ending: Outcome | BundlerError) -> None:
    server = _Post(ending, DELIVERED)
    try:
        post(state_folder(), WAITING, server, _now)
    except EnvironmentProblem as error:
        assert error is ending  # noqa: PT017 - the other ending is none
    assert _states() == ["queued"]
    (posted,) = resume(state_folder(), server, _now)
    assert posted.outcome == DELIVERED
    assert [each.letter for each in server.taken] == [LETTER, LETTER]
    assert (_waiting(), _states()) == ([], ["delivered"])


def test_what_is_missing_before_anything_is_tried_leaves_the_letter_waiting() -> None:
    def unready(waiting: Waiting) -> Callable[[], Outcome]:
        raise EnvironmentProblem("There is no password.")

    with pytest.raises(EnvironmentProblem):
        post(state_folder(), WAITING, unready, _now)
    assert (_waiting(), _states()) == ([WAITING], ["queued"])


def test_a_letter_made_anew_takes_the_place_of_one_that_was_never_tried() -> None:
    server = _Post(Outcome("later", "not now"), DELIVERED)
    post(state_folder(), WAITING, server, _now)
    newer = replace(WAITING, id="20261123T190000Z-T-1", letter=replace(LETTER, data=DATA + b"newer"))
    post(state_folder(), newer, server, _now)
    assert server.taken[-1] == newer
    assert (_waiting(), _states()) == ([], ["dropped", "delivered"])


def test_another_mail_of_the_same_ticket_replaces_none() -> None:
    second = replace(WAITING, id="20261123T190000Z-T-1", letter=replace(LETTER, message_id="<t1.second@example.test>"))
    server = _Post(Outcome("later", "not now"), Outcome("later", "not now"), DELIVERED, DELIVERED)
    for each in (WAITING, second):
        post(state_folder(), each, server, _now)
    assert _waiting() == [WAITING, second]
    list(resume(state_folder(), server, _now))
    assert server.taken[2:] == [WAITING, second]


def test_of_two_that_a_killed_run_left_only_the_newer_goes_out() -> None:
    put(state_folder(), WAITING)
    newer = replace(WAITING, id="20261123T190000Z-T-1", letter=replace(LETTER, data=DATA + b"newer"))
    put(state_folder(), newer)
    server = _Post(DELIVERED)
    assert [posted.waiting for posted in resume(state_folder(), server, _now)] == [newer]
    assert server.taken == [newer]


def test_after_a_partial_refusal_only_the_rest_is_tried_again_and_only_if_it_may_be() -> None:
    refusals = (Refusal(OTHER, 451, "greylisted"), Refusal("bad@example.test", 550, "no such user"))
    letter = replace(LETTER, recipients=(SUPPORT, OTHER, "bad@example.test"))
    server = _Post(
        Outcome("partly", "some", accepted=(SUPPORT,), refusals=refusals), Outcome("delivered", "", accepted=(OTHER,))
    )
    post(state_folder(), replace(WAITING, letter=letter), server, _now)
    assert [each.letter.recipients for each in _waiting()] == [(OTHER,)]
    list(resume(state_folder(), server, _now))
    assert server.taken[-1].letter == replace(letter, recipients=(OTHER,))
    (entry,) = entries(state_folder()).values()
    assert (entry.state, set(entry.accepted), entry.refused) == ("delivered", {SUPPORT, OTHER}, ("bad@example.test",))
    assert _waiting() == []


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome("refused", "no", refusals=(Refusal(SUPPORT, 550, "no"),)),
        Outcome("partly", "some", accepted=(SUPPORT,), refusals=(Refusal(OTHER, 550, "no"),)),
    ],
)
def test_what_was_refused_for_good_is_never_tried_again(outcome: Outcome) -> None:
    post(state_folder(), WAITING, _Post(outcome), _now)
    assert list(resume(state_folder(), _Post(), _now)) == []


@pytest.mark.parametrize("ending", [Outcome("unknown", "?", accepted=(SUPPORT,)), KeyboardInterrupt(), ValueError()])
def test_what_may_have_arrived_is_only_sent_again_by_who_has_looked(ending: Outcome | BaseException) -> None:
    server = _Post(ending, DELIVERED)
    try:
        post(state_folder(), WAITING, server, _now)
    except (KeyboardInterrupt, ValueError) as error:
        assert error is ending  # noqa: PT017 - the other ending is none
    assert _states() == ["unknown"]
    for again in (False, True):
        with pytest.raises(MisuseError, match="It is not known whether"):
            post(state_folder(), replace(WAITING, id="later"), server, _now, again=again)
    (posted,) = resume(state_folder(), server, _now)
    assert (posted.outcome, posted.error) == (None, None)
    assert len(server.taken) == 1
    (posted,) = resume(state_folder(), server, _now, has_looked=True)
    assert posted.outcome == DELIVERED
    assert [each.letter.data for each in server.taken] == [DATA, DATA]
    assert (_waiting(), _states()) == ([], ["delivered"])


def test_what_was_seen_to_have_arrived_is_noted_and_not_sent() -> None:
    post(state_folder(), WAITING, _Post(Outcome("unknown", "?")), _now)
    assert [entry.ticket_id for entry in settle_arrived(state_folder(), "T-1", _now)] == ["T-1"]
    assert (_waiting(), _states()) == ([], ["delivered"])
    with pytest.raises(MisuseError, match="was sent to"):
        post(state_folder(), replace(WAITING, id="later"), _Post(), _now)
    assert settle_arrived(state_folder(), "T-1", _now) == []


def test_one_that_cannot_be_sent_does_not_hold_up_the_others() -> None:
    put(state_folder(), WAITING)
    put(state_folder(), replace(WAITING, id="z", letter=replace(LETTER, ticket_id="T-2")))
    server = _Post(EnvironmentProblem("There is no mail account 'work'."), DELIVERED)
    first, second = resume(state_folder(), server, _now)
    assert first.error is not None
    assert second.outcome == DELIVERED
    assert [each.letter.ticket_id for each in _waiting()] == ["T-1"]


def test_only_the_ticket_that_was_named_goes_out() -> None:
    put(state_folder(), WAITING)
    put(state_folder(), replace(WAITING, id="z", letter=replace(LETTER, ticket_id="T-2")))
    list(resume(state_folder(), _Post(DELIVERED), _now, ticket_id="T-2"))
    assert [each.letter.ticket_id for each in _waiting()] == ["T-1"]


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

    async def handle_EHLO(  # noqa: N802 - the names aiosmtpd looks for
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, offers: list[str]
    ) -> list[str]:
        self._kill_at("EHLO")
        return await super().handle_EHLO(server, session, envelope, hostname, offers)

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._kill_at("MAIL")
        return await super().handle_MAIL(server, session, envelope, address, options)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._kill_at("RCPT")
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
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
    states = _states()
    if not states and not _waiting():  # killed before anything was asked of anybody: it is typed again
        assert sink.box == []
        assert _start(port, good, "post").wait(60) == 0
    elif "unknown" in states or "trying" in states:
        if sink.box:
            settle_arrived(state_folder(), "T-1", _now)
        else:
            assert _waiting(), "lost"
            assert _start(port, good, "resume-looked").wait(60) == 0
    assert [taken.data for taken in sink.box] == [DATA]
    assert _states()[-1] == "delivered"
    assert _waiting() == []
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
