"""Drafts and copies in the mailboxes of a real Dovecot, and what is told when it will not have them."""

from __future__ import annotations

import smtplib
import socket
import subprocess
from collections.abc import Iterator

import msgspec
import pytest

from bundler.delivery.accounts import Account, Credential, Mechanism, Security, Server
from bundler.delivery.folders import encode_name, quote
from bundler.delivery.imap import deliver_by_imap, fetch_letter, file_sent_copy, limit_of_mailbox
from bundler.delivery.security import LoginRefused
from bundler.errors import EnvironmentProblem, MisuseError, UnreadableInput
from bundler.mail.letter import Sender
from bundler.mail.manners import as_letter
from tests.delivery.certificates import Certificate, Certificates
from tests.delivery.dovecot import (
    CAPABILITIES_OF_OLD,
    DRAFTS,
    FULL,
    LARGEST,
    PASSWORD,
    SUPPORT,
    TOKEN,
    USER,
    Dovecot,
    dovecot,
    needs_dovecot,
    visiting,
)
from tests.delivery.drafts import MOMENT, kept, letter, put
from tests.evidence.object_servers import free_port, silent
from tests.mail.mails import mail

pytestmark = [pytest.mark.real, needs_dovecot]

KEY = Credential(PASSWORD)


@pytest.fixture(scope="module")
def server(certificates: Certificates) -> Iterator[Dovecot]:
    """A server that knows what mailboxes of today know."""
    with dovecot(certificates.good) as running:
        yield running


@pytest.fixture(scope="module")
def old_server(certificates: Certificates) -> Iterator[Dovecot]:
    """A server that tells no use of folders, deletes only all that is marked, and keeps all folders below INBOX."""
    with dovecot(
        certificates.good,
        drafts="Kladder",
        special_use=False,
        separator=".",
        prefix="INBOX.",
        capabilities=CAPABILITIES_OF_OLD,
    ) as running:
        yield running


@pytest.fixture(autouse=True)
def _every_mailbox_is_empty(server: Dovecot, old_server: Dovecot) -> None:
    server.empty()
    old_server.empty()


def account(server: Dovecot, certificate: Certificate, *, security: Security = "tls", user: str = USER) -> Account:
    """The account of a user, at the server's address as the configuration would have it."""
    return Account(
        name="work",
        sender=Sender(user, "Åse"),
        imap=Server("localhost", server.imaps if security == "tls" else server.imap, security),
        ca_file=str(certificate.cert),
        timeout_s=10,
    )


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_draft_is_put_byte_by_byte_where_the_server_says_drafts_are(
    server: Dovecot, certificates: Certificates, security: Security
) -> None:
    whole = as_letter(mail(), "imap", Sender(USER, "Åse"), MOMENT)
    outcome = deliver_by_imap(whole, account(server, certificates.good, security=security), KEY)
    assert (outcome.state, outcome.place) == ("delivered", DRAFTS)
    assert outcome.told == f"The draft is in Entwürfe of {USER}."
    with visiting(server, certificates.good) as visitor:
        assert kept(visitor) == [({r"\Draft", r"\Seen"}, whole.data)]


def test_a_second_run_replaces_the_draft_and_touches_nobody_elses(server: Dovecot, certificates: Certificates) -> None:
    person, ours = account(server, certificates.good), letter()
    strangers = [
        (r"\Draft \Seen", letter("t-7f3a2c19d0-2").data),  # a search for the shorter id finds it, too
        (r"\Draft", b"Subject: my own\r\n\r\n.\r\n"),
        (r"\Seen", ours.data),  # not a draft, a copy that somebody filed here
        (r"\Draft \Deleted", b"Subject: mine, marked\r\n\r\n.\r\n"),
        (r"\Draft", b"Subject: two\r\nX-Ticket-Id: t-7f3a2c19d0\r\nX-Ticket-Id: t-1\r\n\r\n.\r\n"),
    ]
    with visiting(server, certificates.good) as visitor:
        for flags, data in strangers:
            put(visitor, DRAFTS, f"({flags})", data)
    deliver_by_imap(ours, person, KEY)
    outcome = deliver_by_imap(letter(text="second"), person, KEY)
    assert outcome.told == f"The draft is in Entwürfe of {USER} and replaces the older one."
    with visiting(server, certificates.good) as visitor:
        drafts = [data for _, data in kept(visitor)]
    assert sorted(drafts) == sorted([*(data for _, data in strangers), letter(text="second").data])


def test_an_old_server_has_its_drafts_found_by_name_and_replaced(
    old_server: Dovecot, certificates: Certificates
) -> None:
    person = account(old_server, certificates.good)
    for text in ("first", "second"):
        outcome = deliver_by_imap(letter(text=text), person, KEY)
        assert (outcome.state, outcome.place) == ("delivered", "INBOX.Kladder")
    assert outcome.told.endswith(" and replaces the older one.")
    with visiting(old_server, certificates.good) as visitor:
        assert kept(visitor, "INBOX.Kladder") == [({r"\Draft", r"\Seen"}, letter(text="second").data)]


def test_an_old_server_deletes_nothing_that_somebody_else_marked(
    old_server: Dovecot, certificates: Certificates
) -> None:
    person, stranger = account(old_server, certificates.good), b"Subject: mine\r\n\r\n.\r\n"
    deliver_by_imap(letter(), person, KEY)
    with visiting(old_server, certificates.good) as visitor:
        put(visitor, "INBOX.Kladder", r"(\Deleted)", stranger)
    outcome = deliver_by_imap(letter(text="second"), person, KEY)
    assert outcome.state == "delivered"
    assert "the older one could only be marked as deleted, since other mails there are marked too" in outcome.told
    with visiting(old_server, certificates.good) as visitor:
        assert sorted(kept(visitor, "INBOX.Kladder"), key=lambda each: each[1]) == sorted(
            [
                ({r"\Draft", r"\Seen", r"\Deleted"}, letter().data),
                ({r"\Deleted"}, stranger),
                ({r"\Draft", r"\Seen"}, letter(text="second").data),
            ],
            key=lambda each: each[1],
        )
    deliver_by_imap(letter(text="third"), person, KEY)  # what is marked already does not count any more
    with visiting(old_server, certificates.good) as visitor:
        assert len(kept(visitor, "INBOX.Kladder")) == 4


@pytest.mark.parametrize(
    "name",
    ["Entwürfe & Ideen", 'the "real" ones', "back\\slash", "Arbeit/Entwürfe", "日本語", "100%*", "a  b", "{5}", "😀"],
)
def test_the_folder_that_the_user_names_is_used_whatever_it_is_called(
    server: Dovecot, certificates: Certificates, name: str
) -> None:
    person = msgspec.structs.replace(account(server, certificates.good, user=SUPPORT), drafts=name)
    with visiting(server, certificates.good, SUPPORT) as visitor:
        assert visitor.create(quote(encode_name(name)))[0] == "OK"
    try:
        outcome = deliver_by_imap(letter(), person, KEY)
        assert (outcome.state, outcome.place) == ("delivered", name)
        assert name in _folders_by_doveadm(server)
        with visiting(server, certificates.good, SUPPORT) as visitor:
            assert kept(visitor, name) == [({r"\Draft", r"\Seen"}, letter().data)]
    finally:
        with visiting(server, certificates.good, SUPPORT) as visitor:
            visitor.delete(quote(encode_name(name)))


def _folders_by_doveadm(server: Dovecot) -> list[str]:
    """The folders by Dovecot's own reading of their names."""
    command = ["doveadm", "-c", str(server.folder / "dovecot.conf"), "mailbox", "list", "-u", SUPPORT]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True).stdout.splitlines()


def test_a_folder_that_is_not_there_is_told_with_those_that_are(server: Dovecot, certificates: Certificates) -> None:
    person = msgspec.structs.replace(account(server, certificates.good), drafts="Kladder")
    with pytest.raises(EnvironmentProblem, match="has no folder named Kladder") as caught:
        deliver_by_imap(letter(), person, KEY)
    assert 'drafts = "NAME"' in caught.value.hint
    assert "Entwürfe" in caught.value.hint


def test_a_mailbox_without_drafts_is_told_with_what_to_set(certificates: Certificates) -> None:
    with dovecot(certificates.good, drafts="") as bare:
        with pytest.raises(EnvironmentProblem, match="has no folder for drafts that we know") as caught:
            deliver_by_imap(letter(), account(bare, certificates.good), KEY)
        assert caught.value.hint == 'Set drafts = "NAME" for the account work; the mailbox has: Sent, INBOX.'


def test_a_mail_that_is_too_large_is_refused_in_one_sentence(server: Dovecot, certificates: Certificates) -> None:
    person = account(server, certificates.good)
    deliver_by_imap(letter(), person, KEY)
    outcome = deliver_by_imap(letter(text="second", size=LARGEST + 1000), person, KEY)
    assert outcome.state == "refused"
    assert "takes no mail as large as this (Mail size is larger" in outcome.told
    with visiting(server, certificates.good) as visitor:
        assert [data for _, data in kept(visitor)] == [letter().data]  # the older draft is still there


def test_a_full_mailbox_is_told_and_keeps_the_older_draft(server: Dovecot, certificates: Certificates) -> None:
    person = account(server, certificates.good, user=FULL)
    deliver_by_imap(letter(), person, KEY)
    outcome = deliver_by_imap(letter(text="second", size=30_000), person, KEY)
    assert outcome.state == "refused"
    assert outcome.told.startswith(f"The mailbox of {FULL} is full (Quota exceeded")
    with visiting(server, certificates.good, FULL) as visitor:
        assert [data for _, data in kept(visitor)] == [letter().data]


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


def test_an_account_without_mailbox_or_password_is_told_what_to_set(
    server: Dovecot, certificates: Certificates
) -> None:
    person = account(server, certificates.good)
    with pytest.raises(EnvironmentProblem, match="has no mailbox"):
        deliver_by_imap(letter(), msgspec.structs.replace(person, imap=None), KEY)
    with pytest.raises(EnvironmentProblem, match="There is no password"):
        deliver_by_imap(letter(), person, None)


def test_only_a_letter_made_for_a_mailbox_becomes_a_draft(server: Dovecot, certificates: Certificates) -> None:
    with pytest.raises(ValueError, match="made for a mailbox"):
        deliver_by_imap(letter(manner="send"), account(server, certificates.good), KEY)


def test_a_copy_of_what_was_sent_is_filed_once(server: Dovecot, certificates: Certificates) -> None:
    person, sent = account(server, certificates.good), letter(manner="send")
    assert file_sent_copy(sent, person, KEY).told == f"A copy is in Sent of {USER}."
    assert file_sent_copy(sent, person, KEY).told == f"Sent of {USER} has the mail already."
    with visiting(server, certificates.good) as visitor:
        assert kept(visitor, "Sent") == [({r"\Seen"}, sent.data)]


def test_dovecot_tells_no_limit_before_the_upload(server: Dovecot, certificates: Certificates) -> None:
    assert limit_of_mailbox(account(server, certificates.good), KEY) is None


def test_support_fetches_what_arrived_and_leaves_it_unread(server: Dovecot, certificates: Certificates) -> None:
    with smtplib.LMTP("127.0.0.1", server.lmtp) as post:
        for each in (letter("t-1"), letter("t-12"), letter("t-1", "newer")):
            post.sendmail(USER, [SUPPORT], each.data)
    person = account(server, certificates.good, user=SUPPORT)
    assert fetch_letter(person, KEY, ticket_id="t-1").endswith(letter("t-1", "newer").data)
    assert fetch_letter(person, KEY, ticket_id="t-12").endswith(letter("t-12").data)
    with visiting(server, certificates.good, SUPPORT) as visitor:
        assert [flags for flags, _ in kept(visitor, "INBOX")] == [set(), set(), set()]
        uids = visitor.uid("SEARCH", "ALL")[1][0].split()
    assert fetch_letter(person, KEY, "inbox", uid=int(uids[0])).endswith(letter("t-1").data)


def test_a_mail_whose_headers_a_program_took_away_is_found_by_its_subject(
    server: Dovecot, certificates: Certificates
) -> None:
    rewritten = letter("t-9").data.replace(b"X-Ticket-Id", b"X-Other")
    with visiting(server, certificates.good) as visitor:
        put(visitor, "INBOX", "", rewritten)
    assert fetch_letter(account(server, certificates.good), KEY, ticket_id="t-9") == rewritten


def test_what_cannot_be_fetched_is_told(server: Dovecot, certificates: Certificates) -> None:
    person = account(server, certificates.good)
    with visiting(server, certificates.good) as visitor:
        put(visitor, "INBOX", "", letter("t-5", size=5000).data)
    with pytest.raises(UnreadableInput, match="larger than 1,000 bytes"):
        fetch_letter(person, KEY, ticket_id="t-5", size_limit=1000)
    with pytest.raises(UnreadableInput, match="has no such mail"):
        fetch_letter(person, KEY, ticket_id="t-6")
    with pytest.raises(UnreadableInput, match="has no such mail"):
        fetch_letter(person, KEY, uid=999_999)
    for typed in ("", 'x" DELETED "', "x\r\n1 LOGOUT", "é"):
        with pytest.raises(MisuseError, match="letters, digits and hyphens only"):
            fetch_letter(person, KEY, ticket_id=typed)
    with pytest.raises(UnreadableInput, match="has no folder Tickets") as caught:
        fetch_letter(person, KEY, "Tickets", ticket_id="t-5")
    assert "Entwürfe" in caught.value.hint
