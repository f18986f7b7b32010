"""Handing a mail to a program that sends it: what it is given, and what its end tells."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from bundler.delivery.accounts import Account
from bundler.delivery.outcome import Refusal
from bundler.delivery.sendmail import deliver_by_sendmail
from bundler.errors import EnvironmentProblem, MisuseError
from tests.delivery.certificates import Certificates
from tests.delivery.rigs import SUPPORT, USER, Sink, account, letter, msmtp, reception

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="such programs are of Unix")


def _program(folder: Path, script: str) -> Account:
    """An account that sends by a shell script."""
    file = folder / "my sendmail;$(false)"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return replace(account(1, None), sendmail=(str(file), "-C", "two words"))


def test_a_program_gets_the_envelope_as_arguments_and_the_mail_as_input(tmp_path: Path) -> None:
    """No shell reads the arguments, so the words of an address stay one word."""
    odd = "o'brien|id&$HOME@example.test"
    mine = _program(tmp_path, f"printf '%s\\n' \"$@\" >'{tmp_path}/words'; cat >'{tmp_path}/mail'")
    outcome = deliver_by_sendmail(letter(SUPPORT, odd, SUPPORT), mine)
    assert outcome.state == "delivered"
    assert outcome.accepted == (SUPPORT, odd)
    assert (tmp_path / "words").read_text().splitlines() == ["-C", "two words", "-oi", "-f", USER, "--", SUPPORT, odd]
    assert (tmp_path / "mail").read_bytes() == letter().data.replace(b"\r\n", b"\n")


@pytest.mark.parametrize(
    ("code", "state"),
    [
        *((code, "later") for code in (68, 71, 75)),
        *((code, "refused") for code in (64, 65, 66, 67, 69, 72, 73, 77, 78)),
        *((code, "unknown") for code in (1, 2, 70, 74, 76, 127, 255)),
    ],
)
def test_the_end_of_a_program_tells_whether_it_took_the_mail(tmp_path: Path, code: int, state: str) -> None:
    mine = _program(tmp_path, f"cat >/dev/null; printf 'no\\033[31m way\\n' >&2; exit {code}")
    outcome = deliver_by_sendmail(letter(), mine)
    assert outcome.state == state
    assert str(code) in outcome.told
    assert outcome.told.endswith("no\N{REPLACEMENT CHARACTER}[31m way.")
    assert outcome.hint
    if state == "unknown":
        assert outcome.accepted == (SUPPORT,)
    else:
        assert outcome.refusals == (Refusal(SUPPORT, 0, "no\N{REPLACEMENT CHARACTER}[31m way"),)


def test_a_program_that_takes_no_input_is_believed(tmp_path: Path) -> None:
    big = letter(data=b"Subject: big\r\n\r\n" + b"x" * 70 + b"\r\n" * 500_000)
    assert deliver_by_sendmail(big, _program(tmp_path, "exit 75")).state == "later"


def test_a_program_that_says_too_much_is_heard_for_a_line(tmp_path: Path) -> None:
    outcome = deliver_by_sendmail(letter(), _program(tmp_path, "head -c 3000000 /dev/zero | tr '\\0' x; exit 65"))
    assert outcome.state == "refused"
    assert len(outcome.told) < 400


def test_a_program_that_does_not_end_or_is_killed_leaves_all_open(tmp_path: Path) -> None:
    slow = replace(_program(tmp_path, "exec sleep 600"), timeout_s=0.02)
    outcome = deliver_by_sendmail(letter(), slow)
    assert outcome.state == "unknown"
    assert "did not end in time" in outcome.told
    assert "before you send it again" in outcome.hint
    assert deliver_by_sendmail(letter(), _program(tmp_path, "kill -9 $$")).state == "unknown"


def test_a_program_that_is_not_there_or_not_to_be_started_is_told(tmp_path: Path) -> None:
    mine = account(1, None)
    with pytest.raises(EnvironmentProblem, match=r"There is no program /no/such/sendmail on this machine"):
        deliver_by_sendmail(letter(), replace(mine, sendmail=("/no/such/sendmail",)))
    with pytest.raises(EnvironmentProblem, match="cannot be started"):
        deliver_by_sendmail(letter(), replace(mine, sendmail=(str(tmp_path),)))
    with pytest.raises(EnvironmentProblem, match="account work names no program"):
        deliver_by_sendmail(letter(), mine)


@pytest.mark.parametrize("address", ["-oQ/tmp@x", "a b@c", "a@b\n", ""])
def test_what_is_no_address_reaches_no_program(tmp_path: Path, address: str) -> None:
    mine = _program(tmp_path, f"touch '{tmp_path}/started'")
    for bad in (letter(SUPPORT, address), letter(sender=address)):
        with pytest.raises(MisuseError, match="is not a mail address"):
            deliver_by_sendmail(bad, mine)
    assert not (tmp_path / "started").exists()


@pytest.mark.real
@pytest.mark.skipif(shutil.which("msmtp") is None, reason="msmtp is not installed")
@pytest.mark.parametrize(
    ("answer", "state"), [("451 4.3.0 the disk is full", "later"), ("554 5.7.1 spam", "refused"), ("", "unknown")]
)
def test_what_the_server_said_to_msmtp_is_told(
    certificates: Certificates, tmp_path: Path, answer: str, state: str
) -> None:
    """msmtp waits for ever for the answer to a mail, so it has to be stopped."""
    sink = Sink(DATA=answer)
    with reception(sink, certificates.good, "tls") as port:
        program = msmtp(tmp_path, port, certificates.good)
        mine = replace(account(port, None), sendmail=program, timeout_s=20 if answer else 0.1)
        outcome = deliver_by_sendmail(letter(), mine)
    assert outcome.state == state, outcome
    assert answer in outcome.told
