"""Drafts on pymap, a real server that tells no use of its folders, but how large a mail may be."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from bundler.delivery.accounts import Credential
from bundler.delivery.folders import encode_name, quote
from bundler.delivery.imap import deliver_by_imap, limit_of_mailbox
from bundler.errors import EnvironmentProblem
from tests.delivery.certificates import Certificates
from tests.delivery.drafts import account_at, kept, letter, put
from tests.delivery.pymap_server import LIMIT, PASSWORD, pymap, visiting_pymap

needs_pymap = pytest.mark.skipif(importlib.util.find_spec("pymap") is None, reason="pymap is not installed")


@pytest.fixture
def poor_server(certificates: Certificates, tmp_path: Path) -> Iterator[int]:
    """The port of a pymap whose only folder is INBOX."""
    with pymap(certificates.good, tmp_path) as port:
        yield port


@needs_pymap
def test_drafts_are_found_by_their_name_in_the_users_language_and_replaced(
    poor_server: int, certificates: Certificates
) -> None:
    person, key = account_at(poor_server, certificates.good, tls=False), Credential(PASSWORD)
    with pytest.raises(EnvironmentProblem, match="has no folder for drafts that we know"):
        deliver_by_imap(letter(), person, key)
    with visiting_pymap(poor_server, certificates.good) as visitor:
        assert visitor.create(quote(encode_name("Черновики")))[0] == "OK"
    for text in ("first", "second"):
        outcome = deliver_by_imap(letter(text=text), person, key)
        assert (outcome.state, outcome.place) == ("delivered", "Черновики")
    assert outcome.told.endswith(" and replaces the older one.")
    with visiting_pymap(poor_server, certificates.good) as visitor:
        assert kept(visitor, "Черновики") == [({r"\Draft", r"\Seen"}, letter(text="second").data)]


@needs_pymap
def test_the_drafts_of_several_mails_replace_each_its_own_form_and_the_last_those_beyond_it(
    poor_server: int, certificates: Certificates
) -> None:
    person, key = account_at(poor_server, certificates.good, tls=False), Credential(PASSWORD)
    with visiting_pymap(poor_server, certificates.good) as visitor:
        visitor.create(quote(encode_name("Drafts")))
    steps = [
        ("", [""]),
        ("1/3", ["1/3"]),
        ("2/3", ["1/3", "2/3"]),
        ("3/3", ["1/3", "2/3", "3/3"]),
        ("2/3", ["1/3", "3/3", "2/3"]),
        ("1/2", ["3/3", "2/3", "1/2"]),
        ("2/2", ["1/2", "2/2"]),
        ("", [""]),
    ]
    for part, there in steps:
        assert deliver_by_imap(letter(part=part), person, key).state == "delivered"
        with visiting_pymap(poor_server, certificates.good) as visitor:
            assert [data for _, data in kept(visitor, "Drafts")] == [letter(part=each).data for each in there]


@needs_pymap
def test_a_draft_whose_part_cannot_be_read_is_nobodys_and_stays(poor_server: int, certificates: Certificates) -> None:
    person, key = account_at(poor_server, certificates.good, tls=False), Credential(PASSWORD)
    strange = [letter(part=part).data for part in ("2", "0/2", "1/2\r\nX-Ticket-Part: 2/2", "1/99999", "x" * 90)]
    with visiting_pymap(poor_server, certificates.good) as visitor:
        visitor.create(quote(encode_name("Drafts")))
        for data in strange:
            put(visitor, "Drafts", r"(\Draft)", data)
    for part in ("1/2", "2/2", ""):
        assert deliver_by_imap(letter(part=part), person, key).state == "delivered"
    with visiting_pymap(poor_server, certificates.good) as visitor:
        assert [data for _, data in kept(visitor, "Drafts")] == [*strange, letter().data]


@needs_pymap
def test_a_mail_above_the_servers_limit_is_not_uploaded(poor_server: int, certificates: Certificates) -> None:
    person, key = account_at(poor_server, certificates.good, tls=False), Credential(PASSWORD)
    with visiting_pymap(poor_server, certificates.good) as visitor:
        visitor.create(quote(encode_name("Drafts")))
    assert limit_of_mailbox(person, key) == LIMIT
    with pytest.raises(EnvironmentProblem, match="the mailbox takes at most 50,000; nothing was put there") as caught:
        deliver_by_imap(letter(size=LIMIT), person, key)
    assert caught.value.hint == "Make a smaller one with ticket-bundler create … --size-limit 50000"
