"""A ticket that was split into several mails leaves whole: all of them, each once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from bundler.mail.read import read_mail
from tests.commands.send.sending import (
    PAYMENT,
    SUPPORT,
    Fickle,
    configure,
    configure_smtp,
    ledger,
    mails_of,
    outbox,
    talk,
    write_noise,
)
from tests.conftest import Invoke
from tests.delivery.certificates import Certificate
from tests.delivery.rigs import PASSWORD, Sink, reception
from tests.evidence.object_servers import free_port


def test_all_mails_arrive_in_their_order_and_each_once(invoke: Invoke, several: Path, sink: Sink, server: int) -> None:
    outcome = invoke("send", several, "--way", "smtp", "--yes", "--json")
    assert outcome.code == ExitCode.FINE, outcome.err
    mails = mails_of(several)
    assert [read_mail(taken.data).subject for taken in sink.box] == [read_mail(m.read_bytes()).subject for m in mails]
    assert {taken.recipients for taken in sink.box} == {(SUPPORT,)}
    shown = json.loads(outcome.out)
    assert [each["outcome"]["state"] for each in shown["mails"]] == ["delivered"] * len(mails)
    assert invoke("send", several, "--way", "smtp", "--yes", "-q").code == ExitCode.FINE
    assert invoke("send", mails[0], "--way", "smtp", "--yes", "-q").code == ExitCode.USAGE
    assert len(sink.box) == len(mails)


def test_after_a_failure_the_rest_goes_out_and_none_twice(
    invoke: Invoke, several: Path, sink: Sink, good: Certificate
) -> None:
    mails = mails_of(several)
    configure_smtp(free_port(), good)
    assert invoke("send", several, "--way", "smtp", "--yes", "-q").code == ExitCode.INPUT
    with reception(sink, good) as port:
        configure_smtp(port, good)
        assert invoke("send", "--resume", several, "-q").code == ExitCode.FINE
        assert invoke("send", several, "--way", "smtp", "--yes", "-q").code == ExitCode.FINE
    assert len(sink.box) == len(mails)
    assert len({entry["message_id"] for entry in ledger()}) == len(mails)


def test_one_that_is_missing_or_damaged_keeps_all_of_them_here(
    invoke: Invoke, several: Path, sink: Sink, server: int
) -> None:
    last = mails_of(several)[-1]
    whole = last.read_bytes()
    last.write_bytes(whole.replace(b"Subject: ", b"Subject: x", 1))
    assert invoke("send", several, "--way", "smtp", "--yes", "-q").code == ExitCode.BLOCKED
    last.unlink()
    missing = invoke("send", several, "--way", "smtp", "--yes", "-q")
    assert missing.code == ExitCode.INPUT
    assert f"{last.name} is missing" in missing.err
    assert (sink.box, ledger()) == ([], [])


def test_a_refused_password_is_said_once_and_all_mails_wait_to_be_resumed(
    invoke: Invoke, several: Path, sink: Sink, good: Certificate
) -> None:
    mails = mails_of(several)
    with reception(sink, good) as port:
        configure_smtp(port, good, password="wrong")
        outcome = invoke("send", several, "--way", "smtp", "--yes")
        assert outcome.code == ExitCode.INPUT
        assert f"The {len(mails)} mails wait in the outbox." in outcome.err
        assert f"To go on: ticket-bundler send --resume {several}" in outcome.err
        assert invoke("send", "--resume", several).code == ExitCode.INPUT
        assert (len(sink.logins), sink.box) == (2, [])  # one in each run, since every refusal counts
        configure_smtp(port, good)
        assert invoke("send", "--resume", several, "-q").code == ExitCode.FINE
    assert [read_mail(taken.data).subject for taken in sink.box] == [read_mail(m.read_bytes()).subject for m in mails]
    assert outbox() == []


def test_a_server_that_lets_one_down_midway_is_told_of_none_after_that_and_none_is_lost(
    invoke: Invoke, several: Path, good: Certificate
) -> None:
    count, sink = len(mails_of(several)), Fickle()
    with reception(sink, good) as port:
        configure_smtp(port, good)
        outcome = invoke("send", several, "--way", "smtp", "--yes", "--json")
        assert outcome.code == ExitCode.INPUT
        assert f"Of the {count} mails, 1 may have arrived; 2 to {count} wait in the outbox." in outcome.err
        states = [each["outcome"]["state"] for each in json.loads(outcome.out)["mails"]]
        assert states == ["unknown"] + ["none"] * (count - 1)
        sink.drops = False
        assert invoke("send", "--arrived", several, "-q").code == ExitCode.FINE
        assert invoke("send", "--resume", several, "-q").code == ExitCode.FINE
    assert len({read_mail(taken.data).subject for taken in sink.box}) == len(sink.box) == count


def test_a_server_that_takes_no_mail_as_large_as_the_second_does_not_get_the_first_either(
    invoke: Invoke, tmp_path: Path, sink: Sink, good: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = {"a.log": 600, "b.log": 1200, "c.log": 300}
    logs = [word for name, n in counts.items() for word in ("--log", write_noise(tmp_path / name, n, f"{name[0]}ord"))]
    at = ("--at", "2026-11-23T13:02:11Z")
    made = invoke("create", "--payment-id", PAYMENT, *logs, *at, "--split", "--size-limit", "430kB", "--json")
    ticket = tmp_path / json.loads(made.out)["files"]["bundle"]
    first, second = (path.stat().st_size for path in mails_of(ticket))
    assert first < 255_000 < 265_000 < second
    monkeypatch.setattr("tests.delivery.rigs.SIZE", 260_000)
    with reception(sink, good) as port:
        configure_smtp(port, good)
        outcome = invoke("send", ticket, "--way", "smtp", "--yes")
    assert outcome.code == ExitCode.INPUT
    assert "Mail 2 of 2 has " in outcome.err
    assert "takes at most 260,000; nothing was sent." in outcome.err
    assert "create … --split --size-limit 260000" in outcome.err
    assert (sink.box, ledger(), outbox()) == ([], [], [])


def test_whoever_is_asked_is_asked_once_for_all_of_them_and_sees_them_all(
    several: Path, sink: Sink, server: int
) -> None:
    count = len(mails_of(several))
    code, said = talk(several.parent, "send", several, "--way", "smtp", replies=[("What now?", "s\n")])
    assert code == ExitCode.FINE, said
    assert f"send all {count} now to {SUPPORT}" in said
    assert said.count("What would leave: the mail of ticket") == count
    assert len(sink.box) == count


def test_a_password_that_is_typed_is_asked_for_once(several: Path, sink: Sink, good: Certificate) -> None:
    with reception(sink, good) as port:
        configure(f'smtp = "smtp+starttls://127.0.0.1:{port}"', "timeout = 10", f'ca_file = "{good.cert}"')
        replies = [("Password of", f"{PASSWORD}\n")]
        code, said = talk(several.parent, "send", several, "--way", "smtp", "--yes", replies=replies)
    assert code == ExitCode.FINE, said
    assert said.count("Password of") == 1
    assert len(sink.box) == len(mails_of(several))
