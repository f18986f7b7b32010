"""Drafts on servers that know little, break off, lie, or never end."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bundler.delivery.accounts import Credential
from bundler.delivery.imap import deliver_by_imap, fetch_letters
from bundler.delivery.outcome import Outcome
from bundler.errors import EnvironmentProblem, UnreadableInput
from tests.delivery.certificates import Certificates
from tests.delivery.drafts import account_at, letter
from tests.delivery.imap_talk import HANG_UP, OFFERS, Talk, talking

SECRET = "s3cret"


def run(certificates: Certificates, answers: dict[str, bytes], *, tls: bool = True) -> tuple[Outcome, Talk]:
    """A draft for a server that gives these answers."""
    with talking(certificates.good, answers, tls=tls) as talk:
        return deliver_by_imap(letter(), account_at(talk.port, certificates.good, tls=tls), Credential(SECRET)), talk


def test_a_server_that_answers_well_gets_the_whole_mail(certificates: Certificates) -> None:
    outcome, talk = run(certificates, {})
    assert outcome.state == "delivered"
    assert talk.literals == [letter().data]
    assert talk.commands[-1] == "LOGOUT"


def test_a_connection_that_ends_after_the_upload_leaves_it_open_what_became_of_the_mail(
    certificates: Certificates,
) -> None:
    outcome, talk = run(certificates, {"APPEND": HANG_UP})
    assert outcome.state == "unknown"
    assert talk.literals == [letter().data]
    assert "never answered: it may be in Drafts" in outcome.told
    assert "replaces a draft of the same ticket" in outcome.hint


@pytest.mark.parametrize("command", ["GREETING", "CAPABILITY", "AUTHENTICATE", "LIST", "SELECT", "UID SEARCH"])
def test_a_connection_that_ends_before_the_upload_is_for_later(certificates: Certificates, command: str) -> None:
    outcome, talk = run(certificates, {command: HANG_UP})
    assert outcome.state == "later"
    assert outcome.told.endswith("hung up. Nothing was put into the mailbox.")
    assert not talk.literals


def test_a_server_that_turns_visitors_away_is_for_later(certificates: Certificates) -> None:
    outcome, _ = run(certificates, {"GREETING": b"* BYE too many visitors\r\n" + HANG_UP})
    assert outcome.state == "later"
    assert "too many visitors" in outcome.told
    outcome, _ = run(certificates, {"AUTHENTICATE": b"TAG NO [UNAVAILABLE] ask again\r\n"})
    assert outcome.state == "later"


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        (b"TAG NO [TRYCREATE] no such thing\r\n", "refused", "has no folder Drafts any more"),
        (b"TAG NO [TOOBIG] x\r\n", "refused", "takes no mail as large as this (x)"),
        (b"TAG NO [INUSE] locked\r\n", "later", "does not take the mail now (locked)"),
        (b"TAG NO [NOPERM] not yours\r\n", "refused", "does not take the mail (not yours)"),
        (b"TAG NO s3cret\x1b[31m " + b"x" * 500 + b"\r\n", "refused", "x …)"),
        (b"TAG NO\r\n", "unknown", "never answered"),
        (b"TAG BAD what?\r\n", "refused", "what?"),
    ],
)
def test_every_refusal_is_told_in_one_sentence(
    certificates: Certificates, answer: bytes, state: str, words: str
) -> None:
    outcome, _ = run(certificates, {"APPEND": answer})
    assert outcome.state == state
    assert words in outcome.told
    assert outcome.told.isprintable()


def test_a_mail_refused_before_the_upload_is_not_uploaded(certificates: Certificates) -> None:
    outcome, talk = run(certificates, {"+": b"TAG NO [LIMIT] 1 kB at most\r\n", "APPEND": b""})
    assert outcome.state == "refused"
    assert not talk.literals


def test_drafts_are_found_where_a_server_does_not_search_in_our_header(certificates: Certificates) -> None:
    fetched = (
        b"* 1 FETCH (BODY[HEADER.FIELDS (X-TICKET-ID)] {29}\r\nX-Ticket-Id: t-7f3a2c19d0\r\n\r\n"
        b" UID 31 FLAGS (\\Seen \\Draft))\r\n* 2 FETCH (FLAGS (\\Seen))\r\n"
        b"* 3 FETCH (UID 32 FLAGS (\\Draft) BODY[HEADER.FIELDS (X-TICKET-ID)] {2}\r\n\r\n)\r\nTAG OK done\r\n"
    )
    answers = {"UID FETCH": fetched, "UID SEARCH": b"* SEARCH 31 32\r\nTAG OK done\r\n"}
    outcome, talk = run(certificates, answers)
    assert outcome.told.endswith("replaces the older one.")
    assert [each for each in talk.commands if each.startswith("UID EXPUNGE")] == ["UID EXPUNGE 31"]


def test_an_older_draft_that_cannot_be_taken_away_is_told_and_the_new_one_is_there(
    certificates: Certificates,
) -> None:
    fetched = (
        b"* 1 FETCH (UID 31 FLAGS (\\Draft) BODY[HEADER.FIELDS (X-TICKET-ID)] {29}\r\n"
        b"X-Ticket-Id: t-7f3a2c19d0\r\n\r\n)\r\nTAG OK done\r\n"
    )
    good = {"UID FETCH": fetched, "UID SEARCH": b"* SEARCH 31\r\nTAG OK done\r\n"}
    for answer in (b"TAG NO not you\r\n", b"TAG BAD what?\r\n", HANG_UP):
        for command in ("UID STORE", "UID EXPUNGE"):
            outcome, _ = run(certificates, {**good, command: answer})
            assert outcome.state == "delivered"
            assert "the older one may still be beside it" in outcome.told


def test_a_limit_for_each_folder_is_asked_for(certificates: Certificates) -> None:
    answers = {
        "CAPABILITY": b"* CAPABILITY " + OFFERS + b" APPENDLIMIT\r\nTAG OK done\r\n",
        "STATUS": b'* STATUS "APPENDLIMIT 7" (APPENDLIMIT 100)\r\nTAG OK done\r\n',
    }
    with pytest.raises(EnvironmentProblem, match="takes at most 100;"):
        run(certificates, answers)
    assert (
        run(certificates, {**answers, "STATUS": b"* STATUS Drafts (APPENDLIMIT NIL)\r\nTAG OK done\r\n"})[0].accepted
        == ()
    )


def test_a_server_that_only_lists_in_the_old_way_is_asked_again(certificates: Certificates) -> None:
    offers = b"* CAPABILITY " + OFFERS + b" SPECIAL-USE LIST-EXTENDED\r\nTAG OK done\r\n"
    outcome, talk = run(certificates, {"CAPABILITY": offers})
    assert outcome.state == "delivered"
    assert 'LIST "" "*" RETURN (SPECIAL-USE)' in talk.commands


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"SELECT": b"* OK [READ-ONLY] x\r\nTAG OK [READ-ONLY] look only\r\n"}, "may not be changed"),
        ({"SELECT": b"TAG NO not for you\r\n"}, "refuses SELECT (not for you)"),
        ({"UID SEARCH": b"TAG BAD what?\r\n"}, "does not understand SEARCH"),
        (
            {"CAPABILITY": b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\nTAG OK done\r\n"},
            "no way to log in with a password",
        ),
        ({"CAPABILITY": b"* CAPABILITY IMAP2\r\nTAG OK done\r\n"}, "does not speak IMAP"),
        ({"GREETING": b"220 mail.example.test ESMTP\r\n"}, "does not speak IMAP"),
        ({"GREETING": b"* PREAUTH come in\r\n"}, "lets anybody in without a password"),
        ({"LIST": b'* LIST () "/" "a\x1bb"\r\nTAG OK done\r\n'}, "has no folder for drafts"),
    ],
)
def test_what_no_mailbox_does_is_told_and_nothing_is_uploaded(
    certificates: Certificates, answers: dict[str, bytes], words: str
) -> None:
    with talking(certificates.good, answers) as talk:
        with pytest.raises(EnvironmentProblem) as caught:
            deliver_by_imap(letter(), account_at(talk.port, certificates.good), Credential(SECRET))
        assert words in caught.value.message
        assert (caught.value.message + caught.value.hint).isprintable()
    assert not talk.literals


@pytest.mark.parametrize(
    "answer",
    [
        b'* LIST () "/" {999999999999}\r\n',
        b'* LIST () "/" ' + b"x" * 2_000_000 + b"\r\n",
        b'* LIST () "/" ' + b"x" * 900_000 + b"\r\n" + (b'* LIST () "/" ' + b"x" * 900_000 + b"\r\n") * 10,
    ],
)
def test_a_server_that_never_ends_is_left(certificates: Certificates, answer: bytes) -> None:
    with talking(certificates.good, {"LIST": answer + HANG_UP}) as talk:
        outcome = deliver_by_imap(letter(), account_at(talk.port, certificates.good), Credential(SECRET))
        assert outcome.state == "later"
    assert not talk.literals


def test_an_endless_answer_to_the_upload_is_no_refusal(certificates: Certificates) -> None:
    assert run(certificates, {"APPEND": b"x" * 2_000_000 + HANG_UP})[0].state == "unknown"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["GREETING", "CAPABILITY", "AUTHENTICATE", "LIST", "SELECT", "UID SEARCH", "UID FETCH", "APPEND"]),
    st.lists(
        st.sampled_from(
            [b"* ", b"TAG ", b"OK ", b"NO ", b"BAD ", b"BYE ", b"FETCH (", b"LIST ", b"SEARCH ", b"\r\n", b"{3}\r\n"]
        )
        | st.sampled_from([b"CAPABILITY ", b"1 ", b"(", b")", b'"', b"[", b"]", b"+ ", b"{" + b"9" * 5000 + b"}\r\n"])
        | st.binary(max_size=8)
    ),
)
def test_whatever_a_server_says_ends_in_a_sentence(
    certificates: Certificates, command: str, pieces: list[bytes]
) -> None:
    answers = {"UID SEARCH": b"* SEARCH 7\r\nTAG OK done\r\n", command: b"".join(pieces) + HANG_UP}
    with talking(certificates.good, answers) as talk:
        try:
            outcome = deliver_by_imap(letter(), account_at(talk.port, certificates.good), Credential(SECRET))
        except EnvironmentProblem as error:
            told = error.message
        else:
            told = outcome.told
            assert outcome.state != "refused" or command == "APPEND"
    assert told.isprintable()
    assert len(told) < 500


def test_nothing_is_said_to_a_server_that_lets_anybody_in_before_tls(certificates: Certificates) -> None:
    answers = {"GREETING": b"* PREAUTH come in\r\n"}
    with (
        talking(certificates.good, answers, tls=False) as talk,
        pytest.raises(EnvironmentProblem, match="lets anybody in"),
    ):
        deliver_by_imap(letter(), account_at(talk.port, certificates.good, tls=False), Credential(SECRET))
    assert talk.commands == ["CAPABILITY", "LOGOUT"]


def test_what_somebody_on_the_way_adds_before_tls_is_not_heard(certificates: Certificates) -> None:
    offers = b"* CAPABILITY " + OFFERS + b" STARTTLS\r\nTAG OK done\r\n"
    added = b"* CAPABILITY IMAP4rev1 APPENDLIMIT=1\r\n* BYE begone\r\n"
    outcome, talk = run(certificates, {"CAPABILITY": offers, "STARTTLS": b"TAG OK go\r\n" + added}, tls=False)
    assert outcome.state == "delivered"
    assert talk.commands[:4] == ["CAPABILITY", "STARTTLS", "CAPABILITY", "AUTHENTICATE PLAIN"]
    assert talk.literals == [letter().data]


def test_a_server_that_tells_more_than_a_mail_has_is_left(certificates: Certificates) -> None:
    answers = {
        "UID SEARCH": b"* SEARCH 5\r\nTAG OK done\r\n",
        "UID FETCH": b"* 1 FETCH (UID 5 RFC822.SIZE 10 BODY[] {60000000}\r\n" + HANG_UP,
    }
    with talking(certificates.good, answers) as talk, pytest.raises(EnvironmentProblem, match="too long"):
        fetch_letters(account_at(talk.port, certificates.good), Credential(SECRET), "t-1", "Drafts")
    answers["UID FETCH"] = b"* 1 FETCH (UID 5 RFC822.SIZE 10)\r\nTAG OK done\r\n"
    with talking(certificates.good, answers) as talk, pytest.raises(UnreadableInput, match="not hand the mail out"):
        fetch_letters(account_at(talk.port, certificates.good), Credential(SECRET), "t-1", "Drafts")


def test_a_password_of_letters_beyond_ascii_is_not_said_where_only_ascii_is_understood(
    certificates: Certificates,
) -> None:
    old = {"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n"}
    with talking(certificates.good, old) as talk:
        person = msgspec.structs.replace(account_at(talk.port, certificates.good), user='say "hi" \\o/')
        assert deliver_by_imap(letter(), person, Credential('s3"c\\ret')).state == "delivered"
        assert talk.commands[1] == r'LOGIN "say \"hi\" \\o/" "s3\"c\\ret"'
    with talking(certificates.good, old) as talk, pytest.raises(EnvironmentProblem, match="no way to log in"):
        deliver_by_imap(letter(), account_at(talk.port, certificates.good), Credential("pæssword"))
