"""A mail that is encrypted whole is opened by the real programs of those it is for, and tells nobody else of it."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace

from bundler.mail.compose import Attachment
from bundler.mail.read import read_mail
from bundler.mail.sealing import seal_letter
from bundler.mail.verified import verify_mail
from tests.mail.gnupg import Gnupg, gnupg, needs_gpg
from tests.mail.letters import MOMENT, SENDER, SUPPORT, letter
from tests.mail.mails import SUBJECT, attachments
from tests.mail.sealing.sealed import AUDIT, CHIEF, TICKET, apart, encrypted_part, key
from tests.pack.bundles import bundle

_PATIENCE_S = 20

pytestmark = [pytest.mark.real, needs_gpg]


def test_gpg_opens_a_mail_that_is_encrypted_whole_and_gets_the_very_parts_of_the_letter(home: Gnupg) -> None:
    plain = letter(cc=[AUDIT])
    sealed = seal_letter(plain, [key(home, SUPPORT), key(home, AUDIT, armoured=False)], MOMENT)
    opened = home.decrypt(encrypted_part(sealed))
    head, body = apart(plain.data)
    head_inside, body_inside = apart(opened)
    assert body_inside == body
    told = [line for line in head_inside if not line.startswith(b"HP-Outer: ")]
    assert told[-1] == b' protected-headers="v1"; hp="cipher"'
    assert b"\r\n".join(told[:-1]) == b"\r\n".join(line for line in head if line != b"MIME-Version: 1.0") + b";"
    assert verify_mail(read_mail(opened), opened) == ()


def test_a_message_tells_all_its_readers_the_sender_among_them(home: Gnupg) -> None:
    sealed = seal_letter(letter(cc=[AUDIT]), [key(home, each) for each in (SUPPORT, AUDIT, SENDER.address)], MOMENT)
    expected = [id_ for each in (SUPPORT, AUDIT, SENDER.address) for id_ in home.part_ids(each)]
    assert home.readers(encrypted_part(sealed)) == expected


def test_a_blind_copy_can_be_opened_and_the_others_are_not_told_by_whom(home: Gnupg) -> None:
    keys = [key(home, each) for each in (SUPPORT, AUDIT, CHIEF)]
    sealed = seal_letter(letter(bcc=[AUDIT, CHIEF]), keys, MOMENT)
    message = encrypted_part(sealed)
    assert home.readers(message) == [*home.part_ids(SUPPORT), "0" * 16, "0" * 16]
    for each in (AUDIT, CHIEF):
        with gnupg() as alone:
            alone.run("--import", data=home.run("--export-secret-keys", each))
            assert apart(alone.decrypt(message))[1] == apart(letter().data)[1]
        assert each.encode() not in sealed.data
        assert each.encode() not in home.decrypt(message)


def test_a_draft_in_a_mailbox_keeps_its_blind_copies_in_its_head_alone(home: Gnupg) -> None:
    keys = [key(home, each) for each in (SUPPORT, CHIEF)]
    sealed = seal_letter(letter("imap", bcc=[CHIEF]), keys, MOMENT, form="message")
    assert read_mail(sealed.data).find_header("Bcc") == CHIEF
    assert CHIEF.encode() not in home.decrypt(encrypted_part(sealed))


def test_nothing_of_the_ticket_but_its_id_can_be_read_without_a_key(home: Gnupg) -> None:
    plain = letter()
    plain = replace(plain, data=b"X-Ticket-Provider: example-psp\r\n" + plain.data)
    sealed = seal_letter(plain, [key(home, SUPPORT)], MOMENT)
    assert sealed.subject == f"[{TICKET}] ticket"
    mail = read_mail(sealed.data)
    assert [name for name, _ in mail.headers] == [
        *("Date", "From", "To", "Subject", "Message-ID", "X-Ticket-Id", "MIME-Version", "Content-Type")
    ]
    assert mail.subject == sealed.subject
    for secret in (b"captures", b"65a1c0de", b"1b0c5c2e", b"ticket.json", b"example-psp"):
        assert secret not in sealed.data
    assert b"X-Ticket-Provider: example-psp" in home.decrypt(encrypted_part(sealed))
    assert (sealed.recipients, sealed.message_id, sealed.sender) == (plain.recipients, plain.message_id, plain.sender)


def test_a_follow_up_threads_although_it_is_encrypted(home: Gnupg) -> None:
    plain = letter()
    thread = b"In-Reply-To: <1@psp.example>\r\nReferences: <1@psp.example>\r\n"
    plain = replace(plain, data=thread + plain.data, subject=f"Re: {plain.subject}")
    sealed = seal_letter(plain, [key(home, SUPPORT)], MOMENT)
    assert sealed.data.startswith(thread)
    assert sealed.subject == f"Re: [{TICKET}] ticket"


def test_every_line_is_short_and_ends_as_mail_wants_it(home: Gnupg) -> None:
    for form in ("message", "attachment"):
        data = seal_letter(letter(), [key(home, SUPPORT)], MOMENT, form=form, bundle=bundle()).data
        assert data.isascii()
        assert data.count(b"\n") == data.count(b"\r\n") == data.count(b"\r")
        assert max(map(len, data.split(b"\r\n"))) <= 78


@pytest.mark.skipif(not shutil.which("munpack") or not shutil.which("mshow"), reason="mpack and mblaze not installed")
def test_other_programs_see_the_two_parts_of_rfc_3156(home: Gnupg, tmp_path: Path) -> None:
    sealed = seal_letter(letter(), [key(home, SUPPORT)], MOMENT)
    (tmp_path / "sealed.eml").write_bytes(sealed.data)
    shown = subprocess.run(["mshow", "-t", tmp_path / "sealed.eml"], capture_output=True, text=True, check=True).stdout
    kinds = re.findall(r"\d: (\S+) size", shown)
    assert kinds == ["multipart/encrypted", "application/pgp-encrypted", "application/octet-stream"]
    subprocess.run(["munpack", "-q", "-t", tmp_path / "sealed.eml"], cwd=tmp_path, capture_output=True, check=True)
    assert (tmp_path / "part1").read_text().strip() == "Version: 1"
    assert home.decrypt((tmp_path / "encrypted.asc").read_bytes()).startswith(b"Date: ")


@pytest.mark.skipif(not shutil.which("neomutt"), reason="neomutt is not installed")
def test_a_mail_program_shows_the_whole_mail_and_its_real_subject(home: Gnupg, tmp_path: Path) -> None:
    sealed = seal_letter(letter(), [key(home, SUPPORT)], MOMENT)
    mbox = b"From kim@psp.example Mon Nov 23 18:30:00 2026\n" + sealed.data.replace(b"\r\n", b"\n") + b"\n"
    (tmp_path / "in.mbox").write_bytes(mbox)
    (tmp_path / "rc").write_text(f'set folder="{tmp_path}"\nset crypt_use_gpgme=yes\n', encoding="utf-8")
    command = ["neomutt", "-n", "-F", str(tmp_path / "rc"), "-f", str(tmp_path / "in.mbox")]
    shown = screen([*command, "-e", "push <display-message>"], home)
    assert "PGP message successfully decrypted" in shown
    assert "MerchantId: 65a1c0de" in shown
    assert SUBJECT[:60] in shown


def screen(command: list[str], home: Gnupg) -> str:
    """What a program shows at a terminal until the mail's text is there."""
    process, terminal = pty.fork()
    if process == 0:
        os.environ.update(TERM="xterm", GNUPGHOME=str(home.home), LC_ALL="C.UTF-8", COLUMNS="120", LINES="60")
        os.execvp(command[0], command)
    shown, until = b"", time.monotonic() + _PATIENCE_S
    try:
        while time.monotonic() < until and b"MerchantId" not in shown:
            if select.select([terminal], [], [], 0.1)[0]:
                try:
                    shown += os.read(terminal, 65536)
                except OSError:  # the program has ended
                    break
    finally:
        os.kill(process, signal.SIGKILL)  # first: neomutt may wait for itself for ever where its terminal goes
        os.waitpid(process, 0)
        os.close(terminal)
    return re.sub(rb"\x1b[\[(][0-9;?]*[a-zA-Z]", b"", shown).decode("utf-8", "replace")


def test_ten_megabytes_come_back_as_they_were_and_grow_by_no_more_than_the_armour(home: Gnupg) -> None:
    big = Attachment("noise.bin", Random(7).randbytes(10_000_000), "application/octet-stream")
    plain = letter(files=[*attachments(), big])
    sealed = seal_letter(plain, [key(home, SUPPORT)], MOMENT)
    assert len(sealed.data) < len(plain.data) * 1.4
    assert apart(home.decrypt(encrypted_part(sealed)))[1] == apart(plain.data)[1]
