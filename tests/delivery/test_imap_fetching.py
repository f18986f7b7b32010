"""Copies of what was sent are filed once, and what arrived is fetched and left unread."""

from __future__ import annotations

import smtplib

import pytest

from bundler.delivery.accounts import Account
from bundler.delivery.imap import fetch_letters, file_sent_copy, limit_of_mailbox
from bundler.errors import MisuseError, UnreadableInput
from tests.delivery.certificates import Certificates
from tests.delivery.dovecot import SUPPORT, USER, Dovecot, needs_dovecot, visiting
from tests.delivery.drafts import KEY, account, kept, letter, put

pytestmark = [pytest.mark.real, needs_dovecot]


def newest(person: Account, ticket_id: str, folder: str = "INBOX") -> bytes:
    """The only mail that is fetched."""
    (content,) = fetch_letters(person, KEY, ticket_id, folder)
    return content


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
    assert newest(person, "t-1").endswith(letter("t-1", "newer").data)
    assert newest(person, "t-12").endswith(letter("t-12").data)
    with visiting(server, certificates.good, SUPPORT) as visitor:
        assert [flags for flags, _ in kept(visitor, "INBOX")] == [set(), set(), set()]
    assert newest(person, "t-1", "inbox").endswith(letter("t-1", "newer").data)


def test_of_several_mails_the_newest_of_each_is_fetched_in_their_order(
    server: Dovecot, certificates: Certificates
) -> None:
    arrived = [("old", ""), ("one", "1/3"), ("three", "3/3"), ("older", "2/2"), ("again", "1/3"), ("two", "2/3")]
    with visiting(server, certificates.good) as visitor:
        for text, part in arrived:
            put(visitor, "INBOX", "", letter("t-7", text, part=part).data)
    person = account(server, certificates.good)
    found = fetch_letters(person, KEY, "t-7")
    assert found == [letter("t-7", text, part=part).data for text, part in (arrived[4], arrived[5], arrived[2])]


def test_a_mail_whose_headers_a_program_took_away_is_found_by_its_subject(
    server: Dovecot, certificates: Certificates
) -> None:
    rewritten = letter("t-9").data.replace(b"X-Ticket-Id", b"X-Other")
    with visiting(server, certificates.good) as visitor:
        put(visitor, "INBOX", "", rewritten)
    assert newest(account(server, certificates.good), "t-9") == rewritten


def test_what_cannot_be_fetched_is_told(server: Dovecot, certificates: Certificates) -> None:
    person = account(server, certificates.good)
    with visiting(server, certificates.good) as visitor:
        put(visitor, "INBOX", "", letter("t-5", size=5000).data)
        for number in range(1, 8):
            put(visitor, "INBOX", "", letter("t-8", size=700, part=f"{number}/7").data)
    with pytest.raises(UnreadableInput, match="larger than 1,000 bytes"):
        fetch_letters(person, KEY, "t-5", size_limit=1000)
    with pytest.raises(UnreadableInput, match="The 7 mails of the ticket have more than 5,000 bytes together"):
        fetch_letters(person, KEY, "t-8", size_limit=1000)
    with pytest.raises(UnreadableInput, match="has no such mail"):
        fetch_letters(person, KEY, "t-6")
    for typed in ("", 'x" DELETED "', "x\r\n1 LOGOUT", "é"):
        with pytest.raises(MisuseError, match="letters, digits and hyphens only"):
            fetch_letters(person, KEY, typed)
    with pytest.raises(UnreadableInput, match="has no folder Tickets") as caught:
        fetch_letters(person, KEY, "t-5", "Tickets")
    assert "Entwürfe" in caught.value.hint
