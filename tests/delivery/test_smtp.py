"""Sending by SMTP, against a server that takes, refuses, hangs and lies on demand."""

from __future__ import annotations

import asyncio
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from msgspec.structs import replace

from bundler.delivery.accounts import Credential, Mechanism, Security
from bundler.delivery.outcome import Outcome, Refusal
from bundler.delivery.security import LoginRefused
from bundler.delivery.smtp import deliver_by_smtp, limit_of_server
from bundler.errors import EnvironmentProblem, MisuseError
from tests.delivery.certificates import Certificate, Certificates
from tests.delivery.rigs import HELD, PASSWORD, SIZE, SUPPORT, TOKEN, USER, Sink, Taken, account, letter, reception
from tests.delivery.wires import wire
from tests.evidence.object_servers import free_port

SECRET = Credential(PASSWORD)


@pytest.fixture
def good(certificates: Certificates) -> Certificate:
    """The certificate that is right."""
    return certificates.good


def _send(sink: Sink, good: Certificate, *recipients: str) -> Outcome:
    with reception(sink, good) as port:
        return deliver_by_smtp(letter(*recipients), account(port, good), SECRET)


@contextmanager
def _reciting(*replies: bytes) -> Iterator[int]:
    """A server without manners: says the next of ``replies`` to whatever it gets, the first at once, then hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def recite() -> None:
            plug, _ = listener.accept()
            with plug, suppress(ConnectionError):
                for number, each in enumerate(replies):
                    if number and not plug.recv(4096):
                        return
                    plug.sendall(each)
                plug.recv(4096)

        thread = threading.Thread(target=recite, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(20)


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


@pytest.mark.parametrize(
    ("mechanism", "offered", "secret"),
    [
        ("password", "PLAIN", PASSWORD),
        ("password", "LOGIN", PASSWORD),
        ("xoauth2", "XOAUTH2", TOKEN),
        ("oauthbearer", "OAUTHBEARER", TOKEN),
        ("xoauth2", "OAUTHBEARER", TOKEN),
    ],
)
def test_one_logs_in_the_way_that_the_server_knows(
    good: Certificate, mechanism: Mechanism, offered: str, secret: str
) -> None:
    sink = Sink()
    with reception(sink, good, mechanisms=(offered,)) as port:
        outcome = deliver_by_smtp(letter(), account(port, good, mechanism=mechanism), Credential(secret))
    assert outcome.state == "delivered"
    assert [name for name, _ in sink.logins] == [offered]


def test_oauthbearer_tells_user_host_and_port_as_its_standard_says(good: Certificate) -> None:
    sink = Sink()
    with reception(sink, good) as port:
        mine = replace(account(port, good, mechanism="oauthbearer"), user="a=b,c@example.test")
        assert deliver_by_smtp(letter(), mine, Credential(TOKEN)).state == "delivered"
    said = f"n,a=a=3Db=2Cc@example.test,\1host=127.0.0.1\1port={port}\1auth=Bearer {TOKEN}\1\1"
    assert sink.logins == [("OAUTHBEARER", said.encode())]


@pytest.mark.parametrize(("mechanism", "last"), [("xoauth2", b""), ("oauthbearer", b"\1")])
def test_a_long_token_waits_until_it_is_asked_for_and_a_bad_one_is_told(
    good: Certificate, mechanism: Mechanism, last: bytes
) -> None:
    sink = Sink()
    with reception(sink, good) as port, wire(port) as cable:
        mine = account(cable.port, good, mechanism=mechanism)
        with pytest.raises(LoginRefused, match=r"does not let dev@example\.test in \(535 5\.7\.8") as caught:
            deliver_by_smtp(letter(), mine, Credential("stale" * 200))
        cable.settle()
    (_, first), (_, answer) = sink.logins
    assert b"stale" * 200 in first
    assert answer == last
    assert "token_command" in caught.value.hint
    assert not sink.box


def test_a_wrong_password_is_tried_once_and_never_shown(good: Certificate) -> None:
    sink = Sink()
    with reception(sink, good) as port, pytest.raises(LoginRefused) as caught:
        deliver_by_smtp(letter(), account(port, good), Credential("wrong-s3cret"))
    assert len(sink.logins) == 1
    assert "wrong-s3cret" not in f"{caught.value!r} {caught.value.message} {caught.value.hint}"
    assert "app password" in caught.value.hint
    assert not sink.box


def test_a_server_that_repeats_the_secret_is_not_repeated(good: Certificate) -> None:
    said = b64encode(f"\0{USER}\0{PASSWORD}".encode())
    no = b"535 5.7.8 I heard %b, that is %b\r\n" % (said, PASSWORD.encode())
    with _reciting(b"220 hi\r\n", b"250-hi\r\n250 AUTH PLAIN\r\n", no) as port, wire(port, good) as cable:
        with pytest.raises(LoginRefused, match=r"535 5\.7\.8 I heard …, that is …") as caught:
            deliver_by_smtp(letter(), account(cable.port, good, "tls"), SECRET)
        assert said in cable.heard
    assert PASSWORD not in caught.value.message


def test_a_server_without_a_fitting_login_gets_no_secret(good: Certificate) -> None:
    sink = Sink()
    no_password, no_token = "no way to log in with a password \\(it offers: XOAUTH2\\)", "no way to log in with a token"
    with reception(sink, good, mechanisms=("XOAUTH2",)) as port, pytest.raises(EnvironmentProblem, match=no_password):
        deliver_by_smtp(letter(), account(port, good), SECRET)
    with reception(sink, good, mechanisms=("PLAIN",)) as port, pytest.raises(EnvironmentProblem, match=no_token):
        deliver_by_smtp(letter(), account(port, good, mechanism="xoauth2"), Credential(TOKEN))
    assert not sink.logins


def test_without_a_credential_nobody_logs_in(good: Certificate) -> None:
    sink = Sink()
    with reception(sink, good, "tls") as port:
        assert deliver_by_smtp(letter(), account(port, good, "tls"), None).state == "delivered"
    with reception(sink, good) as port:
        outcome = deliver_by_smtp(letter(), account(port, good), None)
    assert outcome.state == "refused"
    assert "530 5.7.0 Authentication required" in outcome.told
    assert not sink.logins


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
def test_authorities_that_cannot_be_read_are_told(good: Certificate, tmp_path_factory, content: str | None) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path_factory.mktemp("authorities") / "own.pem"
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
        _reciting(b"220 hi\r\n", b"250-hi\r\n250 STARTTLS\r\n", b"454 4.7.0 TLS not available\r\n") as port,
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
        _reciting(b"220 hi, and some more words so that it looks like a record\r\n") as port,
        pytest.raises(EnvironmentProblem, match="does not speak TLS"),
    ):
        deliver_by_smtp(letter(), account(port, None, "tls"), SECRET)


def test_what_is_no_mail_server_is_told() -> None:
    with _reciting(b"HTTP/1.1 400 Bad Request\r\n") as port, pytest.raises(EnvironmentProblem, match="not speak SMTP"):
        deliver_by_smtp(letter(), account(port, None), SECRET)


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
    with _reciting(b"220 hi\r\n", f"250-hi\r\n250 SIZE {said}\r\n".encode()) as port, wire(port, good) as cable:
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
        ("451 4.3.0 the disk is full", "later", "--resume"),
        ("421 4.3.2 going down", "later", "--resume"),
        ("552 5.3.4 too big for here", "refused", "--size-limit"),
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
        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
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
    with _reciting(greeting) as port:
        outcome = deliver_by_smtp(letter(), account(port, None, timeout_s=1), SECRET)
    assert outcome.state == state
    assert "nothing was sent" in outcome.told


@pytest.mark.parametrize("flood", [b"250-x\r\n" * 20_000, b"250-" + b"x" * 200_000], ids=["lines", "line"])
def test_a_reply_without_end_is_not_listened_to(flood: bytes) -> None:
    with _reciting(b"220 hi\r\n", flood) as port:
        outcome = deliver_by_smtp(letter(), account(port, None, timeout_s=2), SECRET)
    assert outcome.state == "later"
    assert "no answer that SMTP knows" in outcome.told
    assert len(outcome.told) < 400


def test_no_way_to_the_server_is_for_later(good: Certificate) -> None:
    outcome = deliver_by_smtp(letter(), account(free_port(), good), SECRET)
    assert outcome.state == "later"
    assert "Connection refused" in outcome.told
    assert "--resume" in outcome.hint
    odd = deliver_by_smtp(letter(), account(25, good, host="x" * 300), SECRET)
    assert odd.state == "later"


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


def test_a_no_in_the_middle_of_the_upload_is_heard(good: Certificate) -> None:
    """Such a server reads no further, so the upload stands still until it is given up."""
    replies = (b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n")
    big = letter(data=b"Subject: big\r\n\r\n" + (b"x" * 998 + b"\r\n") * 30_000)
    for last, state in (
        (b"552 5.3.4 too big\r\n", "refused"),
        (b"421 4.3.2 bye\r\n", "later"),
        (b"250 ok\r\n", "later"),
    ):
        with _reciting(*replies, b"354 go\r\n" + last) as port, wire(port, good) as cable:
            outcome = deliver_by_smtp(big, account(cable.port, good, "tls", timeout_s=1), None)
        assert outcome.state == state
        assert last.decode().strip() in outcome.told
        assert "nothing was sent" in outcome.told


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
        with pytest.raises(MisuseError, match="no mail address"):
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
