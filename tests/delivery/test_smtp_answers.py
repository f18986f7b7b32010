"""What an SMTP server answers is told as it is: taken, partly, refused, for later, or unknown."""

from __future__ import annotations

import asyncio

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from bundler.delivery.outcome import Outcome, Refusal
from bundler.delivery.smtp import deliver_by_smtp
from tests.delivery.certificates import Certificate
from tests.delivery.rigs import SECRET, SUPPORT, Sink, account, letter, reception, reciting
from tests.delivery.wires import wire
from tests.evidence.object_servers import free_port


def _send(sink: Sink, good: Certificate, *recipients: str) -> Outcome:
    with reception(sink, good) as port:
        return deliver_by_smtp(letter(*recipients), account(port, good), SECRET)


def test_some_recipients_refused_is_told_with_who_has_it(good: Certificate) -> None:
    sink = Sink()
    outcome = _send(sink, good, "bad@example.test", SUPPORT, "grey@example.test", SUPPORT)
    assert outcome.state == "partly"
    assert outcome.accepted == (SUPPORT,)
    assert outcome.refusals == (
        Refusal("bad@example.test", 550, "5.1.1 no such user\N{REPLACEMENT CHARACTER}[31m here"),
        Refusal("grey@example.test", 451, "4.7.1 greylisted, try later"),
    )
    assert sink.box[0].recipients == (SUPPORT,)
    assert "Correct what was refused" in outcome.hint
    assert "tried again" in _send(Sink(), good, SUPPORT, "grey@example.test").hint


@pytest.mark.parametrize(
    ("recipients", "state"),
    [(("bad@example.test",), "refused"), (("grey@example.test",), "later"), (("bad@x.test", "grey@x.test"), "later")],
)
def test_a_mail_that_no_recipient_may_have_is_not_given_over(
    good: Certificate, recipients: tuple[str, ...], state: str
) -> None:
    sink = Sink()
    outcome = _send(sink, good, *recipients)
    assert outcome.state == state
    assert [each.recipient for each in outcome.refusals] == list(recipients)
    assert not outcome.accepted
    assert not sink.box


@pytest.mark.parametrize("step", ["MAIL", "DATA"])
@pytest.mark.parametrize(
    ("answer", "state", "hint"),
    [
        ("451 4.3.0 the disk is full", "later", "later"),
        ("421 4.3.2 going down", "later", "later"),
        ("552 5.3.4 too big for here", "refused", "create … --size-limit"),
        ("552 5.2.2 over quota", "refused", "is full"),
        ("554 5.7.1 spam", "refused", "words"),
    ],
)
def test_no_and_not_now_are_told_apart(good: Certificate, step: str, answer: str, state: str, hint: str) -> None:
    sink = Sink(**{step: answer})
    outcome = _send(sink, good)
    assert outcome.state == state
    assert answer in outcome.told
    assert hint in outcome.hint
    assert outcome.refusals == (Refusal(SUPPORT, int(answer[:3]), answer[4:]),)
    assert not sink.box


def test_a_refusal_of_all_after_the_upload_keeps_who_was_refused_before(good: Certificate) -> None:
    outcome = _send(Sink(DATA="554 5.7.1 spam"), good, "bad@example.test", SUPPORT)
    assert outcome.state == "refused"
    assert [(each.recipient, each.code) for each in outcome.refusals] == [("bad@example.test", 550), (SUPPORT, 554)]


def test_no_answer_to_the_whole_mail_is_unknown(good: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bundler.delivery.smtp.LAST_WORD", 1)
    sink = Sink(DATA="")
    with reception(sink, good) as port:
        outcome = deliver_by_smtp(letter(), account(port, good, timeout_s=2), SECRET)
    assert outcome.state == "unknown"
    assert outcome.accepted == (SUPPORT,)
    assert "before you send it again" in outcome.hint
    assert len(sink.box) == 1


def test_a_server_may_look_at_the_whole_mail_for_longer(good: Certificate) -> None:
    class Slow(Sink):
        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
            await asyncio.sleep(1.5)
            return await super().handle_DATA(server, session, envelope)

    with reception(Slow(), good) as port:
        assert deliver_by_smtp(letter(), account(port, good, timeout_s=1), SECRET).state == "delivered"


@pytest.mark.parametrize("answer", ["354 once more", "299", "nonsense", "250-half a reply"])
def test_only_a_whole_yes_is_a_yes(good: Certificate, answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """299 is none that SMTP knows, but it says yes (RFC 5321 section 4.3.2)."""
    monkeypatch.setattr("bundler.delivery.smtp.LAST_WORD", 1)
    with reception(Sink(DATA=answer), good) as port:
        outcome = deliver_by_smtp(letter(), account(port, good, timeout_s=2), SECRET)
    assert outcome.state == ("delivered" if answer == "299" else "unknown")


@pytest.mark.parametrize(
    ("greeting", "state"), [(b"421 4.3.2 too busy\r\n", "later"), (b"554 5.7.1 go away\r\n", "refused"), (b"", "later")]
)
def test_a_server_that_greets_with_a_no_is_believed(greeting: bytes, state: str) -> None:
    with reciting(greeting) as port:
        outcome = deliver_by_smtp(letter(), account(port, None, timeout_s=1), SECRET)
    assert outcome.state == state
    assert "nothing was sent" in outcome.told


@pytest.mark.parametrize("flood", [b"250-x\r\n" * 20_000, b"250-" + b"x" * 200_000], ids=["lines", "line"])
def test_a_reply_without_end_is_not_listened_to(flood: bytes) -> None:
    with reciting(b"220 hi\r\n", flood) as port:
        outcome = deliver_by_smtp(letter(), account(port, None, timeout_s=2), SECRET)
    assert outcome.state == "later"
    assert "no answer that SMTP knows" in outcome.told
    assert len(outcome.told) < 400


def test_no_way_to_the_server_is_for_later(good: Certificate) -> None:
    outcome = deliver_by_smtp(letter(), account(free_port(), good), SECRET)
    assert outcome.state == "later"
    assert "Connection refused" in outcome.told
    assert "later" in outcome.hint
    odd = deliver_by_smtp(letter(), account(25, good, host="x" * 300), SECRET)
    assert odd.state == "later"


def test_a_no_in_the_middle_of_the_upload_is_heard(good: Certificate) -> None:
    """Such a server reads no further, so the upload stands still until it is given up."""
    replies = (b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n")
    big = letter(data=b"Subject: big\r\n\r\n" + (b"x" * 998 + b"\r\n") * 30_000)
    for last, state in (
        (b"552 5.3.4 too big\r\n", "refused"),
        (b"421 4.3.2 bye\r\n", "later"),
        (b"250 ok\r\n", "later"),
    ):
        with reciting(*replies, b"354 go\r\n" + last) as port, wire(port, good) as cable:
            outcome = deliver_by_smtp(big, account(cable.port, good, "tls", timeout_s=1), None)
        assert outcome.state == state
        assert last.decode().strip() in outcome.told
        assert "nothing was sent" in outcome.told
