"""Drafts in the mailboxes of a real Dovecot, and what is told when it will not have them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import msgspec
import pytest

from bundler.delivery.accounts import Security
from bundler.delivery.folders import encode_name, quote
from bundler.delivery.imap import deliver_by_imap
from bundler.errors import EnvironmentProblem
from bundler.mail.letter import Sender
from bundler.mail.manners import as_letter
from tests.delivery.certificates import Certificates
from tests.delivery.dovecot import (
    CAPABILITIES_OF_OLD,
    DRAFTS,
    FULL,
    LARGEST,
    SUPPORT,
    USER,
    Dovecot,
    dovecot,
    needs_dovecot,
    visiting,
)
from tests.delivery.drafts import KEY, MOMENT, account, kept, letter, put
from tests.mail.mails import mail

pytestmark = [pytest.mark.real, needs_dovecot]


@pytest.fixture(scope="module")
def _old_server(certificates: Certificates) -> Iterator[Dovecot]:
    with dovecot(
        certificates.good,
        drafts="Kladder",
        special_use=False,
        separator=".",
        prefix="INBOX.",
        capabilities=CAPABILITIES_OF_OLD,
    ) as running:
        yield running


@pytest.fixture
def old_server(_old_server: Dovecot) -> Dovecot:
    """One that tells no use of its folders, which are empty and below INBOX, and deletes only all that is marked."""
    _old_server.empty()
    return _old_server


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


def test_only_a_letter_made_for_a_mailbox_becomes_a_draft(server: Dovecot, certificates: Certificates) -> None:
    with pytest.raises(ValueError, match="made for a mailbox"):
        deliver_by_imap(letter(manner="send"), account(server, certificates.good), KEY)
