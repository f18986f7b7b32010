"""At a terminal everything is shown first, and only a letter that says so sends."""

from __future__ import annotations

from pathlib import Path

import pytest

from bundler.errors import ExitCode
from tests.commands.send.sending import (
    SUPPORT,
    Fickle,
    configure,
    configure_smtp,
    ledger,
    outbox,
    talk,
)
from tests.conftest import Invoke
from tests.delivery.certificates import Certificate
from tests.delivery.rigs import PASSWORD, USER, Sink, reception

QUESTION = "What now?"


def test_at_a_terminal_enter_sends_nothing(ticket: Path, tmp_path: Path, sink: Sink, server: int) -> None:
    for option in ((), ("--way", "smtp")):
        code, said = talk(tmp_path, "send", ticket, *option, replies=[(QUESTION, "\n")])
        assert code == ExitCode.FINE
        assert "What would leave" in said
        assert said.index("Leak check: passed") < said.index(QUESTION)
        assert "Nothing was sent; everything is as it was. To go on: ticket-bundler send" in said
    assert (sink.box, sink.logins, ledger()) == ([], [], [])


@pytest.mark.parametrize("keys", ["\x04", "\x03", "x\nq\n"])
def test_at_a_terminal_whatever_is_no_letter_sends_nothing(
    ticket: Path, tmp_path: Path, sink: Sink, server: int, keys: str
) -> None:
    code, said = talk(tmp_path, "send", ticket, "--way", "smtp", replies=[(QUESTION, keys)])
    assert code in (ExitCode.FINE, ExitCode.INTERRUPTED), said
    assert (sink.box, sink.logins, ledger()) == ([], [], [])


def test_at_a_terminal_one_letter_sends_and_another_shows_the_text(
    ticket: Path, tmp_path: Path, sink: Sink, server: int
) -> None:
    code, said = talk(tmp_path, "send", ticket, replies=[(QUESTION, "t\n"), (QUESTION, "s\n")])
    assert code == ExitCode.FINE, said
    assert "took the mail to" in said
    assert [taken.recipients for taken in sink.box] == [(SUPPORT,)]
    assert b"Auto-Submitted" not in sink.box[0].data
    code, said = talk(tmp_path, "send", ticket, replies=[(QUESTION, "m\n")])
    assert code == ExitCode.FINE, said
    assert [taken.recipients for taken in sink.box] == [(SUPPORT,), (USER,)]


def test_a_password_is_asked_for_unseen_and_again_after_a_wrong_one(
    ticket: Path, tmp_path: Path, sink: Sink, good: Certificate
) -> None:
    with reception(sink, good) as port:
        configure(f'smtp = "smtp+starttls://127.0.0.1:{port}"', f'ca_file = "{good.cert}"')
        replies = [(QUESTION, "s\n"), ("Password of", "hunter2\n"), ("Password of", f"{PASSWORD}\n")]
        code, said = talk(tmp_path, "send", ticket, replies=replies)
    assert code == ExitCode.FINE, said
    assert "hunter2" not in said
    assert PASSWORD not in said
    assert len(sink.box) == 1


def test_a_password_that_stays_wrong_is_asked_for_three_times_and_the_mail_waits(
    ticket: Path, tmp_path: Path, sink: Sink, good: Certificate
) -> None:
    with reception(sink, good) as port:
        configure(f'smtp = "smtp+starttls://127.0.0.1:{port}"', f'ca_file = "{good.cert}"')
        replies = [(QUESTION, "s\n"), *[("Password of", "hunter2\n")] * 3]
        code, said = talk(tmp_path, "send", ticket, replies=replies)
    assert code == ExitCode.INPUT, said
    assert said.count("Password of") == 3
    assert "send --resume" in said
    assert (sink.box, len(outbox())) == ([], 1)


def test_a_password_that_nobody_types_leaves_the_mail_waiting(
    ticket: Path, tmp_path: Path, sink: Sink, good: Certificate
) -> None:
    with reception(sink, good) as port:
        configure(f'smtp = "smtp+starttls://127.0.0.1:{port}"', f'ca_file = "{good.cert}"')
        code, said = talk(tmp_path, "send", ticket, replies=[(QUESTION, "s\n"), ("Password of", "\x03")])
    assert code == ExitCode.INPUT, said
    assert ledger()[-1]["state"] == "queued"


@pytest.mark.parametrize(("answer", "count"), [("n\n", 1), ("\n", 1), ("y\n", 2)])
def test_at_a_terminal_an_unknown_end_is_asked_about(
    invoke: Invoke, ticket: Path, tmp_path: Path, good: Certificate, answer: str, count: int
) -> None:
    sink = Fickle()
    with reception(sink, good) as port:
        configure_smtp(port, good)
        assert invoke("send", ticket, "--way", "smtp", "--yes", "-q").code == ExitCode.INPUT
        sink.drops = False
        _, said = talk(tmp_path, "send", "--resume", ticket, replies=[("Have you looked", answer)])
    assert len(sink.box) == count, said
