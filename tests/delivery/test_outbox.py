"""What waits in the outbox goes out once, as it is, and only where it may have."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from bundler.delivery.ledger import entries
from bundler.delivery.outbox import Waiting, put
from bundler.delivery.outcome import Outcome, Refusal
from bundler.delivery.posting import damaged, post, resume, settle_arrived
from bundler.delivery.state import state_folder
from bundler.errors import BundlerError, EnvironmentProblem, MisuseError
from bundler.mail.letter import Letter
from tests.delivery.killed import DATA, SUPPORT
from tests.delivery.outboxes import ledger_states, left_waiting, now

OTHER = "desk@example.test"
LETTER = Letter(DATA, "send", "dev@example.test", (SUPPORT, OTHER), "T-1", "subject", "<t1@example.test>")
WAITING = Waiting("20261123T183000Z-T-1", LETTER, "smtp", "work", "/tickets/t-1.zip")
OTHERS = Waiting(
    "20261123T190000Z-T-2", replace(LETTER, ticket_id="T-2", message_id="<t2@example.test>"), "smtp", "work"
)
DELIVERED = Outcome("delivered", "taken", accepted=(SUPPORT, OTHER))


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


def _letter(waiting: Waiting) -> Path:
    """Its file in the outbox."""
    return state_folder() / "outbox" / f"{waiting.id}.letter"


def test_a_letter_comes_back_as_it_was_put_in_and_is_private() -> None:
    path = put(state_folder(), WAITING)
    assert left_waiting() == [WAITING]
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: b"{}\n" + data,
        lambda _: b"",
        lambda _: b'{"x":' + b"[" * 100_000,
        lambda data: data.replace(b"-T-1", b"-T-9", 1),
    ],
    ids=["cut", "longer", "another head", "empty", "nested", "another's"],
)
def test_a_letter_that_was_changed_is_never_sent_and_holds_up_no_other(change: Callable[[bytes], bytes]) -> None:
    post(state_folder(), WAITING, _Post(Outcome("later", "not now")), now)
    path = _letter(WAITING)
    path.write_bytes(change(path.read_bytes()))
    put(state_folder(), OTHERS)
    server = _Post(DELIVERED, DELIVERED)
    assert [posted.waiting for posted in resume(state_folder(), server, now)] == [OTHERS]
    newest = replace(OTHERS, id="zz", letter=replace(OTHERS.letter, ticket_id="T-3", message_id="<t3@example.test>"))
    assert post(state_folder(), newest, server, now) == DELIVERED
    assert server.taken == [OTHERS, newest]
    (left,) = damaged(state_folder())
    assert (left.id, left.ticket_id) == (WAITING.id, "T-1")
    assert left.error.message == f"{path} is not what was put into the outbox, so it is not sent."
    assert path.exists()


def test_a_damaged_letter_is_told_with_its_own_ticket_and_where_nobody_knows_whose_it_was() -> None:
    post(state_folder(), WAITING, _Post(Outcome("later", "not now")), now)
    known, unknown = _letter(WAITING), _letter(WAITING).with_name("what.letter")
    known.write_bytes(b"")
    unknown.write_bytes(b"")
    for ticket_id, ids in (("T-1", {WAITING.id, "what"}), ("T-2", {"what"}), ("", {WAITING.id, "what"})):
        assert {each.id for each in damaged(state_folder(), ticket_id)} == ids


@pytest.mark.skipif(sys.platform != "linux", reason="nowhere else is there a file that cannot be read whoever tries")
def test_a_letter_that_cannot_be_read_holds_up_no_other() -> None:
    put(state_folder(), OTHERS)
    _letter(WAITING).symlink_to("/proc/self/mem")
    assert [posted.outcome for posted in resume(state_folder(), _Post(DELIVERED), now)] == [DELIVERED]
    (left,) = damaged(state_folder())
    assert f"{WAITING.id}.letter cannot be read (input/output error)" in left.error.message


def test_a_damaged_letter_that_was_seen_to_have_arrived_is_gone() -> None:
    post(state_folder(), WAITING, _Post(Outcome("unknown", "?")), now)
    _letter(WAITING).write_bytes(b"")
    assert len(settle_arrived(state_folder(), "T-1", now)) == 1
    assert damaged(state_folder()) == []


def test_what_has_arrived_leaves_the_outbox_and_stands_in_the_ledger() -> None:
    assert post(state_folder(), WAITING, _Post(DELIVERED), now) == DELIVERED
    assert left_waiting() == []
    assert ledger_states() == ["delivered"]
    with pytest.raises(MisuseError, match="was sent to"):
        post(state_folder(), replace(WAITING, id="later"), _Post(), now)
    assert left_waiting() == []
    assert post(state_folder(), replace(WAITING, id="later"), _Post(DELIVERED), now, again=True) == DELIVERED


@pytest.mark.parametrize("ending", [Outcome("later", "not now"), EnvironmentProblem("The certificate is not trusted.")])
def test_what_nobody_took_waits_and_goes_out_later_as_it_is(ending: Outcome | BundlerError) -> None:
    server = _Post(ending, DELIVERED)
    try:
        post(state_folder(), WAITING, server, now)
    except EnvironmentProblem as error:
        assert error is ending  # noqa: PT017 - the other ending is none
    assert ledger_states() == ["queued"]
    (posted,) = resume(state_folder(), server, now)
    assert posted.outcome == DELIVERED
    assert [each.letter for each in server.taken] == [LETTER, LETTER]
    assert (left_waiting(), ledger_states()) == ([], ["delivered"])


def test_what_is_missing_before_anything_is_tried_leaves_the_letter_waiting() -> None:
    def unready(waiting: Waiting) -> Callable[[], Outcome]:
        raise EnvironmentProblem("There is no password.")

    with pytest.raises(EnvironmentProblem):
        post(state_folder(), WAITING, unready, now)
    assert (left_waiting(), ledger_states()) == ([WAITING], ["queued"])


def test_a_letter_made_anew_takes_the_place_of_one_that_was_never_tried() -> None:
    server = _Post(Outcome("later", "not now"), DELIVERED)
    post(state_folder(), WAITING, server, now)
    newer = replace(WAITING, id="20261123T190000Z-T-1", letter=replace(LETTER, data=DATA + b"newer"))
    post(state_folder(), newer, server, now)
    assert server.taken[-1] == newer
    assert (left_waiting(), ledger_states()) == ([], ["dropped", "delivered"])


def test_another_mail_of_the_same_ticket_replaces_none() -> None:
    second = replace(WAITING, id="20261123T190000Z-T-1", letter=replace(LETTER, message_id="<t1.second@example.test>"))
    server = _Post(Outcome("later", "not now"), Outcome("later", "not now"), DELIVERED, DELIVERED)
    for each in (WAITING, second):
        post(state_folder(), each, server, now)
    assert left_waiting() == [WAITING, second]
    list(resume(state_folder(), server, now))
    assert server.taken[2:] == [WAITING, second]


def test_of_two_that_a_killed_run_left_only_the_newer_goes_out() -> None:
    put(state_folder(), WAITING)
    newer = replace(WAITING, id="20261123T190000Z-T-1", letter=replace(LETTER, data=DATA + b"newer"))
    put(state_folder(), newer)
    server = _Post(DELIVERED)
    assert [posted.waiting for posted in resume(state_folder(), server, now)] == [newer]
    assert server.taken == [newer]


def test_after_a_partial_refusal_only_the_rest_is_tried_again_and_only_if_it_may_be() -> None:
    refusals = (Refusal(OTHER, 451, "greylisted"), Refusal("bad@example.test", 550, "no such user"))
    letter = replace(LETTER, recipients=(SUPPORT, OTHER, "bad@example.test"))
    server = _Post(
        Outcome("partly", "some", accepted=(SUPPORT,), refusals=refusals), Outcome("delivered", "", accepted=(OTHER,))
    )
    post(state_folder(), replace(WAITING, letter=letter), server, now)
    assert [each.letter.recipients for each in left_waiting()] == [(OTHER,)]
    list(resume(state_folder(), server, now))
    assert server.taken[-1].letter == replace(letter, recipients=(OTHER,))
    (entry,) = entries(state_folder()).values()
    assert (entry.state, set(entry.accepted), entry.refused) == ("delivered", {SUPPORT, OTHER}, ("bad@example.test",))
    assert left_waiting() == []


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome("refused", "no", refusals=(Refusal(SUPPORT, 550, "no"),)),
        Outcome("partly", "some", accepted=(SUPPORT,), refusals=(Refusal(OTHER, 550, "no"),)),
    ],
)
def test_what_was_refused_for_good_is_never_tried_again(outcome: Outcome) -> None:
    post(state_folder(), WAITING, _Post(outcome), now)
    assert list(resume(state_folder(), _Post(), now)) == []


@pytest.mark.parametrize("ending", [Outcome("unknown", "?", accepted=(SUPPORT,)), KeyboardInterrupt(), ValueError()])
def test_what_may_have_arrived_is_only_sent_again_by_who_has_looked(ending: Outcome | BaseException) -> None:
    server = _Post(ending, DELIVERED)
    try:
        post(state_folder(), WAITING, server, now)
    except (KeyboardInterrupt, ValueError) as error:
        assert error is ending  # noqa: PT017 - the other ending is none
    assert ledger_states() == ["unknown"]
    for again in (False, True):
        with pytest.raises(MisuseError, match="It is not known whether"):
            post(state_folder(), replace(WAITING, id="later"), server, now, again=again)
    (posted,) = resume(state_folder(), server, now)
    assert (posted.outcome, posted.error) == (None, None)
    assert len(server.taken) == 1
    (posted,) = resume(state_folder(), server, now, has_looked=True)
    assert posted.outcome == DELIVERED
    assert [each.letter.data for each in server.taken] == [DATA, DATA]
    assert (left_waiting(), ledger_states()) == ([], ["delivered"])


def test_what_was_seen_to_have_arrived_is_noted_and_not_sent() -> None:
    post(state_folder(), WAITING, _Post(Outcome("unknown", "?")), now)
    assert [entry.ticket_id for entry in settle_arrived(state_folder(), "T-1", now)] == ["T-1"]
    assert (left_waiting(), ledger_states()) == ([], ["delivered"])
    with pytest.raises(MisuseError, match="was sent to"):
        post(state_folder(), replace(WAITING, id="later"), _Post(), now)
    assert settle_arrived(state_folder(), "T-1", now) == []


def test_whom_a_server_refused_has_not_got_what_was_seen_to_have_arrived_at_others() -> None:
    refusals = (Refusal(SUPPORT, 550, "no"), Refusal(OTHER, 451, "later"))
    third = "third@example.test"
    waiting = replace(WAITING, letter=replace(LETTER, recipients=(*LETTER.recipients, third)))
    post(state_folder(), waiting, _Post(Outcome("partly", "", accepted=(third,), refusals=refusals)), now)
    assert [each.outcome for each in resume(state_folder(), _Post(Outcome("unknown", "?")), now)] != [None]
    with pytest.raises(MisuseError, match=f"arrived at {OTHER}, "):
        post(state_folder(), replace(WAITING, id="again"), _Post(), now)
    (seen,) = settle_arrived(state_folder(), "T-1", now)
    assert seen.unanswered == (OTHER,)
    (noted,) = entries(state_folder()).values()
    assert (set(noted.accepted), noted.refused) == ({third, OTHER}, (SUPPORT,))
    corrected = replace(WAITING, id="corrected", letter=replace(LETTER, recipients=(SUPPORT,)))
    assert post(state_folder(), corrected, _Post(DELIVERED), now) == DELIVERED


def test_one_that_cannot_be_sent_does_not_hold_up_the_others() -> None:
    put(state_folder(), WAITING)
    put(state_folder(), replace(WAITING, id="z", letter=replace(LETTER, ticket_id="T-2")))
    server = _Post(EnvironmentProblem("There is no mail account 'work'."), DELIVERED)
    first, second = resume(state_folder(), server, now)
    assert first.error is not None
    assert second.outcome == DELIVERED
    assert [each.letter.ticket_id for each in left_waiting()] == ["T-1"]


def test_only_the_ticket_that_was_named_goes_out() -> None:
    put(state_folder(), WAITING)
    put(state_folder(), replace(WAITING, id="z", letter=replace(LETTER, ticket_id="T-2")))
    list(resume(state_folder(), _Post(DELIVERED), now, ticket_id="T-2"))
    assert [each.letter.ticket_id for each in left_waiting()] == ["T-1"]
