"""Who is let into a mailbox, and which server is not trusted with a password."""

from __future__ import annotations

import socket

import msgspec
import pytest

from bundler.delivery.accounts import Credential, Mechanism, Security, Server
from bundler.delivery.imap import deliver_by_imap
from bundler.delivery.security import LoginRefused
from bundler.errors import EnvironmentProblem, MisuseError
from tests.delivery.certificates import Certificate, Certificates
from tests.delivery.dovecot import TOKEN, USER, Dovecot, dovecot, needs_dovecot
from tests.delivery.drafts import KEY, account, letter
from tests.evidence.object_servers import free_port, silent

pytestmark = [pytest.mark.real, needs_dovecot]


def test_a_wrong_password_is_told_without_it(server: Dovecot, certificates: Certificates) -> None:
    with pytest.raises(LoginRefused, match=f"does not let {USER} in") as caught:
        deliver_by_imap(letter(), account(server, certificates.good), Credential("wr0ng"))
    assert "wr0ng" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize("secret", ["pass\r\nword", "a\0b", "\1"])
def test_a_password_that_would_end_the_command_never_leaves(
    server: Dovecot, certificates: Certificates, secret: str
) -> None:
    with pytest.raises(MisuseError, match="characters that no server takes"):
        deliver_by_imap(letter(), account(server, certificates.good), Credential(secret))


@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
def test_a_token_lets_in_and_a_bad_one_does_not(
    server: Dovecot, certificates: Certificates, mechanism: Mechanism
) -> None:
    person = msgspec.structs.replace(account(server, certificates.good), mechanism=mechanism)
    assert deliver_by_imap(letter(), person, Credential(TOKEN)).state == "delivered"
    with pytest.raises(LoginRefused, match="does not let") as caught:
        deliver_by_imap(letter(), person, Credential("stale-token"))
    assert "token_command of the account work" in caught.value.hint


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize(
    ("shown", "words"),
    [("stranger", "is not trusted"), ("elsewhere", "is another host's"), ("expired", "has expired")],
)
def test_a_server_that_cannot_be_trusted_hears_nothing(
    certificates: Certificates, shown: str, words: str, security: Security
) -> None:
    certificate: Certificate = getattr(certificates, shown)
    trusted = certificates.good if shown == "stranger" else certificate
    with dovecot(certificate) as running:
        with pytest.raises(EnvironmentProblem, match=words):
            deliver_by_imap(letter(), account(running, trusted, security=security), KEY)
        assert "method=" not in (running.folder / "log").read_text()


def test_where_a_login_without_tls_is_forbidden_ours_comes_after_it(
    server: Dovecot, certificates: Certificates
) -> None:
    with socket.create_connection(("127.0.0.1", server.imap), 10, ("127.0.0.2", 0)) as plain:
        assert b"LOGINDISABLED" in plain.recv(1000)
    person = account(server, certificates.good, security="starttls")
    person = msgspec.structs.replace(person, source_address="127.0.0.2")
    assert deliver_by_imap(letter(), person, KEY).state == "delivered"
    assert "rip=127.0.0.2, lip=127.0.0.1" in (server.folder / "log").read_text()


@pytest.mark.parametrize(("security", "words"), [("tls", "does not speak TLS"), ("starttls", "offers no TLS")])
def test_a_server_without_tls_hears_nothing(certificates: Certificates, security: Security, words: str) -> None:
    with dovecot(certificates.good, tls=False) as running:
        person = msgspec.structs.replace(
            account(running, certificates.good, security=security), imap=Server("localhost", running.imap, security)
        )
        with pytest.raises(EnvironmentProblem, match=words):
            deliver_by_imap(letter(), person, KEY)
        assert "method=" not in (running.folder / "log").read_text()


def test_no_way_to_the_server_is_for_later(certificates: Certificates, server: Dovecot) -> None:
    person = account(server, certificates.good)
    nobody = msgspec.structs.replace(person, imap=Server("localhost", free_port(), "tls"))
    outcome = deliver_by_imap(letter(), nobody, KEY)
    assert outcome.state == "later"
    assert "Connection refused" in outcome.told
    with silent() as port:
        mute = msgspec.structs.replace(person, imap=Server("localhost", port, "tls"), timeout_s=0.2)
        assert deliver_by_imap(letter(), mute, KEY).state == "later"


def test_an_account_without_a_mailbox_is_told_what_to_set(server: Dovecot, certificates: Certificates) -> None:
    person = account(server, certificates.good)
    with pytest.raises(EnvironmentProblem, match="has no mailbox"):
        deliver_by_imap(letter(), msgspec.structs.replace(person, imap=None), KEY)
