"""An SMTP server that proves nothing, speaks no TLS or speaks no SMTP hears nothing of ours."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest
from msgspec.structs import replace

from bundler.delivery.accounts import Security
from bundler.delivery.smtp import deliver_by_smtp, limit_of_server
from bundler.errors import EnvironmentProblem
from tests.delivery.certificates import Certificate, Certificates
from tests.delivery.rigs import SECRET, Sink, account, letter, reception, reciting
from tests.delivery.wires import wire
from tests.evidence.object_servers import free_port


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize(
    ("which", "said"),
    [
        ("stranger", r"is not trusted \(self.signed certificate\)"),
        ("elsewhere", "is another host's"),
        ("expired", "has expired"),
    ],
)
def test_a_server_that_is_not_to_be_trusted_hears_nothing(
    certificates: Certificates, security: Security, which: str, said: str
) -> None:
    shown: Certificate = getattr(certificates, which)
    trusted = certificates.good if which == "stranger" else shown
    sink = Sink()
    with reception(sink, shown, security) as port:
        for host in ("127.0.0.1", "localhost"):
            mine = account(port, trusted, security, host=host)
            with pytest.raises(EnvironmentProblem, match=f"{said}.*; nothing was sent to it") as caught:
                deliver_by_smtp(letter(), mine, SECRET)
            with pytest.raises(EnvironmentProblem, match=said):
                limit_of_server(mine)
            assert caught.value.hint
    assert not sink.logins
    assert not sink.box


def test_the_systems_authorities_do_not_know_our_certificate(good: Certificate) -> None:
    with (
        reception(Sink(), good, "tls") as port,
        pytest.raises(EnvironmentProblem, match="is not trusted") as caught,
    ):
        deliver_by_smtp(letter(), account(port, None, "tls"), SECRET)
    assert "--ca-file" in caught.value.hint


@pytest.mark.parametrize("content", [None, "no certificate"])
@pytest.mark.usefixtures("good")
def test_authorities_that_cannot_be_read_are_told(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "own.pem"
    if content:
        file.write_text(content)
    mine = replace(account(free_port(), None), ca_file=str(file))
    with pytest.raises(EnvironmentProblem, match=r"own\.pem cannot be read"):
        deliver_by_smtp(letter(), mine, SECRET)


def test_a_server_without_tls_hears_a_greeting_and_nothing_else() -> None:
    sink = Sink()
    with reception(sink, None) as port, wire(port) as cable:
        with pytest.raises(EnvironmentProblem, match="offers no TLS, so nothing was sent to it"):
            deliver_by_smtp(letter(), account(cable.port, None), SECRET)
        cable.settle()
        assert bytes(cable.said) == b"EHLO [127.0.0.1]\r\nQUIT\r\n"
    assert not sink.box


def test_a_server_that_takes_back_its_offer_of_tls_hears_nothing_else() -> None:
    with (
        reciting(b"220 hi\r\n", b"250-hi\r\n250 STARTTLS\r\n", b"454 4.7.0 TLS not available\r\n") as port,
        pytest.raises(EnvironmentProblem, match="offers no TLS"),
    ):
        deliver_by_smtp(letter(), account(port, None), SECRET)


def test_what_was_said_before_tls_counts_for_nothing(good: Certificate) -> None:
    """Whoever sits on the line may add words after the offer of TLS; they are not taken for the server's."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            plug, _ = listener.accept()
            plug.sendall(b"220 hi\r\n")
            plug.recv(4096)
            plug.sendall(b"250-hi\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n")
            plug.recv(4096)
            plug.sendall(b"220 go\r\n250-forged\r\n250 AUTH LOGIN\r\n")
            safe = good.context().wrap_socket(plug, server_side=True)
            heard.append(safe.recv(4096))
            safe.sendall(b"250-hi\r\n250 AUTH XOAUTH2\r\n")
            heard.append(safe.recv(4096))
            safe.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        mine = account(listener.getsockname()[1], good)
        with pytest.raises(EnvironmentProblem, match="it offers: XOAUTH2"):
            deliver_by_smtp(letter(), mine, SECRET)
        thread.join(20)
    assert heard == [b"EHLO [127.0.0.1]\r\n", b"QUIT\r\n"]


def test_tls_where_the_server_speaks_none_is_told() -> None:
    with (
        reciting(b"220 hi, and some more words so that it looks like a record\r\n") as port,
        pytest.raises(EnvironmentProblem, match="does not speak TLS"),
    ):
        deliver_by_smtp(letter(), account(port, None, "tls"), SECRET)


def test_what_is_no_mail_server_is_told() -> None:
    with reciting(b"HTTP/1.1 400 Bad Request\r\n") as port, pytest.raises(EnvironmentProblem, match="not speak SMTP"):
        deliver_by_smtp(letter(), account(port, None), SECRET)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_server_that_says_nothing_is_for_later_and_hears_nothing(security: Security) -> None:
    """It may be none of SMTP's, so it does not hear QUIT either."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        mine = account(listener.getsockname()[1], None, security, timeout_s=0.3)
        assert deliver_by_smtp(letter(), mine, SECRET).state == "later"
        plug, _ = listener.accept()
        with plug:
            said = plug.recv(4096)
    assert said[:1] == (b"\x16" if security == "tls" else b"")  # a record of TLS's handshake at most
