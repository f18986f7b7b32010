"""A file of many mails is taken apart into exactly those that a mail program put in."""

from __future__ import annotations

import mailbox
from pathlib import Path

import pytest

from bundler.errors import UnreadableInput
from bundler.mail.mbox import MOST_MAILS, is_mbox, mails_in
from tests.mail.mails import mail

BETWEEN = b"From kim@psp.example Mon Nov 23 18:30:00 2026\n"


def test_what_the_standard_library_wrote_comes_out_again(tmp_path: Path) -> None:
    tricky = b"Subject: x\n\nFrom here\n>From there\n\nFrom now on 12:00 in 2026\n\n"
    put = [mail().replace(b"\r\n", b"\n"), tricky, b"Subject: y\n\nno line end"]
    box = mailbox.mbox(tmp_path / "box")
    for each in put:
        box.add(each)
    box.close()
    data = (tmp_path / "box").read_bytes()
    assert is_mbox(data)
    out = list(mails_in(data))
    assert out[0] == put[0]
    assert out[1] == tricky.replace(b"\n>From", b"\nFrom")  # mailbox writes mboxo, which cannot tell them apart
    assert out[2].rstrip() == put[2]


@pytest.mark.parametrize(
    "between",
    [
        b"From - Mon Nov 23 18:30:00 2026\n",
        b"From kim@psp.example Mon Nov 23 18:30:00 2026\r\n",
        b"From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n",
        b"From kim@psp.example Mon Nov 23 18:30:00 +0100 2026\n",
        b"From 1849@xxx Mon Nov 23 18:30:00 CET 2026\n",
        b"From 1849@xxx Mon Nov 23 18:30:00 2026 +0100\n",
    ],
)
def test_every_program_has_its_own_line_between_mails(between: bytes) -> None:
    assert list(mails_in(between + b"Subject: a\n\none\n\n" + between + b"Subject: b\n\ntwo\n\n")) == [
        b"Subject: a\n\none\n",
        b"Subject: b\n\ntwo\n",
    ]


def test_a_sentence_that_begins_with_from_begins_no_mail() -> None:
    body = b"Subject: a\n\nFrom the log of 2026\nFrom 12:30 on it failed\n"
    assert list(mails_in(BETWEEN + body)) == [body]


def test_quotes_are_undone_once() -> None:
    (only,) = mails_in(BETWEEN + b"Subject: a\n\n>>From x\n>From y\n> From z\n")
    assert only == b"Subject: a\n\n>From x\nFrom y\n> From z\n"


def test_a_mail_is_no_file_of_many_and_odd_ones_end() -> None:
    assert not is_mbox(b"From: kim@psp.example\n\n")
    assert list(mails_in(b"From ")) == [b""]
    assert list(mails_in(b"From " * 300_000)) == [b""]
    assert len(list(mails_in((b"From " + b"1:11 " * 60 + b"\n") * 20_000))) == 1


def test_there_is_an_end_to_how_many_mails_are_read() -> None:
    assert sum(1 for _ in mails_in(BETWEEN * MOST_MAILS)) == MOST_MAILS
    with pytest.raises(UnreadableInput, match="more than 10,000 mails"):
        list(mails_in(BETWEEN * (MOST_MAILS + 1)))
