"""The whole way of a mail with real programs: from us, msmtp or sendmail through Postfix into Dovecot's mailbox."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from bundler.delivery.accounts import Account, Credential, Mechanism, Security, Server
from bundler.delivery.security import LoginRefused
from bundler.delivery.sendmail import deliver_by_sendmail
from bundler.delivery.smtp import deliver_by_smtp, limit_of_server
from bundler.errors import EnvironmentProblem
from bundler.mail.letter import Letter, Sender
from bundler.mail.manners import as_letter
from tests.delivery.certificates import Certificates
from tests.delivery.dovecot import PASSWORD, SUPPORT, TOKEN, USER, Dovecot, dovecot, needs_dovecot, visiting
from tests.delivery.postfix import LARGEST, Postfix, needs_postfix, postfix
from tests.delivery.rigs import BODY, msmtp
from tests.mail.letters import MOMENT
from tests.mail.mails import mail

pytestmark = [pytest.mark.real, needs_dovecot, needs_postfix]
needs_msmtp = pytest.mark.skipif(shutil.which("msmtp") is None, reason="msmtp is not installed")
_PATIENCE_S = 20


class Office:
    """Postfix and the mailboxes behind it."""

    def __init__(self, post: Postfix, boxes: Dovecot, certificates: Certificates) -> None:
        self.post = post
        self.boxes = boxes
        self.certificates = certificates

    def account(self, security: Security = "starttls", mechanism: Mechanism = "password") -> Account:
        port = self.post.submission if security == "starttls" else self.post.smtps
        return Account(
            name="work",
            sender=Sender(USER, "Søren Å"),
            smtp=Server("localhost", port, security),
            mechanism=mechanism,
            ca_file=str(self.certificates.good.cert),
        )

    def arrived(self) -> bytes:
        """The one mail in support's mailbox, as IMAP gives it; waits for it, and takes it away."""
        until = time.monotonic() + _PATIENCE_S
        while True:
            with visiting(self.boxes, self.certificates.good, SUPPORT) as visitor:
                visitor.select("INBOX")
                numbers = visitor.search(None, "ALL")[1][0].split()
                if numbers:
                    (number,) = numbers
                    answer = visitor.fetch(number, "(BODY.PEEK[])")[1][0]
                    assert isinstance(answer, tuple)
                    visitor.store(number, "+FLAGS", r"\Deleted")
                    visitor.expunge()
                    return answer[1]
            assert time.monotonic() < until, (self.post.folder / "maillog").read_text(errors="replace")
            time.sleep(0.05)


@pytest.fixture(scope="module")
def office(certificates: Certificates) -> Iterator[Office]:
    """One Postfix and one Dovecot for all tests here."""
    with dovecot(certificates.good) as boxes, postfix(certificates.good, boxes) as post:
        yield Office(post, boxes, certificates)


@pytest.fixture
def full() -> Letter:
    """The mail of the full ticket, sent to support."""
    return as_letter(mail(), "send", Sender(USER, "Søren Å"), MOMENT, to=[SUPPORT])


@pytest.fixture
def periods() -> Letter:
    """A mail with lines that a careless sender shortens."""
    head = f"From: {USER}\r\nTo: {SUPPORT}\r\nSubject: periods\r\nMessage-ID: <p@example.test>\r\n"
    head += "Date: Mon, 23 Nov 2026 18:30:00 +0000\r\n\r\n"
    return Letter(head.encode() + BODY, "send", USER, (SUPPORT,), "T-1", "periods", "<p@example.test>")


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize(("mechanism", "secret"), [("password", PASSWORD), ("xoauth2", TOKEN), ("oauthbearer", TOKEN)])
def test_every_byte_arrives_whichever_way_one_logs_in(
    office: Office, full: Letter, security: Security, mechanism: Mechanism, secret: str
) -> None:
    outcome = deliver_by_smtp(full, office.account(security, mechanism), Credential(secret))
    assert outcome.state == "delivered"
    assert outcome.accepted == (SUPPORT,)
    assert outcome.place in (office.post.folder / "maillog").read_text()  # the queue's own number
    assert office.arrived().endswith(b"\r\n" + full.data)  # what is added stands above our headers


def test_periods_and_their_lines_arrive(office: Office, periods: Letter) -> None:
    assert deliver_by_smtp(periods, office.account(), Credential(PASSWORD)).state == "delivered"
    assert office.arrived().endswith(b"\r\n" + periods.data)


def test_a_real_server_hears_the_size_first_and_tells_its_limit(office: Office, periods: Letter) -> None:
    assert limit_of_server(office.account()) == LARGEST
    big = replace(periods, data=periods.data + b"x" * 70 + b"\r\n" * LARGEST)
    with pytest.raises(EnvironmentProblem, match=f"takes at most {LARGEST:,}"):
        deliver_by_smtp(big, office.account(), Credential(PASSWORD))


@pytest.mark.parametrize(
    ("mechanism", "secret"), [("password", "wrong"), ("xoauth2", "stale"), ("oauthbearer", "stale")]
)
def test_a_real_server_refuses_a_wrong_secret(office: Office, full: Letter, mechanism: Mechanism, secret: str) -> None:
    with pytest.raises(LoginRefused, match=f"does not let {USER} in"):
        deliver_by_smtp(full, office.account("tls", mechanism), Credential(secret))


def test_a_real_server_refuses_one_recipient_of_two(office: Office, full: Letter) -> None:
    both = replace(full, recipients=("nobody@example.test", SUPPORT))
    outcome = deliver_by_smtp(both, office.account(), Credential(PASSWORD))
    assert outcome.state == "partly"
    assert outcome.accepted == (SUPPORT,)
    assert [(each.recipient, each.code) for each in outcome.refusals] == [("nobody@example.test", 550)]
    assert office.arrived().endswith(full.data)


def test_sendmail_takes_the_mail_into_its_queue_and_every_byte_arrives(
    office: Office, full: Letter, periods: Letter
) -> None:
    for each in (full, periods):
        outcome = deliver_by_sendmail(each, replace(office.account(), sendmail=office.post.sendmail))
        assert outcome.state == "delivered"
        assert office.arrived().endswith(b"\r\n" + each.data)


def _by_msmtp(
    office: Office, folder: Path, host: str = "localhost", port: int = 0, password: str = PASSWORD
) -> Account:
    good = office.certificates.good
    program = msmtp(folder, port or office.post.submission, good, "starttls", host=host, password=password)
    return replace(office.account(), sendmail=program)


@needs_msmtp
def test_msmtp_sends_the_mail_and_every_byte_arrives(
    office: Office, full: Letter, periods: Letter, tmp_path: Path
) -> None:
    for each in (full, periods):
        assert deliver_by_sendmail(each, _by_msmtp(office, tmp_path)).state == "delivered"
        assert office.arrived().endswith(b"\r\n" + each.data)


@needs_msmtp
@pytest.mark.parametrize(
    ("port", "password", "host", "recipient", "state"),
    [
        (0, "wrong", "localhost", SUPPORT, "refused"),
        (0, PASSWORD, "localhost", "nobody@example.test", "refused"),
        (1, PASSWORD, "localhost", SUPPORT, "later"),
        (0, PASSWORD, "no-such-host.invalid", SUPPORT, "later"),
    ],
)
def test_what_msmtp_could_not_do_is_told_in_its_words(
    office: Office, full: Letter, tmp_path: Path, port: int, password: str, host: str, recipient: str, state: str
) -> None:
    mine = _by_msmtp(office, tmp_path, host, port, password)
    outcome = deliver_by_sendmail(replace(full, recipients=(recipient,)), mine)
    assert outcome.state == state, outcome
    assert "msmtp: " in outcome.told
    assert PASSWORD not in outcome.told


def test_a_relay_takes_the_mail_of_whom_it_knows_by_address_and_tells_others(office: Office, full: Letter) -> None:
    relay = replace(
        office.account(), smtp=Server("localhost", office.post.relay, "starttls"), smtp_login=False, timeout_s=10
    )
    assert deliver_by_smtp(full, relay, None).state == "delivered"
    assert office.arrived().endswith(b"\r\n" + full.data)
    with pytest.raises(EnvironmentProblem, match=r"takes no mail from this machine \(554 5\.7\.1 "):
        deliver_by_smtp(full, replace(relay, source_address="127.0.0.3"), None)
    with pytest.raises(EnvironmentProblem, match=r"takes no mail without a login \(554 5\.7\.1 ") as caught:
        deliver_by_smtp(full, replace(office.account(), smtp_login=False), None)
    assert "Take smtp_login = false out of [account.work]" in caught.value.hint
    with pytest.raises(EnvironmentProblem, match="offers no way to log in") as caught:
        deliver_by_smtp(full, replace(relay, smtp_login=True), Credential(PASSWORD))
    assert "smtp_login = false in [account.work]" in caught.value.hint
