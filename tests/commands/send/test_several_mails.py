"""A ticket that was split into several mails leaves whole: all of them, each once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from bundler.mail.read import read_mail
from tests.commands.send.sending import SUPPORT, configure_smtp, ledger
from tests.conftest import Invoke
from tests.delivery.certificates import Certificate
from tests.delivery.rigs import Sink, reception
from tests.evidence.object_servers import free_port


@pytest.fixture
def several(invoke: Invoke, tmp_path: Path) -> Path:
    """The bundle of a ticket whose log is too much for one mail; three lie beside it or more."""
    line = "2026-11-23T13:02:11.482Z ERROR payment bf9b5a01-78cd-4f9e-b0eb-4e3c5c57ded7 step {}: {}\n"
    log = tmp_path / "shop.log"
    noise = (hash_of(number) for number in range(900))
    log.write_text("".join(line.format(number, text) for number, text in enumerate(noise)), encoding="utf-8")
    argv = ("--payment-id", "bf9b5a01-78cd-4f9e-b0eb-4e3c5c57ded7", "--log", log, "--split", "--size-limit", "60KB")
    made = json.loads(invoke("create", *argv, "--at", "2026-11-23T13:02:11Z", "--json").out)
    mails = [name for name in made["files"] if name.startswith("mail")]
    assert len(mails) > 2
    return tmp_path / str(made["files"]["bundle"])


def hash_of(number: int) -> str:
    """Sixty characters that differ."""
    return " ".join(f"word{(number * 7919 + place * 104729) % 99991:05}" for place in range(7))


def _mails(bundle: Path) -> list[Path]:
    return sorted(bundle.parent.glob(f"{bundle.stem}.*of*.eml"))


def test_all_mails_arrive_in_their_order_and_each_once(invoke: Invoke, several: Path, sink: Sink, server: int) -> None:
    outcome = invoke("send", several, "--way", "smtp", "--yes", "--json")
    assert outcome.code == ExitCode.FINE, outcome.err
    mails = _mails(several)
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
    mails = _mails(several)
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
    last = _mails(several)[-1]
    whole = last.read_bytes()
    last.write_bytes(whole.replace(b"Subject: ", b"Subject: x", 1))
    assert invoke("send", several, "--way", "smtp", "--yes", "-q").code == ExitCode.BLOCKED
    last.unlink()
    missing = invoke("send", several, "--way", "smtp", "--yes", "-q")
    assert missing.code == ExitCode.INPUT
    assert f"{last.name} is missing" in missing.err
    assert (sink.box, ledger()) == ([], [])


def test_drafts_that_would_replace_each_other_are_not_put_into_a_mailbox(
    invoke: Invoke, several: Path, good: Certificate
) -> None:
    configure_smtp(1, good, 'imap = "imaps://127.0.0.1:1"')
    for named in (several, _mails(several)[1]):
        outcome = invoke("send", named)
        assert outcome.code == ExitCode.USAGE
        assert "replaces the one before" in outcome.err
