"""Each of a ticket's several mails is a draft of its own, and a second run replaces that one alone."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from bundler.delivery.folders import encode_name, quote
from bundler.errors import ExitCode
from bundler.mail.read import read_mail
from tests.commands.send.sending import configure, mails_of, split_ticket
from tests.conftest import Invoke
from tests.delivery.certificates import Certificate
from tests.delivery.dovecot import DRAFTS, PASSWORD, Dovecot, needs_dovecot, visiting
from tests.delivery.drafts import kept, threads

pytestmark = [pytest.mark.real, needs_dovecot]


def drafts(mailbox: Dovecot, good: Certificate) -> list[bytes]:
    """What is among the drafts, in the order in which it came there."""
    with visiting(mailbox, good) as visitor:
        found = kept(visitor)
    assert {frozenset(flags) for flags, _ in found} == {frozenset(("\\Draft", "\\Seen"))}
    return [data for _, data in found]


def parts(found: list[bytes]) -> list[str]:
    """Which mail of how many each is."""
    return [str(read_mail(data).find_header("X-Ticket-Part")) for data in found]


def test_each_part_is_a_draft_of_its_own_and_all_are_one_thread(
    invoke: Invoke, several: Path, mailbox: Dovecot, good: Certificate, tmp_path: Path
) -> None:
    count = len(mails_of(several))
    numbered = [f"{number}/{count}" for number in range(1, count + 1)]
    for _ in range(2):
        outcome = invoke("send", several)
        assert outcome.code == ExitCode.FINE, outcome.err
        assert parts(drafts(mailbox, good)) == numbered
    assert outcome.err.count("replaces the older one") == count
    with visiting(mailbox, good) as visitor:
        assert threads(visitor, DRAFTS) == [count]
    arrived = [set[str](), set[str]()]
    for data, made in zip(drafts(mailbox, good), mails_of(several), strict=True):
        (tmp_path / "arrived.eml").write_bytes(data)
        verdict = json.loads(invoke("verify", tmp_path / "arrived.eml", "--json").out)
        assert ({each["severity"] for each in verdict["damage"]}, verdict["leaks"]) == ({"note"}, [])
        assert {part["state"] for part in verdict["arrival"]["parts"]} <= {"whole", "elsewhere"}
        for names, source in zip(arrived, (data, made.read_bytes()), strict=True):
            names |= {name for name, _, _ in read_mail(source).attachments}
    assert arrived[0] == arrived[1]


def test_one_part_that_is_named_replaces_its_own_draft_and_none_of_its_siblings(
    invoke: Invoke, several: Path, mailbox: Dovecot, good: Certificate
) -> None:
    mails = mails_of(several)
    assert invoke("send", several).code == ExitCode.FINE
    before = drafts(mailbox, good)
    for named in (mails[1], mails[-1]):
        outcome = invoke("send", named)
        assert outcome.code == ExitCode.FINE
        assert "replaces the older one" in outcome.err
    after = drafts(mailbox, good)
    assert sorted(parts(after)) == sorted(parts(before))
    assert after[:-2] == [data for data in before if data not in (before[1], before[-1])]


def test_a_follow_up_in_several_mails_and_those_of_its_ticket_stay_beside_each_other(
    invoke: Invoke, several: Path, mailbox: Dovecot, good: Certificate, tmp_path: Path
) -> None:
    folder = tmp_path / "second"
    folder.mkdir()
    follow_up = split_ticket(invoke, folder, "--follow-up", str(several), "-o", str(folder), word="more")
    for bundle in (several, follow_up, several, follow_up):
        outcome = invoke("send", bundle)
        assert outcome.code == ExitCode.FINE, outcome.err
    found = [read_mail(data) for data in drafts(mailbox, good)]
    assert len({draft.find_header("X-Ticket-Id") for draft in found}) == 1
    updates = [draft.find_header("X-Ticket-Update") for draft in found]
    assert updates.count(None) == len(mails_of(several))
    assert len(updates) - updates.count(None) == len(mails_of(follow_up))


def test_a_ticket_that_is_split_otherwise_leaves_none_of_its_former_drafts(
    invoke: Invoke, mailbox: Dovecot, good: Certificate, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("ab" * 32)
    forms = []
    for name, size in (("small", "60KB"), ("large", "100KB"), ("smaller", "55KB")):
        (tmp_path / name).mkdir()
        forms.append(split_ticket(invoke, tmp_path / name, "--key", "key", "-o", str(tmp_path / name), size=size))
    counts = [len(mails_of(form)) for form in forms]
    assert counts[1] < counts[0] < counts[2]
    for form, count in zip(forms, counts, strict=True):
        outcome = invoke("send", form)
        assert outcome.code == ExitCode.FINE, outcome.err
        assert parts(drafts(mailbox, good)) == [f"{number}/{count}" for number in range(1, count + 1)]


def test_a_run_that_fails_midway_tells_what_is_there_and_the_same_command_goes_on(
    invoke: Invoke, several: Path, mailbox: Dovecot, good: Certificate, tmp_path: Path
) -> None:
    count = len(mails_of(several))
    tries = tmp_path / "tries"
    program = tmp_path / "password"
    program.write_text(
        f"#!{sys.executable}\nimport pathlib, sys\ntries = pathlib.Path({str(tries)!r})\n"
        "tries.write_text(tries.read_text() + '.')\nsys.exit(1) if len(tries.read_text()) > 2 else print('s3cret')\n"
    )
    program.chmod(0o755)
    tries.write_text("")
    imap = f'imap = "imaps://localhost:{mailbox.imaps}"'
    configure(imap, f'ca_file = "{good.cert}"', f'password_command = ["{program}"]')
    outcome = invoke("send", several, "--json")
    assert outcome.code == ExitCode.INPUT
    rest = f"3 to {count}" if count > 4 else "3 and 4" if count == 4 else "3"
    assert f"Of the {count} mails, 1 and 2 are in the mailbox; {rest} are not in the mailbox." in outcome.err
    assert f"To go on: ticket-bundler send {several}" in outcome.err
    told = json.loads(outcome.out)
    assert [each["outcome"]["state"] for each in told["mails"]] == ["delivered"] * 2 + ["none"] * (count - 2)
    assert parts(drafts(mailbox, good)) == [f"1/{count}", f"2/{count}"]
    tries.write_text("")
    program.write_text(f"#!/bin/sh\necho {PASSWORD}\n")
    assert invoke("send", several).code == ExitCode.FINE
    assert parts(drafts(mailbox, good)) == [f"{number}/{count}" for number in range(1, count + 1)]


def test_verify_looks_at_all_parts_in_a_mailbox_and_says_which_is_missing(
    invoke: Invoke, several: Path, mailbox: Dovecot, good: Certificate
) -> None:
    count = len(mails_of(several))
    assert invoke("send", several).code == ExitCode.FINE
    ticket_id = str(read_mail(mails_of(several)[0].read_bytes()).find_header("X-Ticket-Id"))
    argv = ("verify", "--imap", "work", "--ticket", ticket_id, "--folder", DRAFTS)
    told = json.loads(invoke(*argv, "--json").out)
    assert (len(told["mails"]), told["missing"], told["exit"]) == (count, [], 0)
    outcome = invoke(*argv)
    assert outcome.code == ExitCode.FINE
    for number in range(1, count + 1):
        assert f"the mail of {ticket_id}, mail {number} of {count}: all " in outcome.out
    with visiting(mailbox, good) as visitor:
        visitor.select(quote(encode_name(DRAFTS)))
        visitor.store("2", "+FLAGS", r"\Deleted")
        visitor.expunge()
    outcome = invoke(*argv)
    assert outcome.code == ExitCode.INPUT
    assert f"the mail of {ticket_id}, mail 2 of {count}: It is not in {DRAFTS}." in outcome.out


def test_verify_looks_at_a_ticket_and_all_that_follows_it_up(
    invoke: Invoke, several: Path, mailbox: Dovecot, good: Certificate, tmp_path: Path
) -> None:
    bundles, count = [several], len(mails_of(several))
    for name, word in (("second", "more"), ("third", "most")):
        (tmp_path / name).mkdir()
        after = ("--follow-up", str(bundles[-1]), "-o", str(tmp_path / name))
        bundles.append(split_ticket(invoke, tmp_path / name, *after, word=word))
    for bundle in (*bundles, several):
        assert invoke("send", bundle).code == ExitCode.FINE
    ticket_id = str(read_mail(mails_of(several)[0].read_bytes()).find_header("X-Ticket-Id"))
    argv = ("verify", "--imap", "work", "--ticket", ticket_id, "--folder", DRAFTS)
    told = json.loads(invoke(*argv, "--json").out)
    expected = [f"mail {number} of {count}" for number in range(1, count + 1)]
    for number, bundle in enumerate(bundles[1:], 1):
        others = len(mails_of(bundle))
        expected += [f"follow-up {number}, mail {part} of {others}" for part in range(1, others + 1)]
    assert [each["which"] for each in told["mails"]] == expected
    assert (told["missing"], told["exit"]) == ([], 0)
    with visiting(mailbox, good) as visitor:
        visitor.select(quote(encode_name(DRAFTS)))
        followed = visitor.search(None, "HEADER", "X-Ticket-Update", '""')[1][0].split()
        visitor.store(followed[1].decode(), "+FLAGS", r"\Deleted")
        visitor.expunge()
    outcome = invoke(*argv)
    assert outcome.code == ExitCode.INPUT
    missing = [line for line in outcome.out.splitlines() if "It is not in" in line]
    assert missing == [
        f"the mail of {ticket_id}, follow-up 1, mail 2 of {len(mails_of(bundles[1]))}: It is not in {DRAFTS}."
    ]
