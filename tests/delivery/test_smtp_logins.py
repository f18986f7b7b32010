"""Logging in to an SMTP server, and what becomes of the secret where it lets nobody in."""

from __future__ import annotations

from base64 import b64encode

import pytest
from msgspec.structs import replace

from bundler.delivery.accounts import Credential, Mechanism
from bundler.delivery.security import LoginRefused
from bundler.delivery.smtp import deliver_by_smtp
from bundler.errors import EnvironmentProblem
from tests.delivery.certificates import Certificate, Certificates
from tests.delivery.rigs import PASSWORD, SECRET, TOKEN, USER, Sink, account, letter, reception, reciting
from tests.delivery.wires import wire


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
    with reciting(b"220 hi\r\n", b"250-hi\r\n250 AUTH PLAIN\r\n", no) as port, wire(port, good) as cable:
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
    with reception(sink, good) as port, pytest.raises(EnvironmentProblem) as caught:
        deliver_by_smtp(letter(), account(port, good), None)
    assert "takes no mail without a login (530 5.7.0 Authentication required); nothing was sent." in str(caught.value)
    assert caught.value.hint.startswith("Take smtp_login = false out of [account.work]")
    assert not sink.logins


def test_a_relay_that_does_not_know_this_machine_says_so_and_one_may_try_again(good: Certificate) -> None:
    sink = Sink("AUTH", MAIL="554 5.7.1 <unknown[127.0.0.1]>: Client host rejected: Access denied")
    with reception(sink, good, "tls") as port, pytest.raises(EnvironmentProblem) as caught:
        deliver_by_smtp(letter(), account(port, good, "tls"), None)
    assert "takes no mail from this machine (554 5.7.1 <unknown[127.0.0.1]>" in str(caught.value)
    assert "administrator can add this machine's address" in caught.value.hint


def test_a_server_that_knows_no_login_is_not_sent_to_without_one_but_the_setting_is_told(good: Certificate) -> None:
    sink = Sink("AUTH")
    with reception(sink, good, "tls") as port, pytest.raises(EnvironmentProblem) as caught:
        deliver_by_smtp(letter(), account(port, good, "tls"), SECRET)
    assert "offers no way to log in with a password (it offers: none)" in str(caught.value)
    assert caught.value.hint == "If it is a relay that asks nobody to log in: smtp_login = false in [account.work]."
    assert sink.box == []


def test_without_a_login_tls_is_wanted_and_verified_all_the_same(good: Certificate, certificates: Certificates) -> None:
    sink = Sink()
    with reception(sink, None) as port, pytest.raises(EnvironmentProblem, match="offers no TLS, so nothing was sent"):
        deliver_by_smtp(letter(), replace(account(port, good), smtp_login=False), None)
    for wrong in (certificates.stranger, certificates.expired):
        with reception(sink, wrong, "tls") as port, pytest.raises(EnvironmentProblem, match="certificate"):
            deliver_by_smtp(letter(), replace(account(port, good, "tls"), smtp_login=False), None)
    assert sink.box == []
