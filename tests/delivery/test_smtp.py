"""A letter leaves by SMTP byte by byte, or not at all where it may not or will not fit."""

from __future__ import annotations

import socket

import pytest
from msgspec.structs import replace

from bundler.delivery.accounts import Security
from bundler.delivery.outcome import Outcome
from bundler.delivery.smtp import deliver_by_smtp, limit_of_server
from bundler.errors import EnvironmentProblem, MisuseError
from tests.delivery.certificates import Certificate
from tests.delivery.rigs import HELD, SECRET, SIZE, SUPPORT, USER, Sink, Taken, account, letter, reception, reciting
from tests.delivery.wires import wire
from tests.evidence.object_servers import free_port


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_letter_arrives_byte_by_byte_as_it_is(good: Certificate, security: Security) -> None:
    sink = Sink()
    with reception(sink, good, security) as port:
        outcome = deliver_by_smtp(letter(), account(port, good, security), SECRET)
    data = letter().data
    assert sink.box == [Taken(USER, (SUPPORT,), data, (f"SIZE={len(data)}",))]
    assert outcome == Outcome(
        "delivered", f"127.0.0.1:{port} took the mail to {SUPPORT}.", "", (SUPPORT,), (), place=HELD
    )


def test_a_letter_of_many_pieces_keeps_every_period_where_pieces_meet(good: Certificate) -> None:
    head = b"Subject: periods\r\n\r\n"
    sink = Sink()
    with reception(sink, good) as port:
        for shift in range(4):
            lines = b"x" * (30 + shift) + b"\r\n" + b".\r\n..x\r\n" * 17_000
            sent = letter(data=head + lines)
            assert deliver_by_smtp(sent, account(port, good), SECRET).state == "delivered"
            assert sink.box.pop().data == sent.data


def test_a_mail_that_is_too_big_is_refused_before_anything_is_told_of_it(good: Certificate) -> None:
    sink = Sink()
    big = letter(data=b"Subject: big\r\n\r\n" + b"x" * 998 + b"\r\n" * (SIZE // 2))
    with reception(sink, good) as port, pytest.raises(EnvironmentProblem) as caught:
        deliver_by_smtp(big, account(port, good), SECRET)
    assert f"{len(big.data):,} bytes" in caught.value.message
    assert f"at most {SIZE:,}" in caught.value.message
    assert f"--size-limit {SIZE}" in caught.value.hint
    assert not sink.logins


def test_a_server_tells_its_limit_to_whoever_has_not_logged_in(good: Certificate) -> None:
    sink = Sink()
    with reception(sink, good) as port:
        assert limit_of_server(account(port, good)) == SIZE
    with reception(Sink("SIZE"), good) as port:
        assert limit_of_server(account(port, good)) is None
    assert limit_of_server(account(free_port(), good)) is None
    assert limit_of_server(replace(account(1, good), smtp=None)) is None
    assert not sink.logins


@pytest.mark.parametrize("said", ["", "0", "lots", "-5", "٣", "9" * 5000], ids=["none", "0", "word", "-5", "٣", "long"])
def test_a_size_that_is_no_limit_is_none(good: Certificate, said: str) -> None:
    with reciting(b"220 hi\r\n", f"250-hi\r\n250 SIZE {said}\r\n".encode()) as port, wire(port, good) as cable:
        assert limit_of_server(account(cable.port, good, "tls")) is None


def test_letters_beyond_ascii_go_only_where_they_are_needed_and_taken(good: Certificate) -> None:
    foreign = "søren@example.test"
    sink = Sink()
    with reception(sink, good) as port:
        assert deliver_by_smtp(letter(foreign), account(port, good), SECRET).accepted == (foreign,)
    (taken,) = sink.box
    assert taken.recipients == (foreign,)
    assert "SMTPUTF8" in taken.options
    deaf = Sink("SMTPUTF8")
    with reception(deaf, good) as port:
        assert deliver_by_smtp(letter(), account(port, good), SECRET).state == "delivered"
        with pytest.raises(EnvironmentProblem, match=r"no addresses with letters beyond ASCII \(søren@example\.test\)"):
            deliver_by_smtp(letter(SUPPORT, foreign), account(port, good), SECRET)
    assert len(deaf.box) == 1


def test_bytes_beyond_ascii_go_only_where_they_are_taken(good: Certificate) -> None:
    eight = letter(data="Subject: x\r\n\r\nbeløb\r\n".encode())
    sink, deaf = Sink(), Sink("8BITMIME")
    with reception(sink, good) as port:
        assert deliver_by_smtp(eight, account(port, good), SECRET).state == "delivered"
    assert "BODY=8BITMIME" in sink.box[0].options
    assert sink.box[0].data == eight.data
    with reception(deaf, good) as port, pytest.raises(EnvironmentProblem, match="no mail with bytes beyond ASCII"):
        deliver_by_smtp(eight, account(port, good), SECRET)
    assert not deaf.box


def test_a_machine_of_several_addresses_calls_from_the_one_that_is_set(good: Certificate) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        mine = replace(account(listener.getsockname()[1], good, timeout_s=0.3), source_address="127.0.0.2")
        assert deliver_by_smtp(letter(), mine, SECRET).state == "later"
        plug, caller = listener.accept()
        plug.close()
    assert caller[0] == "127.0.0.2"


def test_an_account_without_a_server_is_told() -> None:
    with pytest.raises(EnvironmentProblem, match="account work has no server"):
        deliver_by_smtp(letter(), replace(account(1, None), smtp=None), SECRET)


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b\r\nRCPT TO:<c@d>", "a@b> SIZE=1", "a b@c", "-oQ/tmp@x", "a@b@c", "a@\x1bb", "<a@b>"]
)
def test_what_is_no_address_reaches_no_server(address: str) -> None:
    for bad in (letter(SUPPORT, address), letter(sender=address)):
        with pytest.raises(MisuseError, match="is not a mail address"):
            deliver_by_smtp(bad, account(1, None), SECRET)


def test_a_letter_without_recipients_reaches_no_server() -> None:
    with pytest.raises(MisuseError, match="no recipient"):
        deliver_by_smtp(replace(letter(), recipients=()), account(1, None), SECRET)


@pytest.mark.parametrize("data", [b"a: b\n\nx\r\n", b"a: b\r\n\r\nx\r\r\n", b"a: b\r\n\r\nx"])
def test_a_letter_with_broken_line_ends_is_our_own_mistake(data: bytes) -> None:
    with pytest.raises(ValueError, match="CRLF"):
        deliver_by_smtp(letter(data=data), account(1, None), SECRET)
    with pytest.raises(ValueError, match="to be sent"):
        deliver_by_smtp(replace(letter(), manner="file"), account(1, None), SECRET)
