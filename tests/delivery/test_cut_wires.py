"""What is told of a mail when the connection ends, after every single byte of the dialogue with the server."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from bundler.delivery.accounts import Credential, Security
from bundler.delivery.outcome import Outcome
from bundler.delivery.sendmail import deliver_by_sendmail
from bundler.delivery.smtp import deliver_by_smtp
from tests.delivery.certificates import Certificates
from tests.delivery.rigs import BODY, HELD, PASSWORD, Sink, account, letter, msmtp, reception
from tests.delivery.wires import Wire, wire

Told = tuple[str, bool]
"""The state, and whether the server has the mail in fact."""


def _each_cut(cable: Wire, sink: Sink, send: Callable[[], Outcome], *, heard: bool, step: int = 1) -> list[Told]:
    """What is told, and what is true, with a cut after no byte, after ``step``, and so on until nothing is cut."""
    cable.forget()
    assert send().state == "delivered"
    cable.settle()
    sink.box.clear()
    whole = len(cable.heard if heard else cable.said)
    told: list[Told] = []
    for limit in range(0, whole, step):
        cable.heard_limit, cable.said_limit = (limit, None) if heard else (None, limit)
        outcome = send()
        cable.settle()
        assert len(sink.box) <= 1  # never twice
        told.append((outcome.state, bool(sink.box)))
        sink.box.clear()
    cable.heard_limit = cable.said_limit = None
    return told


def _is_true(told: list[Told]) -> None:
    """Nobody is told that a server has a mail that it has not, nor the other way round."""
    wrong = {("delivered", False), ("partly", False), ("refused", True), ("later", True)}
    assert not wrong & set(told)
    assert {state for state, _ in told} <= {"delivered", "later", "unknown"}


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("heard", [True, False], ids=["answers", "commands"])
def test_a_cut_after_every_byte_of_what_is_said_is_told_right(
    certificates: Certificates, security: Security, heard: bool
) -> None:
    """Inside TLS, and in what is said before it where that begins with STARTTLS."""
    sink = Sink()
    with reception(sink, None) as port, wire(port, certificates.good, security) as cable:
        mine = account(cable.port, certificates.good, security)
        told = _each_cut(cable, sink, lambda: deliver_by_smtp(letter(), mine, Credential(PASSWORD)), heard=heard)
    _is_true(told)
    states = [state for state, _ in told]
    first = states.index("unknown")
    assert set(states[:first]) == {"later"}
    assert "later" not in states[first:]  # before the mail is given over it is for later, and never again after that
    if heard:
        # the server has the mail as soon as it answers to it, and we know it when that answer is whole
        answer = f"250 2.0.0 Ok: queued as {HELD}\r\n"
        assert told[first:].count(("unknown", True)) >= len(answer) - 1
        assert told[-1] == ("delivered", True)
    else:
        # nobody gives the mail over before the server has heard DATA and asked for it; where the cut is right after
        # DATA, what the server asks may get through or not
        upload = len(letter().data) + BODY.count(b"\n.") + len(b".\r\nQUIT\r\n")
        assert first - (len(told) - upload) in (0, 1)


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("heard", [True, False], ids=["answers", "commands"])
def test_a_cut_of_the_wire_itself_is_told_right(certificates: Certificates, security: Security, heard: bool) -> None:
    """Every seventh byte, since a record of TLS is only whole or nothing."""
    sink = Sink()
    with reception(sink, certificates.good, security) as port, wire(port) as cable:
        mine = account(cable.port, certificates.good, security)
        told = _each_cut(
            cable, sink, lambda: deliver_by_smtp(letter(), mine, Credential(PASSWORD)), heard=heard, step=7
        )
    _is_true(told)
    assert {"later", "unknown"} <= {state for state, _ in told}


@pytest.mark.real
@pytest.mark.skipif(shutil.which("msmtp") is None, reason="msmtp is not installed")
@pytest.mark.parametrize("heard", [True, False], ids=["answers", "commands"])
def test_a_cut_under_msmtp_is_told_right(certificates: Certificates, heard: bool, tmp_path: Path) -> None:
    """Every fifth byte. It ends alike before and after it gave the mail over, so both are unknown."""
    sink = Sink()
    with reception(sink, None) as port, wire(port, certificates.good) as cable:
        program = msmtp(tmp_path, cable.port, certificates.good)
        mine = replace(account(cable.port, certificates.good, "tls"), sendmail=program)
        told = _each_cut(cable, sink, lambda: deliver_by_sendmail(letter(), mine), heard=heard, step=5)
    _is_true(told)
    assert ("unknown", True) in told or not heard
